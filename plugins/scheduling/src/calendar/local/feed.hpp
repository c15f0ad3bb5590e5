#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "calendar/calendar.hpp"

namespace scheduling {

/// The events as an iCalendar file (RFC 5545) named `name`, written by libical: single events
/// in UTC, series in their zone with its VTIMEZONE, whole days as dates. Always the same
/// bytes for the same events, so that a hash of it is an ETag.
[[nodiscard]] std::string write_feed(std::string_view name, const std::vector<Event>& events);

}  // namespace scheduling
