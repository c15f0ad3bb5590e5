#include <date/date.h>

#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "host/cli/commands.hpp"
#include "host/cli/report.hpp"
#include "host/cli/scratch_plugin_host.hpp"
#include "host/cli/shipped.hpp"
#include "host/config/settings.hpp"
#include "host/intents/router.hpp"

namespace migue::host::cli {

namespace {

using Json = nlohmann::json;

const std::string kPlugin = "scheduling";

/// RFC 3339 with an offset, as Unix ms.
Result<std::int64_t> parse_now(const std::string& text) {
    std::istringstream in(text);
    date::sys_time<std::chrono::milliseconds> instant;
    if (text.ends_with('Z'))
        in >> date::parse("%FT%TZ", instant);
    else
        in >> date::parse("%FT%T%Ez", instant);
    if (in.fail())
        return Error{Error::Code::kInvalid,
                     "\"now\": expected RFC 3339 with an offset, as 2026-11-23T10:05:00-05:00"};
    return instant.time_since_epoch().count();
}

std::string text_or_empty(const Json& line, const char* key) {
    const auto found = line.find(key);
    return found != line.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// One line in, one line out.
Json answer(const std::string& line, const intents::Router& router, PluginHost& plugins) {
    const Json question = Json::parse(line, nullptr, false);
    if (!question.is_object()) return {{"error", "expected a JSON object a line"}};
    const Json id = question.contains("id") ? question["id"] : Json();
    const auto now = parse_now(text_or_empty(question, "now"));
    if (!now) return {{"id", id}, {"error", now.error().what}};
    const std::string text = text_or_empty(question, "text");
    const std::string locale = text_or_empty(question, "locale");
    const intents::Decision decision =
        router.route({.kind = "text", .text = text, .tap = {}, .locale = locale, .asked_plugin = {}});
    const auto understood = plugins.understand(kPlugin, text, decision.intent, text_or_empty(question, "tz"),
                                               locale.empty() ? decision.locale : locale, *now);
    if (!understood) return {{"id", id}, {"error", understood.error().what}};
    Json out = Json::parse(*understood, nullptr, false);
    if (!out.is_object())
        return {{"id", id}, {"error", "the plugin answered something that is no JSON object"}};
    out["id"] = id;
    out["intent"] = decision.intent;
    out["confidence"] = decision.confidence;
    return out;
}

}  // namespace

int understand(const std::filesystem::path& config) {
    std::filesystem::path routes = shipped_config() / "routes.yaml";
    if (!config.empty()) {
        auto settings = config::load_settings(config);
        if (!settings) return could_not_run(settings.error());
        routes = settings->routes;
    }
    const auto router = intents::Router::load(routes, {.shipped = shipped_model(), .cache = {}});
    if (!router) return could_not_run(router.error());
    const auto plugins = ScratchPluginHost::start_shipped(kPlugin);
    if (!plugins) return could_not_run(plugins.error());
    for (std::string line; std::getline(std::cin, line);)
        std::cout << answer(line, **router, (*plugins)->plugins())
                         .dump(-1, ' ', false, Json::error_handler_t::replace)
                  << "\n"
                  << std::flush;
    return kDone;
}

}  // namespace migue::host::cli
