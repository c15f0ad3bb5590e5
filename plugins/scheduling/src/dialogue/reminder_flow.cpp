#include <algorithm>
#include <nlohmann/json.hpp>

#include "calendar/zone_time.hpp"
#include "dialogue/asides.hpp"
#include "dialogue/dates.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/event_edit.hpp"
#include "dialogue/event_search.hpp"
#include "dialogue/flows.hpp"
#include "dialogue/reminder_said.hpp"
#include "dialogue/reminder_times.hpp"

namespace scheduling {

namespace {

using migue::Task;
using nlohmann::json;
using std::chrono::minutes;

constexpr std::int64_t kSearchMs = 180LL * 24 * 3600 * 1000;

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

}  // namespace

Task<Reply> set_reminder(Scene& scene, Event event, minutes before) {
    const bool kept = co_await keep_reminder(scene, event, before);
    if (!kept) co_return say(scene.phrases.say("reminders/failed"), Reply::After::kKeep);
    const Open* open = scene.state.alive(scene.now_ms);
    const bool moves = open != nullptr && open->waiting == Waiting::kCard && open->target == event.id;
    if (moves && open->draft.start) {
        const Event moved = to_event(open->draft);
        event.start_ms = moved.start_ms;
        event.end_ms = moved.end_ms;
    }
    Reply reply = reminder_card(scene, event, before);
    const bool waits = open != nullptr && open->waiting != Waiting::kDone && !asks_how_long(*open) &&
                       open->waiting != Waiting::kPick;
    if (!waits) co_return reply;
    // What is on the card goes on waiting for its answer.
    reply.text += "\n" + scene.phrases.say("still_open", {{"current", open->prompt}});
    reply.open = *open;
    co_return reply;
}

namespace {

/// The events a sentence may be about, once each; the last one talked about when it names none.
Task<migue::Result<std::vector<Event>>> events_meant(Scene& scene, std::string_view text,
                                                     const Understanding& read) {
    EventReference reference;
    reference.words = words_of_reminded(scene, text, read.times);
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

/// "change the reminder to 9": that hour on the event's day, or on the day before where it would be too late.
std::optional<minutes> before_for_hour(const Scene& scene, const Event& event, const Understanding& read) {
    if (!read.draft.has_time || !read.draft.start) return std::nullopt;
    const LocalMinutes start = to_local(event.start_ms, scene.person.zone);
    const minutes hour = *read.draft.start - day_of(*read.draft.start);
    LocalMinutes due = (read.draft.has_date ? day_of(*read.draft.start) : day_of(start)) + hour;
    if (!read.draft.has_date && due >= start) due -= date::days(1);
    if (due >= start) return std::nullopt;
    return start - due;
}

/// The reminder that was asked for by its hour ("remind me to call mom at 6") is the event's own time.
Task<std::optional<Reply>> move_reminded(Scene& scene, const Event& event, const Understanding& read) {
    std::optional<Reply> reply;
    auto row = co_await scene.tools.reminders.find(scene.person.id, event.id);
    if (!row || !row->has_value() || (*row)->minutes != 0) co_return reply;
    Edit edit;
    edit.what = Edit::What::kMove;
    edit.time = read;
    reply = co_await edit_found(scene, event, std::move(edit));
    co_return reply;
}

/// "change the reminder to 9", "pon el aviso a las 8".
Task<std::optional<Reply>> change_hour_of_reminder(Scene& scene, std::string_view text) {
    std::optional<Reply> reply;
    const Understanding read = read_new_time(scene, text);
    if (!read.draft.has_time || !scene.answers().left_over(text, read.times, "remind_words").empty())
        co_return reply;
    if (scene.state.last_event.empty()) co_return reply;
    auto event = co_await scene.booking.get(scene.state.last_event);
    if (!event || !event->has_value() || (*event)->cancelled) co_return reply;
    const auto next = next_of(**event, scene.now_ms);
    if (!next) co_return reply;
    reply = co_await move_reminded(scene, *next, read);
    if (reply) co_return reply;
    const auto before = before_for_hour(scene, *next, read);
    if (before) reply = co_await set_reminder(scene, std::move(**event), *before);
    co_return reply;
}

/// "snooze 10 minutes" of the reminder that has just come: it comes once more.
Task<std::optional<Reply>> snooze(Scene& scene, std::string_view text) {
    std::optional<Reply> reply;
    const Open* shown_last = scene.state.alive_reminder(scene.now_ms);
    if (shown_last == nullptr || !scene.answers().mentions("snooze_words", text)) co_return reply;
    const Open open = *shown_last;
    const Understanding read = scene.understand(text, "reminder");
    constexpr minutes kUsual{10}, kLongest{24 * 60};
    minutes later = read.draft.duration.value_or(kUsual);
    std::int64_t due = scene.now_ms + later.count() * 60'000;
    if (read.draft.has_time && read.draft.start && !read.question)
        due = to_unix_ms(*read.draft.start, scene.person.zone);
    if (due <= scene.now_ms || due > scene.now_ms + kLongest.count() * 60'000) co_return reply;
    const json payload{{"do", "snooze"},
                       {"person", scene.person.id},
                       {"event", open.target},
                       {"start", open.before ? open.before->start_ms : 0}};
    auto stored = co_await scene.tools.services.jobs.at(due, std::string(scene.turn.conversation_id()),
                                                        "snooze/" + open.target, payload.dump());
    if (!stored) {
        scene.tools.services.log.error("a job was not stored", {{"why", stored.error().what}});
        co_return say(scene.phrases.say("reminders/failed"), Reply::After::kKeep);
    }
    reply = say(scene.phrases.say("reminders/set", {{"when", write_due(scene, due)}}), Reply::After::kKeep);
    co_return reply;
}

Task<Reply> remind_of_known(Scene& scene, std::string_view text, const Understanding& read) {
    auto found = co_await events_meant(scene, text, read);
    if (!found) co_return say(scene.phrases.say("failed_read"), Reply::After::kKeep);
    if (found->empty()) co_return say(scene.phrases.say("reminders/nothing"), Reply::After::kKeep);
    std::optional<minutes> before = read.draft.reminder;
    if (const auto said = said_before(scene, text, span_of(found->front(), scene.person.zone).begin))
        before = said;
    if (found->size() > 1) co_return pick_reminded(scene, *found, before);
    if (before) co_return co_await set_reminder(scene, std::move(found->front()), *before);
    Open open;
    open.target = found->front().id;
    open.draft = to_draft(found->front());
    co_return ask_how_long(scene, open);
}

}  // namespace

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

Task<void> remind_of_booking(Scene& scene, Event event, minutes before, Reply& reply) {
    const bool kept = co_await keep_reminder(scene, std::move(event), before);
    if (!kept) reply.text += " " + scene.phrases.say("detail_reminder_failed");
}

Task<Reply> remind_of_words(Scene& scene, std::string_view text) {
    const Understanding read = scene.understand(text, "reminder");
    const bool new_thing = read.draft.has_date || read.draft.has_time;
    if (new_thing) co_return co_await start_draft(scene, text);
    if (!read.draft.reminder && scene.answers().mentions("remind_to", text)) {
        auto found = co_await events_meant(scene, text, read);
        if (found && found->empty()) co_return co_await start_draft(scene, text);
    }
    co_return co_await remind_of_known(scene, text, read);
}

bool asks_how_long(const Open& open) {
    return open.waiting == Waiting::kPick && !open.target.empty() && !open.options.empty() &&
           open.options.front().action == Action::kRemind;
}

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
    auto again = co_await snooze(scene, text);
    if (again) co_return again;
    auto on_day = co_await remind_on_said_day(scene, text);
    if (on_day) co_return on_day;
    const bool names = answers.has_word("remind_nouns", text);
    const bool calls = answers.has_word("remind_verbs", text);
    const bool length = answers.has_word("before_words", text);
    if (!names && !calls && !length) co_return std::nullopt;
    Understanding read = scene.understand(text, "reminder");
    // "mejor dos horas antes": with its first word it reads as an hour.
    const std::string said = answers.without_lead("reminder_leads", text);
    if (length && !read.draft.reminder) {
        Understanding led = scene.understand(said, "reminder");
        if (led.draft.reminder && answers.left_over(said, led.times, "remind_words").empty()) {
            text = said;
            read = std::move(led);
        }
    }
    const bool before_day = answers.mentions("day_before", text) || answers.mentions("night_before", text);
    const bool is_wish =
        read.draft.has_date && read.draft.has_time && !words_of_reminded(scene, text, read.times).empty();
    if (before_day && (names || calls) && !is_wish) co_return co_await remind_of_known(scene, text, read);
    const bool changes =
        names && (answers.has_word("edit_cues", text) || answers.has_word("move_words", text) ||
                  answers.mentions("remind_to_hour", text));
    if (changes && !read.draft.reminder) {
        auto changed = co_await change_hour_of_reminder(scene, text);
        if (changed) co_return changed;
    }
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
    const bool all = answers.has_word("everything", text);
    if (all && (names || calls) && answers.has_word("remind_off", text))
        co_return co_await remove_all_reminders(scene);
    const bool stops = calls && (answers.has_word("stop_words", text));
    if ((names || stops) && answers.has_word("remind_off", text))
        co_return co_await remove_reminder_by_words(scene, text);
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

Reply will_be_there(Scene& scene, const Open& open) {
    scene.state.reminded.reset();
    const Event event = to_event(open.draft);
    return say(scene.phrases.say("reminders/going",
                                 {{"title", shown(event.title)}, {"when", when_of(scene, event, false)}}),
               Reply::After::kKeep);
}

}  // namespace scheduling
