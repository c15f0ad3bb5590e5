#pragma once
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "accounts/google_accounts.hpp"
#include "calendar/google/api_errors.hpp"
#include "calendar/google/call_budget.hpp"
#include "migue/cpp/services.hpp"
#include "settings.hpp"

namespace scheduling {

struct ApiRequest {
    std::string method = "GET";
    std::string path = {};  ///< below the API's base, encoded: "calendars/primary/events"
    std::string query = {};
    std::string body = {};  ///< JSON, or ""
    std::string etag = {};  ///< only if the event is still that one
};

/// One answer, whatever it says.
struct ApiAnswer {
    int status = 0;
    ApiError error;
    nlohmann::json body;
    bool is_repeat = false;  ///< an earlier sending of it got no usable answer
};

/// Calls to the Calendar API for one person's account: token, limits, one repeat where it
/// helps and the time allows. Every request may be repeated, as all of them are idempotent.
/// Thread-safe.
class GoogleClient {
public:
    GoogleClient(const migue::Services& services, const GoogleAccounts& accounts,
                 const GoogleSettings& settings)
        : services_(services),
          accounts_(accounts),
          settings_(settings),
          budget_(settings.calls_per_account, settings.calls_in_all),
          faults_(services.metrics.counter("google_faults_total")),
          times_(services.metrics.histogram("google_seconds")) {}

    /// An answer of any status but 401, or why there is none: see Calendar for the codes.
    [[nodiscard]] migue::Task<migue::Result<ApiAnswer>> call(Caller caller, const GoogleAccount& account,
                                                             ApiRequest request);

private:
    migue::Task<migue::Result<ApiAnswer>> send(Caller caller, const std::string& account,
                                               const ApiRequest& request, std::string token);
    migue::Task<migue::Result<void>> pause(Caller caller, std::uint64_t wait_ns) const;
    [[nodiscard]] std::uint64_t wait_before_repeat(const ApiAnswer* answer) const;

    const migue::Services services_;
    const GoogleAccounts& accounts_;
    const GoogleSettings& settings_;
    CallBudget budget_;
    const std::uint32_t faults_, times_;
};

}  // namespace scheduling
