#include "calendar/google/google_client.hpp"

#include <algorithm>
#include <charconv>

namespace scheduling {

namespace {

using migue::Error;
using migue::Result;
using migue::Task;
using nlohmann::json;

constexpr std::uint64_t kMsNs = 1'000'000;
constexpr std::uint64_t kSecondNs = 1000 * kMsNs;
constexpr std::uint64_t kLongestNs = 15 * kSecondNs;  // one request
constexpr std::uint64_t kLeastNs = 100 * kMsNs;       // less than this is not worth sending
constexpr std::size_t kMostBytes = 8UL * 1024 * 1024;

bool helps_to_repeat(const ApiAnswer& answer) {
    return answer.error.verdict == Verdict::kRetry || answer.error.verdict == Verdict::kUnclear;
}

}  // namespace

/// As Google advises: a second and a random part of one; or what the answer says.
std::uint64_t GoogleClient::wait_before_repeat(const ApiAnswer* answer) const {
    if (answer != nullptr && answer->body.is_object() && answer->body.contains("retry_after_s"))
        return static_cast<std::uint64_t>(answer->body.at("retry_after_s").get<int>()) * kSecondNs;
    const auto random = services_.vault.random(1);
    const std::uint64_t part = random && !random->empty() ? static_cast<unsigned char>(random->front()) : 128;
    return kSecondNs + part * kSecondNs / 256;
}

Task<Result<void>> GoogleClient::pause(Caller caller, std::uint64_t wait_ns) const {
    if (wait_ns == 0) co_return Result<void>();
    if (caller.until_ns != 0 && services_.clock.monotonic_ns() + wait_ns + kLeastNs > caller.until_ns)
        co_return Error{Error::Code::kUnavailable, "calendar API: no time left to wait"};
    co_return co_await services_.timer.after(std::chrono::nanoseconds(wait_ns));
}

Task<Result<ApiAnswer>> GoogleClient::send(Caller caller, const std::string& account,
                                           const ApiRequest& request, std::string token) {
    auto waited = co_await pause(caller, budget_.take(account, services_.clock.monotonic_ns()));
    if (!waited) co_return std::move(waited).error();
    const std::uint64_t now = services_.clock.monotonic_ns();
    std::uint64_t left = kLongestNs;
    if (caller.until_ns != 0) left = std::min(left, caller.until_ns > now ? caller.until_ns - now : 0);
    if (left < kLeastNs) co_return Error{Error::Code::kUnavailable, "calendar API: no time left"};
    migue::HttpRequest http;
    http.method = request.method;
    http.url =
        settings_.calendar_url + "/" + request.path + (request.query.empty() ? "" : "?" + request.query);
    http.headers.emplace_back("authorization", "Bearer " + token);
    if (!request.etag.empty()) http.headers.emplace_back("if-match", request.etag);
    if (!request.body.empty()) http.headers.emplace_back("content-type", "application/json; charset=utf-8");
    http.body = request.body;
    http.timeout = std::chrono::nanoseconds(left);
    http.max_response = kMostBytes;
    auto response = co_await services_.http.send(std::move(http));
    services_.metrics.record(times_, static_cast<double>(services_.clock.monotonic_ns() - now) / 1e9);
    if (!response) {
        services_.metrics.record(faults_, 1);
        co_return std::move(response).error().within("calendar API");
    }
    ApiAnswer answer;
    answer.status = response->status;
    answer.error = judge(response->status, response->body);
    if (answer.error.verdict == Verdict::kFine) {
        answer.body = json::parse(response->body, nullptr, false);
        // "200 OK" from something that is not Google.
        if (answer.body.is_discarded() && answer.status != 204) answer.error.verdict = Verdict::kUnclear;
        co_return answer;
    }
    services_.metrics.record(faults_, 1);
    services_.log.info("the calendar API refused a call", {{"method", request.method},
                                                           {"status", std::to_string(answer.status)},
                                                           {"reason", answer.error.reason}});
    const std::string_view after = response->header("retry-after");
    int seconds = 0;
    const auto [end, fault] = std::from_chars(after.data(), after.data() + after.size(), seconds);
    if (!after.empty() && fault == std::errc() && end == after.data() + after.size() && seconds >= 0)
        answer.body = json{{"retry_after_s", seconds}};
    co_return answer;
}

Task<Result<ApiAnswer>> GoogleClient::call(Caller caller, const GoogleAccount& account, ApiRequest request) {
    bool has_new_token = false, is_repeat = false;
    for (;;) {
        auto token = co_await accounts_.access(caller, account.id);
        if (!token) co_return std::move(token).error();
        auto answer = co_await send(caller, account.id, request, token->text);
        if (answer && answer->error.verdict == Verdict::kRefresh) {
            if (has_new_token) {
                GoogleAccount dead = account;
                dead.version = token->version;
                auto buried = co_await accounts_.bury(dead, "401 with a fresh token");
                if (!buried) co_return std::move(buried).error();
                co_return Error{Error::Code::kUnsupported, std::string(kWhyAccessEnded)};
            }
            auto spoiled = co_await accounts_.spoil(caller.person, account.id, token->version);
            if (!spoiled) co_return std::move(spoiled).error();
            has_new_token = true;
            continue;
        }
        const bool is_worth = answer ? helps_to_repeat(*answer)
                                     : answer.error().code != Error::Code::kCancelled &&
                                           answer.error().code != Error::Code::kInvalid;
        if (!is_worth || is_repeat) {
            if (answer) answer->is_repeat = is_repeat;
            co_return answer;
        }
        const ApiAnswer* told = nullptr;
        if (answer) told = &*answer;
        auto waited = co_await pause(caller, wait_before_repeat(told));
        if (!waited) co_return answer;
        is_repeat = true;
    }
}

}  // namespace scheduling
