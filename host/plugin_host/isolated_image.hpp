#pragma once
#include <chrono>
#include <memory>

#include "host/plugin_host/image.hpp"
#include "host/plugin_host/runner_process.hpp"

namespace migue::host {

/// Brings a plugin to life in a process of its own (`isolation: process`, PLUGIN_ABI §9).
/// `grace`: from a turn's deadline to killing the process that does not come back from it.
[[nodiscard]] Result<std::unique_ptr<Image>> start_isolated(const RunnerProcess::Options& options,
                                                            std::chrono::milliseconds grace);

}  // namespace migue::host
