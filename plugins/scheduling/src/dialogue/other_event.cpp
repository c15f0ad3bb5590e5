#include <algorithm>

#include "calendar/zone_time.hpp"
#include "dialogue/cards.hpp"
#include "dialogue/draft_checks.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/event_edit.hpp"
#include "dialogue/flows.hpp"
#include "dialogue/folding.hpp"
#include "dialogue/steps.hpp"

/// "no, not lunch, the call": what the card asks was meant of another event.
namespace scheduling {

namespace {

using migue::Task;

/// "no not lunch", "el almuerzo no": what is between two marks says that something is not meant.
bool is_denied(const Answers& answers, std::string_view part) {
    const std::vector<std::string> words = words_of(fold(part));
    if (words.size() < 2 || answers.has_word("means_words", part)) return false;
    return answers.is("denies", words.front()) || answers.is("denies", words.back());
}

/// The text without what is said not to be meant.
std::string without_denied(const Answers& answers, std::string_view text) {
    std::string kept;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of(",.;:"), text.size());
        const std::string_view part = text.substr(0, end);
        if (!is_denied(answers, part)) kept.append(" ").append(part);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return kept;
}

EventReference other_named(const Scene& scene, std::string_view text) {
    EventReference reference = read_reference(scene, text, "cancel_meeting");
    std::erase_if(reference.words,
                  [&](const std::string& word) { return scene.answers().is("other_fillers", word); });
    return reference;
}

/// The event that the card is about; nothing when it is about none, or several.
std::string event_on_card(const Open& open) {
    if (open.waiting == Waiting::kCancel) return open.events.size() == 1 ? open.events.front() : "";
    const bool changes = open.waiting == Waiting::kCard || open.waiting == Waiting::kChange ||
                         open.waiting == Waiting::kTime || open.waiting == Waiting::kTaken;
    return changes ? open.target : std::string();
}

/// What the card makes of its event, made of the other one: its new day, its new hour, or both.
Task<Reply> change_other(Scene& scene, const Open& open, Event other) {
    scene.state.last_event = other.id;
    Open next = about_event(scene, other);
    if (!open.before || !open.draft.start || !is_complete(open.draft)) {
        Edit edit;
        edit.what = Edit::What::kMove;
        co_return co_await change_event(scene, next, edit);
    }
    const EventDraft before = to_draft(*open.before);
    EventDraft said;
    said.has_date = day_of(*open.draft.start) != day_of(*before.start);
    said.has_time = *open.draft.start - day_of(*open.draft.start) != *before.start - day_of(*before.start);
    said.start = open.draft.start;
    scene.before = next.before;
    if (said.has_date || said.has_time) apply_edit(next.draft, said);
    co_return co_await show_again(scene, std::move(next.draft), next.target);
}

}  // namespace

Task<std::optional<Reply>> mean_other_event(Scene& scene, const Open& open, std::string_view text) {
    std::optional<Reply> reply;
    const std::string id = event_on_card(open);
    const Answers& answers = scene.answers();
    if (id.empty() || scene.input.forwarded || !answers.has_word("denies", text)) co_return reply;
    if (text.find('?') != std::string_view::npos) co_return reply;
    EventReference reference = other_named(scene, without_denied(answers, text));
    // "no the call", of a card about lunch
    if (reference.words.empty()) reference = other_named(scene, text);
    if (reference.words.empty() || reference.everything) co_return reply;
    auto found = co_await find_events(scene, reference);
    if (!found) co_return reply;
    std::erase_if(
        *found, [&](const Event& one) { return one.id == id || (!one.series.empty() && one.series == id); });
    if (found->empty()) co_return reply;
    const bool cancels = open.waiting == Waiting::kCancel;
    if (found->size() > 1)
        co_return pick_event(scene, *found, cancels ? Purpose::kCancel : Purpose::kMove, "");
    if (cancels)
        reply = cancel_card(scene, found->front());
    else
        reply = co_await change_other(scene, open, std::move(found->front()));
    co_return reply;
}

}  // namespace scheduling
