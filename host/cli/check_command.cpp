#include <iostream>
#include <string>
#include <vector>

#include "host/cli/commands.hpp"
#include "host/cli/report.hpp"
#include "host/cli/scratch_plugin_host.hpp"
#include "host/config/check.hpp"
#include "host/intents/lint.hpp"

namespace migue::host::cli {

namespace {

Result<void> check_routes(const config::Settings& settings) {
    std::vector<std::string> plugins;
    for (const auto& plugin : settings.plugins) plugins.push_back(plugin.id);
    const auto lines = intents::lint_routes(settings.routes, plugins);
    if (!lines) return lines.error();
    std::string all;
    for (const std::string& line : *lines) all += (all.empty() ? "" : "\n") + line;
    if (all.empty()) return {};
    return Error{Error::Code::kConfig, all};
}

/// Loads the plugins the way a start would, on data of its own: the lock file, the files it
/// names, their sections against their schemas, and what their create() says.
Result<void> check_plugins(const config::Settings& settings) {
    auto host = ScratchPluginHost::start(settings.plugin_lock, settings.plugins);
    if (!host) return std::move(host).error();
    return {};
}

}  // namespace

int check(const CheckOptions& options) {
    const config::CheckReport report =
        config::check_config(options.config, {}, {check_routes, check_plugins});
    std::cout << (options.json ? report.json() : report.text());
    if (report.findings.empty() && !options.json) std::cout << options.config.string() << ": no findings\n";
    return report.exit_code();
}

}  // namespace migue::host::cli
