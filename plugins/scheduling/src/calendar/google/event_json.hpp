#pragma once
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calendar/calendar.hpp"

/// Between Event and the Calendar API's JSON. Pure.
namespace scheduling {

/// RFC 3339 with the offset that the zone has then.
[[nodiscard]] std::string write_rfc3339(std::int64_t unix_ms, std::string_view zone);

/// An instant as the API writes it; nothing without an offset.
[[nodiscard]] std::optional<std::int64_t> read_rfc3339(std::string_view written);

/// The body of an insert. Guests are those written as e-mail addresses; `key` is the booking's.
[[nodiscard]] nlohmann::json to_google(const Event& event, std::string_view key);

/// `zone`: the calendar's, for what names none.
[[nodiscard]] Event from_google(const nlohmann::json& item, const std::string& zone);

/// What a patch has to change so that `stored` becomes `wanted`; an empty object: nothing.
/// Fields that were not spoken of, and guests who stay, are left as they are.
[[nodiscard]] nlohmann::json difference(const nlohmann::json& stored, const Event& wanted,
                                        const std::string& zone);

/// Whether an item keeps others away: not when it is marked free, was declined, or only says
/// where somebody works or whose birthday it is.
[[nodiscard]] bool is_busy(const nlohmann::json& item);

[[nodiscard]] bool is_mail_address(std::string_view text);
/// The guests that the calendar will write to.
[[nodiscard]] std::vector<std::string> invited(const Event& event);

}  // namespace scheduling
