#include <algorithm>

#include "calendar/zone_time.hpp"
#include "dialogue/cards.hpp"
#include "dialogue/dates.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/event_edit.hpp"
#include "dialogue/flows.hpp"
#include "dialogue/folding.hpp"
#include "dialogue/reminder_times.hpp"

namespace scheduling {

namespace {

using migue::Task;

constexpr std::size_t kMostAtOnce = 20;
constexpr std::size_t kListedInText = 20;

/// "15:00 Revisión semanal"; with its day when they are of several.
std::string cancel_line(const Scene& scene, const Event& event, bool one_day) {
    const LocalSpan span = span_of(event, scene.person.zone);
    const std::string title = shorten(event.title, 30);
    if (event.all_day && one_day) return scene.phrases.say("agenda_all_day", {{"title", title}});
    const std::string time = one_day
                                 ? write_clock(scene.phrases, span.begin)
                                 : write_begin(scene.phrases, span.begin, event.all_day, DateStyle::kShort);
    return scene.phrases.say("cancel_line", {{"time", time}, {"title", title}});
}

/// An event of a card: as it is stored, and of a series the occurrence that is meant.
struct Meant {
    Event stored;
    std::int64_t occurrence_ms = 0;

    [[nodiscard]] Event shown() const {
        return occurrence_ms == 0 ? stored : occurrence_at(stored, occurrence_ms);
    }
};

/// The events of a card that are still there. When the turn runs again, those that an earlier
/// attempt cancelled count as well: cancelling them once more does nothing, and is answered.
Task<migue::Result<std::vector<Meant>>> events_of(Scene& scene, const Open& open) {
    std::vector<Meant> meant;
    const bool again = scene.turn.attempt() > 1 || scene.input.kind == "job";
    for (std::size_t i = 0; i < open.events.size(); ++i) {
        const std::int64_t occurrence = i < open.occurrences.size() ? open.occurrences[i] : 0;
        auto event = co_await scene.booking.get(open.events[i]);
        if (!event) co_return std::move(event).error();
        if (!event->has_value() || ((*event)->cancelled && !again)) continue;
        meant.push_back(Meant{std::move(**event), occurrence});
    }
    co_return meant;
}

/// Single events in one go; those of a series each by its part.
Task<SeriesDone> cancel_each(Scene& scene, std::vector<Meant> meant, SeriesPart part) {
    SeriesDone all;
    all.outcome = Outcome{Outcome::Kind::kDone, meant.front().stored};
    std::vector<Event> single;
    for (const Meant& one : meant)
        if (!repeats(one.stored)) single.push_back(one.stored);
    all.before = single;
    if (!single.empty()) all.outcome = co_await scene.booking.cancel(std::move(single));
    const bool again = scene.turn.attempt() > 1 || scene.input.kind == "job";
    SeriesBooking series(scene.booking, scene.tools.services.vault);
    for (const Meant& one : meant) {
        if (all.outcome.kind != Outcome::Kind::kDone) break;
        if (!repeats(one.stored)) continue;
        const bool whole = one.occurrence_ms == 0 && one.stored.series.empty();
        SeriesDone done = co_await series.cancel(one.shown(), whole ? SeriesPart::kAll : part);
        // An earlier attempt has cancelled it.
        const bool was_done = again && done.outcome.kind == Outcome::Kind::kGone;
        if (was_done) done.before.push_back(one.stored);
        if (!was_done) all.outcome = std::move(done.outcome);
        all.before.insert(all.before.end(), done.before.begin(), done.before.end());
    }
    co_return all;
}

}  // namespace

Reply ask_cancel_all(const Scene& scene, const std::vector<Event>& events) {
    const Phrases& phrases = scene.phrases;
    if (events.size() > kMostAtOnce)
        return say(phrases.say("cancel_too_many", {{"count", std::to_string(events.size())},
                                                   {"limit", std::to_string(kMostAtOnce)}}));
    const auto first_day = day_of(span_of(events.front(), scene.person.zone).begin);
    const bool one_day = std::all_of(events.begin(), events.end(), [&](const Event& event) {
        return day_of(span_of(event, scene.person.zone).begin) == first_day;
    });
    std::string lines;
    Open open;
    open.waiting = Waiting::kCancel;
    for (const Event& event : events) {
        open.events.push_back(event.id);
        open.occurrences.push_back(event.rrule.empty() ? 0 : event.start_ms);
        if (open.events.size() > kListedInText) continue;
        lines += (lines.empty() ? "• " : "\n• ") + cancel_line(scene, event, one_day);
    }
    Reply reply;
    reply.text = shorten(phrases.count("cancel_ask_all", events.size(), {{"events", lines}}), 1000);
    Option all = option(scene, Action::kCancelOne, "keep", "yes");
    all.label = phrases.count("labels/cancel_all", events.size());
    open.options.push_back(std::move(all));
    if (events.size() > 1) open.options.push_back(option(scene, Action::kChoose, "choose", ""));
    open.options.push_back(option(scene, Action::kDrop, "keep_them", "no"));
    reply.open = std::move(open);
    return reply;
}

Task<std::optional<Reply>> cancel_both(Scene& scene, const Open& open) {
    std::optional<Reply> reply;
    if (open.waiting == Waiting::kPick && open.purpose == Purpose::kCancel) {
        reply = co_await cancel_listed(scene, open);
        co_return reply;
    }
    const std::vector<Event> events = co_await both_meant(scene);
    if (events.size() == 2) reply = ask_cancel_all(scene, events);
    co_return reply;
}

Event occurrence_at(Event stored, std::int64_t start_ms) {
    stored.end_ms += start_ms - stored.start_ms;
    stored.start_ms = start_ms;
    return stored;
}

bool repeats(const Event& event) {
    return !event.rrule.empty() || !event.series.empty();
}

Task<Reply> cancel_by_words(Scene& scene, std::string_view text) {
    const Edit edit = read_edit(text, scene.moment);
    const EventReference reference = edit.what == Edit::What::kCancel
                                         ? reference_of(edit.event)
                                         : read_reference(scene, text, "cancel_meeting");
    if (const std::string listed = listed_event(scene, edit.event); !listed.empty()) {
        auto event = co_await scene.booking.get(listed);
        if (event && event->has_value() && !(*event)->cancelled) co_return cancel_card(scene, **event);
    }
    if (edit.event.both) {
        const Open nothing_open;
        auto both = co_await cancel_both(scene, nothing_open);
        if (both) co_return std::move(*both);
    }
    // "what did I cancel": nothing is to be done.
    if (edit.is_question && reference.words.empty())
        co_return say(scene.phrases.say("not_found"), Reply::After::kKeep);
    auto found = co_await find_events(scene, reference);
    if (!found) co_return say(scene.phrases.say("failed_read"), Reply::After::kKeep);
    if (found->empty()) co_return none_found(scene, reference);
    if (reference.everything && reference.span) co_return ask_cancel_all(scene, *found);
    if (found->size() == 1) co_return cancel_card(scene, found->front());
    co_return pick_event(scene, *found, Purpose::kCancel, "");
}

Task<std::optional<std::size_t>> row_named(Scene& scene, const Open& open, std::string_view text) {
    std::optional<std::size_t> found;
    const std::string named = scene.answers().without_lead("pointing_words", text);
    const EventReference reference = read_reference(scene, named, "cancel_meeting");
    if (reference.is_empty()) co_return found;
    for (std::size_t i = 0; i < open.options.size(); ++i) {
        const Option& row = open.options[i];
        if (row.action != Action::kEvent) continue;
        auto event = co_await scene.booking.get(row.event_id);
        if (!event || !event->has_value()) co_return std::nullopt;
        std::vector<Event> one;
        one.push_back(Meant{std::move(**event), row.occurrence_ms}.shown());
        if (matching(reference, one, scene.person.zone).empty()) continue;
        if (found) co_return std::nullopt;  // more than one: the list stays
        found = i;
    }
    co_return found;
}

Task<Reply> take_event(Scene& scene, const Open& open, const Option& chosen) {
    auto event = co_await scene.booking.get(chosen.event_id);
    if (!event) co_return say(scene.phrases.say("failed_read"));
    if (!event->has_value() || (*event)->cancelled) co_return say(scene.phrases.say("not_found"));
    Event meant = **event;
    if (chosen.occurrence_ms != 0) meant = occurrence_at(std::move(meant), chosen.occurrence_ms);
    if (open.purpose == Purpose::kMove) {
        Edit edit = read_told(open.said, scene.moment);
        if (edit.what == Edit::What::kNone) edit = read_edit(open.said, scene.moment);
        edit.event = EventWords{};
        if (edit.what != Edit::What::kTell) edit.what = Edit::What::kMove;
        co_return co_await edit_found(scene, std::move(meant), std::move(edit));
    }
    co_return cancel_card(scene, meant);
}

namespace {

/// What is gone: the event as it was shown, or how much of its series.
std::string cancelled_when(const Scene& scene, const Event& first, bool is_one_occurrence, SeriesPart part) {
    const std::string when = begin_of(scene, first);
    if (!repeats(first)) return when;
    if (!is_one_occurrence || part == SeriesPart::kAll) return scene.phrases.say("cancelled_all");
    if (part == SeriesPart::kFollowing) return scene.phrases.say("cancelled_following", {{"when", when}});
    return when;
}

}  // namespace

Task<Reply> cancel_events(Scene& scene, const Open& open, SeriesPart part) {
    scene.plan = Plan{};
    scene.plan->kind = Plan::Kind::kCancel;
    scene.plan->open = open;
    scene.plan->part = part;
    auto meant = co_await events_of(scene, open);
    if (!meant) co_return say(scene.phrases.say("failed_read"));
    if (meant->empty()) co_return say(scene.phrases.say("not_found"));
    const Event first = meant->front().shown();
    const std::size_t count = meant->size();
    const bool is_one = meant->front().occurrence_ms != 0 || !meant->front().stored.series.empty();
    SeriesDone done = co_await cancel_each(scene, std::move(*meant), part);
    const Outcome::Kind kind = done.outcome.kind;
    if (kind == Outcome::Kind::kGone) co_return say(scene.phrases.say("not_found"));
    if (kind != Outcome::Kind::kDone)
        co_return say(scene.phrases.say(kind == Outcome::Kind::kUnknown ? "failed_unknown" : "failed"));
    Reply reply;
    reply.text = count == 1 ? scene.phrases.say_of("cancelled", first.title,
                                                   {{"title", shown(first.title)},
                                                    {"when", cancelled_when(scene, first, is_one, part)}})
                            : scene.phrases.count("cancelled_many", count);
    scene.state.undo = Undo{Undo::Kind::kCancelled, std::move(done.before), {}, scene.now_ms + kUndoLifeMs};
    Open closed;
    closed.waiting = Waiting::kDone;
    closed.options.push_back(option(scene, Action::kUndo, "undo", "undo"));
    reply.open = std::move(closed);
    co_return reply;
}

Task<Reply> list_to_choose(Scene& scene, const Open& open) {
    auto meant = co_await events_of(scene, open);
    if (!meant) co_return say(scene.phrases.say("failed_read"));
    if (meant->empty()) co_return say(scene.phrases.say("not_found"));
    std::vector<Event> events;
    for (const Meant& one : *meant) events.push_back(one.shown());
    co_return pick_event(scene, events, Purpose::kCancel, "");
}

Task<Reply> cancel_listed(Scene& scene, const Open& open) {
    std::vector<Event> events;
    for (const Option& row : open.options) {
        if (row.action != Action::kEvent) continue;
        auto event = co_await scene.booking.get(row.event_id);
        if (!event) co_return say(scene.phrases.say("failed_read"));
        if (!event->has_value() || (*event)->cancelled) continue;
        events.push_back(Meant{std::move(**event), row.occurrence_ms}.shown());
    }
    if (events.empty()) co_return say(scene.phrases.say("not_found"));
    co_return ask_cancel_all(scene, events);
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
    if (undo.kind == Undo::Kind::kBooked) {
        // One event, or the two of one card: an undo that is repeated finds the first gone already.
        for (const Event& event : undo.events) {
            outcome = co_await scene.booking.undo_booking(event);
            if (outcome.kind != Outcome::Kind::kDone) break;
        }
    } else if (undo.kind == Undo::Kind::kSwapped) {
        // On the way back the two stand on one hour for a moment.
        for (const Event& event : undo.events) {
            outcome = co_await scene.booking.change(event, Overlap::kAllow);
            if (outcome.kind != Outcome::Kind::kDone) break;
        }
    } else {
        SeriesDone done;
        done.before = undo.events;
        done.made = undo.made;
        SeriesBooking series(scene.booking, scene.tools.services.vault);
        outcome = co_await series.undo(std::move(done));
    }
    if (outcome.kind == Outcome::Kind::kTaken) co_return say(phrases.say("undo_taken"));
    if (outcome.kind == Outcome::Kind::kGone) co_return say(phrases.say("not_found"));
    if (outcome.kind != Outcome::Kind::kDone)
        co_return say(phrases.say(outcome.kind == Outcome::Kind::kUnknown ? "failed_unknown" : "failed"));
    scene.state.undo.reset();
    if (undo.kind == Undo::Kind::kBooked) {
        scene.state.last_event.clear();
        if (undo.events.size() > 1) co_return say(phrases.say("pair/undone"));
        co_return say(phrases.say("undone_booking", {{"title", title}}));
    }
    scene.state.last_event = first.id;
    if (undo.kind == Undo::Kind::kSwapped) co_return say(phrases.say("undone_swap"));
    if (undo.kind == Undo::Kind::kCancelled)
        co_return say(phrases.count("undone_cancel", undo.events.size(), {{"title", title}}));
    co_return say(phrases.say("undone_move", {{"title", title}, {"when", when_of(scene, first, false)}}));
}

}  // namespace scheduling
