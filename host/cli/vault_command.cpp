#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "host/cli/commands.hpp"
#include "host/cli/plugin_options.hpp"
#include "host/cli/report.hpp"
#include "host/config/settings.hpp"
#include "host/observe/log.hpp"
#include "host/services/clock.hpp"

namespace migue::host::cli {

namespace {

using namespace std::chrono_literals;

constexpr auto kUnload = 4s;
constexpr int kTriesAPage = 5;

struct Rotated {
    bool has_any = false;  ///< false: the plugin seals nothing
    long long values = 0, unreadable = 0;
};

PluginHttpReply ask_for_page(PluginHost& plugins, const std::string& plugin, const std::string& after) {
    PluginHttpRequest request;
    request.admin = true;
    request.method = "POST";
    request.path = "/vault/reseal";
    if (!after.empty()) request.query.emplace_back("after", after);
    PluginHttpReply reply = plugins.serve(plugin, request);
    // A store that is away for a moment; a page may be done again.
    for (int tries = 1; tries < kTriesAPage && reply.status >= 500; ++tries)
        reply = plugins.serve(plugin, request);
    return reply;
}

Result<Rotated> rotate(PluginHost& plugins, const std::string& plugin) {
    Rotated all;
    std::string after;
    do {
        const PluginHttpReply reply = ask_for_page(plugins, plugin, after);
        if (reply.status == 404 && !all.has_any) return all;
        const auto page = nlohmann::json::parse(reply.body, nullptr, false);
        if (reply.status != 200 || !page.is_object())
            return Error{
                Error::Code::kUnavailable,
                fmt::format("plugin {}: sealing a page ended with {}; what is done is done, run it again",
                            plugin, reply.status)};
        all.has_any = true;
        all.values += page.value("resealed", 0LL);
        all.unreadable += page.value("unreadable", 0LL);
        after = page.value("next", "");
    } while (!after.empty());
    return all;
}

int rotate_all(PluginHost& plugins) {
    int code = kDone;
    for (const PluginStatus& plugin : plugins.list()) {
        const auto done = rotate(plugins, plugin.id);
        if (!done) return could_not_run(done.error());
        if (!done->has_any) continue;
        fmt::print("{}: {} values sealed anew, {} could not be opened\n", plugin.id, done->values,
                   done->unreadable);
        if (done->unreadable > 0) code = kFindings;
    }
    return code;
}

}  // namespace

int vault_rotate(const VaultOptions& options) {
    const auto settings = config::load_settings(options.config);
    if (!settings) return could_not_run(settings.error());
    SystemClock clock;
    Log log;
    const auto plugins = start_plugins(*settings, clock, log);
    if (!plugins) return could_not_run(plugins.error());
    if (*plugins == nullptr) return kDone;
    const int code = rotate_all(**plugins);
    (*plugins)->stop(kUnload);
    return code;
}

}  // namespace migue::host::cli
