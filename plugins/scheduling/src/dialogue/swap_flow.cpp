#include <algorithm>

#include "calendar/zone_time.hpp"
#include "dialogue/dates.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/event_edit.hpp"
#include "dialogue/flows.hpp"
#include "dialogue/folding.hpp"
#include "dialogue/steps.hpp"

/// "swap them", "intercambia gimnasio y almuerzo": two events, each at the other's time.
namespace scheduling {

namespace {

using migue::Task;

/// "gym and lunch" is gym, and lunch.
std::vector<std::string> two_names(const std::string& rest) {
    for (const char* joins :
         {" and ", " with ", " for ", " y ", " con ", " por ", " e ", " com ", " pela ", " pelo "}) {
        const std::size_t at = rest.find(joins);
        if (at == std::string::npos || at == 0) continue;
        std::vector<std::string> names;
        names.push_back(rest.substr(0, at));
        names.push_back(rest.substr(at + std::string_view(joins).size()));
        return names;
    }
    return {};
}

Task<std::vector<Event>> events_to_swap(Scene& scene, std::string rest) {
    std::vector<Event> events;
    if (scene.answers().is("swap_pronouns", rest) || fold(rest).empty()) {
        events = co_await both_meant(scene);
        co_return events;
    }
    for (const std::string& name : two_names(rest)) {
        const EventReference reference = read_reference(scene, name, "cancel_meeting");
        auto found = co_await find_events(scene, reference);
        if (!found || found->size() != 1) break;
        events.push_back(std::move(found->front()));
    }
    co_return events;
}

/// The draft of the event at the other's time; a day's hours keep their own length.
EventDraft at_time_of(const Event& event, const Event& other) {
    EventDraft draft = to_draft(event);
    const auto length = length_of(draft);
    draft.start = to_local(other.start_ms, event.zone);
    draft.end = *draft.start + length;
    return draft;
}

std::string line_of(const Scene& scene, const Event& event, const EventDraft& after) {
    const LocalSpan span = span_of(event, scene.person.zone);
    Event moved = to_event(after);
    const LocalSpan then = span_of(moved, scene.person.zone);
    const bool one_day = day_of(span.begin) == day_of(then.begin);
    const auto write = [&](LocalMinutes at) {
        return one_day ? write_clock(scene.phrases, at)
                       : write_begin(scene.phrases, at, false, DateStyle::kShort);
    };
    return scene.phrases.say(
        "swap_line",
        {{"title", shown(event.title)}, {"before", write(span.begin)}, {"after", write(then.begin)}});
}

}  // namespace

Task<std::optional<Reply>> swap_by_words(Scene& scene, std::string_view text) {
    std::optional<Reply> reply;
    if (scene.input.forwarded) co_return reply;
    const auto rest = scene.answers().behind("swap_words", text);
    if (!rest || !scene.understand(text, "reschedule_meeting").times.empty()) co_return reply;
    const std::vector<Event> events = co_await events_to_swap(scene, *rest);
    if (events.size() != 2 || events[0].id == events[1].id) co_return reply;
    for (const Event& event : events)
        if (repeats(event) || event.all_day) co_return reply;
    Open open;
    open.waiting = Waiting::kCard;
    std::string lines;
    for (std::size_t i = 0; i < 2; ++i) {
        open.events.push_back(events[i].id);
        open.occurrences.push_back(events[i].start_ms);
        open.pair.push_back(at_time_of(events[i], events[1 - i]));
        lines += (i == 0 ? "" : " · ") + line_of(scene, events[i], open.pair[i]);
    }
    open.target = events[0].id;
    open.draft = to_draft(events[0]);
    open.before = events[0];
    open.options.push_back(option(scene, Action::kSwap, "swap", "yes"));
    open.options.push_back(option(scene, Action::kDrop, "keep_as_is", "no"));
    reply = say(scene.phrases.say("swap_ask", {{"changes", lines}}));
    reply->open = std::move(open);
    co_return reply;
}

Task<Reply> swap_events(Scene& scene, const Open& open) {
    std::vector<Event> before;
    std::string lines;
    for (std::size_t i = 0; i < open.events.size(); ++i) {
        auto stored = co_await scene.booking.get(open.events[i]);
        if (!stored) co_return say(scene.phrases.say("failed_read"));
        if (!stored->has_value() || (*stored)->cancelled) co_return say(scene.phrases.say("not_found"));
        Event event = std::move(**stored);
        // An earlier attempt may have moved it already: the card remembers where it was.
        event.end_ms += open.occurrences[i] - event.start_ms;
        event.start_ms = open.occurrences[i];
        lines += (i == 0 ? "" : " · ") + line_of(scene, event, open.pair[i]);
        before.push_back(std::move(event));
    }
    for (std::size_t i = 0; i < before.size(); ++i) {
        Event changed = before[i];
        const Event moved = to_event(open.pair[i]);
        changed.start_ms = moved.start_ms;
        changed.end_ms = moved.end_ms;
        const Outcome outcome = co_await scene.booking.change(std::move(changed), Overlap::kAllow);
        if (outcome.kind == Outcome::Kind::kDone) continue;
        // Half a swap is none: the first goes back.
        bool is_back = true;
        if (i == 1) {
            const Outcome back = co_await scene.booking.change(before.front(), Overlap::kAllow);
            is_back = back.kind == Outcome::Kind::kDone;
        }
        const bool known = is_back && outcome.kind != Outcome::Kind::kUnknown;
        co_return say(scene.phrases.say(known ? "swap_failed" : "failed_unknown"));
    }
    scene.state.last_event = before.front().id;
    scene.state.undo = Undo{Undo::Kind::kSwapped, std::move(before), {}, scene.now_ms + kUndoLifeMs};
    Reply reply = say(scene.phrases.say("swapped", {{"changes", lines}}));
    Open closed;
    closed.waiting = Waiting::kDone;
    closed.options.push_back(option(scene, Action::kUndo, "undo", "undo"));
    reply.open = std::move(closed);
    co_return reply;
}

}  // namespace scheduling
