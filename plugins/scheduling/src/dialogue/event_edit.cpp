#include <algorithm>

#include "calendar/zone_time.hpp"
#include "dialogue/cards.hpp"
#include "dialogue/draft_checks.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/event_edit.hpp"
#include "dialogue/flows.hpp"
#include "dialogue/folding.hpp"
#include "dialogue/steps.hpp"

/// What a message says of an event, done: the reader's value meets the draft or the calendar.
namespace scheduling {

namespace {

using migue::Task;
using What = Edit::What;

/// An event as if it had just been shown. Of a series that has begun its next occurrence is found later.
Open about_event(const Scene& scene, const Event& event) {
    Open open;
    if (event.rrule.empty() || event.start_ms > scene.now_ms) open.before = event;
    open.waiting = Waiting::kDone;
    open.target = event.id;
    open.draft = to_draft(event);
    return open;
}

bool is_settled(const Open& open) {
    return open.waiting == Waiting::kDone || open.waiting == Waiting::kReminder;
}

/// An open draft, or an event that may be changed.
bool can_change(const Open& open) {
    switch (open.waiting) {
        case Waiting::kPick:
        case Waiting::kCancel:
        case Waiting::kLink:
            return false;
        case Waiting::kDone:
        case Waiting::kReminder:
            return !open.target.empty();
        default:
            return true;
    }
}

Task<std::optional<Event>> standing(Scene& scene, std::string id) {
    std::optional<Event> none;
    if (id.empty()) co_return none;
    auto event = co_await scene.booking.get(std::move(id));
    if (!event || !event->has_value() || (*event)->cancelled) co_return none;
    co_return std::move(**event);
}

constexpr std::string_view kFieldMark = "field/";

std::string_view name_of_field(Edit::Field field) {
    switch (field) {
        case Edit::Field::kTitle:
            return "title";
        case Edit::Field::kPlace:
            return "place";
        case Edit::Field::kGuests:
            return "guests";
        default:
            return "length";
    }
}

/// "place", then "room 5": the words are the new value.
std::optional<Edit> value_of_field(const Open& open, std::string_view text) {
    if (open.waiting != Waiting::kChange || !open.said.starts_with(kFieldMark)) return std::nullopt;
    const std::string_view field = std::string_view(open.said).substr(kFieldMark.size());
    constexpr std::size_t kLongest = 200;
    if (words_of(fold(text)).empty() || text.size() > kLongest) return std::nullopt;
    Edit edit;
    edit.what = Edit::What::kChange;
    edit.by_verb = true;
    if (field == "title")
        edit.title = std::string(text);
    else if (field == "place")
        edit.place = std::string(text);
    else
        edit.add_guests.emplace_back(text);
    return edit;
}

/// The other event's end, or the event's own length before its beginning, on the event's day where it is
/// there; nothing when no event is named so.
Task<std::optional<LocalMinutes>> beside_start(Scene& scene, const Open& open, const Edit::Beside& beside) {
    std::optional<LocalMinutes> start;
    EventReference reference = reference_of(beside.event);
    if (!reference.span && open.draft.start && open.draft.has_date) {
        const LocalMinutes day = day_of(*open.draft.start);
        reference.span = Span{day, day + date::days(1)};
    }
    auto found = co_await find_events(scene, reference);
    if (found && found->empty() && !beside.event.span) {
        reference.span.reset();
        found = co_await find_events(scene, reference);
    }
    if (!found) co_return start;
    for (const Event& one : *found) {
        const bool itself = !open.target.empty() && (one.id == open.target || one.series == open.target);
        if (itself || one.all_day) continue;
        start = beside.before ? to_local(one.start_ms, open.draft.zone) - length_of(open.draft)
                              : to_local(one.end_ms, open.draft.zone);
        break;
    }
    co_return start;
}

/// What exactly becomes another is asked for.
Reply ask_change(const Scene& scene, const Open& open, Edit::Field field) {
    const std::string title = shown(open.draft.title);
    std::string text;
    if (field == Edit::Field::kWhen)
        text = scene.phrases.say("move_when", {{"title", title}});
    else if (field == Edit::Field::kNone)
        text = scene.phrases.say("change_what");
    else
        text = scene.phrases.say("ask_field/" + std::string(name_of_field(field)), {{"title", title}});
    Reply reply = say(std::move(text));
    Open asked;
    asked.waiting = Waiting::kChange;
    if (field == Edit::Field::kTitle || field == Edit::Field::kPlace || field == Edit::Field::kGuests)
        asked.said = std::string(kFieldMark) + std::string(name_of_field(field));
    asked.draft = open.draft;
    asked.target = open.target;
    asked.before = open.before;
    asked.options.push_back(option(scene, Action::kDrop, open.target.empty() ? "drop" : "keep", "no"));
    reply.open = std::move(asked);
    return reply;
}

std::string tell_guests(const Scene& scene, const EventDraft& draft) {
    std::vector<std::string> names;
    for (const std::string& guest : draft.attendees) names.push_back(name_of(scene, guest));
    const std::string title = shown(draft.title);
    if (names.empty()) return scene.phrases.say("edit/nobody", {{"title", title}});
    return scene.phrases.say("edit/guests", {{"title", title}, {"names", shown(scene.phrases.join(names))}});
}

Reply tell(const Scene& scene, const EventDraft& draft, Edit::Field field) {
    const Phrases& phrases = scene.phrases;
    const std::string title = shown(draft.title);
    const bool knows_when = is_complete(draft);
    std::string text;
    if (field == Edit::Field::kGuests)
        text = tell_guests(scene, draft);
    else if (field == Edit::Field::kPlace)
        text = draft.location.empty()
                   ? phrases.say("edit/no_place", {{"title", title}})
                   : phrases.say("edit/place", {{"title", title}, {"place", shown(draft.location)}});
    else if (field == Edit::Field::kLength)
        text = phrases.say("edit/length", {{"title", title}, {"length", write_length(length_of(draft))}});
    else
        text = knows_when
                   ? phrases.say("edit/when", {{"title", title}, {"when", when_of(scene, draft, true)}})
                   : phrases.say("edit/no_time", {{"title", title}});
    return say(text, Reply::After::kKeep);
}

/// Every word names the draft that is open.
bool is_about_draft(const Open& open, const EventWords& event) {
    if (open.draft.title.empty() || event.words.empty() || event.span || event.time || event.ordinal != 0)
        return false;
    return names_all(event.words, open.draft.title, open.draft.attendees);
}

/// The message changes what is on the table, and is no new wish that only looks like it.
bool fits(const Open& open, const Edit& edit) {
    if (edit.by_verb || edit.corrects || !edit.time) return true;
    const EventDraft& said = edit.time->draft;
    const bool whole = said.has_date && said.has_time;
    return !(is_settled(open) && whole);
}

Task<Reply> change(Scene& scene, const Open& open, const Edit& edit) {
    if (!edit.has_changes())
        co_return ask_change(scene, open, edit.what == What::kMove ? Edit::Field::kWhen : edit.field);
    Open next = open;
    if (!open.target.empty() && open.before) scene.before = open.before;
    next.draft = edited(scene, open.draft, edit);
    if (edit.beside) {
        const auto start = co_await beside_start(scene, open, *edit.beside);
        if (!start && !edit.time) co_return none_found(scene, reference_of(edit.beside->event));
        if (start) {
            next.draft.end = *start + length_of(open.draft);
            next.draft.start = start;
            next.draft.has_date = next.draft.has_time = true;
            co_return co_await show_again(scene, std::move(next.draft), next.target);
        }
    }
    if (!edit.add_guests.empty() && scene.tools.google != nullptr) next.draft.invites = true;
    if (edit.time && !edit.time_is_end) {
        const Understanding said = time_for(next.draft, *edit.time);
        // "move it to the afternoon": which hour of it is asked.
        if (said.draft.part_begin && !said.draft.has_time) {
            next.draft.duration = length_of(next.draft);
            next.draft.has_time = false;
            next.draft.end.reset();
            apply_edit(next.draft, said.draft);
            next.draft.has_time = false;
            co_return co_await proceed(scene, std::move(next.draft), next.target, false);
        }
        EventDraft moved = next.draft;
        apply_edit(moved, said.draft);
        const bool same = !open.target.empty() && moved.start == open.draft.start &&
                          moved.end == open.draft.end && moved.rrule == open.draft.rrule &&
                          moved.title == open.draft.title && moved.attendees == open.draft.attendees &&
                          moved.location == open.draft.location && !said.question && is_settled(open);
        if (same)
            co_return say(scene.phrases.say("edit/same", {{"title", shown(open.draft.title)},
                                                          {"when", when_of(scene, open.draft, true)}}),
                          Reply::After::kKeep);
        co_return co_await edit_open(scene, next, said);
    }
    if (!is_complete(next.draft)) {
        // The question stays open, about the draft as it is now.
        Reply reply;
        reply.text = open.prompt;
        reply.open = std::move(next);
        co_return reply;
    }
    const bool changed = next.draft.start != open.draft.start || next.draft.end != open.draft.end ||
                         next.draft.title != open.draft.title || next.draft.location != open.draft.location ||
                         next.draft.attendees != open.draft.attendees ||
                         next.draft.rrule != open.draft.rrule ||
                         next.draft.video_call != open.draft.video_call;
    if (!changed && is_settled(open))
        co_return say(scene.phrases.say("edit/same", {{"title", shown(open.draft.title)},
                                                      {"when", when_of(scene, open.draft, true)}}),
                      Reply::After::kKeep);
    co_return co_await show_again(scene, std::move(next.draft), next.target);
}

/// "it", of what is open.
Task<std::optional<Reply>> on_open(Scene& scene, const Open& open, const Edit& edit) {
    std::optional<Reply> reply;
    if (edit.what == What::kTell) {
        if (!open.target.empty() && is_settled(open)) {
            const auto event = co_await standing(scene, open.target);
            if (event) reply = tell(scene, to_draft(*event), edit.field);
        } else if (can_change(open) && !open.draft.title.empty()) {
            reply = tell(scene, open.draft, edit.field);
            reply->text += "\n" + scene.phrases.say("still_open", {{"current", open.prompt}});
            reply->open = open;
        }
        co_return reply;
    }
    if (!edit.event.is_it() || !fits(open, edit)) co_return reply;
    // "time" alone answers what is to be changed, and nothing else.
    if (!edit.by_verb && !edit.corrects && !edit.has_changes() && open.waiting != Waiting::kChange)
        co_return reply;
    if (open.waiting == Waiting::kCancel && open.events.size() == 1) {
        const auto event = co_await standing(scene, open.events.front());
        const bool says = edit.by_verb || edit.corrects;
        if (event && says && edit.has_changes())
            reply = co_await change(scene, about_event(scene, *event), edit);
        co_return reply;
    }
    if (!can_change(open)) co_return reply;
    if (!open.draft.start && edit.time_is_end) co_return reply;
    reply = co_await change(scene, open, edit);
    co_return reply;
}

/// "cancela a", "don't", "put it back": said of what is open.
Task<std::optional<Reply>> refuse_open(Scene& scene, const Open& open, const Edit& edit,
                                       std::string_view text) {
    std::optional<Reply> reply;
    if (edit.what == What::kKeep) {
        if (open.waiting == Waiting::kCancel || !is_settled(open))
            reply = leave(scene, open);
        else
            reply = say(scene.phrases.say("kept"), Reply::After::kKeep);
        co_return reply;
    }
    if (open.waiting == Waiting::kCancel) {
        for (std::size_t i = 0; i < open.options.size(); ++i)
            if (open.options[i].role == "yes") co_return co_await choose(scene, open, i);
        co_return reply;
    }
    if (!can_change(open)) co_return reply;
    const bool only_change = !open.target.empty() && scene.answers().is("no", text);
    if (open.target.empty() || (only_change && !is_settled(open))) co_return leave(scene, open);
    const auto event = co_await standing(scene, open.target);
    if (event) reply = cancel_card(scene, *event);
    co_return reply;
}

bool can_restore(const Scene& scene) {
    return scene.state.undo && scene.state.undo->kind != Undo::Kind::kBooked;
}

std::vector<std::string> guest_names(const Scene& scene, const Open& open) {
    std::vector<std::string> names;
    for (const std::string& guest : open.draft.attendees) {
        names.push_back(guest);
        if (const std::string name = name_of(scene, guest); name != guest) names.push_back(name);
    }
    return names;
}

}  // namespace

Task<std::optional<Reply>> settle_by_words(Scene& scene, const Open& open, const std::string& text) {
    std::optional<Reply> reply;
    if (scene.input.forwarded || open.waiting == Waiting::kLink) co_return reply;
    const Edit edit = read_edit(text, scene.moment, guest_names(scene, open));
    if (edit.what == What::kRestore && can_restore(scene)) co_return co_await undo(scene);
    const bool refuses = edit.what == What::kKeep || edit.what == What::kCancel;
    if (!refuses || edit.has_changes()) co_return reply;
    if (edit.what == What::kCancel && edit.event.both && open.waiting != Waiting::kCancel)
        co_return co_await cancel_both(scene, open);
    const bool about_it = edit.what == What::kKeep || edit.event.is_it() ||
                          (open.target.empty() && is_about_draft(open, edit.event));
    // A last one of several that are shown is a choice.
    if (!about_it || edit.event.last) co_return reply;
    co_return co_await refuse_open(scene, open, edit, text);
}

Task<std::optional<Reply>> edit_by_words(Scene& scene, const Open& open, std::string_view text,
                                         bool& is_other) {
    std::optional<Reply> reply;
    if (scene.input.forwarded) co_return reply;
    if (const auto value = value_of_field(open, text)) co_return co_await change(scene, open, *value);
    const Edit edit = read_edit(text, scene.moment, guest_names(scene, open));
    is_other = edit.is_question;
    // "move the second one to Thursday", of the list that is shown
    const auto row = static_cast<std::size_t>(edit.event.ordinal);
    if (open.waiting == Waiting::kPick && row > 0 && row <= open.options.size() && edit.has_changes() &&
        open.options[row - 1].action == Action::kEvent) {
        auto chosen = co_await standing(scene, open.options[row - 1].event_id);
        if (chosen && open.options[row - 1].occurrence_ms != 0)
            chosen = occurrence_at(std::move(*chosen), open.options[row - 1].occurrence_ms);
        if (chosen) co_return co_await edit_found(scene, std::move(*chosen), edit);
    }
    if (edit.what == What::kNone || edit.what == What::kRestore || edit.what == What::kKeep) co_return reply;
    if (edit.event.is_it() && edit.what != What::kCancel) co_return co_await on_open(scene, open, edit);
    // Said of another event, it answers nothing here.
    is_other = edit.by_verb && !edit.event.is_it();
    if (open.waiting == Waiting::kPick || edit.what == What::kCancel) co_return reply;
    if (is_about_draft(open, edit.event) && can_change(open)) {
        Edit of_draft = edit;
        of_draft.event = EventWords{};
        co_return co_await on_open(scene, open, of_draft);
    }
    if (!edit.by_verb) co_return reply;
    co_return co_await edit_named(scene, edit, std::string(text), true);
}

Task<std::optional<Reply>> edit_last_shown(Scene& scene, std::string_view text) {
    std::optional<Reply> reply;
    if (scene.input.forwarded || !scene.state.talks(scene.now_ms)) co_return reply;
    const Edit edit = read_edit(text, scene.moment);
    if (edit.what == What::kNone || !(edit.by_verb || edit.corrects)) co_return reply;
    if (edit.what == What::kRestore) {
        if (can_restore(scene)) reply = co_await undo(scene);
        co_return reply;
    }
    if (!listed_event(scene, edit.event).empty()) {
        if (edit.what == What::kCancel) co_return co_await cancel_by_words(scene, text);
        co_return co_await edit_named(scene, edit, std::string(text), true);
    }
    if (edit.what == What::kCancel && edit.event.both) {
        const Open nothing_open;
        co_return co_await cancel_both(scene, nothing_open);
    }
    const auto event = co_await standing(scene, scene.state.last_event);
    if (!event) co_return reply;
    // A verb with words may mean others of that name; "the dentist is friday" is about this one.
    const bool is_named = !edit.by_verb && names_all(edit.event.words, event->title, event->guests);
    if (!edit.event.is_it() && !is_named) co_return reply;
    if (edit.event.span || edit.event.time || edit.event.ordinal > 0) co_return reply;
    if (edit.what == What::kKeep) co_return say(scene.phrases.say("kept"), Reply::After::kKeep);
    if (edit.what == What::kCancel) co_return cancel_card(scene, *event);
    Edit of_it = edit;
    of_it.event = EventWords{};
    co_return co_await on_open(scene, about_event(scene, *event), of_it);
}

Task<std::optional<Reply>> edit_named(Scene& scene, Edit edit, std::string text, bool only_if_found) {
    std::optional<Reply> reply;
    if (auto listed = co_await standing(scene, listed_event(scene, edit.event)))
        co_return co_await edit_found(scene, std::move(*listed), std::move(edit));
    if (edit.event.ordinal > 0 && only_if_found) co_return reply;
    const EventReference reference = reference_of(edit.event);
    auto found = co_await find_events(scene, reference);
    if (!found) {
        if (!only_if_found) reply = say(scene.phrases.say("failed_read"), Reply::After::kKeep);
        co_return reply;
    }
    if (found->empty()) {
        if (!only_if_found) reply = none_found(scene, reference);
        co_return reply;
    }
    if (found->size() > 1) {
        const Purpose purpose = edit.what == What::kCancel ? Purpose::kCancel : Purpose::kMove;
        co_return pick_event(scene, *found, purpose, std::move(text));
    }
    co_return co_await edit_found(scene, std::move(found->front()), std::move(edit));
}

namespace {

/// A move whose new time the rules do not find, as a model marks it: its words for the time and for
/// the event; nothing when it finds no time either.
Task<std::optional<Reply>> move_by_marks(Scene& scene, std::string_view text) {
    std::optional<Reply> reply;
    auto marked = co_await find_new_time(scene, text);
    if (!marked) co_return reply;
    const EventReference reference = read_reference(scene, marked->draft.title, "cancel_meeting");
    auto found = co_await find_events(scene, reference);
    if (!found || found->empty()) co_return reply;
    std::string said;
    for (const auto& time : marked->times) said += (said.empty() ? "" : " ") + time.text;
    if (found->size() > 1) {
        reply = pick_event(scene, *found, Purpose::kMove, std::move(said));
        co_return reply;
    }
    Edit edit;
    edit.what = What::kMove;
    edit.time = std::move(*marked);
    reply = co_await edit_found(scene, std::move(found->front()), std::move(edit));
    co_return reply;
}

}  // namespace

Task<Reply> move_by_words(Scene& scene, std::string_view text) {
    Edit edit = read_edit(text, scene.moment);
    if (edit.what == What::kCancel) co_return co_await cancel_by_words(scene, text);
    if (edit.is_question) co_return say(scene.phrases.say("not_found"), Reply::After::kKeep);
    if (edit.what != What::kMove && edit.what != What::kChange) {
        // No verb that is known, but somebody wants something moved: what is named is looked for.
        edit = Edit{};
        const EventReference named = read_reference(scene, text, "cancel_meeting");
        edit.what = What::kMove;
        edit.event.words = named.words;
        edit.event.said = named.said;
        edit.event.span = named.span;
        edit.event.time = named.time;
    }
    std::optional<Reply> reply;
    if (scene.tools.reader != nullptr) {
        // "… cuando termine la clase de yoga, tipo 6": the rules find no new time, or no event.
        if (edit.has_changes()) reply = co_await edit_named(scene, edit, std::string(text), true);
        if (!reply) reply = co_await move_by_marks(scene, text);
    }
    if (!reply) reply = co_await edit_named(scene, std::move(edit), std::string(text), false);
    co_return std::move(*reply);
}

Task<Reply> edit_found(Scene& scene, Event event, Edit edit) {
    scene.state.last_event = event.id;
    if (edit.what == What::kCancel) co_return cancel_card(scene, event);
    const Open open = about_event(scene, event);
    if (edit.what == What::kTell) co_return tell(scene, open.draft, edit.field);
    if (!edit.remove_guests.empty()) {
        const EventDraft left = edited(scene, open.draft, edit);
        if (left.attendees.size() == open.draft.attendees.size())
            co_return say(scene.phrases.say("edit/not_invited", {{"title", shown(event.title)}}),
                          Reply::After::kKeep);
    }
    co_return co_await change(scene, open, edit);
}

}  // namespace scheduling
