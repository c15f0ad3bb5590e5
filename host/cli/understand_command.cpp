#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "host/cli/answerer.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/report.hpp"
#include "host/cli/scratch_plugin_host.hpp"
#include "host/cli/shipped.hpp"
#include "host/config/settings.hpp"
#include "host/intents/router.hpp"
#include "migue/cpp/text.hpp"

namespace migue::host::cli {

namespace {

using Json = nlohmann::json;

const std::string kPlugin = "scheduling";

std::string printed(const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// The plugin's section: its defaults, and the model. Of the configuration only
/// what a reading depends on: no account and no table is touched.
Result<std::string> section_for(const std::optional<config::Settings>& settings, const SecondReader& reader) {
    Json section = Json::object();
    if (reader.url_and_name.size() == 2) {
        section["model"] = {
            {"url", reader.url_and_name[0]}, {"name", reader.url_and_name[1]}, {"timeout_ms", 9000}};
        const char* key = std::getenv("MODEL_API_KEY");  // one thread runs yet
        if (key != nullptr) section["model"]["api_key"] = key;
        return printed(section);
    }
    Json mine;
    if (settings)
        for (const auto& plugin : settings->plugins)
            if (plugin.id == kPlugin) mine = Json::parse(plugin.config_json, nullptr, false);
    if (!reader.url_and_name.empty() || !mine.is_object() || !mine.contains("model"))
        return Error{Error::Code::kConfig,
                     "--model: expected URL and NAME, or a --config whose plugins.scheduling has model:"};
    for (const char* name : {"model", "timezone", "work_hours"})
        if (mine.contains(name)) section[name] = mine[name];
    return printed(section);
}

/// Both readings and what each contributed: the plugin's own route tells them.
Result<void> read_with_model(PluginHost& plugins, const migue_understand_request& asked, std::string& out) {
    PluginHttpRequest request;
    request.admin = true;
    request.method = "POST";
    request.path = "/reading";
    request.body = printed({{"text", to_view(asked.text)},
                            {"intent", to_view(asked.intent)},
                            {"tz", to_view(asked.timezone)},
                            {"locale", to_view(asked.locale)},
                            {"now_unix_ms", asked.now_unix_ms}});
    const PluginHttpReply reply = plugins.serve(kPlugin, request);
    if (reply.status == 200) {
        out += reply.body;
        return {};
    }
    const Json told = Json::parse(reply.body, nullptr, false);
    const auto error = told.is_object() ? told.find("error") : told.end();
    const std::string why = error != told.end() && error->is_string() ? error->get<std::string>() : "";
    return Error{Error::Code::kUnavailable,
                 "the plugin's reading: " + std::to_string(reply.status) + (why.empty() ? "" : ": " + why)};
}

Result<void> understand_with_model(const std::filesystem::path& routes,
                                   const std::optional<config::Settings>& settings,
                                   const SecondReader& reader) {
    const auto router = intents::Router::load(routes, {.shipped = shipped_model(), .cache = {}});
    if (!router) return router.error();
    const auto section = section_for(settings, reader);
    if (!section) return section.error();
    const auto plugins = ScratchPluginHost::start_shipped(kPlugin, *section);
    if (!plugins) return plugins.error();
    return answer_questions(**router, [&](const migue_understand_request& asked, std::string& out) {
        return read_with_model((*plugins)->plugins(), asked, out);
    });
}

/// Becomes the program that reads texts and does nothing else (understander.cpp). Comes back only when that
/// cannot be started.
Error become_understander(const std::filesystem::path& routes) {
    std::string program = understander().string(), routes_file = routes.string();
    const std::array<char*, 3> words{program.data(), routes_file.data(), nullptr};
    ::execv(program.c_str(), words.data());
    return {Error::Code::kConfig, program + ", which belongs beside migue: " + std::strerror(errno)};
}

}  // namespace

int understand(const std::filesystem::path& config, const SecondReader& reader) {
    std::optional<config::Settings> read;
    std::filesystem::path routes = shipped_config() / "routes.yaml";
    if (!config.empty()) {
        auto settings = config::load_settings(config);
        if (!settings) return could_not_run(settings.error());
        routes = settings->routes;
        read = std::move(settings).value();
    }
    if (!reader.is_wanted) return could_not_run(become_understander(routes));
    const auto answered = understand_with_model(routes, read, reader);
    return answered ? kDone : could_not_run(answered.error());
}

}  // namespace migue::host::cli
