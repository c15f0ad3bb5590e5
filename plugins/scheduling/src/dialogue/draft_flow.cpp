#include <algorithm>

#include "calendar/zone_time.hpp"
#include "dialogue/asides.hpp"
#include "dialogue/calendars.hpp"
#include "dialogue/cards.hpp"
#include "dialogue/draft_checks.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/flows.hpp"
#include "dialogue/folding.hpp"
#include "dialogue/pair_flow.hpp"
#include "dialogue/questions.hpp"
#include "dialogue/reminder_said.hpp"
#include "dialogue/reminder_times.hpp"
#include "dialogue/wishes.hpp"

namespace scheduling {

namespace {

using migue::Task;

// A minute's grace: people say "now" and mean it.
constexpr std::int64_t kPastGraceMs = 60 * 1000;

Plan plan_of(Plan::Kind kind, const EventDraft& draft, const std::string& target) {
    Plan plan;
    plan.kind = kind;
    plan.open.draft = draft;
    plan.open.target = target;
    return plan;
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
    scene.state.undo = Undo{Undo::Kind::kBooked, {}, {}, scene.now_ms + kUndoLifeMs};
    scene.state.undo->events.push_back(event);
    return booked_card(scene, event, {said, look_of(scene), new_contact(scene, event, scene.book)});
}

Reply after_change(Scene& scene, const Event& before, SeriesDone done) {
    Event event = std::move(done.outcome.event);
    // A series is told by its next occurrence.
    if (!event.rrule.empty() && event.start_ms <= scene.now_ms)
        if (auto next = next_of(event, scene.now_ms)) event = std::move(*next);
    scene.state.last_event = event.id;
    scene.state.undo =
        Undo{Undo::Kind::kMoved, std::move(done.before), std::move(done.made), scene.now_ms + kUndoLifeMs};
    const EventDraft nothing_said;
    Reply reply = booked_card(scene, event, {nothing_said, BookedFrom::Look::kFull, {}});
    const bool moved = event.start_ms != before.start_ms;
    const std::string title = shown(event.title),
                      when = event.rrule.empty() ? when_of(scene, event, true) : series_when(scene, event);
    std::string details;
    const auto is_in = [](const std::vector<std::string>& all, const std::string& one) {
        return std::find(all.begin(), all.end(), one) != all.end();
    };
    std::vector<std::string> fresh, silent, gone;
    for (const std::string& guest : event.guests)
        if (!is_in(before.guests, guest)) fresh.push_back(guest);
    for (const std::string& guest : before.guests)
        if (!is_in(event.guests, guest)) gone.push_back(name_of(scene, guest));
    // A title that names its guests tells it already.
    const std::string folded_title = fold(event.title);
    for (const std::string& guest : fresh)
        if (mailed_names(scene, {guest}).empty() && folded_title.find(fold(guest)) == std::string::npos)
            silent.push_back(name_of(scene, guest));
    if (!silent.empty())
        details += " " + scene.phrases.say("detail_guests", {{"names", shown(scene.phrases.join(silent))}});
    if (!gone.empty() && event.title == before.title) {
        const std::string who =
            scene.phrases.say("edit/without", {{"names", shown(scene.phrases.join(gone))}});
        details += " " + scene.phrases.say("changes", {{"changes", who}});
    }
    if (event.location != before.location && !event.location.empty())
        details += " " + scene.phrases.say("detail_place", {{"place", shown(event.location)}});
    if (event.location != before.location && event.location.empty())
        details += " " + scene.phrases.say("changes", {{"changes", scene.phrases.say("edit/no_place_now")}});
    if (const auto invited = mailed_names(scene, fresh); !invited.empty())
        details += " " + scene.phrases.say("detail_invited", {{"names", scene.phrases.join(invited)}});
    if (!event.video_url.empty() && before.video_url.empty())
        details += " " + scene.phrases.say("detail_video_link", {{"url", event.video_url}});
    reply.text = moved ? scene.phrases.say_of("moved", event.title,
                                              {{"title", title}, {"when", when}, {"details", details}})
                       : scene.phrases.say_of("changed", event.title,
                                              {{"title", title}, {"when", when}, {"details", details}});
    return reply;
}

/// Of a series the occurrence that the card was about.
Event meant_of(const Scene& scene, const Event& stored) {
    const bool is_part = !stored.rrule.empty() && scene.before && is_same_event(scene.before->id, stored.id);
    return is_part ? occurrence_at(stored, scene.before->start_ms) : stored;
}

/// One of a series, those after it, or all: as was chosen. A new rule is for all.
Task<SeriesDone> change_series(Scene& scene, const Event& stored, Event wanted, Overlap overlap) {
    const Event occurrence = meant_of(scene, stored);
    wanted.video_call = occurrence.video_call;
    wanted.reminder_minutes = occurrence.reminder_minutes;
    wanted.series = occurrence.series;
    wanted.exdates = stored.exdates;
    if (wanted.rrule == occurrence.rrule) {
        SeriesBooking series(scene.booking, scene.tools.services.vault);
        co_return co_await series.change(occurrence, std::move(wanted), scene.part, overlap);
    }
    SeriesDone done;
    const std::int64_t length = wanted.end_ms - wanted.start_ms;
    wanted.start_ms = stored.start_ms + (wanted.start_ms - occurrence.start_ms);
    wanted.end_ms = wanted.start_ms + length;
    done.before.push_back(stored);
    done.outcome = co_await scene.booking.change(std::move(wanted), overlap);
    co_return done;
}

Task<Reply> write_change(Scene& scene, EventDraft draft, std::string target, Overlap overlap) {
    auto before = co_await scene.booking.get(target);
    if (!before) co_return say(scene.phrases.say("failed_read"));
    if (!before->has_value() || (*before)->cancelled) co_return say(scene.phrases.say("not_found"));
    // An earlier attempt may have changed it already: then the card remembers how it was.
    const bool again = scene.turn.attempt() > 1 || scene.input.kind == "job";
    const bool remembers = again && scene.before && is_same_event(scene.before->id, target);
    const Event old = remembers ? *scene.before : meant_of(scene, **before);
    Event changed = to_event(draft);
    changed.id = target;
    SeriesDone done;
    if (repeats(old)) {
        done = co_await change_series(scene, **before, std::move(changed), overlap);
    } else {
        done.before.push_back(old);
        done.outcome = co_await scene.booking.change(std::move(changed), overlap);
    }
    if (done.outcome.kind == Outcome::Kind::kTaken)
        co_return co_await offer_other_times(scene, std::move(draft), std::move(target));
    const bool cannot_move = done.outcome.kind == Outcome::Kind::kFailed &&
                             scene.booking.trouble() == Trouble::kNone && repeats(old);
    if (cannot_move) co_return say(scene.phrases.say("series_cannot_move", {{"title", shown(old.title)}}));
    if (done.outcome.kind != Outcome::Kind::kDone) co_return failure(scene, done.outcome.kind);
    co_return after_change(scene, old, std::move(done));
}

}  // namespace

namespace {

/// What the talk before a wish says of it: its day, and what of its words is no title.
void read_in_talk(const Scene& scene, std::string_view text, Understanding& read) {
    EventDraft& draft = read.draft;
    const auto unnamed = [&] { return is_generic_title(scene.answers(), draft.title); };
    if (!draft.attendees.empty() && unnamed()) draft.title.clear();
    // "block my calendar from 2 to 4" names nothing on purpose.
    const bool blocks = scene.answers().has_word("block_words", text) && draft.attendees.empty();
    if (blocks && (draft.title.empty() || unnamed())) draft.title = scene.phrases.say("busy_title");
    take_asked_day(scene, read);
    tidy_title(scene, text, read);
    if (blocks) draft.title = as_noun(scene.answers(), draft.title);
    settle_feast(scene, text, read);
    take_talk_day(scene, text, read);
    complete_title(scene.phrases, draft);
    if (draft.zone.empty()) draft.zone = scene.person.zone;
    if (scene.intent == "reminder" && !draft.reminder) draft.reminder = std::chrono::minutes(0);
    // "…, remind me the night before"
    if (draft.reminder && draft.start && draft.has_time)
        if (const auto before = said_before(scene, text, *draft.start)) draft.reminder = before;
}

/// A time without a name answers the question for one, whatever it was taken for; null where none is open.
const Open* open_for_time(const Scene& scene, const Understanding& read) {
    const Open* open = scene.state.alive(scene.now_ms);
    const bool is_nameless = read.draft.title.empty() && read.draft.attendees.empty() && !read.times.empty();
    const bool asks = open != nullptr && open->waiting == Waiting::kTime && open->target.empty() &&
                      open->pair.empty() && !scene.answers().has_word("block_words", scene.turn.text()) &&
                      !is_generic_title(scene.answers(), open->draft.title);
    return is_nameless && asks && read.left_out.empty() ? open : nullptr;
}

/// "lunch with Peter next week": which of its days; nothing where a day was said, or no such stretch.
std::optional<Reply> ask_in_week(const Scene& scene, const Understanding& read) {
    const bool asks_else = read.question && read.question->kind != "missing_date";
    if (asks_else || !read.draft.rrule.empty()) return std::nullopt;
    Open wanted;
    wanted.waiting = Waiting::kTime;
    wanted.draft = read.draft;
    return ask_day_of_week(scene, wanted, read);
}

/// Makes room for another wish; what is said of the draft that was open.
std::string put_aside(Scene& scene, const EventDraft& next) {
    std::string said;
    const Open* open = scene.state.alive(scene.now_ms);
    if (open != nullptr && is_new_draft(*open))
        said = shelve(scene, *open, next)
                   ? scene.phrases.say("kept_for_later", {{"title", shown(open->draft.title)}})
                   : scene.phrases.say("replaced");
    scene.state.open.reset();
    return said;
}

}  // namespace

Task<Reply> start_draft(Scene& scene, std::string_view text) {
    CalendarWish calendar = co_await read_calendar_wish(scene, std::string(text));
    // "también bloquea de 2 a 3": what joins it to the talk is no part of it.
    std::string wish = scene.answers().without_lead("beside_leads", calendar.text);
    const std::vector<Span> no_good = take_exception(scene, wish);
    Understanding read = co_await read_twice(scene, wish, "schedule_meeting");
    read.draft.calendar = calendar.key;
    settle_end(scene, read.draft, read.times);
    begin_ahead(scene, read.draft);
    if (const Open* open = open_for_time(scene, read)) {
        const Open asked = *open;
        co_return co_await edit_open(scene, asked, read);
    }
    read_in_talk(scene, text, read);
    const std::string of_other = put_aside(scene, read.draft);
    if (!read.left_out.empty()) scene.left_out = read.left_out;
    if (!read.left_out.empty() || read.times.size() > 1) {
        auto pair = co_await offer_pair(scene, wish, read);
        if (pair) co_return std::move(*pair);
    }
    Reply reply;  // filled by statements: GCC 12 destroys a co_await's result in a conditional twice
    if (!calendar.question.empty())
        reply = co_await ask_calendar(scene, std::move(read.draft), std::move(calendar));
    else if (auto of_week = ask_in_week(scene, read))
        reply = std::move(*of_week);
    else if (read.question)
        reply = co_await ask_question(scene, std::move(read.draft), "", std::move(*read.question));
    else
        reply = co_await proceed(scene, std::move(read.draft), "", false);
    if (!no_good.empty()) offer_without(scene, reply, no_good);
    // What is done at once keeps nothing waiting.
    if (of_other.empty() || (reply.open && reply.open->waiting == Waiting::kDone)) co_return reply;
    if (reply.open) reply.open->prompt = reply.text;
    reply.text = of_other + reply.text;
    co_return reply;
}

Task<Reply> proceed(Scene& scene, EventDraft draft, std::string target, bool sure) {
    if (target.empty()) begin_ahead(scene, draft);
    if (scene.heard != nullptr) draft.show_first = true;
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
    const bool at_once = !draft.show_first && is_agreed;
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
    scene.plan->part = scene.part;
    if (!target.empty()) co_return co_await write_change(scene, std::move(draft), std::move(target), overlap);
    Event event = to_event(draft);
    event.id = scene.own_event_id;
    if (reminds_itself(scene, event)) event.reminder_minutes.reset();
    const Outcome outcome = co_await scene.booking.book(std::move(event), overlap);
    if (outcome.kind == Outcome::Kind::kTaken)
        co_return co_await offer_other_times(scene, std::move(draft), std::move(target));
    if (outcome.kind != Outcome::Kind::kDone) co_return failure(scene, outcome.kind);
    co_await look_again_later(scene, outcome.event, overlap);
    if (!draft.calendar.empty()) co_await know_calendars(scene);
    Reply booked = after_booking(scene, outcome.event, draft);
    if (draft.reminder) co_await remind_of_booking(scene, outcome.event, *draft.reminder, booked);
    co_return booked;
}

Task<Reply> show_draft_card(Scene& scene, EventDraft draft, std::string target) {
    co_await know_calendars(scene);
    if (!target.empty()) {
        auto stored = co_await scene.booking.get(target);
        if (!stored) co_return say(scene.phrases.say("failed_read"));
        if (!stored->has_value() || (*stored)->cancelled) co_return say(scene.phrases.say("not_found"));
        co_return change_card(scene, std::move(draft), meant_of(scene, **stored));
    }
    SeriesNote series;
    if (!draft.rrule.empty()) {
        auto looked = co_await look_at_series(scene, draft, target);
        if (!looked) co_return say(scene.phrases.say("failed_read"));
        series = std::move(*looked);
    }
    co_return draft_card(scene, std::move(draft), std::move(target), series);
}

Task<Reply> show_again(Scene& scene, EventDraft draft, std::string target) {
    if (target.empty()) begin_ahead(scene, draft);
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

}  // namespace scheduling
