#include "calendar/google/api_errors.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "calendar/calendar.hpp"

namespace scheduling {

namespace {

using migue::Error;
using nlohmann::json;

std::string reason_of(std::string_view body) {
    const json parsed = json::parse(body, nullptr, false);
    if (!parsed.is_object() || !parsed.contains("error") || !parsed.at("error").is_object()) return {};
    const json& error = parsed.at("error");
    std::string reason;
    if (const auto errors = error.find("errors");
        errors != error.end() && errors->is_array() && !errors->empty() && errors->front().is_object())
        reason = errors->front().value("reason", "");
    if (const auto details = error.find("details"); details != error.end() && details->is_array())
        for (const auto& detail : *details)
            if (detail.is_object() && detail.contains("reason") && detail.at("reason").is_string() &&
                (reason.empty() || reason == "forbidden"))
                reason = detail.at("reason");
    return reason.substr(0, 60);
}

template <std::size_t Size>
bool is_any(const std::string& reason, const std::array<std::string_view, Size>& known) {
    return std::find(known.begin(), known.end(), reason) != known.end();
}

Verdict of_forbidden(const std::string& reason) {
    static constexpr std::array<std::string_view, 2> kRates{"rateLimitExceeded", "userRateLimitExceeded"};
    static constexpr std::array<std::string_view, 2> kLimits{"quotaExceeded", "dailyLimitExceeded"};
    static constexpr std::array<std::string_view, 2> kScopes{"insufficientPermissions",
                                                             "ACCESS_TOKEN_SCOPE_INSUFFICIENT"};
    static constexpr std::array<std::string_view, 3> kProject{"accessNotConfigured", "SERVICE_DISABLED",
                                                              "BILLING_DISABLED"};
    static constexpr std::array<std::string_view, 3> kRights{"forbiddenForNonOrganizer", "forbidden",
                                                             "requiredAccessLevel"};
    if (is_any(reason, kRates)) return Verdict::kRetry;
    if (is_any(reason, kLimits)) return Verdict::kLater;
    if (is_any(reason, kScopes)) return Verdict::kScope;
    if (is_any(reason, kProject)) return Verdict::kOperator;
    if (is_any(reason, kRights)) return Verdict::kNotYours;
    return reason.empty() ? Verdict::kRetry : Verdict::kBad;  // without a reason: a fault of the site
}

}  // namespace

ApiError judge(int status, std::string_view body) {
    if (status >= 200 && status < 300) return {};
    ApiError error{Verdict::kBad, reason_of(body)};
    switch (status) {
        case 401:
            error.verdict = Verdict::kRefresh;
            break;
        case 403:
            error.verdict = of_forbidden(error.reason);
            break;
        case 404:
            error.verdict = Verdict::kMissing;
            break;
        case 408:
            error.verdict = Verdict::kUnclear;
            break;
        case 409:
            error.verdict = Verdict::kDuplicate;
            break;
        case 410:
            error.verdict = Verdict::kDeleted;
            break;
        case 412:
            error.verdict = Verdict::kChanged;
            break;
        case 429:
            error.verdict = Verdict::kRetry;
            break;
        default:
            if (status >= 500 || status < 400) error.verdict = Verdict::kUnclear;
    }
    return error;
}

Error to_error(const ApiError& error, int status) {
    const auto said = [&](Error::Code code, std::string_view what) {
        return Error{
            code, "calendar API " + std::to_string(status) + " " + error.reason + ": " + std::string(what)};
    };
    switch (error.verdict) {
        case Verdict::kRetry:
        case Verdict::kLater:
            return said(Error::Code::kUnavailable, "a limit");
        case Verdict::kRefresh:
            return said(Error::Code::kUnsupported, kWhyAccessEnded);
        case Verdict::kScope:
            return said(Error::Code::kUnsupported, kWhyScopeMissing);
        case Verdict::kNotYours:
            return said(Error::Code::kInvalid, kWhyNotYours);
        case Verdict::kOperator:
            return said(Error::Code::kConfig, "the Cloud project does not allow it");
        case Verdict::kMissing:
        case Verdict::kDeleted:
            return said(Error::Code::kState, "gone");
        case Verdict::kDuplicate:
        case Verdict::kChanged:
            return said(Error::Code::kUnavailable, "changed by somebody else meanwhile");
        case Verdict::kBad:
            return said(Error::Code::kInvalid, "refused");
        case Verdict::kUnclear:
        case Verdict::kFine:
            break;
    }
    return said(Error::Code::kInternal, "no usable answer");
}

}  // namespace scheduling
