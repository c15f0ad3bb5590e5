#pragma once
#include <string>
#include <vector>

#include "connection.hpp"
#include "migue/cpp/result.hpp"
#include "migue/sql/request.hpp"

namespace migue::sql {

/// Applies what is new, each in a transaction of its own. Gives the names applied.
[[nodiscard]] Result<std::vector<std::string>> apply_migrations(Connection& connection,
                                                                const std::vector<MigrationText>& migrations);

}  // namespace migue::sql
