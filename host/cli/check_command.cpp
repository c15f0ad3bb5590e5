#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "host/cli/commands.hpp"
#include "host/cli/report.hpp"
#include "host/cli/scratch_plugin_host.hpp"
#include "host/config/settings.hpp"
#include "host/intents/lint.hpp"

namespace migue::host::cli {

namespace {

struct Finding {
    const char* severity;  ///< "error" keeps migue from starting, "warning" does not
    std::string what;
};

void add_lines(std::vector<Finding>& findings, const char* severity, const std::string& lines) {
    std::istringstream in(lines);
    for (std::string line; std::getline(in, line);)
        if (!line.empty()) findings.push_back({severity, line});
}

void check_routes(const config::Settings& settings, std::vector<Finding>& findings) {
    const auto lines = intents::lint_routes(settings.routes);
    if (!lines) return add_lines(findings, "error", lines.error().what);
    for (const std::string& line : *lines) findings.push_back({"warning", line});
}

/// Loads the plugins the way a start would, on data of its own, and tells what stops it.
void check_plugins(const config::Settings& settings, std::vector<Finding>& findings) {
    const auto host = ScratchPluginHost::start(settings.plugin_lock, settings.plugins);
    if (!host) add_lines(findings, "error", host.error().what);
}

void print(const std::vector<Finding>& findings, bool as_json) {
    for (const Finding& finding : findings) {
        if (as_json) {
            std::cout << nlohmann::json{{"severity", finding.severity}, {"what", finding.what}}.dump() << "\n";
        } else {
            std::cout << finding.severity << ": " << finding.what << "\n";
        }
    }
}

}  // namespace

int check(const CheckOptions& options) {
    std::vector<Finding> findings;
    if (const auto settings = config::load_settings(options.config); settings) {
        check_routes(*settings, findings);
        check_plugins(*settings, findings);
    } else {
        add_lines(findings, "error", settings.error().what);
    }
    print(findings, options.json);
    if (findings.empty() && !options.json) std::cout << options.config.string() << ": no findings\n";
    return findings.empty() ? kDone : kFindings;
}

}  // namespace migue::host::cli
