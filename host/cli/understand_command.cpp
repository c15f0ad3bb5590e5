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

/// Answers line after line; holds what is worth keeping between them.
class Answerer {
public:
    Answerer(const intents::Router& router, PluginHost& plugins) : router_(router), plugins_(plugins) {}

    /// One line in, one line out.
    [[nodiscard]] std::string answer(const std::string& line);

private:
    [[nodiscard]] Result<std::int64_t> parse_now(const std::string& text);

    const intents::Router& router_;
    PluginHost& plugins_;
    std::istringstream time_;  // making one costs more than reading a time from it
};

/// RFC 3339 with an offset, as Unix ms.
Result<std::int64_t> Answerer::parse_now(const std::string& text) {
    time_.clear();
    time_.str(text);
    date::sys_time<std::chrono::milliseconds> instant;
    if (text.ends_with('Z'))
        time_ >> date::parse("%FT%TZ", instant);
    else
        time_ >> date::parse("%FT%T%Ez", instant);
    if (time_.fail())
        return Error{Error::Code::kInvalid,
                     "\"now\": expected RFC 3339 with an offset, as 2026-11-23T10:05:00-05:00"};
    return instant.time_since_epoch().count();
}

std::string text_or_empty(const Json& line, const char* key) {
    const auto found = line.find(key);
    return found != line.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string printed(const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string Answerer::answer(const std::string& line) {
    const Json question = Json::parse(line, nullptr, false);
    if (!question.is_object()) return printed({{"error", "expected a JSON object a line"}});
    const Json id = question.contains("id") ? question["id"] : Json();
    const auto now = parse_now(text_or_empty(question, "now"));
    if (!now) return printed({{"id", id}, {"error", now.error().what}});
    const std::string text = text_or_empty(question, "text");
    const std::string locale = text_or_empty(question, "locale");
    const intents::Decision decision =
        router_.route({.kind = "text", .text = text, .tap = {}, .locale = locale, .asked_plugin = {}});
    const auto understood = plugins_.understand(kPlugin, text, decision.intent, text_or_empty(question, "tz"),
                                                locale.empty() ? decision.locale : locale, *now);
    if (!understood) return printed({{"id", id}, {"error", understood.error().what}});
    // The plugin's object is known to be JSON: ours are put in front of its members as they stand.
    if (!understood->starts_with('{') || understood->size() < 3)
        return printed({{"id", id}, {"error", "the plugin answered something that is no JSON object"}});
    std::string out = printed({{"confidence", decision.confidence}, {"id", id}, {"intent", decision.intent}});
    out.back() = ',';
    return out.append(*understood, 1);
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
    std::ios::sync_with_stdio(false);
    Answerer answerer(**router, (*plugins)->plugins());
    for (std::string line; std::getline(std::cin, line);)
        std::cout << answerer.answer(line) << '\n' << std::flush;
    return kDone;
}

}  // namespace migue::host::cli
