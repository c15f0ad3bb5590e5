#include "dialogue/draft_checks.hpp"

#include <algorithm>
#include <charconv>

#include "calendar/recurrence.hpp"
#include "calendar/zone_time.hpp"
#include "dialogue/edits.hpp"

namespace scheduling {

namespace {

using migue::Task;

constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;
constexpr std::size_t kShownOccurrences = 3;
constexpr std::size_t kCountedOccurrences = 1000;
// A minute's grace: people say "now" and mean it.
constexpr std::int64_t kPastGraceMs = 60 * 1000;
constexpr std::int64_t kSeriesAheadDays = 3660, kCheckedDays = 400;

/// The event that is changed, or the one this turn may have made, or of their series.
bool is_own(const Scene& scene, const Event& other, std::string_view target) {
    std::vector<std::string_view> own{scene.own_event_id};
    if (!target.empty()) own.push_back(target);
    if (scene.before && !scene.before->series.empty() && is_same_event(scene.before->id, target))
        own.push_back(scene.before->series);
    return std::any_of(own.begin(), own.end(), [&](std::string_view id) {
        return is_same_event(other.id, id) || (!other.series.empty() && is_same_event(other.series, id));
    });
}

bool has_end(const EventDraft& draft) {
    return draft.rrule.find("COUNT=") != std::string::npos || draft.rrule.find("UNTIL=") != std::string::npos;
}

/// Its first occurrence that is not over; nothing when all are.
std::optional<LocalMinutes> next_start(const Scene& scene, const EventDraft& draft) {
    const Interval ahead{scene.now_ms - kPastGraceMs, scene.now_ms + kSeriesAheadDays * kDayMs};
    for (const Event& one : occurrences(to_event(draft), ahead, 2))
        if (draft.all_day || one.start_ms >= ahead.begin_ms) return to_local(one.start_ms, draft.zone);
    return std::nullopt;
}

}  // namespace

std::optional<date::local_days> day_in(std::string_view written) {
    int parts[3] = {0, 0, 0};
    std::size_t at = 0;
    for (int& part : parts) {
        const auto [end, fault] = std::from_chars(written.data() + at, written.data() + written.size(), part);
        if (fault != std::errc()) return std::nullopt;
        at = static_cast<std::size_t>(end - written.data()) + 1;
        if (at > written.size()) break;
    }
    const date::year_month_day day{date::year(parts[0]), date::month(static_cast<unsigned>(parts[1])),
                                   date::day(static_cast<unsigned>(parts[2]))};
    return day.ok() ? std::optional(date::local_days(day)) : std::nullopt;
}

std::string until_day(const EventDraft& draft, date::local_days last) {
    if (draft.all_day) return "UNTIL=" + date::format("%Y%m%d", last);
    const LocalMinutes end = LocalMinutes(last) + date::days(1) - std::chrono::minutes(1);
    const date::sys_seconds until{std::chrono::seconds(to_unix_ms(end, draft.zone) / 1000)};
    return "UNTIL=" + date::format("%Y%m%dT%H%M%SZ", until);
}

void settle_end(const Scene& scene, EventDraft& draft, const std::vector<TimeMention>& times) {
    if (draft.rrule.empty() || !draft.start || has_end(draft)) return;
    // Nobody has a stand-up of two weeks: that is how long it is repeated.
    if (draft.has_time && length_of(draft) >= date::days(1)) {
        const auto last = day_of(*draft.start + length_of(draft) - date::days(1));
        draft.rrule += ";" + until_day(draft, last);
        draft.end.reset();
        draft.duration.reset();
        draft.end = *draft.start + length_of(draft);
        return;
    }
    for (const TimeMention& time : times) {
        if (time.type != "daterange" || time.start.empty() || time.end.empty()) continue;
        auto begin = day_in(time.start), end = day_in(time.end);
        if (!begin || !end || *end <= *begin) continue;
        EventDraft within = draft;
        within.rrule += ";" + until_day(draft, *end - date::days(1));
        // Said when nothing of this week is left, it is the coming one.
        const bool is_week = *end - *begin == date::days(7);
        if (is_week && !next_start(scene, within)) {
            *draft.start += date::days(7);
            if (draft.end) *draft.end += date::days(7);
            *end += date::days(7);
        }
        draft.rrule += ";" + until_day(draft, *end - date::days(1));
        return;
    }
}

void begin_ahead(const Scene& scene, EventDraft& draft) {
    if (draft.rrule.empty() || !is_complete(draft)) return;
    const Event event = to_event(draft);
    const bool is_over =
        draft.all_day ? event.end_ms <= scene.now_ms : event.start_ms < scene.now_ms - kPastGraceMs;
    if (!is_over) return;
    const auto length = length_of(draft);
    if (const auto next = next_start(scene, draft)) {
        draft.start = *next;
        draft.end = *next + length;
    }
}

bool is_new_draft(const Open& open) noexcept {
    return open.target.empty() && (open.waiting == Waiting::kCard || open.waiting == Waiting::kTime ||
                                   open.waiting == Waiting::kTaken || open.waiting == Waiting::kChange);
}

EventDraft untimed(EventDraft draft) {
    draft.rrule.clear();
    draft.all_day = false;
    draft.start.reset();
    draft.end.reset();
    draft.has_time = draft.has_date = false;
    draft.part_begin.reset();
    draft.part_end.reset();
    return draft;
}

bool is_complete(const EventDraft& draft) {
    return draft.start && draft.has_date && (draft.has_time || draft.all_day);
}

Task<migue::Result<SeriesNote>> look_at_series(Scene& scene, const EventDraft& draft,
                                               const std::string& target) {
    SeriesNote note;
    const Event event = to_event(draft);
    const Interval whole{event.start_ms, event.start_ms + kSeriesAheadDays * kDayMs};
    const Interval checked{event.start_ms, event.start_ms + kCheckedDays * kDayMs};
    const std::vector<Event> series = occurrences(event, whole, kCountedOccurrences);
    auto listed = co_await scene.booking.list(checked);
    if (!listed) co_return std::move(listed).error();
    for (const Event& occurrence : series) {
        const LocalMinutes at = to_local(occurrence.start_ms, draft.zone);
        if (note.occurrences.size() < kShownOccurrences) note.occurrences.push_back(at);
        if (series.size() < kCountedOccurrences) note.last = at;
        const bool clashes = std::any_of(listed->begin(), listed->end(), [&](const Event& other) {
            return other.busy && !is_own(scene, other, target) && other.start_ms < occurrence.end_ms &&
                   occurrence.start_ms < other.end_ms;
        });
        if (clashes && !draft.all_day && note.clashes.size() < kShownOccurrences) note.clashes.push_back(at);
    }
    co_return note;
}

Task<migue::Result<std::optional<Event>>> find_clash(Scene& scene, const EventDraft& draft,
                                                     const std::string& target) {
    std::optional<Event> clash;
    if (draft.all_day) co_return clash;
    const Event event = to_event(draft);
    auto listed = co_await scene.booking.list(Interval{event.start_ms, event.end_ms});
    if (!listed) co_return std::move(listed).error();
    for (const Event& other : *listed)
        if (other.busy && !is_own(scene, other, target)) {
            clash = other;
            break;
        }
    co_return clash;
}

}  // namespace scheduling
