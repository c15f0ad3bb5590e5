#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "calendar/calendar.hpp"

namespace scheduling {

/// Whether libical can read the rule.
[[nodiscard]] bool is_rrule(const std::string& rrule);

/// The occurrences of a series that touch the span, by start, at most `limit`. The wall clock
/// of the event's zone repeats, also over clock changes. An event without a rule gives itself.
[[nodiscard]] std::vector<Event> occurrences(const Event& event, Interval span, std::size_t limit);

}  // namespace scheduling
