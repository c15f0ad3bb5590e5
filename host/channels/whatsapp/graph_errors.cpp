#include "host/channels/whatsapp/graph_errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "host/channels/whatsapp/incoming_json.hpp"

namespace migue::host::whatsapp {

namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using namespace std::chrono_literals;
using Backoff = GraphErrorRule::Backoff;
using Kind = SendOutcome::Kind;

/// Sends of one reply when the fault is Meta's own, or the network's.
constexpr std::uint32_t kTries = 8;
constexpr milliseconds kLongestRetryAfter = 1h;

constexpr bool kStops = true, kGoesOn = false, kAlarm = true, kQuiet = false;

/// Meta's codes and what a correct sender does with each.
constexpr std::array kRules = {
    GraphErrorRule{0, 0, Backoff::kFixed, 60s, kStops, kAlarm, "the access token is not valid"},
    GraphErrorRule{1, 2, Backoff::kOutbox, 0s, kGoesOn, kQuiet, "a fault inside Meta"},
    GraphErrorRule{3, 3, Backoff::kFixed, 60s, kStops, kAlarm, "the access token lacks a permission"},
    GraphErrorRule{4, 4, Backoff::kFixed, 60s, kStops, kQuiet, "too many calls of the app"},
    GraphErrorRule{10, 10, Backoff::kFixed, 60s, kStops, kAlarm, "the access token lacks a permission"},
    GraphErrorRule{33, 33, Backoff::kFixed, 5min, kStops, kAlarm, "phone_number_id is wrong or gone"},
    GraphErrorRule{100, 100, Backoff::kRefuse, 0s, kGoesOn, kAlarm, "our request is wrong"},
    GraphErrorRule{190, 190, Backoff::kFixed, 60s, kStops, kAlarm, "the access token is invalid or expired"},
    GraphErrorRule{200, 299, Backoff::kFixed, 60s, kStops, kAlarm, "the access token lacks a permission"},
    GraphErrorRule{368, 368, Backoff::kRefuse, 1h, kStops, kAlarm, "the account is restricted"},
    GraphErrorRule{80007, 80007, Backoff::kFixed, 60s, kStops, kQuiet, "too many calls of the account"},
    GraphErrorRule{130403, 130403, Backoff::kRefuse, 0s, kGoesOn, kQuiet, "we blocked this person"},
    GraphErrorRule{130429, 130429, Backoff::kDoubling, 1s, kStops, kQuiet, "the number sends too fast"},
    GraphErrorRule{130472, 130472, Backoff::kRefuse, 0s, kGoesOn, kQuiet,
                   "the person is part of an experiment"},
    GraphErrorRule{130497, 130497, Backoff::kRefuse, 1h, kStops, kAlarm, "the account is restricted"},
    GraphErrorRule{131000, 131000, Backoff::kOutbox, 0s, kGoesOn, kQuiet, "a fault inside Meta"},
    GraphErrorRule{131005, 131005, Backoff::kFixed, 60s, kStops, kAlarm,
                   "the access token lacks a permission"},
    GraphErrorRule{131008, 131009, Backoff::kRefuse, 0s, kGoesOn, kAlarm, "our request is wrong"},
    GraphErrorRule{131016, 131016, Backoff::kOutbox, 0s, kGoesOn, kQuiet, "a fault inside Meta"},
    GraphErrorRule{131021, 131021, Backoff::kRefuse, 0s, kGoesOn, kQuiet, "the recipient is the sender"},
    GraphErrorRule{131026, 131026, Backoff::kRefuse, 0s, kGoesOn, kQuiet, "undeliverable to this person"},
    GraphErrorRule{131030, 131030, Backoff::kRefuse, 0s, kGoesOn, kQuiet,
                   "the number is not on the list of test recipients (try the other form: 52/521, 54/549)"},
    GraphErrorRule{131031, 131031, Backoff::kRefuse, 1h, kStops, kAlarm, "the account is locked"},
    GraphErrorRule{131042, 131042, Backoff::kFixed, 10min, kStops, kAlarm,
                   "a problem with the payment method"},
    GraphErrorRule{131047, 131047, Backoff::kRefuse, 0s, kGoesOn, kQuiet, "the 24-hour window is closed"},
    GraphErrorRule{131048, 131048, Backoff::kFixed, 2h, kStops, kAlarm, "the number was limited for spam"},
    GraphErrorRule{131049, 131050, Backoff::kRefuse, 0s, kGoesOn, kQuiet, "the person gets no such messages"},
    GraphErrorRule{131051, 131053, Backoff::kRefuse, 0s, kGoesOn, kQuiet,
                   "the type or the media cannot be sent"},
    GraphErrorRule{131056, 131056, Backoff::kPowersOfFour, 1s, kGoesOn, kQuiet,
                   "too many messages to this person"},
    GraphErrorRule{131057, 131057, Backoff::kFixed, 60s, kStops, kQuiet, "the number is in maintenance"},
    GraphErrorRule{131062, 131062, Backoff::kRefuse, 0s, kGoesOn, kQuiet, "not to be sent to a user id"},
    GraphErrorRule{131064, 131064, Backoff::kFixed, 2h, kStops, kAlarm,
                   "the number was limited for its classification"},
    GraphErrorRule{132000, 132001, Backoff::kRefuse, 0s, kGoesOn, kAlarm,
                   "the template or flow is wrong or disabled"},
    GraphErrorRule{132005, 132005, Backoff::kRefuse, 0s, kGoesOn, kAlarm,
                   "the template or flow is wrong or disabled"},
    GraphErrorRule{132007, 132007, Backoff::kRefuse, 0s, kGoesOn, kAlarm,
                   "the template or flow is wrong or disabled"},
    GraphErrorRule{132012, 132012, Backoff::kRefuse, 0s, kGoesOn, kAlarm,
                   "the template or flow is wrong or disabled"},
    GraphErrorRule{132015, 132016, Backoff::kRefuse, 0s, kGoesOn, kAlarm,
                   "the template or flow is wrong or disabled"},
    GraphErrorRule{132068, 132069, Backoff::kRefuse, 0s, kGoesOn, kAlarm,
                   "the template or flow is wrong or disabled"},
    GraphErrorRule{133004, 133004, Backoff::kOutbox, 0s, kGoesOn, kQuiet, "a fault inside Meta"},
    GraphErrorRule{133010, 133010, Backoff::kFixed, 5min, kStops, kAlarm, "the number is not registered"},
    GraphErrorRule{135000, 135000, Backoff::kRefuse, 0s, kGoesOn, kAlarm, "our request is wrong"},
};

/// What stands for a code that could not be read.
constexpr GraphErrorRule kTheirFault = {-1,      -1,     Backoff::kOutbox,           0s,
                                        kGoesOn, kQuiet, "a fault at the other side"};
constexpr GraphErrorRule kOurFault = {
    -1, -1, Backoff::kRefuse, 0s, kGoesOn, kAlarm, "refused for an unknown reason"};
constexpr GraphErrorRule kNoAccess = {
    -1, -1, Backoff::kFixed, 60s, kStops, kAlarm, "the access token is not accepted"};
constexpr GraphErrorRule kTooFast = {-1, -1, Backoff::kDoubling, 1s, kStops, kQuiet, "too many calls"};
constexpr GraphErrorRule kRedirect = {-1,
                                      -1,
                                      Backoff::kFixed,
                                      60s,
                                      kStops,
                                      kAlarm,
                                      "graph_url answers with a redirect, which is never followed"};

const GraphErrorRule& rule_for_status(int status) {
    if (status == 401 || status == 403) return kNoAccess;
    if (status == 408 || status >= 500) return kTheirFault;
    if (status == 429) return kTooFast;
    return status >= 300 && status < 400 ? kRedirect : kOurFault;
}

int integer_in(const json& object, const char* key, int otherwise) {
    const json* found = member(object, key);
    return found && found->is_number_integer() ? found->get<int>() : otherwise;
}

/// Minutes until calls are taken again, as Graph counts them for an account.
std::optional<milliseconds> regain_access(const HttpClientResponse& response) {
    const auto usage = parse_incoming(response.header("x-business-use-case-usage"));
    if (!usage || !usage->is_object()) return std::nullopt;
    int minutes = 0;
    for (const json& entries : *usage) {
        if (!entries.is_array()) continue;
        for (const json& entry : entries)
            minutes = std::max(minutes, integer_in(entry, "estimated_time_to_regain_access", 0));
    }
    if (minutes <= 0) return std::nullopt;
    return std::min<milliseconds>(std::chrono::minutes(minutes), kLongestRetryAfter);
}

std::optional<milliseconds> retry_after(const HttpClientResponse& response) {
    const std::string_view text = response.header("retry-after");
    int seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc() || end != text.data() + text.size() || seconds <= 0)
        return regain_access(response);
    return std::min<milliseconds>(std::chrono::seconds(seconds), kLongestRetryAfter);
}

milliseconds delay_of(const GraphErrorRule& rule, std::uint32_t attempt) {
    switch (rule.backoff) {
        case Backoff::kRefuse:
        case Backoff::kFixed:
            return rule.base;
        case Backoff::kDoubling:
            return std::min<milliseconds>(rule.base * (1 << std::min(attempt, 6u)), 60s);
        case Backoff::kPowersOfFour:
            return rule.base * (1 << 2 * std::min(attempt, 3u));
        case Backoff::kOutbox:
            break;
    }
    return 0ms;
}

/// Whether the rule is about the token or what it may do.
bool is_access(const GraphErrorRule& rule) {
    constexpr std::array kCodes = {0, 3, 10, 190, 200, 131005};
    return &rule == &kNoAccess || std::find(kCodes.begin(), kCodes.end(), rule.first_code) != kCodes.end();
}

Verdict verdict_of(const GraphErrorRule& rule, int code, std::optional<milliseconds> asked,
                   std::uint32_t attempt) {
    Verdict verdict;
    verdict.code = code;
    verdict.alarm = rule.alarm;
    verdict.is_access = is_access(rule);
    verdict.outcome.why = code > 0 || &rule == kRules.data()
                              ? fmt::format("graph error {}: {}", code, rule.meaning)
                              : std::string(rule.meaning);
    const milliseconds delay = asked && rule.backoff != Backoff::kRefuse ? *asked : delay_of(rule, attempt);
    if (rule.stops_number) verdict.pause = delay;
    const bool tired = rule.backoff == Backoff::kOutbox && attempt + 1 >= kTries;
    verdict.outcome.kind = rule.backoff == Backoff::kRefuse || tired ? Kind::kRefused : Kind::kRetry;
    if (verdict.outcome.kind == Kind::kRetry) verdict.outcome.retry_after_ms = delay.count();
    if (tired) verdict.outcome.why += fmt::format("; given up after {} sends", kTries);
    return verdict;
}

/// Ids that Meta's support asks for; anything else in their place is left out.
std::string trace_of(const json& error) {
    const std::string_view trace = text_in(error, "fbtrace_id");
    const bool plain =
        !trace.empty() && trace.size() <= 64 && std::all_of(trace.begin(), trace.end(), [](char c) {
            return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
                   c == '-';
        });
    return plain ? fmt::format(" (fbtrace_id {})", trace) : "";
}

Verdict sent(const HttpClientResponse& response) {
    Verdict verdict;
    const auto body = parse_incoming(response.body);
    const json* messages = body ? array_in(*body, "messages") : nullptr;
    // Anything but the expected JSON was accepted all the same: sending it again would double it.
    if (messages && !messages->empty()) verdict.outcome.channel_message_id = text_in(messages->front(), "id");
    return verdict;
}

}  // namespace

std::span<const GraphErrorRule> graph_error_rules() noexcept {
    return kRules;
}

const GraphErrorRule* graph_error_rule(int code, int subcode) noexcept {
    // Subcode 33 of "invalid parameter": the object in the path does not exist.
    const int wanted = code == 100 && subcode == 33 ? 33 : code;
    const auto* found = std::find_if(kRules.begin(), kRules.end(), [&](const GraphErrorRule& rule) {
        return wanted >= rule.first_code && wanted <= rule.last_code;
    });
    return found == kRules.end() ? nullptr : found;
}

Verdict judge(const HttpClientResponse& response, std::uint32_t attempt) {
    if (response.status >= 200 && response.status < 300) return sent(response);
    const auto body = parse_incoming(response.body);
    const json* error = body ? object_in(*body, "error") : nullptr;
    const int code = error ? integer_in(*error, "code", -1) : -1;
    const GraphErrorRule* known = graph_error_rule(code, error ? integer_in(*error, "error_subcode", 0) : 0);
    const GraphErrorRule& rule = known ? *known : rule_for_status(response.status);
    Verdict verdict = verdict_of(rule, code, retry_after(response), attempt);
    if (!known) verdict.outcome.why += fmt::format(" (HTTP status {})", response.status);
    if (error) verdict.outcome.why += trace_of(*error);
    return verdict;
}

Verdict judge_failed(int code, std::uint32_t attempt) {
    const GraphErrorRule* known = graph_error_rule(code, 0);
    return verdict_of(known ? *known : kOurFault, code, std::nullopt, attempt);
}

Verdict judge(const Error& transport, std::uint32_t attempt) {
    if (transport.code == Error::Code::kUnavailable) {
        Verdict verdict = verdict_of(kTheirFault, -1, std::nullopt, attempt);
        verdict.outcome.why = transport.what;
        return verdict;
    }
    Verdict verdict;
    verdict.code = -1;
    const bool malformed = transport.code == Error::Code::kInvalid;
    verdict.alarm = malformed;
    verdict.outcome.kind = malformed ? Kind::kRefused : Kind::kUncertain;
    verdict.outcome.why = transport.what;
    return verdict;
}

}  // namespace migue::host::whatsapp
