#include "dialogue/pair_flow.hpp"

#include <algorithm>

#include "booking/event_id.hpp"
#include "dialogue/cards.hpp"
#include "dialogue/dates.hpp"
#include "dialogue/draft_checks.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/flows.hpp"
#include "dialogue/folding.hpp"

namespace scheduling {

namespace {

using migue::Task;

/// Said whole, still to come, a single event that mails nobody.
bool fits_card(const Scene& scene, const EventDraft& draft) {
    return is_complete(draft) && draft.rrule.empty() && !draft.show_first && !mails_somebody(scene, draft) &&
           !draft.invites && to_event(draft).start_ms >= scene.now_ms;
}

struct Wishes {
    std::string first, second;
};

/// Cuts the text where its second event begins: behind the first time, at an "and" that words
/// follow before the second time. "Monday at 10 and Thursday at 1" is one event.
Wishes split(std::string_view text, const Understanding& read) {
    if (!read.left_out.empty()) {
        const std::size_t at = text.find(read.left_out);
        if (at == std::string_view::npos || at == 0) return {};
        return {std::string(text.substr(0, at)), read.left_out};
    }
    if (read.times.size() != 2 || read.times[1].begin > text.size()) return {};
    const std::size_t from = read.times[0].finish, until = read.times[1].begin;
    for (const std::string_view joint : {" y ", " e ", " and ", ", ", "; ", "\n"}) {
        const std::size_t at = text.find(joint, from);
        if (at == std::string_view::npos || at + joint.size() >= until) continue;
        return {std::string(text.substr(0, at)), std::string(text.substr(at + joint.size()))};
    }
    return {};
}

/// One of the wishes as a draft that the card can hold; nothing when it cannot.
std::optional<EventDraft> draft_of(const Scene& scene, std::string_view words) {
    Understanding read = scene.understand(words, "schedule_meeting");
    const auto& inferred = read.draft.inferred;
    const bool named =
        !read.draft.title.empty() && std::find(inferred.begin(), inferred.end(), "title") == inferred.end();
    if (read.question || !read.left_out.empty() || !named) return std::nullopt;
    complete_title(scene.phrases, read.draft);
    if (read.draft.zone.empty()) read.draft.zone = scene.person.zone;
    if (!fits_card(scene, read.draft)) return std::nullopt;
    return std::move(read.draft);
}

Task<bool> is_free(Scene& scene, const EventDraft& draft) {
    auto clash = co_await find_clash(scene, draft, "");
    co_return clash && !clash->has_value();
}

std::string line_of(const Scene& scene, std::size_t number, const EventDraft& draft) {
    const Event event = to_event(draft);
    return scene.phrases.say("pair/line", {{"number", std::to_string(number)},
                                           {"title", shown(draft.title)},
                                           {"when", when_of(scene, event, true)}});
}

Option book_one(const EventDraft& draft, std::size_t place) {
    Option row;
    row.action = Action::kBookOne;
    row.label = shorten(draft.title, 24);
    row.minutes = static_cast<std::int64_t>(place);
    return row;
}

Reply list_pair(const Scene& scene, const Open& open) {
    Reply reply = say(open.prompt);
    Open list = open;
    list.options.clear();
    for (std::size_t i = 0; i < open.pair.size(); ++i) {
        list.options.push_back(book_one(open.pair[i], i));
        list.options.back().hint = when_of(scene, to_event(open.pair[i]), false);
    }
    list.options.push_back(option(scene, Action::kDrop, "drop", "no"));
    reply.text = scene.phrases.say("pair/which");
    reply.open = std::move(list);
    return reply;
}

/// The second event of one tap has an id of its own, from the same message: a repeated turn finds
/// both.
Task<migue::Result<std::string>> second_id(const Scene& scene) {
    co_return event_id_for(scene.tools.services.vault, scene.person.id,
                           std::string(scene.turn.message_id()) + "/2");
}

Task<Reply> book_both(Scene& scene, const Open& open) {
    auto other_id = co_await second_id(scene);
    if (!other_id) co_return say(scene.phrases.say("failed"));
    Reply first = co_await commit(scene, open.pair[0], "", Overlap::kRefuse);
    const bool booked = first.open && first.open->waiting == Waiting::kDone;
    if (!booked) {
        // What stands in the way of the first is dealt with; the second is not forgotten silently.
        scene.left_out = open.pair[1].title;
        co_return first;
    }
    const std::optional<Undo> undo = scene.state.undo;
    scene.own_event_id = *other_id;
    Reply second = co_await commit(scene, open.pair[1], "", Overlap::kRefuse);
    const bool both = second.open && second.open->waiting == Waiting::kDone;
    scene.said_before = first.text;
    if (both && undo && scene.state.undo)
        scene.state.undo->events.insert(scene.state.undo->events.begin(), undo->events.begin(),
                                        undo->events.end());
    co_return second;
}

}  // namespace

Task<std::optional<Reply>> offer_pair(Scene& scene, std::string_view text, const Understanding& read) {
    std::optional<Reply> none;
    if (scene.input.forwarded) co_return none;
    const Wishes said = split(text, read);
    if (said.second.empty()) co_return none;
    const auto one = draft_of(scene, said.first), two = draft_of(scene, said.second);
    if (!one || !two) co_return none;
    const EventDraft& first = *one;
    const EventDraft& second = *two;
    const bool first_free = co_await is_free(scene, first);
    const bool second_free = co_await is_free(scene, second);
    if (!first_free || !second_free) co_return none;
    Reply reply = say(scene.phrases.say(
        "pair/card", {{"first", line_of(scene, 1, first)}, {"second", line_of(scene, 2, second)}}));
    Open open;
    open.waiting = Waiting::kPick;
    open.options.push_back(option(scene, Action::kBookBoth, "book_both", "yes"));
    open.options.push_back(option(scene, Action::kChooseOne, "choose_one", ""));
    open.options.push_back(option(scene, Action::kDrop, "drop", "no"));
    open.pair.push_back(first);
    open.pair.push_back(second);
    reply.open = std::move(open);
    scene.left_out.clear();
    co_return reply;
}

Task<Reply> choose_of_pair(Scene& scene, const Open& open, const Option& chosen) {
    if (chosen.action == Action::kChooseOne) co_return list_pair(scene, open);
    if (chosen.action == Action::kBookBoth) co_return co_await book_both(scene, open);
    const auto place = static_cast<std::size_t>(chosen.minutes);
    if (place >= open.pair.size()) co_return say(scene.phrases.say("stale"));
    co_return co_await commit(scene, open.pair[place], "", Overlap::kRefuse);
}

std::optional<Option> option_of_pair(const Scene& scene, const Open& open, std::string_view text) {
    if (open.pair.size() < 2) return std::nullopt;
    if (scene.answers().is("both", text)) return option(scene, Action::kBookBoth, "book_both", "yes");
    std::vector<Option> rows;
    for (std::size_t i = 0; i < open.pair.size(); ++i) rows.push_back(book_one(open.pair[i], i));
    if (const auto index = scene.answers().choose(text, rows)) return rows[*index];
    return std::nullopt;
}

}  // namespace scheduling
