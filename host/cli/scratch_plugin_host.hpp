#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "host/config/settings.hpp"
#include "host/observe/log.hpp"
#include "host/plugin_host/plugin_host.hpp"
#include "host/services/clock.hpp"

namespace migue::host::cli {

/// Plugins loaded as a host would load them, in a folder that goes away with this: for
/// commands that look at plugins without a store, a channel or a network.
class ScratchPluginHost {
public:
    /// Every fault that would keep a host from starting is in the error.
    [[nodiscard]] static Result<std::unique_ptr<ScratchPluginHost>> start(
        const std::filesystem::path& lock_file, std::vector<config::PluginSettings> plugins);
    /// The plugin that came with the program; `config_json` is its section.
    [[nodiscard]] static Result<std::unique_ptr<ScratchPluginHost>> start_shipped(
        const std::string& id, std::string config_json = "{}");
    ScratchPluginHost(const ScratchPluginHost&) = delete;
    ScratchPluginHost& operator=(const ScratchPluginHost&) = delete;
    ~ScratchPluginHost();

    [[nodiscard]] PluginHost& plugins() noexcept { return *host_; }

private:
    explicit ScratchPluginHost(std::filesystem::path folder);
    Result<void> load(const std::filesystem::path& lock_file, std::vector<config::PluginSettings> plugins);

    const std::filesystem::path folder_;
    SystemClock clock_;
    Log log_{Severity::kError};
    std::unique_ptr<PluginHost> host_;
};

}  // namespace migue::host::cli
