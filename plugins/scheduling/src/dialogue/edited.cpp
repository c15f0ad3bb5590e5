#include <algorithm>

#include "calendar/zone_time.hpp"
#include "dialogue/draft_checks.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/event_edit.hpp"
#include "dialogue/flows.hpp"
#include "dialogue/folding.hpp"

namespace scheduling {

namespace {

using std::chrono::minutes;

constexpr minutes kShortest{5};

/// "Luis" is Luis Gómez, luis@x.co and luis.
bool is_called(const Scene& scene, const std::string& guest, const std::string& said) {
    const std::vector<std::string> words = words_of(fold(said));
    const std::vector<std::string> known = words_of(fold(guest + " " + name_of(scene, guest)));
    return !words.empty() && std::all_of(words.begin(), words.end(), [&](const std::string& word) {
        return std::find(known.begin(), known.end(), word) != known.end();
    });
}

LocalMinutes months_later(LocalMinutes at, int months) {
    const auto day = date::floor<date::days>(at);
    date::year_month_day date(day);
    date += date::months(months);
    if (!date.ok()) date = date.year() / date.month() / date::last;
    return date::local_days(date) + (at - day);
}

void shift(EventDraft& draft, const Edit& edit) {
    if (!draft.start || (!edit.shift && edit.shift_months == 0)) return;
    const minutes length = length_of(draft);
    LocalMinutes start = months_later(*draft.start, edit.shift_months) + edit.shift.value_or(minutes(0));
    if (draft.all_day) start = day_of(start);
    draft.start = start;
    if (draft.end) draft.end = start + length;
}

/// "till 5" of an event at three: its end, on its own day.
void end_at(EventDraft& draft, const EventDraft& said) {
    if (!draft.start || !said.start || !said.has_time) return;
    const auto day = said.has_date ? day_of(*said.start) : day_of(*draft.start);
    if (draft.all_day) return;
    LocalMinutes end = day + (*said.start - day_of(*said.start));
    if (end <= *draft.start) end += std::chrono::hours(12);
    if (end <= *draft.start) end += std::chrono::hours(12);
    draft.end = end;
    draft.duration = end - *draft.start;
}

/// "till the 21st": the last day of a series, or of an event of whole days.
void end_on(EventDraft& draft, date::local_days last) {
    if (!draft.rrule.empty()) {
        draft.rrule = without_end(draft.rrule) + ";" + until_day(draft, last);
    } else if (draft.all_day && draft.start && last >= day_of(*draft.start)) {
        draft.end = last + date::days(1);
        draft.duration.reset();
    }
}

/// "until 28": of the month in which it begins, or of the next.
void end_on_day_of_month(EventDraft& draft, int number) {
    if (!draft.start) return;
    const date::year_month_day first(day_of(*draft.start));
    auto month = first.year() / first.month();
    if (static_cast<unsigned>(number) < static_cast<unsigned>(first.day())) month += date::months(1);
    const auto last = month / date::day(static_cast<unsigned>(number));
    if (last.ok()) end_on(draft, date::local_days(last));
}

void lengthen(EventDraft& draft, minutes by) {
    const minutes length = std::max(length_of(draft) + by, kShortest);
    draft.duration = length;
    if (draft.start && draft.has_time) draft.end = *draft.start + length;
}

}  // namespace

EventDraft edited(const Scene& scene, const EventDraft& before, const Edit& edit) {
    EventDraft draft = before;
    shift(draft, edit);
    if (edit.longer) lengthen(draft, *edit.longer);
    if (edit.minute && draft.start && draft.has_time) {
        const minutes length = length_of(draft);
        draft.start = std::chrono::floor<std::chrono::hours>(*draft.start) + *edit.minute;
        draft.end = *draft.start + length;
    }
    const bool of_days = draft.all_day || !draft.rrule.empty();
    if (edit.end_day != 0 && draft.all_day)
        end_on_day_of_month(draft, edit.end_day);
    else if (edit.time && edit.time_is_end && of_days && edit.time->draft.has_date &&
             !edit.time->draft.has_time && edit.time->draft.start)
        end_on(draft, day_of(*edit.time->draft.start));
    else if (edit.time && edit.time_is_end)
        end_at(draft, edit.time->draft);
    if (edit.place) draft.location = *edit.place;
    if (edit.video) draft.video_call = *edit.video;
    if (edit.no_repeat) draft.rrule.clear();
    if (edit.remove_all_guests) draft.attendees.clear();
    for (const std::string& name : edit.remove_guests)
        std::erase_if(draft.attendees,
                      [&](const std::string& guest) { return is_called(scene, guest, name); });
    for (const std::string& name : edit.add_guests)
        if (std::find(draft.attendees.begin(), draft.attendees.end(), name) == draft.attendees.end())
            draft.attendees.push_back(name);
    retitle(scene, before, draft);
    if (edit.title) draft.title = capitalised(*edit.title);
    return draft;
}

Understanding time_for(const EventDraft& draft, Understanding said) {
    EventDraft& time = said.draft;
    if (time.rrule.empty() || time.has_time || !draft.start || !draft.has_date) return said;
    // "every week" of something on Thursday is every Thursday; "every Monday" begins the next Monday.
    static constexpr std::string_view kDays[] = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};
    const std::size_t by_day = time.rrule.find("BYDAY=");
    const std::string days = by_day == std::string::npos
                                 ? ""
                                 : time.rrule.substr(by_day + 6, time.rrule.find(';', by_day) - by_day - 6);
    auto day = day_of(*draft.start);
    const bool plain = !days.empty() && days.find_first_of("0123456789") == std::string::npos;
    for (int i = 0; plain && i < 7; ++i, day += date::days(1))
        if (days.find(kDays[date::weekday(day).c_encoding()]) != std::string::npos) break;
    time.start = day;
    time.end.reset();
    time.has_date = true;
    time.all_day = false;
    said.question.reset();
    return said;
}

std::string write_length(minutes length) {
    constexpr int kHour = 60, kDay = 24 * kHour;
    const auto total = length.count();
    std::string out;
    const auto add = [&](auto count, std::string_view unit) {
        if (count == 0) return;
        out += (out.empty() ? "" : " ") + std::to_string(count) + " " + std::string(unit);
    };
    add(total / kDay, "d");
    add(total % kDay / kHour, "h");
    add(total % kHour, "min");
    return out;
}

}  // namespace scheduling
