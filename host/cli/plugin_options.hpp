#pragma once
#include <filesystem>
#include <memory>

#include "host/config/settings.hpp"
#include "host/plugin_host/native_plugin_host.hpp"
#include "host/services/clock.hpp"
#include "migue/cpp/result.hpp"

namespace migue::host::cli {

/// The folder for what is made while running: the one of the SQLite file, else `var`.
[[nodiscard]] Result<std::filesystem::path> data_folder(const config::Settings& settings);

/// Where what served well is kept, in the folder above (G3).
[[nodiscard]] std::filesystem::path history_folder(const std::filesystem::path& data);

/// Plugins as the settings want them. Their tables are where the store is: in SQLite files
/// beside its own, or in its Postgres. Private copies and, unless vault.keys is set, the key
/// file are in `data`.
[[nodiscard]] Result<PluginHostOptions> plugin_host_options(const config::Settings& settings,
                                                            const std::filesystem::path& data);

/// The settings' plugins, loaded beside whatever host runs on the same store, their tables up to
/// date; for commands that need no channel and take no turn. Null: there is no lock file.
[[nodiscard]] Result<std::unique_ptr<PluginHost>> start_plugins(const config::Settings& settings,
                                                                Clock& clock, Log& log);

}  // namespace migue::host::cli
