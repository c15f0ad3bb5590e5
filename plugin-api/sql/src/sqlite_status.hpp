#pragma once
#include "migue/plugin.h"

namespace migue::sql {

/// What an (extended) SQLite result code means in ext/sql.h.
[[nodiscard]] migue_status to_status(int sqlite_code) noexcept;

}  // namespace migue::sql
