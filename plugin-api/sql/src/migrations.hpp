#pragma once
#include <string>
#include <vector>

#include "connection.hpp"
#include "migue/cpp/result.hpp"
#include "migue/ext/migrations.h"

namespace migue::sql {

struct MigrationText {
    std::string name, sql;
};

/// Those for SQLite, in the order of their names.
[[nodiscard]] Result<std::vector<MigrationText>> sqlite_migrations(const migue_migrations_v1& raw);

/// Applies what is new, each in a transaction of its own. Gives the names applied.
[[nodiscard]] Result<std::vector<std::string>> apply_migrations(Connection& connection,
                                                                const std::vector<MigrationText>& migrations);

}  // namespace migue::sql
