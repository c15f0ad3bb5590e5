#include "host/cli/answerer.hpp"

#include <date/date.h>
#include <simdjson.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <utility>

#include "host/cli/line_pipe.hpp"
#include "migue/cpp/text.hpp"

namespace migue::host::cli {

namespace {

using Json = nlohmann::json;

/// The intent of what holds no wish, whatever its words: a kind of "other".
constexpr std::string_view kTold = "other-told";

/// What a line asks. What it does not say, or not as a string, is empty. Valid until the next line is read.
struct Question {
    std::string id_json = "null";
    std::string_view text, now, zone, locale;
};

/// Answers line after line; holds what is worth keeping between them.
class Answerer {
public:
    Answerer(const intents::Router& router, const ReadText& read) : router_(router), read_(read) {}

    /// Puts the answer to the line behind what is in `out`.
    void answer(std::string_view line, std::string& out);

private:
    /// Nothing when the line is no JSON object.
    [[nodiscard]] std::optional<Question> read_question(std::string_view line);
    [[nodiscard]] std::optional<Question> read_usual_question(std::string_view line);
    [[nodiscard]] Result<std::int64_t> parse_now(std::string_view text);

    const intents::Router& router_;
    const ReadText& read_;
    simdjson::dom::parser parser_;
    Json unusual_;             // a line that the parser could not read
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
Result<std::int64_t> Answerer::parse_now(std::string_view text) {
    if (const auto usual = usual_moment(text)) return *usual;
    time_.clear();
    time_.str(std::string(text));
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

std::string_view text_or_empty(const Json& line, const char* key) {
    const auto found = line.find(key);
    return found != line.end() && found->is_string() ? found->get_ref<const std::string&>()
                                                     : std::string_view{};
}

std::string printed(const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// A JSON string. Nearly all are put as they are.
void put_text(std::string& out, std::string_view text) {
    const auto is_plain = [](char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; };
    if (std::ranges::all_of(text, is_plain))
        out.append(1, '"').append(text).append(1, '"');
    else
        out += printed(text);
}

/// A line whose id is a string or a whole number, as they all are; nothing for others and for what is no
/// JSON.
std::optional<Question> Answerer::read_usual_question(std::string_view line) {
    simdjson::dom::object members;
    if (parser_.parse(line.data(), line.size(), true).get(members) != simdjson::SUCCESS) return std::nullopt;
    Question question;
    const std::pair<std::string_view, std::string_view*> wanted[] = {{"text", &question.text},
                                                                     {"now", &question.now},
                                                                     {"tz", &question.zone},
                                                                     {"locale", &question.locale}};
    for (const auto& [name, value] : members) {
        std::string_view text;
        const bool is_text = value.get(text) == simdjson::SUCCESS;
        if (name == "id") {
            std::int64_t number = 0;
            if (is_text) {
                question.id_json.clear();
                put_text(question.id_json, text);
            } else if (value.get(number) == simdjson::SUCCESS)
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
    unusual_ = Json::parse(line, nullptr, false);
    if (!unusual_.is_object()) return std::nullopt;
    return Question{unusual_.contains("id") ? printed(unusual_["id"]) : "null",
                    text_or_empty(unusual_, "text"), text_or_empty(unusual_, "now"),
                    text_or_empty(unusual_, "tz"), text_or_empty(unusual_, "locale")};
}

void put_failure(std::string& out, const Question& question, const std::string& why) {
    out.append("{\"error\":").append(printed(why)).append(",\"id\":").append(question.id_json) += '}';
}

void Answerer::answer(std::string_view line, std::string& out) {
    const auto question = read_question(line);
    if (!question) {
        out += printed({{"error", "expected a JSON object a line"}});
        return;
    }
    const auto now = parse_now(question->now);
    if (!now) return put_failure(out, *question, now.error().what);
    const intents::Decision decision = router_.route({.kind = "text",
                                                      .text = question->text,
                                                      .tap = {},
                                                      .locale = question->locale,
                                                      .asked_plugin = {},
                                                      .wants_second_wish = false});
    const std::size_t begin = out.size();
    out += "{\"confidence\":";
    out += printed(decision.confidence);
    out += ",\"id\":";
    out += question->id_json;
    out += ",\"intent\":";
    put_text(out, decision.intent);
    const std::size_t object = out.size();
    // No wish is looked for in what only tells something.
    const std::string_view intent =
        decision.routed_by == intents::RoutedBy::kTold ? kTold : std::string_view(decision.intent);
    const auto read =
        read_({sizeof(migue_understand_request), 0, to_c(question->text), to_c(intent), to_c(question->zone),
               to_c(question->locale.empty() ? decision.locale : question->locale), *now},
              out);
    // The plugin's object is known to be JSON: ours are put in front of its members as they stand.
    const bool is_object = read && out.size() - object > 2 && out[object] == '{';
    if (is_object) {
        out[object] = ',';
        return;
    }
    out.resize(begin);
    put_failure(out, *question,
                read ? "the plugin answered something that is no JSON object" : read.error().what);
}

}  // namespace

Result<void> answer_questions(const intents::Router& router, const ReadText& read) {
    Answerer answerer(router, read);
    return answer_lines(STDIN_FILENO, STDOUT_FILENO,
                        [&](std::string_view line, std::string& out) { answerer.answer(line, out); });
}

}  // namespace migue::host::cli
