#include <algorithm>

#include "calendar/zone_time.hpp"
#include "dialogue/cards.hpp"
#include "dialogue/draft_checks.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/event_edit.hpp"
#include "dialogue/flows.hpp"
#include "dialogue/folding.hpp"

/// A change that was read, done to what it is of: the draft on the card, or an event.
namespace scheduling {

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

namespace {

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

}  // namespace

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

namespace {

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

}  // namespace

Reply tell_field(const Scene& scene, const EventDraft& draft, Edit::Field field) {
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

namespace {

/// The message changes what is on the table, and is no new wish that only looks like it.
bool fits(const Open& open, const Edit& edit) {
    if (edit.by_verb || edit.corrects || !edit.time) return true;
    const EventDraft& said = edit.time->draft;
    const bool whole = said.has_date && said.has_time;
    return !(is_settled(open) && whole);
}

/// Nothing of it becomes another.
bool is_as_it_was(const EventDraft& now, const EventDraft& before) {
    return now.start == before.start && now.end == before.end && now.rrule == before.rrule &&
           now.title == before.title && now.attendees == before.attendees && now.location == before.location;
}

Reply say_same(const Scene& scene, const Open& open) {
    return say(scene.phrases.say("edit/same", {{"title", shown(open.draft.title)},
                                               {"when", when_of(scene, open.draft, true)}}),
               Reply::After::kKeep);
}

/// `next` is the draft with the rest of the edit.
Task<Reply> change_time(Scene& scene, const Open& open, Open next, const Edit& edit) {
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
    const bool same = !open.target.empty() && is_as_it_was(moved, open.draft) && !said.question;
    if (same && is_settled(open)) co_return say_same(scene, open);
    co_return co_await edit_open(scene, next, said);
}

}  // namespace

Task<Reply> change_event(Scene& scene, const Open& open, const Edit& edit) {
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
    if (edit.time && !edit.time_is_end) co_return co_await change_time(scene, open, std::move(next), edit);
    if (!is_complete(next.draft)) {
        // The question stays open, about the draft as it is now.
        Reply reply;
        reply.text = open.prompt;
        reply.open = std::move(next);
        co_return reply;
    }
    const bool same = is_as_it_was(next.draft, open.draft) && next.draft.video_call == open.draft.video_call;
    if (same && is_settled(open)) co_return say_same(scene, open);
    co_return co_await show_again(scene, std::move(next.draft), next.target);
}

/// "it", of what is open.
Task<std::optional<Reply>> edit_it(Scene& scene, const Open& open, const Edit& edit) {
    std::optional<Reply> reply;
    if (edit.what == What::kTell) {
        if (!open.target.empty() && is_settled(open)) {
            const auto event = co_await standing(scene, open.target);
            if (event) reply = tell_field(scene, to_draft(*event), edit.field);
        } else if (can_change(open) && !open.draft.title.empty()) {
            reply = tell_field(scene, open.draft, edit.field);
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
            reply = co_await change_event(scene, about_event(scene, *event), edit);
        co_return reply;
    }
    if (!can_change(open)) co_return reply;
    if (!open.draft.start && edit.time_is_end) co_return reply;
    reply = co_await change_event(scene, open, edit);
    co_return reply;
}

}  // namespace scheduling
