/* Tables of a plugin, offered as extension "migue.migrations/1".
 *
 * Forward only, in the order of their names. The host applies what is new before the
 * instance is published, each in one transaction, and refuses a generation whose
 * migrations fail. An old generation may still be serving: only add. */
#ifndef MIGUE_EXT_MIGRATIONS_H
#define MIGUE_EXT_MIGRATIONS_H

#include "migue/ext/operation.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MIGUE_MIGRATIONS_ID "migue.migrations/1"

typedef struct migue_migration {
    uint32_t struct_size, reserved;
    migue_str dialect; /* "sqlite" or "postgres" */
    migue_str name;    /* "20261122090000_calendar_events" */
    migue_str sql;     /* statements separated by semicolons */
} migue_migration;

typedef struct migue_migrations_v1 {
    uint32_t struct_size, reserved;
    const migue_migration* const* items;
    size_t count;
} migue_migrations_v1;

#ifdef __cplusplus
}
#endif

#endif /* MIGUE_EXT_MIGRATIONS_H */
