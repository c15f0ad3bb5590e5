#include <algorithm>

#include "calendar/zone_time.hpp"
#include "dialogue/cards.hpp"
#include "dialogue/draft_checks.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/event_edit.hpp"
#include "dialogue/flows.hpp"

/// What people tell of an event instead of asking for it. Nothing is done without a question: the card names
/// the event that was understood.
namespace scheduling {

namespace {

using migue::Task;
using What = Edit::What;

bool names_something(const EventWords& event) {
    return !event.words.empty() || event.span || event.time;
}

/// Of several words about somebody one may be the name: the one event that one of them names.
Task<std::vector<Event>> events_of_any(Scene& scene, const EventWords& who) {
    std::vector<Event> events;
    for (const std::string& word : who.words) {
        EventReference reference;
        reference.words.push_back(word);
        auto found = co_await find_events(scene, reference);
        if (!found || found->empty()) continue;
        if (!events.empty() && events.front().id != found->front().id) co_return std::vector<Event>();
        events = std::move(*found);
    }
    co_return events;
}

/// What the words behind the verb name, else those in front of it; those may be anybody.
Task<std::vector<Event>> events_told_of(Scene& scene, const Edit& edit) {
    for (const EventWords* named : {&edit.event, &edit.who}) {
        if (named->words.empty()) continue;
        EventReference reference = reference_of(*named);
        if (!reference.span && named == &edit.who) reference.span = edit.event.span;
        auto found = co_await find_events(scene, reference);
        if (found && found->empty() && reference.span && named == &edit.who) {
            reference.span.reset();
            found = co_await find_events(scene, reference);
        }
        if (found && !found->empty()) co_return std::move(*found);
        if (named == &edit.who && named->words.size() > 1) co_return co_await events_of_any(scene, *named);
        // "they moved the dentist": nothing else is meant.
        if (named == &edit.event) break;
    }
    co_return std::vector<Event>();
}

/// It is what is open, or what was spoken of just now.
Task<std::optional<Event>> event_in_talk(Scene& scene, const Edit& edit) {
    std::optional<Event> event;
    const Open* open = scene.state.alive(scene.now_ms);
    std::string id = scene.state.talks(scene.now_ms) ? scene.state.last_event : std::string();
    if (open != nullptr && !open->target.empty()) id = open->target;
    if (open != nullptr && open->waiting == Waiting::kCancel && open->events.size() == 1)
        id = open->events.front();
    event = co_await standing(scene, std::move(id));
    if (event && event->end_ms <= scene.now_ms && event->rrule.empty()) event.reset();
    const EventWords& said = edit.event.span || edit.event.time ? edit.event : edit.who;
    if (!event || !event->rrule.empty() || (!said.span && !said.time)) co_return event;
    EventReference reference;
    reference.span = said.span;
    reference.time = said.time;
    const std::vector<Event> one{*event};
    if (matching(reference, one, scene.person.zone).empty()) event.reset();
    co_return event;
}

Reply ask_which(const Scene& scene, const std::vector<Event>& events, const Edit& edit,
                std::string_view text) {
    return pick_event(scene, events, edit.what == What::kCancel ? Purpose::kCancel : Purpose::kMove,
                      std::string(text));
}

/// "the call is at 5", of an event that is there: that is when it is now.
Edit read_statement(const Scene& scene, std::string_view text) {
    const bool asks = text.find('?') != std::string_view::npos;
    Edit edit = read_edit(text, scene.moment);
    const bool states = !edit.by_verb && edit.what == What::kMove && edit.time && !edit.event.words.empty();
    if (asks || !states || !edit.time->draft.rrule.empty()) return {};
    return edit;
}

/// A draft that is not booked yet, where the words mean it.
bool means_draft(const Open& open, const Edit& edit) {
    if (!open.target.empty() || is_settled(open) || !can_change(open) || !open.events.empty()) return false;
    const EventWords& named = names_something(edit.event) ? edit.event : edit.who;
    return named.words.empty() || is_about_draft(open, named);
}

/// "Kim can't make it", of a meeting with others too: it takes place without Kim.
bool is_one_of_many(const Scene& scene, const Event& event, const Edit& edit) {
    const std::vector<std::string>& words = edit.who.words.empty() ? edit.event.words : edit.who.words;
    if (edit.has_changes() || words.empty() || event.guests.size() < 2) return false;
    return std::any_of(event.guests.begin(), event.guests.end(), [&](const std::string& guest) {
        return names_all(words, name_of(scene, guest), {guest});
    });
}

/// The events of the day or the hour that was said.
Task<std::vector<Event>> events_then(Scene& scene, const Edit& edit) {
    const EventWords& said = names_something(edit.event) ? edit.event : edit.who;
    std::vector<Event> events;
    if (!said.span || !said.words.empty()) co_return events;
    auto found = co_await find_events(scene, reference_of(said));
    if (found) events = std::move(*found);
    co_return events;
}

/// Where the words name none: what is talked about, or what is on the day that was said.
Task<std::vector<Event>> events_in_talk(Scene& scene, const Edit& edit) {
    std::vector<Event> events;
    // "my niece isn't coming", of whom nothing is known: no other event goes for it.
    const bool of_anybody = edit.what == What::kCancel && !edit.who.words.empty() && !edit.points;
    if (edit.event.words.empty() && !of_anybody) {
        auto event = co_await event_in_talk(scene, edit);
        if (event) events.push_back(std::move(*event));
    }
    if (events.empty()) events = co_await events_then(scene, edit);
    // "I have a thing on Friday, can we do Saturday": the day is that of something else.
    if (events.empty() && edit.corrects && edit.what == What::kMove && edit.event.words.empty()) {
        Edit of_it = edit;
        of_it.event = EventWords{};
        auto event = co_await event_in_talk(scene, of_it);
        if (event) events.push_back(std::move(*event));
    }
    co_return events;
}

}  // namespace

Task<std::optional<Reply>> told_by_words(Scene& scene, std::string_view text) {
    std::optional<Reply> reply;
    if (scene.input.forwarded) co_return reply;
    Edit edit = read_told(text, scene.moment);
    if (edit.what == What::kNone) edit = read_statement(scene, text);
    if (edit.what == What::kNone) co_return reply;
    std::optional<Open> open;
    if (const Open* alive = scene.state.alive(scene.now_ms); alive != nullptr) open = *alive;
    const bool of_draft = open && means_draft(*open, edit) && edit.has_changes();
    std::vector<Event> events = co_await events_told_of(scene, edit);
    if (events.empty() && of_draft) {
        edit.event = EventWords{};
        reply = co_await edit_it(scene, *open, edit);
        co_return reply;
    }
    if (events.empty()) events = co_await events_in_talk(scene, edit);
    if (events.empty()) {
        // What somebody did with it is no name of a new one.
        const bool named = edit.by_verb && edit.has_changes() && !edit.event.words.empty();
        if (named && scene.intent != "query_agenda") reply = none_found(scene, reference_of(edit.event));
        co_return reply;
    }
    if (events.size() > 1) co_return ask_which(scene, events, edit, text);
    Event meant = events.front();
    if (is_one_of_many(scene, meant, edit)) co_return reply;
    edit.event = edit.who = EventWords{};
    // What stands on the card is changed on the card.
    const bool on_card = open && !is_settled(*open) && can_change(*open) && open->target == meant.id &&
                         is_complete(open->draft);
    if (on_card && edit.what != What::kCancel) co_return co_await edit_it(scene, *open, edit);
    reply = co_await edit_found(scene, std::move(meant), std::move(edit));
    co_return reply;
}

}  // namespace scheduling
