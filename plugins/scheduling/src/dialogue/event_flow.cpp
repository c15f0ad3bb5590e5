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

Reply none_found(const Scene& scene, const EventReference& reference) {
    if (reference.words.empty()) return say(scene.phrases.say("not_found"), Reply::After::kKeep);
    return say(scene.phrases.say("not_found_with", {{"words", shorten(reference.said, 60)}}),
               Reply::After::kKeep);
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

/// The series without this occurrence and all after it.
Event until_before(const Meant& one) {
    Event event = one.stored;
    event.rrule = ends_before(event.rrule, one.occurrence_ms);
    return event;
}

/// The events of a card that are still there. What reaches beyond one occurrence is done to the
/// series, even where its occurrences have ids of their own. When the turn runs again, those that an earlier
/// attempt cancelled count as well: cancelling them once more does nothing, and is answered.
Task<migue::Result<std::vector<Meant>>> events_of(Scene& scene, const Open& open, Reach reach) {
    std::vector<Meant> meant;
    const bool repeats = scene.turn.attempt() > 1 || scene.input.kind == "job";
    for (std::size_t i = 0; i < open.events.size(); ++i) {
        std::int64_t occurrence = i < open.occurrences.size() ? open.occurrences[i] : 0;
        auto event = co_await scene.booking.get(open.events[i]);
        if (!event) co_return std::move(event).error();
        const bool of_series = event->has_value() && !(*event)->series.empty();
        if (of_series && reach != Reach::kOccurrence) {
            occurrence = (*event)->start_ms;
            event = co_await scene.booking.get(std::string((*event)->series));
            if (!event) co_return std::move(event).error();
        }
        if (!event->has_value() || ((*event)->cancelled && !repeats)) continue;
        if (reach == Reach::kSeries) occurrence = 0;
        // From the first occurrence on is all of it.
        if (reach == Reach::kLater && occurrence <= (*event)->start_ms) occurrence = 0;
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

/// Where the new time begins in the words. A last "to 8" is one even where it reads as no time.
std::size_t new_time_begin(const Scene& scene, std::string_view text, const Understanding& whole) {
    const std::size_t last_space = text.find_last_of(' ');
    const bool ends_so =
        last_space != std::string_view::npos && Answers::bare_number(text.substr(last_space + 1));
    const bool is_read = !whole.times.empty() && whole.times.back().finish > last_space;
    if (ends_so && !is_read) {
        const std::size_t lead = text.find_last_of(' ', last_space - 1);
        return lead == std::string_view::npos ? last_space + 1 : lead + 1;
    }
    return scene.answers().target_begin(text, whole.times);
}

}  // namespace

Task<Reply> cancel_by_words(Scene& scene, std::string_view text) {
    const EventReference reference = read_reference(scene, text, "cancel_meeting");
    auto found = co_await find_events(scene, reference);
    if (!found) co_return say(scene.phrases.say("failed_read"), Reply::After::kKeep);
    if (found->empty()) co_return none_found(scene, reference);
    if (reference.everything && reference.span) co_return ask_cancel_all(scene, *found);
    if (found->size() == 1) co_return cancel_card(scene, found->front());
    co_return pick_event(scene, *found, Purpose::kCancel, "");
}

namespace {

/// A move whose new time the rules do not find, as a model marks it: its words for the time and for
/// the event; nothing when it finds no time either.
Task<std::optional<Reply>> move_by_marks(Scene& scene, std::string_view text) {
    std::optional<Reply> reply;
    auto marked = co_await find_new_time(scene, text);
    if (!marked) co_return reply;
    const EventReference reference = read_reference(scene, marked->draft.title, "cancel_meeting");
    auto found = co_await find_events(scene, reference);
    if (!found || found->empty()) co_return reply;
    std::string said;
    for (const auto& time : marked->times) said += (said.empty() ? "" : " ") + time.text;
    if (found->size() > 1)
        reply = pick_event(scene, *found, Purpose::kMove, std::move(said));
    else
        reply = co_await move_event(scene, std::move(found->front()), *marked, said);
    co_return reply;
}

}  // namespace

Task<Reply> move_by_words(Scene& scene, std::string_view text) {
    const Understanding whole = scene.understand(text, "reschedule_meeting");
    if (whole.times.empty()) {
        auto marked = co_await move_by_marks(scene, text);
        if (marked) co_return std::move(*marked);
    }
    const std::size_t split = new_time_begin(scene, text, whole);
    const EventReference reference = read_reference(scene, text.substr(0, split), "cancel_meeting");
    const std::string said(text.substr(split));
    auto found = co_await find_events(scene, reference);
    if (!found) co_return say(scene.phrases.say("failed_read"), Reply::After::kKeep);
    if (found->empty() && !whole.times.empty()) {
        // "… cuando termine la clase de yoga, tipo 6" names no event, though it looks like it.
        auto marked = co_await move_by_marks(scene, text);
        if (marked) co_return std::move(*marked);
    }
    if (found->empty()) co_return none_found(scene, reference);
    if (found->size() > 1) co_return pick_event(scene, *found, Purpose::kMove, said);
    const Understanding target = read_new_time(scene, said);
    co_return co_await move_event(scene, std::move(found->front()), target, said);
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
    if (open.purpose == Purpose::kMove) {
        const Understanding target = read_new_time(scene, open.said);
        co_return co_await move_event(scene, std::move(meant), target, open.said);
    }
    if (chosen.occurrence_ms != 0) {
        meant.end_ms += chosen.occurrence_ms - meant.start_ms;
        meant.start_ms = chosen.occurrence_ms;
    }
    co_return cancel_card(scene, meant);
}

Task<Reply> cancel_events(Scene& scene, const Open& open, Reach reach) {
    scene.plan = Plan{};
    scene.plan->kind = Plan::Kind::kCancel;
    scene.plan->open = open;
    scene.plan->reach = reach;
    auto meant = co_await events_of(scene, open, reach);
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
        if (one.occurrence_ms == 0) continue;
        Event left = reach == Reach::kLater ? until_before(one) : without(one);
        outcome = co_await scene.booking.change(std::move(left), Overlap::kAllow);
    }
    if (outcome.kind == Outcome::Kind::kGone) co_return say(scene.phrases.say("not_found"));
    if (outcome.kind != Outcome::Kind::kDone)
        co_return say(
            scene.phrases.say(outcome.kind == Outcome::Kind::kUnknown ? "failed_unknown" : "failed"));
    Reply reply;
    const Event first = meant->front().shown();
    reply.text = meant->size() == 1
                     ? scene.phrases.say_of("cancelled", first.title,
                                            {{"title", shown(first.title)}, {"when", begin_of(scene, first)}})
                     : scene.phrases.count("cancelled_many", meant->size());
    scene.state.undo = Undo{Undo::Kind::kCancelled, std::move(before), scene.now_ms + kUndoLifeMs};
    Open done;
    done.waiting = Waiting::kDone;
    done.options.push_back(option(scene, Action::kUndo, "undo", "undo"));
    reply.open = std::move(done);
    co_return reply;
}

Task<Reply> list_to_choose(Scene& scene, const Open& open) {
    auto meant = co_await events_of(scene, open, Reach::kOccurrence);
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
