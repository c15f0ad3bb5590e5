#include "dialogue/draft_checks.hpp"

#include <algorithm>

#include "calendar/recurrence.hpp"
#include "calendar/zone_time.hpp"
#include "dialogue/edits.hpp"

namespace scheduling {

namespace {

using migue::Task;

constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;
constexpr std::size_t kShownOccurrences = 3;
constexpr std::size_t kCountedOccurrences = 1000;
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

}  // namespace

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
