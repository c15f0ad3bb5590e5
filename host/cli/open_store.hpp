#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "host/store/store.hpp"
#include "migue/cpp/result.hpp"

namespace migue::host::cli {

/// The file behind "sqlite:PATH".
[[nodiscard]] Result<std::filesystem::path> sqlite_file(const std::string& url);
/// Opens the store that `store.url` names, its tables up to date. Errors name the setting, and
/// never the password.
[[nodiscard]] Result<std::unique_ptr<Store>> open_store(const std::string& url);

}  // namespace migue::host::cli
