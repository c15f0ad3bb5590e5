#include "dialogue/reminder_times.hpp"

#include <nlohmann/json.hpp>

#include "calendar/recurrence.hpp"
#include "calendar/zone_time.hpp"
#include "dialogue/asides.hpp"
#include "dialogue/dates.hpp"

namespace scheduling {

namespace {

using nlohmann::json;
using std::chrono::minutes;

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kHourMs = 60 * kMinuteMs;
constexpr std::int64_t kDayMs = 24 * kHourMs;
constexpr std::int64_t kAheadMs = 400 * kDayMs;
/// Of the hours in which a channel lets us write, kept for being late.
constexpr std::int64_t kWindowRoomMs = 10 * kMinuteMs;
/// Other programs move events too: looked at a day before, so that an earlier one is found.
constexpr std::int64_t kLookBeforeMs = kDayMs;

std::string write_minute_of_day(const Phrases& phrases, minutes time) {
    return write_clock(phrases, LocalMinutes(date::local_days(date::days(0))) + time);
}

}  // namespace

DueTime due_time(const Scene& scene, std::int64_t start_ms, minutes before) {
    // A moment that the person named themselves wins over the quiet hours.
    if (before.count() == 0) return {start_ms, false};
    return due_of(scene.tools.settings.quiet, scene.person.zone, start_ms, before);
}

Way way_at(const Scene& scene, std::int64_t due_ms) {
    const json channel = json::parse(scene.turn.channel_json(), nullptr, false);
    const std::int64_t hours = channel.is_object() ? channel.value("window_hours", 0) : 0;
    const bool open = hours == 0 || due_ms <= scene.now_ms + hours * kHourMs - kWindowRoomMs;
    if (open || channel.value("template", false)) return Way::kChat;
    return scene.tools.google != nullptr ? Way::kCalendar : Way::kChatIfOpen;
}

std::optional<Event> next_of(const Event& event, std::int64_t after_ms) {
    if (event.rrule.empty()) {
        if (event.start_ms > after_ms) return event;
        return std::nullopt;
    }
    for (Event& one : occurrences(event, Interval{after_ms, after_ms + kAheadMs}, 3))
        if (one.start_ms > after_ms) return std::move(one);
    return std::nullopt;
}

std::string write_due(const Scene& scene, std::int64_t due_ms) {
    const LocalMinutes at = to_local(due_ms, scene.person.zone);
    const std::string time = write_clock(scene.phrases, at);
    const auto day = day_of(at), today = day_of(scene.now());
    if (day == today) return scene.phrases.say("reminders/today_at", {{"time", time}});
    const DateStyle style = day - today < date::days(7) ? DateStyle::kDayOnly : DateStyle::kLong;
    return scene.phrases.say("reminders/at",
                             {{"date", write_date(scene.phrases, day, style)}, {"time", time}});
}

std::string describe(const Scene& scene, const DueTime& due) {
    const Phrases& phrases = scene.phrases;
    if (due.due_ms <= scene.now_ms) return phrases.say("reminders/past");
    const Way way = way_at(scene, due.due_ms);
    if (way == Way::kCalendar) return phrases.say("reminders/google");
    std::string text = phrases.say("reminders/set", {{"when", write_due(scene, due.due_ms)}});
    const QuietHours& quiet = scene.tools.settings.quiet;
    if (due.is_shifted)
        text += " " + phrases.say("reminders/quiet", {{"begin", write_minute_of_day(phrases, quiet.begin)},
                                                      {"end", write_minute_of_day(phrases, quiet.end)}});
    else if (is_quiet(quiet, to_local(due.due_ms, scene.person.zone)))
        text +=
            " " + phrases.say("reminders/quiet_named", {{"begin", write_minute_of_day(phrases, quiet.begin)},
                                                        {"end", write_minute_of_day(phrases, quiet.end)}});
    if (way == Way::kChatIfOpen) text += " " + phrases.say("reminders/if_open");
    return text;
}

std::int64_t wake_of(const Scene& scene, std::int64_t due_ms) {
    const bool looks = scene.tools.google != nullptr && due_ms - scene.now_ms > kLookBeforeMs + 2 * kHourMs;
    return looks ? due_ms - kLookBeforeMs : due_ms;
}

Reminder reminder_for(const Scene& scene, const Event& event, minutes before, std::int64_t after_ms) {
    Reminder reminder;
    reminder.person = scene.person.id;
    reminder.event = event.id;
    reminder.conversation = scene.turn.conversation_id();
    reminder.minutes = before.count();
    reminder.locale = scene.state.locale;
    // Of a series the first occurrence whose reminder is still to come.
    std::int64_t from = after_ms;
    for (int tries = 0; tries < 3; ++tries) {
        const auto next = next_of(event, from);
        if (!next) return reminder;
        const DueTime due = due_time(scene, next->start_ms, before);
        reminder.occurrence_ms = next->start_ms;
        reminder.due_ms = due.due_ms > scene.now_ms ? due.due_ms : 0;
        if (reminder.due_ms != 0 || event.rrule.empty()) return reminder;
        from = next->start_ms;
    }
    return reminder;
}

std::string reminder_note(const Scene& scene, const Event& event) {
    const minutes before(event.reminder_minutes.value_or(0));
    return describe(scene, due_time(scene, event.start_ms, before));
}

bool reminds_itself(const Scene& scene, const Event& event) {
    if (!event.reminder_minutes) return false;
    return way_at(scene, due_time(scene, event.start_ms, minutes(*event.reminder_minutes)).due_ms) !=
           Way::kCalendar;
}

}  // namespace scheduling
