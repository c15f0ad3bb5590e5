#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "host/store/sqlite/connection.hpp"
#include "migue/cpp/result.hpp"

namespace migue::host::sqlite {

/// Applies the host's migrations that are new, each in a transaction, in the order of their
/// names; gives the names applied. `dry_run`: only names them.
[[nodiscard]] Result<std::vector<std::string>> migrate(Connection& connection, bool dry_run);

}  // namespace migue::host::sqlite
