#include <algorithm>

#include "calendar/zone_time.hpp"
#include "dialogue/dates.hpp"
#include "dialogue/event_edit.hpp"
#include "dialogue/flows.hpp"
#include "dialogue/folding.hpp"

namespace scheduling {

namespace {

constexpr std::size_t kMostRows = 10;

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

}  // namespace

using migue::Task;

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

std::string listed_event(const Scene& scene, const EventWords& event) {
    const std::vector<std::string>& listed = scene.state.listed;
    const auto number = static_cast<std::size_t>(event.ordinal);
    if (event.ordinal > 0) return number <= listed.size() ? listed[number - 1] : std::string();
    const bool last = event.last && event.words.empty() && !event.span && !event.time;
    return last && listed.size() > 1 ? listed.back() : std::string();
}

Task<std::vector<Event>> both_meant(Scene& scene) {
    std::vector<std::string> ids;
    if (scene.state.listed.size() == 2)
        ids = scene.state.listed;
    else
        for (const ShownEvent& one : scene.state.shown) {
            std::erase(ids, one.event_id);
            ids.push_back(one.event_id);
        }
    std::vector<Event> events;
    for (auto id = ids.rbegin(); id != ids.rend() && events.size() < 2; ++id) {
        auto event = co_await scene.booking.get(*id);
        if (!event || !event->has_value() || (*event)->cancelled || (*event)->end_ms <= scene.now_ms)
            continue;
        events.insert(events.begin(), std::move(**event));
    }
    co_return events;
}

Reply none_found(Scene& scene, const EventReference& reference) {
    std::string text = reference.words.empty() || reference.said.empty()
                           ? scene.phrases.say("not_found")
                           : scene.phrases.say("not_found_with", {{"words", shorten(reference.said, 60)}});
    // What was meant is not known: a "yes" or "1" that follows must not choose from an older card
    // unseen.
    const Open* open = scene.state.alive(scene.now_ms);
    if (open == nullptr || open->waiting == Waiting::kDone) return say(std::move(text));
    Reply reply = say(text + "\n" + scene.phrases.say("still_open", {{"current", open->prompt}}));
    reply.open = *open;
    return reply;
}

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

}  // namespace scheduling
