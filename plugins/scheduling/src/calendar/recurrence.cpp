#include "calendar/recurrence.hpp"

#include <libical/ical.h>

#include <algorithm>
#include <memory>

#include "calendar/zone_time.hpp"

namespace scheduling {

namespace {

struct IteratorFree {
    void operator()(icalrecur_iterator_impl* iterator) const noexcept { icalrecur_iterator_free(iterator); }
};
using Iterator = std::unique_ptr<icalrecur_iterator_impl, IteratorFree>;

// A rule that names no end and never fits ("30 February") must not be searched for ever.
constexpr std::size_t kMostSteps = 20'000;

icaltimetype to_ical(LocalMinutes local, bool all_day) {
    const auto day = day_of(local);
    const date::year_month_day ymd(day);
    const auto minutes = static_cast<int>((local - day).count());
    icaltimetype time = icaltime_null_time();
    time.year = int(ymd.year());
    time.month = static_cast<int>(unsigned(ymd.month()));
    time.day = static_cast<int>(unsigned(ymd.day()));
    time.hour = minutes / 60;
    time.minute = minutes % 60;
    time.is_date = all_day ? 1 : 0;
    return time;
}

LocalMinutes from_ical(const icaltimetype& time) {
    const auto day = date::local_days(date::year(time.year) / time.month / time.day);
    return day + std::chrono::hours(time.hour) + std::chrono::minutes(time.minute);
}

bool touches(const Event& event, Interval span) {
    return event.start_ms < span.end_ms && event.end_ms > span.begin_ms;
}

/// UNTIL is an instant in UTC; the iterator here counts floating time, so it is moved into
/// the event's zone.
void localise_until(icalrecurrencetype& rule, const Event& event) {
    if (icaltime_is_null_time(rule.until) || rule.until.is_date) return;
    const std::int64_t instant = static_cast<std::int64_t>(icaltime_as_timet(rule.until)) * 1000;
    if (!icaltime_is_utc(rule.until)) return;
    rule.until = to_ical(to_local(instant, event.zone), event.all_day);
}

}  // namespace

bool is_rrule(const std::string& rrule) {
    const icalrecurrencetype rule = icalrecurrencetype_from_string(rrule.c_str());
    return rule.freq != ICAL_NO_RECURRENCE;
}

std::vector<Event> occurrences(const Event& event, Interval span, std::size_t limit) {
    std::vector<Event> found;
    if (event.rrule.empty()) {
        if (touches(event, span)) found.push_back(event);
        return found;
    }
    icalrecurrencetype rule = icalrecurrencetype_from_string(event.rrule.c_str());
    if (rule.freq == ICAL_NO_RECURRENCE) return found;
    localise_until(rule, event);
    const LocalMinutes first = to_local(event.start_ms, event.zone);
    const auto length = to_local(event.end_ms, event.zone) - first;
    const Iterator iterator(icalrecur_iterator_new(rule, to_ical(first, event.all_day)));
    if (!iterator) return found;
    for (std::size_t step = 0; step < kMostSteps && found.size() < limit; ++step) {
        const icaltimetype next = icalrecur_iterator_next(iterator.get());
        if (icaltime_is_null_time(next)) break;
        Event occurrence = event;
        const LocalMinutes at = from_ical(next);
        occurrence.start_ms = to_unix_ms(at, event.zone);
        occurrence.end_ms = to_unix_ms(at + length, event.zone);
        if (occurrence.start_ms >= span.end_ms) break;
        const bool taken_out =
            std::find(event.exdates.begin(), event.exdates.end(), occurrence.start_ms) != event.exdates.end();
        if (!taken_out && touches(occurrence, span)) found.push_back(std::move(occurrence));
    }
    return found;
}

}  // namespace scheduling
