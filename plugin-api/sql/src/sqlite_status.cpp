#include "sqlite_status.hpp"

#include <sqlite3.h>

namespace migue::sql {

migue_status to_status(int sqlite_code) noexcept {
    switch (sqlite_code & 0xff) {
        case SQLITE_OK:
        case SQLITE_ROW:
        case SQLITE_DONE:
            return MIGUE_OK;
        case SQLITE_CONSTRAINT:
            // A value of the wrong type in a STRICT table is a malformed statement, as on Postgres.
            return sqlite_code == SQLITE_CONSTRAINT_DATATYPE ? MIGUE_E_INVALID : MIGUE_E_CONFLICT;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_IOERR:
        case SQLITE_FULL:
        case SQLITE_CANTOPEN:
        case SQLITE_READONLY:
        case SQLITE_PROTOCOL:
        case SQLITE_NOMEM:
            return MIGUE_E_UNAVAILABLE;
        case SQLITE_INTERRUPT:
            return MIGUE_E_DEADLINE;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        case SQLITE_INTERNAL:
        case SQLITE_MISUSE:
            return MIGUE_E_INTERNAL;
        default:
            return MIGUE_E_INVALID;
    }
}

}  // namespace migue::sql
