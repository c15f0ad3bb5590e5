#include <date/date.h>

#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
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
    /// `asks_model`: both readings and what each contributed, instead of the rules' alone.
    Answerer(const intents::Router& router, PluginHost& plugins, bool asks_model)
        : router_(router), plugins_(plugins), asks_model_(asks_model) {}

    /// One line in, one line out.
    [[nodiscard]] std::string answer(const std::string& line);

private:
    [[nodiscard]] Result<std::int64_t> parse_now(const std::string& text);
    /// The plugin's JSON object.
    [[nodiscard]] Result<std::string> read(const std::string& text, const std::string& intent,
                                           const std::string& zone, const std::string& locale,
                                           std::int64_t now_unix_ms);

    const intents::Router& router_;
    PluginHost& plugins_;
    const bool asks_model_;
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

Result<std::string> Answerer::read(const std::string& text, const std::string& intent,
                                   const std::string& zone, const std::string& locale,
                                   std::int64_t now_unix_ms) {
    if (!asks_model_) return plugins_.understand(kPlugin, text, intent, zone, locale, now_unix_ms);
    PluginHttpRequest request;
    request.admin = true;
    request.method = "POST";
    request.path = "/reading";
    request.body = printed(
        {{"text", text}, {"intent", intent}, {"tz", zone}, {"locale", locale}, {"now_unix_ms", now_unix_ms}});
    const PluginHttpReply reply = plugins_.serve(kPlugin, request);
    if (reply.status == 200) return reply.body;
    const Json told = Json::parse(reply.body, nullptr, false);
    const std::string why = told.is_object() ? text_or_empty(told, "error") : std::string();
    return Error{Error::Code::kUnavailable,
                 "the plugin's reading: " + std::to_string(reply.status) + (why.empty() ? "" : ": " + why)};
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
    const auto understood = read(text, decision.intent, text_or_empty(question, "tz"),
                                 locale.empty() ? decision.locale : locale, *now);
    if (!understood) return printed({{"id", id}, {"error", understood.error().what}});
    // The plugin's object is known to be JSON: ours are put in front of its members as they stand.
    if (!understood->starts_with('{') || understood->size() < 3)
        return printed({{"id", id}, {"error", "the plugin answered something that is no JSON object"}});
    std::string out = printed({{"confidence", decision.confidence}, {"id", id}, {"intent", decision.intent}});
    out.back() = ',';
    return out.append(*understood, 1);
}

/// The plugin's section: its defaults, and the model when one is wanted. Of the configuration only
/// what a reading depends on: no account and no table is touched.
Result<std::string> section_for(const std::optional<config::Settings>& settings, const SecondReader& reader) {
    Json section = Json::object();
    if (!reader.is_wanted) return printed(section);
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
    const auto router = intents::Router::load(routes, {.shipped = shipped_model(), .cache = {}});
    if (!router) return could_not_run(router.error());
    const auto section = section_for(read, reader);
    if (!section) return could_not_run(section.error());
    const auto plugins = ScratchPluginHost::start_shipped(kPlugin, *section);
    if (!plugins) return could_not_run(plugins.error());
    std::ios::sync_with_stdio(false);
    Answerer answerer(**router, (*plugins)->plugins(), reader.is_wanted);
    for (std::string line; std::getline(std::cin, line);)
        std::cout << answerer.answer(line) << '\n' << std::flush;
    return kDone;
}

}  // namespace migue::host::cli
