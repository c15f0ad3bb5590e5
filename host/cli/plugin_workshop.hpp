#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "migue/cpp/result.hpp"

/// What plugin authors do, as commands: begin a plugin, build it.
namespace migue::host::cli {

/// Where the package migue_plugin_api of this program is: the prefix it was installed to, or
/// `sdk` of the build it came from. Empty: neither.
[[nodiscard]] std::filesystem::path plugin_api_prefix();

/// Writes a plugin that builds, passes its test and answers, into `folder`, which must not
/// exist yet.
[[nodiscard]] Result<void> write_new_plugin(const std::string& id, const std::filesystem::path& folder);

/// Configures (the first time) and builds the plugins of the project in `folder`, into its
/// `build`; gives their files. What the build tool says goes to standard error.
[[nodiscard]] Result<std::vector<std::filesystem::path>> build_plugins(const std::filesystem::path& folder);

}  // namespace migue::host::cli
