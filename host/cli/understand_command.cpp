#include <date/date.h>
#include <simdjson.h>
#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string>

#include "host/cli/commands.hpp"
#include "host/cli/line_pipe.hpp"
#include "host/cli/report.hpp"
#include "host/cli/scratch_plugin_host.hpp"
#include "host/cli/shipped.hpp"
#include "host/config/settings.hpp"
#include "host/intents/router.hpp"

namespace migue::host::cli {

namespace {

using Json = nlohmann::json;

const std::string kPlugin = "scheduling";
/// The intent of what holds no wish, whatever its words: a kind of "other".
const std::string kTold = "other-told";

/// What a line asks. What it does not say, or not as a string, is empty.
struct Question {
    std::string id_json = "null";
    std::string text, now, zone, locale;
};

/// Answers line after line; holds what is worth keeping between them.
class Answerer {
public:
    /// `asks_model`: both readings and what each contributed, instead of the rules' alone.
    Answerer(const intents::Router& router, PluginHost& plugins, bool asks_model)
        : router_(router), plugins_(plugins), asks_model_(asks_model) {}

    /// One line in, one line out.
    [[nodiscard]] std::string answer(std::string_view line);

private:
    /// Nothing when the line is no JSON object.
    [[nodiscard]] std::optional<Question> read_question(std::string_view line);
    [[nodiscard]] std::optional<Question> read_usual_question(std::string_view line);
    [[nodiscard]] Result<std::int64_t> parse_now(const std::string& text);
    /// The plugin's JSON object.
    [[nodiscard]] Result<std::string> read(const std::string& text, const std::string& intent,
                                           const std::string& zone, const std::string& locale,
                                           std::int64_t now_unix_ms);

    const intents::Router& router_;
    PluginHost& plugins_;
    const bool asks_model_;
    simdjson::dom::parser parser_;
    std::istringstream time_;  // making one costs more than reading a time from it
};

/// The number that `size` digits at `at` write; -1 where they are not digits alone.
int digits_at(std::string_view text, std::size_t at, std::size_t size) {
    int value = 0;
    for (const char c : text.substr(at, size)) {
        if (c < '0' || c > '9') return -1;
        value = value * 10 + (c - '0');
    }
    return value;
}

/// "2026-11-23T10:05:00-05:00", "2026-11-23T15:05:00Z": how nearly every moment is written. Nothing for other
/// ways, which are read with more patience, and for what is no time.
std::optional<std::int64_t> usual_moment(std::string_view text) {
    constexpr std::string_view kForm = "dddd-dd-ddTdd:dd:dd";
    constexpr std::size_t kOffset = kForm.size();
    const bool utc = text.size() == kOffset + 1 && text.back() == 'Z';
    if (!utc && (text.size() != kOffset + 6 || text[kOffset + 3] != ':')) return std::nullopt;
    for (std::size_t i = 0; i < kForm.size(); ++i)
        if (kForm[i] != 'd' && kForm[i] != text[i]) return std::nullopt;
    const int year = digits_at(text, 0, 4), month = digits_at(text, 5, 2), day = digits_at(text, 8, 2);
    const int hour = digits_at(text, 11, 2), minute = digits_at(text, 14, 2), second = digits_at(text, 17, 2);
    if (year < 1 || month < 1 || day < 1 || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
        second < 0 || second > 59)
        return std::nullopt;
    const date::year_month_day calendar_day{date::year{year}, date::month{static_cast<unsigned>(month)},
                                            date::day{static_cast<unsigned>(day)}};
    if (!calendar_day.ok()) return std::nullopt;
    int offset = 0;  // minutes
    if (!utc) {
        const int hours = digits_at(text, kOffset + 1, 2), minutes = digits_at(text, kOffset + 4, 2);
        const char sign = text[kOffset];
        if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || (sign != '+' && sign != '-'))
            return std::nullopt;
        offset = (hours * 60 + minutes) * (sign == '-' ? -1 : 1);
    }
    const std::int64_t days = date::sys_days{calendar_day}.time_since_epoch().count();
    return ((days * 24 + hour) * 60 + minute - offset) * 60'000 + second * 1'000;
}

/// RFC 3339 with an offset, as Unix ms.
Result<std::int64_t> Answerer::parse_now(const std::string& text) {
    if (const auto usual = usual_moment(text)) return *usual;
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

/// A line whose id is a string or a whole number, as they all are; nothing for others and for what is no
/// JSON.
std::optional<Question> Answerer::read_usual_question(std::string_view line) {
    simdjson::dom::object members;
    if (parser_.parse(line.data(), line.size(), true).get(members) != simdjson::SUCCESS) return std::nullopt;
    Question question;
    const std::pair<std::string_view, std::string*> wanted[] = {{"text", &question.text},
                                                                {"now", &question.now},
                                                                {"tz", &question.zone},
                                                                {"locale", &question.locale}};
    for (const auto& [name, value] : members) {
        std::string_view text;
        const bool is_text = value.get(text) == simdjson::SUCCESS;
        if (name == "id") {
            std::int64_t number = 0;
            if (is_text)
                question.id_json = printed(text);
            else if (value.get(number) == simdjson::SUCCESS)
                question.id_json = std::to_string(number);
            else
                return std::nullopt;
        }
        for (const auto& [key, place] : wanted)
            if (key == name) *place = text;  // the last one counts where a name stands twice
    }
    return question;
}

std::optional<Question> Answerer::read_question(std::string_view line) {
    if (auto usual = read_usual_question(line)) return usual;
    const Json object = Json::parse(line, nullptr, false);
    if (!object.is_object()) return std::nullopt;
    return Question{object.contains("id") ? printed(object["id"]) : "null", text_or_empty(object, "text"),
                    text_or_empty(object, "now"), text_or_empty(object, "tz"),
                    text_or_empty(object, "locale")};
}

std::string failed(const Question& question, const std::string& why) {
    return "{\"error\":" + printed(why) + ",\"id\":" + question.id_json + "}";
}

std::string Answerer::answer(std::string_view line) {
    const auto question = read_question(line);
    if (!question) return printed({{"error", "expected a JSON object a line"}});
    const auto now = parse_now(question->now);
    if (!now) return failed(*question, now.error().what);
    const std::string& text = question->text;
    const std::string& locale = question->locale;
    const intents::Decision decision =
        router_.route({.kind = "text", .text = text, .tap = {}, .locale = locale, .asked_plugin = {}});
    // No wish is looked for in what only tells something.
    const std::string& intent = decision.reason == "told" ? kTold : decision.intent;
    const auto understood =
        read(text, intent, question->zone, locale.empty() ? decision.locale : locale, *now);
    if (!understood) return failed(*question, understood.error().what);
    // The plugin's object is known to be JSON: ours are put in front of its members as they stand.
    if (!understood->starts_with('{') || understood->size() < 3)
        return failed(*question, "the plugin answered something that is no JSON object");
    std::string out = "{\"confidence\":";
    out += printed(decision.confidence);
    out += ",\"id\":";
    out += question->id_json;
    out += ",\"intent\":";
    out += printed(decision.intent);
    out += ',';
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
    Answerer answerer(**router, (*plugins)->plugins(), reader.is_wanted);
    const auto answered = answer_lines(STDIN_FILENO, STDOUT_FILENO,
                                       [&](std::string_view line) { return answerer.answer(line); });
    return answered ? kDone : could_not_run(answered.error());
}

}  // namespace migue::host::cli
