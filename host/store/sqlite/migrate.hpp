#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "host/store/sqlite/connection.hpp"
#include "migue/cpp/result.hpp"

namespace migue::host::sqlite {

/// Applies the host's migrations that are new, each in a transaction, in the order of their
/// names; gives the names applied.
[[nodiscard]] Result<std::vector<std::string>> migrate(Connection& connection);

/// What migrate() would apply to this file, which it does not touch; all when there is none.
[[nodiscard]] Result<std::vector<std::string>> pending_migrations(const std::filesystem::path& file);

}  // namespace migue::host::sqlite
