#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "calendar/calendar.hpp"

/// Rules of series (RFC 5545, without "RRULE:") cut in two and moved. Pure.
namespace scheduling {

/// The rule of what comes before that occurrence: COUNT or UNTIL give way to an UNTIL just before it.
[[nodiscard]] std::string rule_until(const Event& series, std::int64_t occurrence_ms);

/// The rule of that occurrence and those after it: a COUNT is less what has been.
[[nodiscard]] std::string rule_from(const Event& series, std::int64_t occurrence_ms);

/// The rule when every occurrence moves by so many days; nothing when no rule says that ("the first
/// Monday" two days later).
[[nodiscard]] std::optional<std::string> rule_moved(const std::string& rrule, int days);

}  // namespace scheduling
