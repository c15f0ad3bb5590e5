#include "model_client/chat_client.hpp"

#include <date/date.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <sstream>

#include "model_client/place.hpp"

namespace model_client {

namespace {

using migue::Error;
using migue::HttpResponse;
using migue::Task;
using nlohmann::json;

constexpr std::uint64_t kMsNs = 1'000'000;
constexpr std::uint64_t kSecondNs = 1000 * kMsNs;
constexpr std::uint64_t kLeastNs = 100 * kMsNs;  // less than this is not worth asking
constexpr std::uint64_t kRepeatPauseNs = 100 * kMsNs;
constexpr std::uint64_t kNotAllowedNs = 600 * kSecondNs;  // a wrong key is not tried every minute
constexpr std::uint64_t kLongestPauseNs = 3600 * kSecondNs;
constexpr std::size_t kMostBytes = 64UL * 1024;
constexpr int kMostTries = 5;  // each way once, and one repeat

bool names_any(const std::string& text, std::initializer_list<std::string_view> words) {
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

std::string text_of(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// "error" of the body; an empty object when it has none.
json error_of(const std::string& body) {
    const json parsed = json::parse(body, nullptr, false);
    const json* error = parsed.is_object() && parsed.contains("error") ? &parsed.at("error") : nullptr;
    return error != nullptr && error->is_object() ? *error : json::object();
}

/// What was paid for; a guess when the server does not say.
std::int64_t tokens_in(const json& answer, std::size_t bytes) {
    const json usage = answer.is_object() ? answer.value("usage", json()) : json();
    const json total = usage.is_object() ? usage.value("total_tokens", json()) : json();
    constexpr std::int64_t kMostBelieved = 1'000'000;
    if (total.is_number_integer() && total > 0 && total < kMostBelieved) return total.get<std::int64_t>();
    return static_cast<std::int64_t>(bytes / 4);
}

bool is_json(const HttpResponse& response) {
    return response.header("content-type").find("json") != std::string_view::npos;
}

}  // namespace

/// One question on its way through its tries.
struct ChatClient::Try {
    Way way;
    int answer_tokens = 0;
    std::uint64_t pause_ns = 0;  ///< before the next
    bool may_repeat = true;      ///< the one repeat is still there
    bool again = false;          ///< the last try asks for another
    bool is_fault = false;       ///< counts against the server
    ChatAnswer answer = {};

    void end(ChatEnd how, bool fault) {
        answer.end = how;
        is_fault = fault;
        again = false;
    }
    void end_or_repeat(ChatEnd how, std::uint64_t pause) {
        end(how, true);
        again = may_repeat;
        may_repeat = false;
        pause_ns = pause;
    }
    void end_without_answer(Error::Code code) {
        if (code == Error::Code::kCancelled || code == Error::Code::kState)
            return end(ChatEnd::kSilent, false);  // the turn is over, not the server's fault
        if (code == Error::Code::kDeadline) return end(ChatEnd::kSilent, true);
        if (code == Error::Code::kInvalid) return end(ChatEnd::kRefused, true);
        end_or_repeat(ChatEnd::kBroken, kRepeatPauseNs);
    }
};

std::string_view name_of(ChatEnd end) {
    switch (end) {
        case ChatEnd::kAnswered:
            return "answered";
        case ChatEnd::kSwitchedOff:
            return "switched_off";
        case ChatEnd::kBusy:
            return "busy";
        case ChatEnd::kNoTime:
            return "no_time";
        case ChatEnd::kSilent:
            return "silent";
        case ChatEnd::kBroken:
            return "broken";
        case ChatEnd::kLimited:
            return "limited";
        case ChatEnd::kRefused:
            return "refused";
        case ChatEnd::kCut:
            return "cut";
        case ChatEnd::kWithheld:
            return "withheld";
        case ChatEnd::kUnusable:
            return "unusable";
    }
    return "unknown";
}

std::string_view without_fence(std::string_view content) {
    const auto trim = [](std::string_view text) {
        constexpr std::string_view kSpace = " \t\r\n";
        const std::size_t begin = text.find_first_not_of(kSpace);
        if (begin == std::string_view::npos) return std::string_view();
        return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
    };
    content = trim(content);
    if (!content.starts_with("```") || !content.ends_with("```") || content.size() < 7) return content;
    const std::size_t line = content.find('\n');
    if (line == std::string_view::npos || line + 3 > content.size()) return content;
    return trim(content.substr(line + 1, content.size() - line - 4));
}

std::uint64_t retry_after_ns(const HttpResponse& response, std::int64_t now_unix_ms) {
    const auto number = [](std::string_view text, std::uint64_t& value) {
        const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
        return !text.empty() && fault == std::errc() && end == text.data() + text.size();
    };
    std::uint64_t value = 0;
    if (number(response.header("retry-after-ms"), value)) return std::min(value * kMsNs, kLongestPauseNs);
    const std::string_view after = response.header("retry-after");
    if (number(after, value))
        return std::min(std::min<std::uint64_t>(value, 86'400) * kSecondNs, kLongestPauseNs);
    if (after.empty()) return 0;
    std::istringstream in{std::string(after)};
    date::sys_time<std::chrono::milliseconds> at;
    in >> date::parse("%a, %d %b %Y %T GMT", at);
    const std::int64_t wait = in.fail() ? 0 : at.time_since_epoch().count() - now_unix_ms;
    return wait <= 0 ? 0 : std::min(static_cast<std::uint64_t>(wait) * kMsNs, kLongestPauseNs);
}

std::string as_data(std::string_view words) {
    constexpr std::size_t kMostCharacters = 2000;
    std::string out;
    std::size_t count = 0;
    for (const char byte : words) {
        const bool begins = (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
        if (begins && ++count > kMostCharacters) break;
        out += byte;
    }
    for (std::size_t at = out.find("[["); at != std::string::npos; at = out.find("[[", at))
        out.replace(at, 2, "[ [");
    return out;
}

std::string between_markers(const migue::Vault& vault, std::string_view words) {
    static constexpr char kHex[] = "0123456789abcdef";
    const auto random = vault.random(8);
    std::string marker = "[[m-";
    // Without randomness the marker is only less of a secret: nothing rests on it.
    for (const char byte : random ? *random : std::string(1, '\0')) {
        marker += kHex[static_cast<unsigned char>(byte) >> 4];
        marker += kHex[static_cast<unsigned char>(byte) & 15];
    }
    marker += "]]\n";
    return marker + as_data(words) + "\n" + marker;
}

ChatClient::ChatClient(const migue::Services& services, const ModelSettings& settings,
                       const std::string& series)
    : services_(services),
      settings_(settings),
      way_{Format::kJsonSchema, settings.url.find("api.openai.com") != std::string::npos},
      asked_(services.metrics.counter(series + "_asked_total")),
      faults_(services.metrics.counter(series + "_faults_total")),
      tokens_(services.metrics.counter(series + "_tokens_total")),
      seconds_(services.metrics.histogram(series + "_seconds")) {
    if (settings.format == ModelSettings::Format::kJsonObject) way_.format = Format::kJsonObject;
    if (settings.format == ModelSettings::Format::kPlain) way_.format = Format::kPlain;
    if (settings.token_field != ModelSettings::TokenField::kAuto)
        way_.completion_tokens = settings.token_field == ModelSettings::TokenField::kMaxCompletionTokens;
}

ChatClient::Way ChatClient::way() const {
    const std::lock_guard lock(mutex_);
    return way_;
}

void ChatClient::learn(Way way) {
    const std::lock_guard lock(mutex_);
    way_ = way;
}

std::string ChatClient::body_of(const ChatQuestion& question, const Way& way, int answer_tokens) const {
    json body = json::parse(settings_.extra_json);
    body["model"] = settings_.name;
    body["messages"] = json::array(
        {{{"role", "system"}, {"content", question.system}}, {{"role", "user"}, {"content", question.user}}});
    body["temperature"] = 0;
    body["stream"] = false;
    body[way.completion_tokens ? "max_completion_tokens" : "max_tokens"] = answer_tokens;
    if (way.format == Format::kJsonObject) body["response_format"] = {{"type", "json_object"}};
    if (way.format == Format::kJsonSchema)
        body["response_format"] = {
            {"type", "json_schema"},
            {"json_schema",
             {{"name", question.schema_name}, {"strict", true}, {"schema", json::parse(question.schema)}}}};
    return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// 400 and its like: another format or another name for the limit, if it is about these.
void ChatClient::judge_refusal(Try& attempt, int status, const std::string& body) {
    const json error = error_of(body);
    const std::string message = text_of(error, "message"), param = text_of(error, "param");
    const std::string about = param + " " + message;
    if (names_any(about, {"max_tokens", "max_completion_tokens"}) &&
        settings_.token_field == ModelSettings::TokenField::kAuto) {
        attempt.way.completion_tokens = !attempt.way.completion_tokens;
        learn(attempt.way);
        attempt.again = true;
    } else if (names_any(about, {"response_format", "json_schema", "json_object", "grammar", "schema"}) &&
               settings_.format == ModelSettings::Format::kAuto && attempt.way.format != Format::kPlain) {
        attempt.way.format = attempt.way.format == Format::kJsonSchema ? Format::kJsonObject : Format::kPlain;
        learn(attempt.way);
        attempt.again = true;
    } else {
        attempt.end(ChatEnd::kRefused, true);
        services_.log.warn("the model's server refused a request",
                           {{"status", std::to_string(status)},
                            {"type", text_of(error, "type").substr(0, 40)},
                            {"param", param.substr(0, 40)}});
    }
}

void ChatClient::judge_limit(Try& attempt, const HttpResponse& response) {
    const std::uint64_t now = services_.clock.monotonic_ns();
    if (text_of(error_of(response.body), "code") == "insufficient_quota") {
        services_.log.error("the model's quota is used up: it rests", {{"minutes", "10"}});
        breaker_.pause_until(now + kNotAllowedNs);
        return attempt.end(ChatEnd::kLimited, false);
    }
    const std::uint64_t wait = retry_after_ns(response, services_.clock.unix_ms());
    attempt.end_or_repeat(ChatEnd::kLimited, std::max(wait, kRepeatPauseNs));
    // Told when to come back: nobody need ask before.
    if (wait > 2 * kSecondNs) {
        breaker_.pause_until(now + wait);
        attempt.again = attempt.is_fault = false;
    }
}

void ChatClient::judge_answer(Try& attempt, const HttpResponse& response) const {
    const json answer = json::parse(response.body, nullptr, false);
    attempt.answer.tokens += tokens_in(answer, response.body.size());
    const json choices = answer.is_object() ? answer.value("choices", json()) : json();
    const bool is_answer = choices.is_array() && !choices.empty() && choices[0].is_object() &&
                           choices[0].value("message", json()).is_object();
    if (!is_answer) return attempt.end_or_repeat(ChatEnd::kBroken, kRepeatPauseNs);
    const json& choice = choices[0];
    const json& message = choice.at("message");
    const std::string reason = text_of(choice, "finish_reason");
    const std::string content = text_of(message, "content");
    if (reason == "length") {
        attempt.end_or_repeat(ChatEnd::kCut, 0);
        attempt.answer_tokens *= 2;
        return;
    }
    const bool withheld = (!reason.empty() && reason != "stop") || content.empty() ||
                          !text_of(message, "refusal").empty() || message.contains("tool_calls");
    if (withheld) return attempt.end(ChatEnd::kWithheld, false);
    attempt.answer.content = without_fence(content);
    attempt.end(ChatEnd::kAnswered, false);
}

Task<void> ChatClient::send(const ChatQuestion& question, std::uint64_t until_ns, Try& attempt) {
    const std::uint64_t begin = services_.clock.monotonic_ns();
    migue::HttpRequest request;
    request.method = "POST";
    request.url = settings_.url + "/chat/completions";
    request.headers.emplace_back("content-type", "application/json");
    if (!settings_.api_key.empty())
        request.headers.emplace_back("authorization", "Bearer " + settings_.api_key);
    request.body = body_of(question, attempt.way, attempt.answer_tokens);
    // A pause may have ended late.
    request.timeout = std::chrono::nanoseconds(until_ns > begin ? until_ns - begin : kMsNs);
    request.max_response = kMostBytes;
    ++attempt.answer.tries;
    attempt.again = false;
    services_.metrics.record(asked_, 1);
    auto response = co_await services_.http.send(std::move(request));
    services_.metrics.record(seconds_, static_cast<double>(services_.clock.monotonic_ns() - begin) / 1e9);
    if (!response) {
        attempt.end_without_answer(response.error().code);
        co_return;
    }
    const int status = response->status;
    if (status == 200 && is_json(*response)) {
        judge_answer(attempt, *response);
    } else if (status == 401 || status == 403 || status == 404) {
        services_.log.error("the model's server does not let us in: it rests; check url, name and api_key",
                            {{"status", std::to_string(status)}, {"minutes", "10"}});
        breaker_.pause_until(services_.clock.monotonic_ns() + kNotAllowedNs);
        attempt.end(ChatEnd::kRefused, false);
    } else if (status == 429) {
        judge_limit(attempt, *response);
    } else if (status >= 400 && status < 500 && status != 408 && status != 409) {
        judge_refusal(attempt, status, response->body);
    } else {
        attempt.end_or_repeat(ChatEnd::kBroken, kRepeatPauseNs);
        // Some servers break on the format itself: once without, and not remembered.
        if (status == 500 && attempt.way.format == Format::kJsonSchema &&
            settings_.format == ModelSettings::Format::kAuto)
            attempt.way.format = Format::kJsonObject;
    }
    const std::string_view told = response->header("x-should-retry");
    if (told == "false" && attempt.is_fault) attempt.again = false;
}

Task<ChatAnswer> ChatClient::run(const ChatQuestion& question, std::uint64_t until_ns,
                                 const std::function<bool(std::string_view)>& is_usable) {
    Try attempt{way(), settings_.answer_tokens};
    for (int tries = 0; tries < kMostTries; ++tries) {
        const std::uint64_t now = services_.clock.monotonic_ns();
        if (now + attempt.pause_ns + kLeastNs > until_ns) {
            if (tries == 0) attempt.end(ChatEnd::kNoTime, false);
            break;
        }
        if (attempt.pause_ns != 0) {
            auto waited = co_await services_.timer.after(std::chrono::nanoseconds(attempt.pause_ns));
            if (!waited) break;
            attempt.pause_ns = 0;
        }
        co_await send(question, until_ns, attempt);
        if (attempt.answer.end == ChatEnd::kAnswered && !attempt.again && !is_usable(attempt.answer.content))
            attempt.end_or_repeat(ChatEnd::kUnusable, 0);
        if (!attempt.again) break;
    }
    if (attempt.answer.end == ChatEnd::kAnswered)
        breaker_.succeeded();
    else if (attempt.is_fault)
        breaker_.failed(services_.clock.monotonic_ns());
    co_return std::move(attempt.answer);
}

Task<ChatAnswer> ChatClient::ask(const ChatQuestion& question, std::uint64_t until_ns,
                                 std::function<bool(std::string_view)> is_usable) {
    ChatAnswer answer;
    const std::uint64_t now = services_.clock.monotonic_ns();
    if (now + kLeastNs > until_ns) {
        answer.end = ChatEnd::kNoTime;
        co_return answer;
    }
    // Counted before it is compared, so that two do not both take the last place.
    const Place place(under_way_);
    if (place.number() > settings_.calls_at_once) {
        answer.end = ChatEnd::kBusy;
        co_return answer;
    }
    if (!breaker_.lets_through(now)) {
        answer.end = ChatEnd::kSwitchedOff;
        co_return answer;
    }
    answer = co_await run(question, until_ns, is_usable);
    note(answer);
    co_return answer;
}

void ChatClient::note(const ChatAnswer& answer) {
    if (answer.tokens > 0) services_.metrics.record(tokens_, static_cast<double>(answer.tokens));
    if (answer.end != ChatEnd::kAnswered && answer.end != ChatEnd::kNoTime)
        services_.metrics.record(faults_, 1);
}

Task<void> ChatClient::warm_up(const ChatQuestion& question) {
    constexpr std::uint64_t kPatienceNs = 120 * kSecondNs;  // local servers load the model first
    Try attempt{way(), settings_.answer_tokens};
    const std::uint64_t until = services_.clock.monotonic_ns() + kPatienceNs;
    for (int tries = 0; tries < kMostTries; ++tries) {
        co_await send(question, until, attempt);
        if (!attempt.again) co_return;
        if (services_.clock.monotonic_ns() + kSecondNs > until) co_return;
        auto waited = co_await services_.timer.after(std::chrono::nanoseconds(attempt.pause_ns));
        if (!waited) co_return;
    }
}

}  // namespace model_client
