#pragma once
#include <memory>

#include "host/plugin_host/image.hpp"
#include "host/plugin_host/isolated_plugin.hpp"
#include "host/plugin_host/runner_process.hpp"

namespace migue::host {

/// Brings a plugin to life in a process of its own (`isolation: process`, PLUGIN_ABI §9).
[[nodiscard]] Result<std::unique_ptr<Image>> start_isolated(const RunnerProcess::Options& options,
                                                            CallLimits limits);

}  // namespace migue::host
