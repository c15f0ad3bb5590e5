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

/// "el equipo" is called "equipo": its article would be found in every other name.
std::string without_article(const Scene& scene, const std::string& name) {
    const std::size_t end = name.find(' ');
    if (end == std::string::npos || !scene.answers().is("articles", name.substr(0, end))) return name;
    return name.substr(end + 1);
}

std::vector<std::string> guest_names(const Scene& scene, const Open& open) {
    std::vector<std::string> names;
    for (const std::string& guest : open.draft.attendees) {
        names.push_back(without_article(scene, guest));
        if (const std::string name = name_of(scene, guest); name != guest) names.push_back(name);
    }
    return names;
}

}  // namespace

Task<std::optional<Reply>> settle_by_words(Scene& scene, const Open& open, const std::string& text) {
    std::optional<Reply> reply;
    if (scene.input.forwarded || open.waiting == Waiting::kLink) co_return reply;
    const Edit edit = read_edit(text, scene.moment, guest_names(scene, open));
    // "bring it back", while it is asked whether it is to go.
    if (edit.what == What::kRestore && open.waiting == Waiting::kCancel) co_return leave(scene, open);
    if (edit.what == What::kRestore && can_restore(scene)) co_return co_await undo(scene);
    const bool refuses = edit.what == What::kKeep || edit.what == What::kCancel;
    if (!refuses || edit.has_changes() || (edit.leaves_out && !edit.days.empty())) co_return reply;
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
    if (const auto value = value_of_field(open, text)) co_return co_await change_event(scene, open, *value);
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
    if (edit.event.is_it() && edit.what != What::kCancel) co_return co_await edit_it(scene, open, edit);
    // Said of another event, it answers nothing here.
    is_other = edit.by_verb && !edit.event.is_it();
    if (open.waiting == Waiting::kPick || edit.what == What::kCancel) co_return reply;
    if (is_about_draft(open, edit.event) && can_change(open)) {
        Edit of_draft = edit;
        of_draft.event = EventWords{};
        co_return co_await edit_it(scene, open, of_draft);
    }
    if (!edit.by_verb) co_return reply;
    co_return co_await edit_named(scene, edit, std::string(text), true);
}

Task<std::optional<Reply>> edit_last_shown(Scene& scene, std::string_view text) {
    std::optional<Reply> reply;
    if (scene.input.forwarded || !scene.state.talks(scene.now_ms)) co_return reply;
    const Edit edit = read_edit(text, scene.moment);
    // What is left out of a day was looked for on that day.
    if (edit.what == What::kNone || !(edit.by_verb || edit.corrects) || edit.leaves_out) co_return reply;
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
    co_return co_await edit_it(scene, about_event(scene, *event), of_it);
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
    if (edit.what == What::kTell) co_return tell_field(scene, open.draft, edit.field);
    if (!edit.remove_guests.empty()) {
        const EventDraft left = edited(scene, open.draft, edit);
        if (left.attendees.size() == open.draft.attendees.size())
            co_return say(scene.phrases.say("edit/not_invited", {{"title", shown(event.title)}}),
                          Reply::After::kKeep);
    }
    co_return co_await change_event(scene, open, edit);
}

}  // namespace scheduling
