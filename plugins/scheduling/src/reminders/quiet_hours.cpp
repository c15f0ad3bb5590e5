#include "reminders/quiet_hours.hpp"

#include "calendar/zone_time.hpp"

namespace scheduling {

namespace {

using std::chrono::minutes;

/// A job may be some seconds late, and a host busy.
constexpr minutes kRoom{5};

minutes of_day(LocalMinutes at) {
    return at - day_of(at);
}

}  // namespace

bool is_quiet(const QuietHours& quiet, LocalMinutes at) {
    const minutes time = of_day(at);
    if (quiet.begin <= quiet.end) return quiet.begin <= time && time < quiet.end;
    return time >= quiet.begin || time < quiet.end;
}

LocalMinutes after_quiet(const QuietHours& quiet, LocalMinutes at) {
    if (!is_quiet(quiet, at)) return at;
    const auto day = day_of(at);
    return of_day(at) < quiet.end ? day + quiet.end : day + date::days(1) + quiet.end;
}

LocalMinutes before_quiet(const QuietHours& quiet, LocalMinutes at) {
    if (!is_quiet(quiet, at)) return at;
    const auto day = day_of(at);
    const auto began = of_day(at) >= quiet.begin ? day + quiet.begin : day - date::days(1) + quiet.begin;
    return began - kRoom;
}

DueTime due_of(const QuietHours& quiet, std::string_view zone, std::int64_t start_ms, minutes before) {
    const std::int64_t wanted_ms = start_ms - before.count() * 60'000;
    const LocalMinutes wanted = to_local(wanted_ms, zone);
    if (!is_quiet(quiet, wanted)) return {wanted_ms, false};
    const std::int64_t after_ms = to_unix_ms(after_quiet(quiet, wanted), zone);
    if (after_ms < start_ms) return {after_ms, true};
    return {to_unix_ms(before_quiet(quiet, wanted), zone), true};
}

}  // namespace scheduling
