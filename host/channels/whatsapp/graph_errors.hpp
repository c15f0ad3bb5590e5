#pragma once
#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>

#include "host/pipeline/channel.hpp"
#include "host/services/http_client.hpp"

namespace migue::host::whatsapp {

/// What an error code of the Graph API means for the reply that met it, and for the others.
struct GraphErrorRule {
    enum class Backoff {
        kRefuse = 1,    ///< never going to work
        kOutbox,        ///< try again, as the outbox sees fit; after `tries` sends refuse
        kFixed,         ///< try again after `base`, or what Retry-After says
        kDoubling,      ///< base, twice, four times …, at most a minute
        kPowersOfFour,  ///< 1, 4, 16, 64 seconds: the pair limit's own rhythm
    };
    int first_code, last_code;
    Backoff backoff;
    std::chrono::milliseconds base{0};
    bool stops_number = false;  ///< no reply of this number should be tried before
    bool alarm = false;         ///< an operator has to look
    std::string_view meaning;
};

/// The whole table, by code; and the rule for one code, or nullptr.
[[nodiscard]] std::span<const GraphErrorRule> graph_error_rules() noexcept;
[[nodiscard]] const GraphErrorRule* graph_error_rule(int code, int subcode) noexcept;

/// How one call ended, for the reply and for the number it was sent from.
struct Verdict {
    SendOutcome outcome;
    std::chrono::milliseconds pause{0};  ///< for the whole number
    bool alarm = false;
    bool is_access = false;  ///< about the token: another one may be good
    int code = 0;            ///< of the Graph API, -1 when there was none to read
};

inline constexpr int kWindowClosed = 131047;
inline constexpr int kNumberTooFast = 130429;
inline constexpr int kPersonTooFast = 131056;

/// `attempt`: sends of this reply before this one.
[[nodiscard]] Verdict judge(const HttpClientResponse& response, std::uint32_t attempt);
[[nodiscard]] Verdict judge(const Error& transport, std::uint32_t attempt);
/// The same for a status that says "failed", with this code, after Graph had accepted it.
[[nodiscard]] Verdict judge_failed(int code, std::uint32_t attempt);

}  // namespace migue::host::whatsapp
