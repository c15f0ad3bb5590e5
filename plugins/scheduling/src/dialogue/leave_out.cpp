#include <algorithm>

#include "calendar/recurrence.hpp"
#include "calendar/zone_time.hpp"
#include "dialogue/cards.hpp"
#include "dialogue/draft_checks.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/event_edit.hpp"
#include "dialogue/flows.hpp"
#include "dialogue/folding.hpp"
#include "dialogue/steps.hpp"
#include "dialogue/wishes.hpp"

/// "no gym this monday": something does not take place on a day. It never books.
namespace scheduling {

namespace {

using migue::Task;

constexpr std::size_t kMostOfADay = 20;

/// The days that may be meant. "Monday" on a Monday is also the next one; "today" is not.
std::vector<Span> days_meant(const Scene& scene, const Edit& edit, std::string_view text) {
    std::vector<Span> days = edit.days;
    const auto today = day_of(scene.now());
    const std::string said = " " + fold(text) + " ";
    const bool says_today =
        said.find(" " + fold(scene.phrases.say("dates/today")) + " ") != std::string::npos;
    if (days.size() == 1 && day_of(days.front().begin) == today && !says_today)
        days.push_back({days.front().begin + date::days(7), days.front().end + date::days(7)});
    return days;
}

/// A series on the card goes on without those days; nothing when it has none there.
Task<std::optional<Reply>> leave_out_of_draft(Scene& scene, const Open& open, const std::vector<Span>& days) {
    std::optional<Reply> reply;
    EventDraft draft = open.draft;
    const Event series = to_event(draft);
    for (const Span& day : days) {
        const Interval span{to_unix_ms(day.begin, draft.zone), to_unix_ms(day.end, draft.zone)};
        for (const Event& one : occurrences(series, span, kMostOfADay))
            draft.except.emplace_back(day_of(to_local(one.start_ms, draft.zone)));
        if (draft.except.size() > open.draft.except.size()) break;
    }
    if (draft.except.size() == open.draft.except.size()) co_return reply;
    reply = co_await show_again(scene, std::move(draft), open.target);
    co_return reply;
}

/// Of one that does not repeat, somebody who cannot may want it moved.
Reply ask_about(Scene& scene, const Event& event, const Edit& edit) {
    scene.state.last_event = event.id;
    if (!edit.cannot || repeats(event)) return cancel_occurrence_card(scene, event);
    return ask_new_time(scene, event);
}

/// The events of the day that the words name; the one that is talked about stands before others.
Task<migue::Result<std::vector<Event>>> events_on(Scene& scene, const Edit& edit, const Span& day,
                                                  std::string id) {
    EventReference reference = reference_of(edit.event);
    reference.span = day;
    reference.everything = reference.words.empty();
    auto found = co_await find_events(scene, reference);
    if (!found || !edit.event.words.empty()) co_return found;
    std::vector<Event> talked;
    for (const Event& one : *found)
        if (!id.empty() && (is_same_event(one.id, id) || (!one.series.empty() && one.series == id)))
            talked.push_back(one);
    if (!talked.empty()) co_return talked;
    co_return found;
}

bool asks_time(const Open& open) {
    return open.target.empty() && (open.waiting == Waiting::kTime || open.waiting == Waiting::kTaken);
}

}  // namespace

Task<std::optional<Reply>> leave_out_by_words(Scene& scene, std::string_view text) {
    std::optional<Reply> reply;
    if (scene.input.forwarded) co_return reply;
    const Edit edit = read_edit(text, scene.moment);
    if (!edit.leaves_out) co_return reply;
    const std::vector<Span> days = days_meant(scene, edit, text);
    std::optional<Open> open;
    if (const Open* alive = scene.state.alive(scene.now_ms); alive != nullptr) open = *alive;
    const bool named = !edit.event.words.empty();
    const bool of_draft = open && open->target.empty() && open->draft.start && !open->draft.rrule.empty() &&
                          (!named || names_all(edit.event.words, open->draft.title, open->draft.attendees));
    if (of_draft) reply = co_await leave_out_of_draft(scene, *open, days);
    if (reply) co_return reply;
    if (open && asks_time(*open) && !named && !days.empty()) co_return ask_other_day(scene, *open, days);
    std::string id = scene.state.last_event;
    if (open && !open->target.empty()) id = open->target;
    for (const Span& day : days) {
        auto found = co_await events_on(scene, edit, day, id);
        if (!found) co_return say(scene.phrases.say("failed_read"), Reply::After::kKeep);
        if (found->empty()) continue;
        if (found->size() == 1) co_return ask_about(scene, found->front(), edit);
        co_return pick_event(scene, *found, Purpose::kCancel, "");
    }
    if (days.empty()) {  // "the gym is cancelled"
        const EventReference reference = reference_of(edit.event);
        auto found = co_await find_events(scene, reference);
        if (!found || found->empty()) co_return reply;
        if (found->size() == 1) co_return ask_about(scene, found->front(), edit);
        co_return pick_event(scene, *found, Purpose::kCancel, "");
    }
    // "rosa wrote that she can't tomorrow, friday then": what was told may be more than a day left out.
    reply = co_await told_by_words(scene, text);
    if (reply) co_return reply;
    // Nothing of that name is there. What the words want made is none either.
    const bool would_book = scene.intent == "schedule_meeting" || scene.intent == "cancel_meeting" ||
                            scene.intent == "reschedule_meeting";
    if (would_book && named) reply = none_found(scene, reference_of(edit.event));
    co_return reply;
}

}  // namespace scheduling
