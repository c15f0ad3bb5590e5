#include <algorithm>

#include "calendar/zone_time.hpp"
#include "dialogue/cards.hpp"
#include "dialogue/dates.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/event_search.hpp"
#include "dialogue/flows.hpp"
#include "dialogue/folding.hpp"

namespace scheduling {

namespace {

using migue::Task;

constexpr std::size_t kMostAtOnce = 20;
constexpr std::size_t kMostRows = 10;
constexpr std::size_t kListedInText = 20;

/// A series stands for itself once: the first of its occurrences that was found.
std::vector<Event> without_repeats(std::vector<Event> events) {
    std::vector<Event> once;
    for (Event& event : events) {
        const bool known = std::any_of(once.begin(), once.end(), [&](const Event& e) {
            return e.id == event.id || (!e.series.empty() && e.series == event.series);
        });
        if (!known) once.push_back(std::move(event));
    }
    return once;
}

Reply pick_event(const Scene& scene, const std::vector<Event>& events, Purpose purpose, std::string said) {
    Reply reply;
    Open open;
    open.waiting = Waiting::kPick;
    open.purpose = purpose;
    open.said = std::move(said);
    for (const Event& event : events) {
        if (open.options.size() == kMostRows) break;
        const LocalSpan span = span_of(event, scene.person.zone);
        Option row;
        row.action = Action::kEvent;
        row.event_id = event.id;
        row.occurrence_ms = event.rrule.empty() ? 0 : event.start_ms;
        const std::string date = write_date(scene.phrases, day_of(span.begin), DateStyle::kShort);
        row.label = event.all_day
                        ? date
                        : scene.phrases.say("dates/slot", {{"date", date},
                                                           {"time", write_clock(scene.phrases, span.begin)}});
        row.hint = event.title;
        open.options.push_back(std::move(row));
    }
    reply.text = scene.phrases.say(purpose == Purpose::kCancel ? "which_cancel" : "which_move");
    reply.list_label = scene.phrases.label("see_events");
    reply.open = std::move(open);
    return reply;
}

Reply ask_cancel(const Scene& scene, const Event& event) {
    const std::string title = shown(event.title), when = when_of(scene, event, false);
    Reply reply;
    Open open;
    open.waiting = Waiting::kCancel;
    open.events.push_back(event.id);
    open.occurrences.push_back(event.rrule.empty() ? 0 : event.start_ms);
    if (event.rrule.empty() && event.series.empty()) {
        reply.text = scene.phrases.say_of("cancel_ask", event.title, {{"title", title}, {"when", when}});
        open.options.push_back(option(scene, Action::kCancel, "cancel_yes", "yes"));
    } else {
        reply.text = scene.phrases.say("cancel_ask_series", {{"title", title}, {"when", when}});
        open.options.push_back(option(scene, Action::kCancelOne, "only_this", ""));
        open.options.push_back(option(scene, Action::kCancel, "whole_series", "all"));
    }
    open.options.push_back(option(scene, Action::kDrop, "cancel_no", "no"));
    reply.open = std::move(open);
    return reply;
}

Reply ask_cancel_all(const Scene& scene, const std::vector<Event>& events) {
    const Phrases& phrases = scene.phrases;
    if (events.size() > kMostAtOnce)
        return say(phrases.say("cancel_too_many", {{"count", std::to_string(events.size())},
                                                   {"limit", std::to_string(kMostAtOnce)}}));
    std::string lines;
    Open open;
    open.waiting = Waiting::kCancel;
    for (const Event& event : events) {
        open.events.push_back(event.id);
        open.occurrences.push_back(event.rrule.empty() ? 0 : event.start_ms);
        if (open.events.size() > kListedInText) continue;
        lines += (lines.empty() ? "" : "\n") + std::string("• ") + shorten(event.title, 30) + " — " +
                 shorten(when_of(scene, event, false), 48);
    }
    Reply reply;
    reply.text = shorten(phrases.count("cancel_ask_all", events.size(), {{"events", lines}}), 1000);
    Option all = option(scene, Action::kCancelOne, "keep", "yes");
    all.label = phrases.say("labels/cancel_all", {{"count", std::to_string(events.size())}});
    open.options.push_back(std::move(all));
    open.options.push_back(option(scene, Action::kChoose, "choose", ""));
    open.options.push_back(option(scene, Action::kDrop, "keep", "no"));
    reply.open = std::move(open);
    return reply;
}

Reply none_found(const Scene& scene, const EventReference& reference) {
    if (reference.words.empty()) return say(scene.phrases.say("not_found"), Reply::After::kKeep);
    std::string words;
    for (const std::string& word : reference.words) words += (words.empty() ? "" : " ") + word;
    return say(scene.phrases.say("not_found_with", {{"words", shorten(words, 60)}}), Reply::After::kKeep);
}

/// The events a sentence may mean; with nothing named, the one that was last talked about.
Task<migue::Result<std::vector<Event>>> find_events(Scene& scene, const EventReference& reference) {
    if (reference.is_empty() && !reference.everything && !scene.state.last_event.empty()) {
        auto last = co_await scene.booking.get(scene.state.last_event);
        if (!last) co_return std::move(last).error();
        if (last->has_value() && !(*last)->cancelled &&
            ((*last)->end_ms > scene.now_ms || !(*last)->rrule.empty())) {
            std::vector<Event> one;
            one.push_back(std::move(**last));
            co_return one;
        }
    }
    auto listed = co_await scene.booking.list(search_span(scene, reference));
    if (!listed) co_return std::move(listed).error();
    co_return without_repeats(matching(reference, *listed, scene.person.zone));
}

/// An event of a card: as it is stored, and of a series the occurrence that is meant.
struct Meant {
    Event stored;
    std::int64_t occurrence_ms = 0;

    [[nodiscard]] Event shown() const {
        Event event = stored;
        if (occurrence_ms == 0) return event;
        event.end_ms += occurrence_ms - event.start_ms;
        event.start_ms = occurrence_ms;
        return event;
    }
};

Event without(const Meant& one) {
    Event event = one.stored;
    if (std::find(event.exdates.begin(), event.exdates.end(), one.occurrence_ms) == event.exdates.end())
        event.exdates.push_back(one.occurrence_ms);
    return event;
}

/// The events of a card that are still there. When the turn runs again, those that an earlier
/// attempt cancelled count as well: cancelling them once more does nothing, and is answered.
Task<migue::Result<std::vector<Meant>>> events_of(Scene& scene, const Open& open, bool whole_series) {
    std::vector<Meant> meant;
    const bool repeats = scene.turn.attempt() > 1 || scene.input.kind == "job";
    for (std::size_t i = 0; i < open.events.size(); ++i) {
        auto event = co_await scene.booking.get(open.events[i]);
        if (!event) co_return std::move(event).error();
        if (whole_series && event->has_value() && !(*event)->series.empty()) {
            event = co_await scene.booking.get(std::string((*event)->series));
            if (!event) co_return std::move(event).error();
        }
        if (!event->has_value() || ((*event)->cancelled && !repeats)) continue;
        const std::int64_t occurrence =
            i < open.occurrences.size() && !whole_series ? open.occurrences[i] : 0;
        meant.push_back(Meant{std::move(**event), occurrence});
    }
    co_return meant;
}

/// The new time of an event, from the words that name it.
Task<Reply> move_event(Scene& scene, Event event, const Understanding& target, const std::string& said) {
    if (target.times.empty() || said.empty()) {
        Reply reply;
        reply.text = scene.phrases.say("move_when", {{"title", shown(event.title)}});
        Open open;
        open.waiting = Waiting::kChange;
        open.target = event.id;
        open.draft = to_draft(event);
        open.options.push_back(option(scene, Action::kDrop, "keep", "no"));
        reply.open = std::move(open);
        co_return reply;
    }
    Open open;
    open.waiting = Waiting::kCard;
    open.target = event.id;
    open.draft = to_draft(event);
    EventDraft moved = open.draft;
    apply_edit(moved, target.draft);
    if (moved.start == open.draft.start && moved.end == open.draft.end)
        co_return say(scene.phrases.say("move_same", {{"title", shown(event.title)}}));
    co_return co_await edit_open(scene, open, target);
}

}  // namespace

Task<Reply> cancel_by_words(Scene& scene, std::string_view text) {
    const EventReference reference = read_reference(scene, text, "cancel_meeting");
    auto found = co_await find_events(scene, reference);
    if (!found) co_return say(scene.phrases.say("failed_read"), Reply::After::kKeep);
    if (found->empty()) co_return none_found(scene, reference);
    if (reference.everything && reference.span) co_return ask_cancel_all(scene, *found);
    if (found->size() == 1) co_return ask_cancel(scene, found->front());
    co_return pick_event(scene, *found, Purpose::kCancel, "");
}

Task<Reply> move_by_words(Scene& scene, std::string_view text) {
    const Understanding whole = scene.understand(text, "reschedule_meeting");
    const std::size_t split = scene.answers().target_begin(text, whole.times);
    const EventReference reference = read_reference(scene, text.substr(0, split), "cancel_meeting");
    const std::string said(text.substr(split));
    auto found = co_await find_events(scene, reference);
    if (!found) co_return say(scene.phrases.say("failed_read"), Reply::After::kKeep);
    if (found->empty()) co_return none_found(scene, reference);
    if (found->size() > 1) co_return pick_event(scene, *found, Purpose::kMove, said);
    const Understanding target = scene.understand(said, "reschedule_meeting");
    co_return co_await move_event(scene, std::move(found->front()), target, said);
}

Task<Reply> take_event(Scene& scene, const Open& open, const Option& chosen) {
    auto event = co_await scene.booking.get(chosen.event_id);
    if (!event) co_return say(scene.phrases.say("failed_read"));
    if (!event->has_value() || (*event)->cancelled) co_return say(scene.phrases.say("not_found"));
    Event meant = **event;
    if (open.purpose == Purpose::kMove) {
        const Understanding target = scene.understand(open.said, "reschedule_meeting");
        co_return co_await move_event(scene, std::move(meant), target, open.said);
    }
    if (chosen.occurrence_ms != 0) {
        meant.end_ms += chosen.occurrence_ms - meant.start_ms;
        meant.start_ms = chosen.occurrence_ms;
    }
    co_return ask_cancel(scene, meant);
}

Task<Reply> cancel_events(Scene& scene, const Open& open, bool whole_series) {
    scene.plan = Plan{};
    scene.plan->kind = Plan::Kind::kCancel;
    scene.plan->open = open;
    scene.plan->whole_series = whole_series;
    auto meant = co_await events_of(scene, open, whole_series);
    if (!meant) co_return say(scene.phrases.say("failed_read"));
    if (meant->empty()) co_return say(scene.phrases.say("not_found"));
    std::vector<Event> before;
    std::vector<Event> single;
    for (const Meant& one : *meant) {
        before.push_back(one.stored);
        if (one.occurrence_ms == 0) single.push_back(one.stored);
    }
    Outcome outcome{Outcome::Kind::kDone, before.front()};
    if (!single.empty()) outcome = co_await scene.booking.cancel(std::move(single));
    for (const Meant& one : *meant) {
        if (outcome.kind != Outcome::Kind::kDone) break;
        if (one.occurrence_ms != 0) outcome = co_await scene.booking.change(without(one), Overlap::kAllow);
    }
    if (outcome.kind == Outcome::Kind::kGone) co_return say(scene.phrases.say("not_found"));
    if (outcome.kind != Outcome::Kind::kDone)
        co_return say(
            scene.phrases.say(outcome.kind == Outcome::Kind::kUnknown ? "failed_unknown" : "failed"));
    Reply reply;
    const Event first = meant->front().shown();
    reply.text =
        meant->size() == 1
            ? scene.phrases.say_of("cancelled", first.title,
                                   {{"title", shown(first.title)}, {"when", when_of(scene, first, false)}})
            : scene.phrases.count("cancelled_many", meant->size());
    scene.state.undo = Undo{Undo::Kind::kCancelled, std::move(before), scene.now_ms + kUndoLifeMs};
    Open done;
    done.waiting = Waiting::kDone;
    done.options.push_back(option(scene, Action::kUndo, "undo", "undo"));
    reply.open = std::move(done);
    co_return reply;
}

Task<Reply> list_to_choose(Scene& scene, const Open& open) {
    auto meant = co_await events_of(scene, open, false);
    if (!meant) co_return say(scene.phrases.say("failed_read"));
    if (meant->empty()) co_return say(scene.phrases.say("not_found"));
    std::vector<Event> events;
    for (const Meant& one : *meant) events.push_back(one.shown());
    co_return pick_event(scene, events, Purpose::kCancel, "");
}

Task<Reply> undo(Scene& scene) {
    const Phrases& phrases = scene.phrases;
    if (!scene.state.undo || scene.state.undo->events.empty()) co_return say(phrases.say("undo_nothing"));
    const Undo undo = *scene.state.undo;
    const Event& first = undo.events.front();
    const std::string title = shown(first.title);
    if (scene.now_ms > undo.until_ms) {
        scene.state.undo.reset();
        co_return say(undo.kind == Undo::Kind::kBooked ? phrases.say("undo_late", {{"title", title}})
                                                       : phrases.say("undo_late_plain"));
    }
    scene.plan = Plan{};
    scene.plan->kind = Plan::Kind::kUndo;
    scene.plan->open.draft.title = first.title;
    Outcome outcome;
    if (undo.kind == Undo::Kind::kBooked)
        outcome = co_await scene.booking.undo_booking(first);
    else
        outcome = co_await scene.booking.put_back(undo.events);
    if (outcome.kind == Outcome::Kind::kTaken) co_return say(phrases.say("undo_taken"));
    if (outcome.kind == Outcome::Kind::kGone) co_return say(phrases.say("not_found"));
    if (outcome.kind != Outcome::Kind::kDone)
        co_return say(phrases.say(outcome.kind == Outcome::Kind::kUnknown ? "failed_unknown" : "failed"));
    scene.state.undo.reset();
    if (undo.kind == Undo::Kind::kBooked) {
        scene.state.last_event.clear();
        co_return say(phrases.say("undone_booking", {{"title", title}}));
    }
    scene.state.last_event = first.id;
    if (undo.kind == Undo::Kind::kCancelled)
        co_return say(phrases.count("undone_cancel", undo.events.size(), {{"title", title}}));
    co_return say(phrases.say("undone_move", {{"title", title}, {"when", when_of(scene, first, false)}}));
}

}  // namespace scheduling
