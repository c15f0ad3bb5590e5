#include <algorithm>

#include "calendar/recurrence.hpp"
#include "calendar/zone_time.hpp"
#include "dialogue/asides.hpp"
#include "dialogue/cards.hpp"
#include "dialogue/dates.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/flows.hpp"
#include "dialogue/folding.hpp"

namespace scheduling {

namespace {

using migue::Task;

constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;
// A minute's grace: people say "now" and mean it.
constexpr std::int64_t kPastGraceMs = 60 * 1000;
constexpr std::size_t kShownOccurrences = 3;
constexpr std::size_t kCountedOccurrences = 1000;
constexpr std::int64_t kSeriesAheadDays = 3660, kCheckedDays = 400;

Plan plan_of(Plan::Kind kind, const EventDraft& draft, const std::string& target) {
    Plan plan;
    plan.kind = kind;
    plan.open.draft = draft;
    plan.open.target = target;
    return plan;
}

bool is_complete(const EventDraft& draft) {
    return draft.start && draft.has_date && (draft.has_time || draft.all_day);
}

/// The next occurrences of a drafted series, and those that overlap what is there.
Task<migue::Result<SeriesNote>> look_at_series(Scene& scene, const EventDraft& draft,
                                               const std::string& target) {
    SeriesNote note;
    const Event event = to_event(draft);
    const Interval whole{event.start_ms, event.start_ms + kSeriesAheadDays * kDayMs};
    const Interval checked{event.start_ms, event.start_ms + kCheckedDays * kDayMs};
    const std::vector<Event> series = occurrences(event, whole, kCountedOccurrences);
    auto listed = co_await scene.booking.list(checked);
    if (!listed) co_return std::move(listed).error();
    for (const Event& occurrence : series) {
        const LocalMinutes at = to_local(occurrence.start_ms, draft.zone);
        if (note.occurrences.size() < kShownOccurrences) note.occurrences.push_back(at);
        if (series.size() < kCountedOccurrences) note.last = at;
        const bool clashes = std::any_of(listed->begin(), listed->end(), [&](const Event& other) {
            return other.busy && other.id != scene.own_event_id && other.id != target &&
                   (other.series.empty() || other.series != target) && other.start_ms < occurrence.end_ms &&
                   occurrence.start_ms < other.end_ms;
        });
        if (clashes && !draft.all_day && note.clashes.size() < kShownOccurrences) note.clashes.push_back(at);
    }
    co_return note;
}

/// The first busy event that has part of the draft's time.
Task<migue::Result<std::optional<Event>>> find_clash(Scene& scene, const EventDraft& draft,
                                                     const std::string& target) {
    std::optional<Event> clash;
    if (draft.all_day) co_return clash;
    const Event event = to_event(draft);
    auto listed = co_await scene.booking.list(Interval{event.start_ms, event.end_ms});
    if (!listed) co_return std::move(listed).error();
    for (const Event& other : *listed)
        if (other.busy && other.id != target && other.id != scene.own_event_id &&
            (other.series.empty() || (other.series != target && other.series != scene.own_event_id))) {
            clash = other;
            break;
        }
    co_return clash;
}

Task<Reply> show_draft_card(Scene& scene, EventDraft draft, std::string target) {
    if (!target.empty()) {
        auto before = co_await scene.booking.get(target);
        if (!before) co_return say(scene.phrases.say("failed_read"));
        if (!before->has_value() || (*before)->cancelled) co_return say(scene.phrases.say("not_found"));
        co_return change_card(scene, std::move(draft), **before);
    }
    SeriesNote series;
    if (!draft.rrule.empty()) {
        auto looked = co_await look_at_series(scene, draft, target);
        if (!looked) co_return say(scene.phrases.say("failed_read"));
        series = std::move(*looked);
    }
    co_return draft_card(scene, std::move(draft), std::move(target), series);
}

Reply failure(const Scene& scene, Outcome::Kind kind) {
    if (kind == Outcome::Kind::kGone) return say(scene.phrases.say("not_found"));
    return say(scene.phrases.say(kind == Outcome::Kind::kUnknown ? "failed_unknown" : "failed"));
}

/// How much of the event the person has just seen.
BookedFrom::Look look_of(const Scene& scene) {
    const Open* open = scene.state.alive(scene.now_ms);
    if (open == nullptr || scene.input.kind == "job") return BookedFrom::Look::kFull;
    if (open->waiting == Waiting::kCard) return BookedFrom::Look::kAfterCard;
    return open->is_slot_list && scene.picked_slot ? BookedFrom::Look::kAfterSlot : BookedFrom::Look::kFull;
}

Reply after_booking(Scene& scene, const Event& event, const EventDraft& said) {
    scene.state.last_event = event.id;
    scene.state.undo = Undo{Undo::Kind::kBooked, {}, scene.now_ms + kUndoLifeMs};
    scene.state.undo->events.push_back(event);
    return booked_card(scene, event, {said, look_of(scene), new_contact(scene, event, scene.book)});
}

Reply after_change(Scene& scene, const Event& event, const Event& before) {
    scene.state.last_event = event.id;
    scene.state.undo = Undo{Undo::Kind::kMoved, {}, scene.now_ms + kUndoLifeMs};
    scene.state.undo->events.push_back(before);
    const EventDraft nothing_said;
    Reply reply = booked_card(scene, event, {nothing_said, BookedFrom::Look::kFull, {}});
    const bool moved = event.start_ms != before.start_ms;
    const std::string title = shown(event.title), when = when_of(scene, event, true);
    std::string details;
    std::vector<std::string> fresh;
    for (const std::string& guest : event.guests)
        if (std::find(before.guests.begin(), before.guests.end(), guest) == before.guests.end())
            fresh.push_back(guest);
    if (const auto invited = mailed_names(scene, fresh); !invited.empty())
        details += " " + scene.phrases.say("detail_invited", {{"names", scene.phrases.join(invited)}});
    if (!event.video_url.empty() && before.video_url.empty())
        details += " " + scene.phrases.say("detail_video_link", {{"url", event.video_url}});
    reply.text = moved ? scene.phrases.say_of("moved", event.title, {{"title", title}, {"when", when}})
                       : scene.phrases.say_of("changed", event.title,
                                              {{"title", title}, {"when", when}, {"details", details}});
    return reply;
}

Task<Reply> write_change(Scene& scene, EventDraft draft, std::string target, Overlap overlap) {
    auto before = co_await scene.booking.get(target);
    if (!before) co_return say(scene.phrases.say("failed_read"));
    if (!before->has_value() || (*before)->cancelled) co_return say(scene.phrases.say("not_found"));
    // An earlier attempt may have changed it already: then the card remembers how it was.
    const bool repeats = scene.turn.attempt() > 1 || scene.input.kind == "job";
    const Event old = repeats && scene.before && scene.before->id == target ? *scene.before : **before;
    Event changed = to_event(draft);
    changed.id = target;
    changed.exdates = old.exdates;
    const Outcome outcome = co_await scene.booking.change(std::move(changed), overlap);
    if (outcome.kind == Outcome::Kind::kTaken)
        co_return co_await offer_other_times(scene, std::move(draft), std::move(target));
    if (outcome.kind != Outcome::Kind::kDone) co_return failure(scene, outcome.kind);
    co_return after_change(scene, outcome.event, old);
}

/// A title that was made of the guests' names is made anew when there are more of them.
void retitle(const Scene& scene, const EventDraft& before, EventDraft& draft) {
    if (draft.attendees.size() == before.attendees.size()) return;
    std::vector<std::string> names;
    for (const std::string& guest : before.attendees) names.push_back(name_of(scene, guest));
    const std::string made = names.empty()
                                 ? std::string()
                                 : scene.phrases.say("meeting_with", {{"names", scene.phrases.join(names)}});
    if (draft.title != made && !is_generic_title(scene.answers(), draft.title)) return;
    EventDraft named = draft;
    named.title.clear();
    for (std::string& guest : named.attendees) guest = name_of(scene, guest);
    complete_title(scene.phrases, named);
    draft.title = named.title;
}

/// The hour came first: the days that were offered stay open, now at that hour.
Reply ask_day_again(const Open& open, EventDraft draft) {
    Reply reply;
    reply.text = open.prompt;
    reply.open = open;
    const auto time = *draft.start - day_of(*draft.start);
    for (Option& shown : reply.open->options) {
        if (!shown.day_only || !shown.start) continue;
        shown.start = day_of(*shown.start) + time;
        shown.end = *shown.start + length_of(draft);
        shown.day_only = false;
    }
    reply.open->draft = std::move(draft);
    return reply;
}

/// "to 8" of an event at seven in the morning is eight in the morning: of two readings of an hour
/// the one in the event's own half of the day. It is shown on a card before anything is done.
bool is_same_half(const Open& open, const Question& question, EventDraft& draft) {
    if (question.kind != "ambiguous_hour" || open.target.empty() || !open.draft.start || !open.draft.has_time)
        return false;
    const auto time_of = [](LocalMinutes at) { return at - day_of(at); };
    const auto noon = std::chrono::hours(12);
    const bool morning = time_of(*open.draft.start) < noon;
    const Choice* only = nullptr;
    for (const Choice& choice : question.choices) {
        if ((time_of(choice.start) < noon) != morning) continue;
        if (only != nullptr) return false;
        only = &choice;
    }
    if (only == nullptr) return false;
    const auto length = length_of(open.draft);
    const auto day = day_of(draft.start ? *draft.start : *open.draft.start);
    draft.start = day + time_of(only->start);
    draft.end = *draft.start + length;
    draft.has_time = draft.has_date = true;
    return true;
}

}  // namespace

Task<Reply> start_draft(Scene& scene, std::string_view text) {
    Understanding read = co_await read_twice(scene, text, "schedule_meeting");
    const Open* open = scene.state.alive(scene.now_ms);
    const bool replaces = open != nullptr && open->target.empty() &&
                          (open->waiting == Waiting::kCard || open->waiting == Waiting::kTime ||
                           open->waiting == Waiting::kTaken || open->waiting == Waiting::kChange);
    if (!read.draft.attendees.empty() && is_generic_title(scene.answers(), read.draft.title))
        read.draft.title.clear();
    complete_title(scene.phrases, read.draft);
    if (read.draft.zone.empty()) read.draft.zone = scene.person.zone;
    if (scene.intent == "reminder" && !read.draft.reminder) read.draft.reminder = std::chrono::minutes(0);
    scene.state.open.reset();
    if (!read.left_out.empty()) scene.left_out = read.left_out;
    Reply reply;  // filled by statements: GCC 12 destroys a co_await's result in a conditional twice
    if (read.question)
        reply = co_await ask_question(scene, std::move(read.draft), "", std::move(*read.question));
    else
        reply = co_await proceed(scene, std::move(read.draft), "", false);
    if (replaces) reply.text = scene.phrases.say("replaced") + reply.text;
    co_return reply;
}

Task<Reply> proceed(Scene& scene, EventDraft draft, std::string target, bool sure) {
    if (scene.heard != nullptr) draft.by_model = true;
    scene.plan = plan_of(Plan::Kind::kProceed, draft, target);
    scene.plan->sure = sure;
    if (!draft.start || (!draft.has_date && !draft.has_time))
        co_return ask_date(scene, std::move(draft), std::move(target));
    if (!draft.has_time && !draft.all_day)
        co_return co_await ask_time(scene, std::move(draft), std::move(target));
    if (!is_complete(draft) && !sure) co_return ask_date(scene, std::move(draft), std::move(target));
    const bool over = draft.all_day ? to_event(draft).end_ms <= scene.now_ms
                                    : to_event(draft).start_ms < scene.now_ms - kPastGraceMs;
    if (over) co_return ask_past(scene, std::move(draft), std::move(target));
    if (auto asked = ask_guest(scene, draft, target)) co_return std::move(*asked);
    const Event event = to_event(draft);
    const bool is_agreed = sure ? !mails_somebody(scene, draft) : !needs_card(scene, draft, target);
    const bool at_once = !draft.by_model && is_agreed;
    // A calendar outside is asked right before the write in any case: once is enough there.
    if (draft.rrule.empty() && !(at_once && scene.tools.google != nullptr)) {
        auto clash = co_await find_clash(scene, draft, target);
        if (!clash) co_return say(scene.phrases.say("failed_read"));
        if (clash->has_value()) {
            Event wanted = event;
            wanted.id = scene.own_event_id;
            co_await scene.booking.note_taken(wanted);
            co_return co_await offer_other_times(scene, std::move(draft), std::move(target));
        }
    }
    if (!at_once) co_return co_await show_draft_card(scene, std::move(draft), std::move(target));
    co_return co_await commit(scene, std::move(draft), std::move(target), Overlap::kRefuse);
}

Task<Reply> commit(Scene& scene, EventDraft draft, std::string target, Overlap overlap) {
    scene.plan = plan_of(Plan::Kind::kCommit, draft, target);
    scene.plan->force = overlap == Overlap::kAllow;
    scene.plan->open.before = scene.before;
    if (!target.empty()) co_return co_await write_change(scene, std::move(draft), std::move(target), overlap);
    Event event = to_event(draft);
    event.id = scene.own_event_id;
    if (reminds_itself(scene, event)) event.reminder_minutes.reset();
    const Outcome outcome = co_await scene.booking.book(std::move(event), overlap);
    if (outcome.kind == Outcome::Kind::kTaken)
        co_return co_await offer_other_times(scene, std::move(draft), std::move(target));
    if (outcome.kind != Outcome::Kind::kDone) co_return failure(scene, outcome.kind);
    co_await look_again_later(scene, outcome.event, overlap);
    Reply booked = after_booking(scene, outcome.event, draft);
    if (draft.reminder) co_await remind_of_booking(scene, outcome.event, *draft.reminder, booked);
    co_return booked;
}

Task<Reply> edit_open(Scene& scene, const Open& open, const Understanding& said) {
    EventDraft draft = open.draft;
    apply_edit(draft, said.draft);
    retitle(scene, open.draft, draft);
    if (said.draft.attendees.size() > 0 && scene.tools.google != nullptr) draft.invites = true;
    const bool has_day = draft.has_date;
    // With the day known, an hour that is past today or has no day is no question any more.
    const bool still_asks = said.question && said.question->kind != "missing_date" &&
                            said.question->kind != "missing_time" &&
                            !(said.question->kind == "past" && has_day && !said.draft.has_date);
    if (still_asks && is_same_half(open, *said.question, draft))
        co_return co_await show_again(scene, std::move(draft), open.target);
    if (still_asks) {
        Question question = *said.question;
        if (!said.draft.has_date && open.draft.has_date && open.draft.start)
            for (Choice& choice : question.choices) {
                const auto move = day_of(*open.draft.start) - day_of(choice.start);
                choice.start += move;
                if (choice.end) *choice.end += move;
            }
        co_return co_await ask_question(scene, std::move(draft), open.target, std::move(question));
    }
    const bool days_open = !draft.has_date && draft.has_time && draft.start &&
                           open.waiting == Waiting::kTime &&
                           std::any_of(open.options.begin(), open.options.end(),
                                       [](const Option& shown) { return shown.day_only; });
    if (days_open) co_return ask_day_again(open, std::move(draft));
    // What answers a question for a time needs no second look; what changes a card is shown again.
    const bool answers = open.waiting == Waiting::kTime || open.waiting == Waiting::kTaken;
    if (answers)
        co_return co_await proceed(scene, std::move(draft), open.target, open.waiting == Waiting::kTaken);
    co_return co_await show_again(scene, std::move(draft), open.target);
}

Task<Reply> show_again(Scene& scene, EventDraft draft, std::string target) {
    if (!is_complete(draft)) co_return co_await proceed(scene, std::move(draft), std::move(target), false);
    if (auto asked = ask_guest(scene, draft, target)) co_return std::move(*asked);
    scene.plan = plan_of(Plan::Kind::kProceed, draft, target);
    const Event event = to_event(draft);
    if (!draft.all_day && event.start_ms < scene.now_ms - kPastGraceMs)
        co_return ask_past(scene, std::move(draft), std::move(target));
    auto clash = co_await find_clash(scene, draft, target);
    if (!clash) co_return say(scene.phrases.say("failed_read"));
    if (clash->has_value() && draft.rrule.empty())
        co_return co_await offer_other_times(scene, std::move(draft), std::move(target));
    co_return co_await show_draft_card(scene, std::move(draft), std::move(target));
}

Task<std::optional<Reply>> end_series(Scene& scene, const Open& open, std::string_view text) {
    std::optional<Reply> reply;
    EventDraft draft = open.draft;
    const std::size_t digits = text.find_first_of("0123456789");
    std::string end;
    if (scene.answers().has_word("times_words", text) && digits != std::string_view::npos) {
        const std::size_t after = std::min(text.find_first_not_of("0123456789", digits), text.size());
        const std::string count(text.substr(digits, after - digits));
        if (count.size() > 3 || count == "0") co_return reply;
        end = "COUNT=" + count;
    } else {
        const Understanding read = scene.understand(text, "reschedule_meeting");
        if (!read.draft.has_date || !read.draft.start || read.draft.has_time) co_return reply;
        // The day that was said is the last one.
        const LocalMinutes last = day_of(*read.draft.start) + date::days(1) - std::chrono::minutes(1);
        const date::sys_seconds until{std::chrono::seconds(to_unix_ms(last, draft.zone) / 1000)};
        end = "UNTIL=" + date::format("%Y%m%dT%H%M%SZ", until);
    }
    draft.rrule += ";" + end;
    reply = co_await show_again(scene, std::move(draft), open.target);
    co_return reply;
}

Task<Reply> rename(Scene& scene, const Open& open, std::string title) {
    EventDraft draft = open.draft;
    draft.title = capitalised(std::move(title));
    if (is_complete(draft)) co_return co_await show_draft_card(scene, std::move(draft), open.target);
    Reply reply;
    reply.text = open.prompt;
    reply.open = open;
    reply.open->draft = std::move(draft);
    co_return reply;
}

Task<Reply> add_guest(Scene& scene, const Open& open, std::string name) {
    EventDraft draft = open.draft;
    draft.invites = scene.tools.google != nullptr;
    draft.attendees.push_back(std::move(name));
    retitle(scene, open.draft, draft);
    if (is_complete(draft)) {
        if (auto asked = ask_guest(scene, draft, open.target)) co_return std::move(*asked);
        co_return co_await show_draft_card(scene, std::move(draft), open.target);
    }
    // The question stays open, about the draft with its new guest.
    Reply reply;
    reply.text = open.prompt;
    reply.open = open;
    reply.open->draft = std::move(draft);
    co_return reply;
}

}  // namespace scheduling
