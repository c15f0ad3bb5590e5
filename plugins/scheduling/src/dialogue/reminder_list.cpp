#include <algorithm>

#include "calendar/zone_time.hpp"
#include "dialogue/asides.hpp"
#include "dialogue/dates.hpp"
#include "dialogue/event_search.hpp"
#include "dialogue/reminder_said.hpp"
#include "dialogue/reminder_times.hpp"

/// The reminders that there are: shown, chosen from, taken back.
namespace scheduling {

namespace {

constexpr std::size_t kMostRows = 9;
constexpr std::size_t kMostListed = 15;

}  // namespace

using migue::Task;
using std::chrono::minutes;

Reply pick_reminded(const Scene& scene, const std::vector<Event>& events, std::optional<minutes> before) {
    Reply reply;
    reply.text = scene.phrases.say("reminders/which");
    reply.list_label = scene.phrases.label("see_events");
    Open open;
    open.waiting = Waiting::kPick;
    for (const Event& event : events) {
        if (open.options.size() == kMostRows) break;
        const LocalSpan span = span_of(event, scene.person.zone);
        Option row;
        row.action = before ? Action::kRemind : Action::kRemindWhen;
        row.event_id = event.id;
        row.minutes = before ? before->count() : 0;
        row.label = scene.phrases.say(
            "dates/slot", {{"date", write_date(scene.phrases, day_of(span.begin), DateStyle::kShort)},
                           {"time", write_clock(scene.phrases, span.begin)}});
        row.hint = shown(event.title);
        open.options.push_back(std::move(row));
    }
    reply.open = std::move(open);
    return reply;
}

Task<Reply> list_reminders(Scene& scene) {
    auto all = co_await scene.tools.reminders.all(scene.person.id);
    if (!all) co_return say(scene.phrases.say("failed_read"), Reply::After::kKeep);
    std::string lines;
    std::size_t listed = 0;
    for (const Reminder& one : *all) {
        auto event = co_await scene.booking.get(one.event);
        if (!event) co_return say(scene.phrases.say("failed_read"), Reply::After::kKeep);
        if (!event->has_value() || (*event)->cancelled || listed == kMostListed) continue;
        ++listed;
        lines += (lines.empty() ? "" : "\n") +
                 scene.phrases.say("reminders/line", {{"when", write_due(scene, one.due_ms)},
                                                      {"title", shown((*event)->title)}});
    }
    if (lines.empty()) co_return say(scene.phrases.say("reminders/none"), Reply::After::kKeep);
    co_return say(scene.phrases.say("reminders/list", {{"lines", lines}}), Reply::After::kKeep);
}

Task<Reply> remove_all_reminders(Scene& scene) {
    auto all = co_await scene.tools.reminders.all(scene.person.id);
    if (!all) co_return say(scene.phrases.say("failed_read"), Reply::After::kKeep);
    if (all->empty()) co_return say(scene.phrases.say("reminders/none"), Reply::After::kKeep);
    for (const Reminder& one : *all) {
        auto removed = co_await scene.tools.reminders.remove(one);
        if (!removed) co_return say(scene.phrases.say("failed_read"), Reply::After::kKeep);
    }
    co_return say(scene.phrases.say("reminders/removed_all", {{"count", std::to_string(all->size())}}),
                  Reply::After::kKeep);
}

/// Of the event last talked about, else the only one, else it asks.
Task<Reply> remove_reminder_by_words(Scene& scene, std::string_view text) {
    auto all = co_await scene.tools.reminders.all(scene.person.id);
    if (!all) co_return say(scene.phrases.say("failed_read"), Reply::After::kKeep);
    if (all->empty()) co_return say(scene.phrases.say("reminders/none"), Reply::After::kKeep);
    EventReference reference;
    reference.words = scene.answers().left_over(text, {}, "remind_words");
    std::vector<Event> events;
    for (const Reminder& one : *all) {
        auto event = co_await scene.booking.get(one.event);
        if (!event) co_return say(scene.phrases.say("failed_read"), Reply::After::kKeep);
        if (!event->has_value() || (*event)->cancelled) continue;
        if (reference.words.empty() && one.event == scene.state.last_event)
            co_return co_await remove_reminder(scene, one.event);
        std::vector<Event> single;
        single.push_back(**event);
        if (!matching(reference, single, scene.person.zone).empty()) events.push_back(std::move(**event));
    }
    if (events.empty()) co_return say(scene.phrases.say("reminders/none"), Reply::After::kKeep);
    if (events.size() == 1) co_return co_await remove_reminder(scene, events.front().id);
    Reply reply = pick_reminded(scene, events, minutes(0));
    reply.text = scene.phrases.say("reminders/which_remove");
    for (Option& row : reply.open->options) row.action = Action::kUnremind;
    co_return reply;
}

Task<Reply> remove_reminder(Scene& scene, std::string event_id) {
    auto row = co_await scene.tools.reminders.find(scene.person.id, event_id);
    if (!row) co_return say(scene.phrases.say("failed_read"), Reply::After::kKeep);
    if (!row->has_value()) co_return say(scene.phrases.say("reminders/none"), Reply::After::kKeep);
    auto removed = co_await scene.tools.reminders.remove(**row);
    if (!removed) co_return say(scene.phrases.say("failed_read"), Reply::After::kKeep);
    auto event = co_await scene.booking.get(std::move(event_id));
    const std::string title = event && event->has_value() ? (*event)->title : std::string("…");
    co_return say(scene.phrases.say("reminders/removed", {{"title", shown(title)}}));
}

}  // namespace scheduling
