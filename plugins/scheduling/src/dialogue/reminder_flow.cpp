#include <algorithm>
#include <nlohmann/json.hpp>

#include "calendar/recurrence.hpp"
#include "calendar/zone_time.hpp"
#include "dialogue/asides.hpp"
#include "dialogue/dates.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/event_search.hpp"
#include "dialogue/flows.hpp"

namespace scheduling {

namespace {

using migue::Task;
using nlohmann::json;
using std::chrono::minutes;

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kHourMs = 60 * kMinuteMs;
constexpr std::int64_t kDayMs = 24 * kHourMs;
constexpr std::int64_t kAheadMs = 400 * kDayMs;
constexpr std::int64_t kSearchMs = 180 * kDayMs;
/// Of the hours in which a channel lets us write, kept for being late.
constexpr std::int64_t kWindowRoomMs = 10 * kMinuteMs;
/// Other programs move events too: looked at a day before, so that an earlier one is found.
constexpr std::int64_t kLookBeforeMs = kDayMs;
constexpr std::size_t kMostRows = 9;
constexpr std::size_t kMostListed = 15;

/// How a person can be told at that time.
enum class Way { kChat = 1, kChatIfOpen, kCalendar };

Way way_at(const Scene& scene, std::int64_t due_ms) {
    const json channel = json::parse(scene.turn.channel_json(), nullptr, false);
    const std::int64_t hours = channel.is_object() ? channel.value("window_hours", 0) : 0;
    const bool open = hours == 0 || due_ms <= scene.now_ms + hours * kHourMs - kWindowRoomMs;
    if (open || channel.value("template", false)) return Way::kChat;
    return scene.tools.google != nullptr ? Way::kCalendar : Way::kChatIfOpen;
}

/// The event itself, or of a series its first occurrence after `after_ms`.
std::optional<Event> next_of(const Event& event, std::int64_t after_ms) {
    if (event.rrule.empty()) {
        if (event.start_ms > after_ms) return event;
        return std::nullopt;
    }
    for (Event& one : occurrences(event, Interval{after_ms, after_ms + kAheadMs}, 3))
        if (one.start_ms > after_ms) return std::move(one);
    return std::nullopt;
}

DueTime due_time(const Scene& scene, std::int64_t start_ms, minutes before) {
    return due_of(scene.tools.settings.quiet, scene.person.zone, start_ms, before);
}

/// "hoy a las 14:00", "el martes 24 a las 14:00".
std::string write_due(const Scene& scene, std::int64_t due_ms) {
    const LocalMinutes at = to_local(due_ms, scene.person.zone);
    const std::string time = write_clock(scene.phrases, at);
    const auto day = day_of(at), today = day_of(scene.now());
    if (day == today) return scene.phrases.say("reminders/today_at", {{"time", time}});
    const DateStyle style = day - today < date::days(7) ? DateStyle::kDayOnly : DateStyle::kLong;
    return scene.phrases.say("reminders/at",
                             {{"date", write_date(scene.phrases, day, style)}, {"time", time}});
}

std::string write_minute_of_day(const Phrases& phrases, minutes time) {
    return write_clock(phrases, LocalMinutes(date::local_days(date::days(0))) + time);
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
    if (way == Way::kChatIfOpen) text += " " + phrases.say("reminders/if_open");
    return text;
}

std::int64_t wake_of(const Scene& scene, std::int64_t due_ms) {
    const bool looks = scene.tools.google != nullptr && due_ms - scene.now_ms > kLookBeforeMs + 2 * kHourMs;
    return looks ? due_ms - kLookBeforeMs : due_ms;
}

/// What stands in the row for this event as it is now; due_ms 0 when its time has passed.
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

/// Keeps the reminder, in the chat or at the calendar. False: it could not.
Task<bool> keep_reminder(Scene& scene, Event event, minutes before) {
    Reminder reminder = reminder_for(scene, event, before, scene.now_ms);
    if (reminder.due_ms == 0) co_return true;  // said to be too late
    if (way_at(scene, reminder.due_ms) == Way::kCalendar) {
        auto old = co_await scene.tools.reminders.find(scene.person.id, event.id);
        if (old && old->has_value()) static_cast<void>(co_await scene.tools.reminders.remove(**old));
        if (event.reminder_minutes == before.count()) co_return true;
        event.reminder_minutes = before.count();
        const Outcome outcome = co_await scene.booking.change(std::move(event), Overlap::kAllow);
        co_return outcome.kind == Outcome::Kind::kDone;
    }
    co_await keep_consent(scene, "messages");
    const std::int64_t wake = wake_of(scene, reminder.due_ms);
    auto kept = co_await scene.tools.reminders.put(std::move(reminder), wake);
    if (!kept) scene.tools.services.log.error("a reminder was not kept", {{"why", kept.error().what}});
    co_return static_cast<bool>(kept);
}

Reply reminder_card(Scene& scene, const Event& event, minutes before) {
    scene.state.last_event = event.id;
    const Reminder reminder = reminder_for(scene, event, before, scene.now_ms);
    DueTime due =
        due_time(scene, reminder.occurrence_ms != 0 ? reminder.occurrence_ms : event.start_ms, before);
    Reply reply = say(describe(scene, due));
    Open open;
    open.waiting = Waiting::kDone;
    open.target = event.id;
    open.draft = to_draft(event);
    open.options.push_back(option(scene, Action::kRemindWhen, "remind_change", "change"));
    if (due.due_ms > scene.now_ms && way_at(scene, due.due_ms) != Way::kCalendar)
        open.options.push_back(option(scene, Action::kUnremind, "remind_off", ""));
    reply.open = std::move(open);
    return reply;
}

Task<Reply> set_reminder(Scene& scene, Event event, minutes before) {
    const bool kept = co_await keep_reminder(scene, event, before);
    if (!kept) co_return say(scene.phrases.say("reminders/failed"), Reply::After::kKeep);
    co_return reminder_card(scene, event, before);
}

/// The events a sentence may be about, once each; the last one talked about when it names none.
Task<migue::Result<std::vector<Event>>> events_meant(Scene& scene, std::string_view text,
                                                     const Understanding& read) {
    EventReference reference;
    reference.words = scene.answers().left_over(text, read.times, "remind_words");
    // A length before the event is no time of it.
    std::erase_if(reference.words, [](const std::string& word) {
        return std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
    });
    std::vector<Event> found;
    if (reference.words.empty() && !scene.state.last_event.empty()) {
        auto last = co_await scene.booking.get(scene.state.last_event);
        if (!last) co_return std::move(last).error();
        if (last->has_value() && !(*last)->cancelled && next_of(**last, scene.now_ms)) {
            found.push_back(std::move(**last));
            co_return found;
        }
    }
    auto listed = co_await scene.booking.list(Interval{scene.now_ms, scene.now_ms + kSearchMs});
    if (!listed) co_return std::move(listed).error();
    for (Event& event : matching(reference, *listed, scene.person.zone)) {
        if (event.start_ms <= scene.now_ms) continue;
        const bool known = std::any_of(found.begin(), found.end(), [&](const Event& one) {
            return one.id == event.id || (!one.series.empty() && one.series == event.series);
        });
        if (!known) found.push_back(std::move(event));
    }
    co_return found;
}

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

Task<Reply> remind_of_known(Scene& scene, std::string_view text, const Understanding& read) {
    auto found = co_await events_meant(scene, text, read);
    if (!found) co_return say(scene.phrases.say("failed_read"), Reply::After::kKeep);
    if (found->empty()) co_return say(scene.phrases.say("reminders/nothing"), Reply::After::kKeep);
    if (found->size() > 1) co_return pick_reminded(scene, *found, read.draft.reminder);
    if (read.draft.reminder)
        co_return co_await set_reminder(scene, std::move(found->front()), *read.draft.reminder);
    Open open;
    open.target = found->front().id;
    open.draft = to_draft(found->front());
    co_return ask_how_long(scene, open);
}

/// "una hora antes" to a draft that is not booked yet.
Task<Reply> remind_of_draft(Scene& scene, const Open& open, minutes before) {
    EventDraft draft = open.draft;
    draft.reminder = before;
    if (open.waiting == Waiting::kCard || open.waiting == Waiting::kChange)
        co_return co_await show_again(scene, std::move(draft), open.target);
    Reply reply;
    reply.text = open.prompt;
    reply.open = open;
    reply.open->draft = std::move(draft);
    co_return reply;
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

/// "quita el aviso": of the event last talked about, else the only one, else it asks.
Task<Reply> remove_by_words(Scene& scene, std::string_view text) {
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

}  // namespace

Task<void> keep_consent(Scene& scene, std::string subject) {
    // The version is that of the words by which it was agreed to.
    migue::SqlStatement insert{
        "INSERT INTO scheduling.consents (person_id, subject, version, message_id, at_ms) VALUES ($1, $2, "
        "$3, $4, $5)"
        " ON CONFLICT (person_id, subject, version) DO NOTHING",
        json::array(
            {scene.person.id, subject, kConsentVersion, std::string(scene.turn.message_id()), scene.now_ms})
            .dump(),
        false};
    auto written = co_await scene.tools.services.sql.execute(std::move(insert));
    if (!written) scene.tools.services.log.error("a consent was not kept", {{"why", written.error().what}});
    if (scene.person.opted_out_ms == 0) co_return;
    // Asking to be written to takes an earlier "stop" back.
    std::vector<PersonValue> values{{"opted_out_ms", 0}};
    auto kept = co_await scene.tools.people.keep(scene.person.id, std::move(values));
    if (kept) scene.person.opted_out_ms = 0;
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

Task<void> remind_of_booking(Scene& scene, Event event, minutes before, Reply& reply) {
    const bool kept = co_await keep_reminder(scene, std::move(event), before);
    if (!kept) reply.text += " " + scene.phrases.say("detail_reminder_failed");
}

Task<Reply> remind_of_words(Scene& scene, std::string_view text) {
    const Understanding read = scene.understand(text, "reminder");
    const bool new_thing = read.draft.has_date || read.draft.has_time;
    if (new_thing) co_return co_await start_draft(scene, text);
    co_return co_await remind_of_known(scene, text, read);
}

namespace {
bool asks_how_long(const Open& open) {
    return open.waiting == Waiting::kPick && !open.target.empty() && !open.options.empty() &&
           open.options.front().action == Action::kRemind;
}
}  // namespace

Task<std::optional<Reply>> change_reminders(Scene& scene, std::string_view text) {
    const Answers& answers = scene.answers();
    // "media hora" to "how long before?"
    if (const Open* open = scene.state.alive(scene.now_ms); open != nullptr && asks_how_long(*open)) {
        const Open asked = *open;
        const EventDraft said = scene.understand(text, "reminder").draft;
        const auto before = said.reminder ? said.reminder : said.duration;
        if (before && !said.has_date && !said.has_time) {
            Option wish = asked.options.front();
            wish.minutes = before->count();
            co_return co_await take_remind(scene, asked, wish);
        }
    }
    const bool names = answers.has_word("remind_nouns", text);
    const bool calls = answers.has_word("remind_verbs", text);
    const bool length = answers.has_word("before_words", text);
    if (!names && !calls && !length) co_return std::nullopt;
    const Understanding read = scene.understand(text, "reminder");
    if (read.draft.has_date || read.draft.has_time) co_return std::nullopt;
    if (read.draft.reminder) {
        const auto words = answers.left_over(text, read.times, "remind_words");
        const Open* open = scene.state.alive(scene.now_ms);
        const bool about_draft = open != nullptr && open->target.empty() && words.empty() &&
                                 (open->waiting == Waiting::kCard || open->waiting == Waiting::kTime ||
                                  open->waiting == Waiting::kTaken || open->waiting == Waiting::kChange);
        if (about_draft) {
            const Open draft = *open;
            co_return co_await remind_of_draft(scene, draft, *read.draft.reminder);
        }
        if (calls || names || words.empty()) co_return co_await remind_of_known(scene, text, read);
        co_return std::nullopt;
    }
    if (names && answers.has_word("remind_off", text)) co_return co_await remove_by_words(scene, text);
    if (names && answers.has_word("remind_show", text)) co_return co_await list_reminders(scene);
    co_return std::nullopt;
}

Task<Reply> take_remind(Scene& scene, const Open& open, const Option& chosen) {
    auto event = co_await scene.booking.get(chosen.event_id.empty() ? open.target : chosen.event_id);
    if (!event) co_return say(scene.phrases.say("failed_read"));
    if (!event->has_value() || (*event)->cancelled) co_return say(scene.phrases.say("not_found"));
    if (chosen.action == Action::kRemind)
        co_return co_await set_reminder(scene, std::move(**event), minutes(chosen.minutes));
    Open about;
    about.target = (*event)->id;
    about.draft = to_draft(**event);
    co_return ask_how_long(scene, about);
}

Reply ask_how_long(Scene& scene, const Open& open) {
    Reply reply = say(scene.phrases.say("reminders/how_long", {{"title", shown(open.draft.title)}}));
    Open asked;
    asked.waiting = Waiting::kPick;
    asked.target = open.target;
    asked.draft = open.draft;
    for (const auto& [label, before] :
         {std::pair{"remind_10", 10}, {"remind_60", 60}, {"remind_1440", 1440}}) {
        Option choice = option(scene, Action::kRemind, label, "");
        choice.event_id = open.target;
        choice.minutes = before;
        asked.options.push_back(std::move(choice));
    }
    scene.state.last_event = open.target;
    reply.open = std::move(asked);
    return reply;
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

Reply will_be_there(Scene& scene, const Open& open) {
    scene.state.reminded.reset();
    const Event event = to_event(open.draft);
    return say(scene.phrases.say("reminders/going",
                                 {{"title", shown(event.title)}, {"when", when_of(scene, event, false)}}),
               Reply::After::kKeep);
}

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
    auto found = co_await scene.tools.reminders.find(scene.person.id, payload.value("event", ""));
    if (!found) {
        Reminder lost;
        lost.event = payload.value("event", "");
        lost.conversation = scene.turn.conversation_id();
        lost.occurrence_ms = payload.value("due", std::int64_t{0}) + kDayMs;
        co_await look_again_soon(scene, lost, std::move(payload));
        co_return silent;
    }
    const std::int64_t due = payload.value("due", std::int64_t{0});
    // Of an older wish, or of a time that the event has left.
    if (!found->has_value() || ((*found)->due_ms != due && (*found)->sent_due_ms != due)) co_return silent;
    Reminder row = **found;
    if (scene.person.opted_out_ms != 0) co_return silent;
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
    Reminder of_due = row;
    of_due.occurrence_ms = start;
    const auto occurrence = occurrence_of(**event, of_due);
    const std::int64_t real_due =
        occurrence ? due_time(scene, occurrence->start_ms, minutes(row.minutes)).due_ms : 0;
    const bool is_over = !occurrence || scene.now_ms >= occurrence->end_ms;
    if (is_over || real_due > scene.now_ms || is_quiet(scene.tools.settings.quiet, scene.now())) {
        const std::int64_t after = occurrence && !is_over ? scene.now_ms : std::max(scene.now_ms, start);
        co_await follow(scene, row, **event, after);
        co_return silent;
    }
    row.sent_due_ms = due;
    co_await follow(scene, row, **event, std::max(scene.now_ms, occurrence->start_ms));
    co_return reminder_message(scene, **event, *occurrence);
}

}  // namespace scheduling
