#include "dialogue/asides.hpp"
#include "dialogue/calendars.hpp"
#include "dialogue/cards.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/flows.hpp"
#include "dialogue/pair_flow.hpp"
#include "dialogue/steps.hpp"

namespace scheduling {

namespace {

using migue::Task;

Task<Reply> pick_time(Scene& scene, const Open& open, const Option& chosen) {
    EventDraft draft = open.draft;
    if (!chosen.start) co_return say(scene.phrases.say("stale"));
    scene.picked_slot = true;
    apply_time(draft, *chosen.start, chosen.end, chosen.day_only, chosen.all_day);
    // A whole event that was moved to another time still asks before it is written.
    co_return co_await proceed(scene, std::move(draft), open.target, open.target.empty() && !chosen.day_only);
}

/// Asks for words; what is known stays.
Reply ask_words(Scene& scene, const Open& open, std::string_view phrase) {
    Reply reply = say(scene.phrases.say(phrase));
    Open asked;
    asked.waiting = Waiting::kChange;
    asked.draft = open.draft;
    asked.target = open.target;
    asked.options.push_back(option(scene, Action::kDrop, open.target.empty() ? "drop" : "keep", "no"));
    reply.open = std::move(asked);
    return reply;
}

Reply ask_other_time(Scene& scene, const Open& open) {
    Reply reply = ask_words(scene, open, "ask_time_write");
    reply.open->waiting = Waiting::kTime;
    return reply;
}

/// Of the draft on the card, or the question about it.
Task<Reply> choose_for_draft(Scene& scene, const Open& open, const Option& chosen) {
    if (chosen.action == Action::kForce)
        co_return co_await commit(scene, open.draft, open.target, Overlap::kAllow);
    if (chosen.action == Action::kRetry) co_return co_await proceed(scene, open.draft, open.target, true);
    if (chosen.action == Action::kPick) co_return co_await pick_time(scene, open, chosen);
    co_return co_await commit(scene, open.draft, open.target, Overlap::kRefuse);
}

/// Asks for words about what is open.
Reply choose_to_write(Scene& scene, const Open& open, Action action) {
    if (action == Action::kOtherTime) return ask_other_time(scene, open);
    return ask_words(scene, open, action == Action::kSetEnd ? "end_what" : "change_what");
}

/// Of the people on the card.
Task<Reply> choose_for_guest(Scene& scene, const Open& open, const Option& chosen) {
    if (chosen.action == Action::kShowGuests) co_return guest_list_card(scene, open);
    if (chosen.action == Action::kGuest) co_return co_await take_guest(scene, open, chosen.event_id);
    if (chosen.action == Action::kNoGuest) co_return co_await leave_guest_out(scene, open);
    const bool keeps = chosen.action == Action::kKeepContact;
    Guest contact{keeps ? name_of(scene, chosen.event_id) : chosen.label, chosen.event_id};
    if (keeps) co_return co_await keep_contact(scene, std::move(contact));
    co_return co_await forget_contact(scene, std::move(contact));
}

SeriesPart part_of(Action action) {
    if (action == Action::kChangeOne) return SeriesPart::kOnlyThis;
    return action == Action::kChangeLater ? SeriesPart::kFollowing : SeriesPart::kAll;
}

/// Of an event that is there.
Task<Reply> choose_for_event(Scene& scene, const Open& open, const Option& chosen) {
    if (chosen.action == Action::kChoose) co_return co_await list_to_choose(scene, open);
    if (chosen.action == Action::kEvent) co_return co_await take_event(scene, open, chosen);
    SeriesPart part = SeriesPart::kAll;
    if (chosen.action == Action::kCancelOne) part = SeriesPart::kOnlyThis;
    if (chosen.action == Action::kCancelLater) part = SeriesPart::kFollowing;
    co_return co_await cancel_events(scene, open, part);
}

Task<Reply> choose_for_reminder(Scene& scene, const Open& open, const Option& chosen) {
    if (chosen.action == Action::kGoing) co_return will_be_there(scene, open);
    if (chosen.action == Action::kUnremind)
        co_return co_await remove_reminder(scene, chosen.event_id.empty() ? open.target : chosen.event_id);
    co_return co_await take_remind(scene, open, chosen);
}

/// A card that was replaced, or has run out: nothing changes, and the present is shown.
Reply show_present(Scene& scene) {
    const Open* open = scene.state.alive(scene.now_ms);
    if (open == nullptr) return say(scene.phrases.say("stale"));
    Reply reply = say(scene.phrases.say("stale_current", {{"current", open->prompt}}));
    reply.open = *open;
    return reply;
}

}  // namespace

Reply leave(Scene& scene, const Open& open) {
    const bool is_draft =
        open.target.empty() && (open.waiting == Waiting::kCard || open.waiting == Waiting::kTime ||
                                open.waiting == Waiting::kTaken || open.waiting == Waiting::kChange);
    return say(scene.phrases.say(is_draft ? "dropped" : "kept"));
}

Task<Reply> choose(Scene& scene, const Open& open, std::size_t index) {
    const Option& chosen = open.options[index];
    scene.before = open.before;
    scene.part = open.part;
    switch (chosen.action) {
        case Action::kChangeOne:
        case Action::kChangeLater:
        case Action::kChangeAll:
            scene.part = part_of(chosen.action);
            co_return co_await commit(scene, open.draft, open.target, Overlap::kRefuse);
        case Action::kBook:
        case Action::kForce:
        case Action::kPick:
        case Action::kRetry:
            co_return co_await choose_for_draft(scene, open, chosen);
        case Action::kChange:
        case Action::kOtherTime:
        case Action::kSetEnd:
            co_return choose_to_write(scene, open, chosen.action);
        case Action::kDrop:
            co_return leave(scene, open);
        case Action::kUndo:
            co_return co_await undo(scene);
        case Action::kCancel:
        case Action::kCancelOne:
        case Action::kCancelLater:
        case Action::kChoose:
        case Action::kEvent:
            co_return co_await choose_for_event(scene, open, chosen);
        case Action::kShowGuests:
        case Action::kGuest:
        case Action::kNoGuest:
        case Action::kKeepContact:
        case Action::kForgetContact:
            co_return co_await choose_for_guest(scene, open, chosen);
        case Action::kRemind:
        case Action::kRemindWhen:
        case Action::kUnremind:
        case Action::kGoing:
            co_return co_await choose_for_reminder(scene, open, chosen);
        case Action::kOnCalendar:
        case Action::kShowCalendar:
        case Action::kWriteCalendar:
        case Action::kReadCalendar:
        case Action::kUnreadCalendar:
            co_return co_await choose_calendar(scene, open, chosen);
        case Action::kUnlink:
            co_return co_await unlink(scene, chosen.event_id);
        case Action::kAddMeet:
            co_return co_await add_meet(scene, open.target);
        case Action::kErase:
            co_return co_await erase_all(scene);
        case Action::kSwap:
            co_return co_await swap_events(scene, open);
        case Action::kBookBoth:
        case Action::kChooseOne:
        case Action::kBookOne:
            co_return co_await choose_of_pair(scene, open, chosen);
    }
    co_return say(scene.phrases.say("stale"));
}

Task<Reply> take_tap(Scene& scene) {
    // The undo of a card outlives the card itself only to be refused with the reason.
    if (scene.state.open) {
        const Open open = *scene.state.open;
        const auto index = tapped_option(open, scene.input.tap);
        const bool late_undo = index && open.options[*index].action == Action::kUndo;
        if (index && (scene.state.alive(scene.now_ms) != nullptr || late_undo))
            co_return co_await choose(scene, open, *index);
    }
    if (const Open* reminder = scene.state.alive_reminder(scene.now_ms); reminder != nullptr) {
        const Open open = *reminder;
        if (const auto index = tapped_option(open, scene.input.tap))
            co_return co_await choose(scene, open, *index);
    }
    co_return show_present(scene);
}

}  // namespace scheduling
