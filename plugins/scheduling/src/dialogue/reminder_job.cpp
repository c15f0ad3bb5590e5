#include <algorithm>
#include <nlohmann/json.hpp>

#include "calendar/recurrence.hpp"
#include "calendar/zone_time.hpp"
#include "dialogue/asides.hpp"
#include "dialogue/dates.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/reminder_times.hpp"

namespace scheduling {

namespace {

using migue::Task;
using nlohmann::json;
using std::chrono::minutes;

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kDayMs = 24 * 60 * kMinuteMs;

/// What the reminder says, counted from now.
std::string reminder_text(const Scene& scene, const Event& event) {
    const Phrases& phrases = scene.phrases;
    const std::string title = shown(event.title);
    const std::int64_t left = (event.start_ms - scene.now_ms + kMinuteMs / 2) / kMinuteMs;
    const std::string time = write_clock(phrases, to_local(event.start_ms, scene.person.zone));
    if (event.all_day || left > 12 * 60)
        return phrases.say("reminders/ahead", {{"title", title}, {"when", when_of(scene, event, false)}});
    if (left <= 1) return phrases.say("reminders/now", {{"title", title}, {"time", time}});
    const bool hours = left % 60 == 0;
    return phrases.count(hours ? "reminders/in_hours" : "reminders/in_minutes",
                         static_cast<std::size_t>(hours ? left / 60 : left),
                         {{"title", title}, {"time", time}});
}

Reply reminder_message(Scene& scene, const Event& stored, const Event& occurrence) {
    Reply reply = say(reminder_text(scene, occurrence));
    reply.is_reminder = true;
    Open open;
    open.waiting = Waiting::kReminder;
    open.target = stored.id;
    open.draft = to_draft(occurrence);
    open.draft.rrule = stored.rrule;
    open.before = occurrence;
    open.events.push_back(stored.id);
    open.occurrences.push_back(stored.rrule.empty() ? 0 : occurrence.start_ms);
    open.options.push_back(option(scene, Action::kGoing, "going", "going"));
    open.options.push_back(option(scene, Action::kChange, "reschedule", "change"));
    open.options.push_back(option(scene, Action::kCancelOne, "cancel_it", "cancel_this"));
    reply.open = std::move(open);
    scene.state.last_event = stored.id;
    return reply;
}

/// The occurrence that the row stands for, where the event is now; nothing when it is gone.
std::optional<Event> occurrence_of(const Event& event, const Reminder& reminder) {
    if (event.rrule.empty()) return event;
    for (Event& one : occurrences(event, Interval{reminder.occurrence_ms - 1, reminder.occurrence_ms + 1}, 2))
        if (one.start_ms == reminder.occurrence_ms) return std::move(one);
    return std::nullopt;
}

/// Puts the row where the event is now; of a series the next occurrence.
Task<void> follow(Scene& scene, Reminder row, const Event& event, std::int64_t after_ms) {
    Reminder next = reminder_for(scene, event, minutes(row.minutes), after_ms);
    next.event = row.event;
    next.conversation = row.conversation;
    next.locale = row.locale;
    next.sent_due_ms = row.sent_due_ms;
    const std::int64_t wake = wake_of(scene, next.due_ms);
    auto kept = co_await scene.tools.reminders.put(std::move(next), wake);
    if (!kept) scene.tools.services.log.error("a reminder was not kept", {{"why", kept.error().what}});
}

/// The calendar does not answer: a minute later again, as long as it is of use.
Task<void> look_again_soon(Scene& scene, const Reminder& row, json payload) {
    if (scene.now_ms >= row.occurrence_ms) co_return;
    auto stored = co_await scene.tools.services.jobs.at(scene.now_ms + kMinuteMs, row.conversation,
                                                        Reminders::job_key(row.event), payload.dump());
    if (!stored) scene.tools.services.log.error("a job was not stored", {{"why", stored.error().what}});
}

/// What a job woke up for.
struct DueAt {
    std::int64_t due_ms = 0, start_ms = 0;
};

/// The event is there: says it now, or moves on to when it is to be said.
Task<Reply> say_or_wait(Scene& scene, Reminder row, const Event& event, DueAt at) {
    Reminder of_due = row;
    of_due.occurrence_ms = at.start_ms;
    const auto occurrence = occurrence_of(event, of_due);
    const std::int64_t real_due =
        occurrence ? due_time(scene, occurrence->start_ms, minutes(row.minutes)).due_ms : 0;
    const bool is_over = !occurrence || scene.now_ms >= occurrence->end_ms;
    // Quiet hours are not for a moment that the person named themselves.
    const bool must_be_quiet = row.minutes != 0 && is_quiet(scene.tools.settings.quiet, scene.now());
    if (is_over || real_due > scene.now_ms || must_be_quiet) {
        const std::int64_t after =
            occurrence && !is_over ? scene.now_ms : std::max(scene.now_ms, at.start_ms);
        co_await follow(scene, std::move(row), event, after);
        Reply silent;
        silent.silent = true;
        co_return silent;
    }
    row.sent_due_ms = at.due_ms;
    co_await follow(scene, std::move(row), event, std::max(scene.now_ms, occurrence->start_ms));
    co_return reminder_message(scene, event, *occurrence);
}

}  // namespace

Task<void> follow_events(Scene& scene) {
    const std::vector<std::string> touched = scene.booking.touched();
    for (const std::string& id : touched) {
        // An occurrence with a name of its own is told by its series' reminder.
        std::vector<std::string> names{id};
        if (const std::size_t mark = id.find('_'); mark != std::string::npos)
            names.push_back(id.substr(0, mark));
        for (const std::string& name : names) {
            auto row = co_await scene.tools.reminders.find(scene.person.id, name);
            if (!row) {
                scene.tools.services.log.error("a reminder could not follow its event",
                                               {{"why", row.error().what}});
                co_return;
            }
            if (!row->has_value()) continue;
            auto event = co_await scene.booking.get(name);
            // Cancelled: the row waits, for an undo; its job looks and says nothing.
            if (event && event->has_value() && !(*event)->cancelled)
                co_await follow(scene, **row, **event, scene.now_ms);
            break;
        }
    }
}

Task<Reply> take_reminder(Scene& scene, json payload) {
    Reply silent;
    silent.silent = true;
    const std::int64_t due = payload.value("due", std::int64_t{0});
    auto found = co_await scene.tools.reminders.find(scene.person.id, payload.value("event", ""));
    if (!found) {
        Reminder lost;
        lost.event = payload.value("event", "");
        lost.conversation = scene.turn.conversation_id();
        lost.occurrence_ms = due + kDayMs;
        co_await look_again_soon(scene, lost, std::move(payload));
        co_return silent;
    }
    // Of an older wish, or of a time that the event has left.
    if (!found->has_value() || ((*found)->due_ms != due && (*found)->sent_due_ms != due)) co_return silent;
    if (scene.person.opted_out_ms != 0) co_return silent;
    Reminder row = std::move(**found);
    auto event = co_await scene.booking.get(row.event);
    if (!event) {
        co_await look_again_soon(scene, row, std::move(payload));
        co_return silent;
    }
    if (!event->has_value() || (*event)->cancelled) {
        auto removed = co_await scene.tools.reminders.remove(row);
        if (!removed) scene.tools.services.log.warn("a reminder stays", {{"why", removed.error().what}});
        co_return silent;
    }
    const bool is_repeated = row.sent_due_ms == due && row.due_ms != due;
    const std::int64_t start = is_repeated ? payload.value("start", row.occurrence_ms) : row.occurrence_ms;
    co_return co_await say_or_wait(scene, std::move(row), **event, DueAt{due, start});
}

Task<Reply> take_snoozed(Scene& scene, json payload) {
    Reply silent;
    silent.silent = true;
    if (scene.person.opted_out_ms != 0) co_return silent;
    auto event = co_await scene.booking.get(payload.value("event", ""));
    if (!event || !event->has_value() || (*event)->cancelled) co_return silent;
    Reminder of_start;
    of_start.occurrence_ms = payload.value("start", std::int64_t{0});
    const auto occurrence = occurrence_of(**event, of_start);
    if (!occurrence) co_return silent;
    co_return reminder_message(scene, **event, *occurrence);
}

}  // namespace scheduling
