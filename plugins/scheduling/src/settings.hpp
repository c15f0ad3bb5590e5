#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "migue/cpp/plugin.hpp"
#include "model_client/model_settings.hpp"
#include "reminders/quiet_hours.hpp"
#include "understanding/model/transcription_settings.hpp"

namespace scheduling {

/// When a person sees a card before something is booked.
enum class Confirm {
    kWhenUnsure = 1,  ///< only when something was inferred or matters to others
    kAlways,
    kNever,  ///< only when there is a question that nobody else can answer
};

/// Google's side, with every outside address.
struct GoogleSettings {
    std::string client_id, client_secret;
    std::string auth_url, token_url, revoke_url, userinfo_url, calendar_url;  ///< no slash at the end
    int calls_per_account = 5, calls_in_all = 100;                            ///< a second, at most
};

/// What an operator sets under plugins.scheduling.
struct Settings {
    Confirm confirm = Confirm::kWhenUnsure;
    std::string zone = "America/Bogota";  ///< of people who have not told theirs
    std::chrono::minutes work_begin{9 * 60}, work_end{18 * 60};
    QuietHours quiet;               ///< when nothing is sent unasked
    std::int64_t audit_days = 400;  ///< how long an attempt stays in the audit
    bool uses_google = false;
    GoogleSettings google;
    model::TranscriptionSettings transcription;  ///< of voice notes; none by default
    model_client::ModelSettings model;           ///< the second reader; none by default
    std::string public_url;  ///< where people reach this host, no slash at the end; "" unknown
};

/// JSON Schema of the plugin's section.
[[nodiscard]] std::string config_schema();

/// Reads what the schema has checked; reports every fault that a schema cannot see.
[[nodiscard]] migue::Result<Settings> read_settings(const migue::Context& context);

}  // namespace scheduling
