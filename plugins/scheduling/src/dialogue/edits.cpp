#include "dialogue/edits.hpp"

#include <algorithm>

#include "calendar/zone_time.hpp"

namespace scheduling {

namespace {

using std::chrono::minutes;

/// A time on another day, or another time on the same day.
LocalMinutes combine(LocalMinutes day_from, LocalMinutes time_from) {
    return day_of(day_from) + (time_from - day_of(time_from));
}

void take_start(EventDraft& draft, const EventDraft& said) {
    // An hour for what was to take the whole day: nobody meant so long by it.
    const bool was_whole = draft.all_day && said.has_time;
    const minutes length = was_whole ? kDefaultLength : length_of(draft);
    const bool had_time = draft.has_time, had_date = draft.has_date;
    LocalMinutes start = *said.start;
    std::optional<LocalMinutes> end = said.end;
    if (said.has_time && !said.has_date && had_date && draft.start) {
        start = combine(*draft.start, *said.start);
        if (end) end = start + (*said.end - *said.start);
    } else if (said.has_date && !said.has_time && had_time && draft.start && !said.all_day) {
        start = combine(*said.start, *draft.start);
        end.reset();
    }
    draft.start = start;
    draft.has_date = had_date || said.has_date;
    draft.has_time = (had_time || said.has_time) && !said.all_day;
    if (said.all_day) draft.all_day = true;
    if (said.has_time) draft.all_day = false;
    if (!draft.has_time && !draft.all_day) return;
    draft.end = end ? *end : start + length;
}

}  // namespace

minutes length_of(const EventDraft& draft) {
    if (draft.start && draft.end && *draft.end > *draft.start && (draft.has_time || draft.all_day))
        return *draft.end - *draft.start;
    if (draft.duration && draft.duration->count() > 0) return *draft.duration;
    return draft.all_day ? minutes(24 * 60) : kDefaultLength;
}

void apply_edit(EventDraft& draft, const EventDraft& said) {
    if (said.start && (said.has_date || said.has_time)) take_start(draft, said);
    if (said.part_begin) {
        draft.part_begin = said.part_begin;
        draft.part_end = said.part_end;
    }
    if (said.duration && said.duration->count() > 0) {
        draft.duration = said.duration;
        if (draft.start && (draft.has_time || draft.all_day)) draft.end = *draft.start + *said.duration;
    }
    if (!said.zone.empty() && said.zone != draft.zone && said.has_time) draft.zone = said.zone;
    if (!said.location.empty()) draft.location = said.location;
    if (!said.rrule.empty()) draft.rrule = said.rrule;
    for (const std::string& name : said.attendees)
        if (std::find(draft.attendees.begin(), draft.attendees.end(), name) == draft.attendees.end())
            draft.attendees.push_back(name);
}

void apply_time(EventDraft& draft, LocalMinutes start, std::optional<LocalMinutes> end, bool day_only,
                bool all_day) {
    EventDraft said;
    said.start = start;
    said.end = end;
    said.has_date = true;
    said.has_time = !day_only && !all_day;
    said.all_day = all_day;
    take_start(draft, said);
}

Event to_event(const EventDraft& draft) {
    Event event;
    event.title = draft.title;
    event.zone = draft.zone;
    event.all_day = draft.all_day;
    event.busy = !draft.all_day;
    event.location = draft.location;
    event.guests = draft.attendees;
    event.rrule = draft.rrule;
    event.video_call = draft.video_call;
    event.calendar = draft.calendar;
    const auto begins = draft.all_day ? std::chrono::minutes(0) : *draft.start - day_of(*draft.start);
    for (const LocalMinutes day : draft.except)
        event.exdates.push_back(to_unix_ms(day_of(day) + begins, draft.zone));
    if (draft.reminder) event.reminder_minutes = draft.reminder->count();
    const LocalMinutes start = draft.all_day ? LocalMinutes(day_of(*draft.start)) : *draft.start;
    event.start_ms = to_unix_ms(start, draft.zone);
    event.end_ms = to_unix_ms(start + length_of(draft), draft.zone);
    return event;
}

EventDraft to_draft(const Event& event) {
    EventDraft draft;
    draft.title = event.title;
    draft.zone = event.zone;
    draft.start = to_local(event.start_ms, event.zone);
    draft.end = to_local(event.end_ms, event.zone);
    draft.has_date = true;
    draft.has_time = !event.all_day;
    draft.all_day = event.all_day;
    draft.attendees = event.guests;
    draft.location = event.location;
    draft.rrule = event.rrule;
    return draft;
}

}  // namespace scheduling
