#include <algorithm>

#include "dialogue/cards.hpp"
#include "dialogue/draft_checks.hpp"
#include "dialogue/flows.hpp"
#include "dialogue/folding.hpp"
#include "dialogue/wishes.hpp"

namespace scheduling {

namespace {

constexpr std::size_t kMostShelved = 3;

/// The same wish, said anew: every word of one title is in the other.
bool is_same_wish(const EventDraft& one, const EventDraft& other) {
    return is_within(one.title, other.title) || is_within(other.title, one.title);
}

void keep(Scene& scene, const Open& open) {
    auto& shelved = scene.state.shelved;
    if (shelved.size() == kMostShelved) shelved.erase(shelved.begin());
    shelved.push_back(open);
}

}  // namespace

bool shelve(Scene& scene, const Open& open, const EventDraft& next) {
    if (!is_new_draft(open) || !open.pair.empty() || open.draft.title.empty()) return false;
    // What nobody named is replaced, unless the other one only joins it.
    const bool is_generic = is_generic_title(scene.answers(), open.draft.title);
    if (is_generic && !scene.answers().after_lead("beside_leads", scene.turn.text())) return false;
    if (is_same_wish(open.draft, next)) return false;
    keep(scene, open);
    return true;
}

void keep_interrupted(Scene& scene, const std::optional<Open>& before, Reply& reply) {
    const bool spoken = scene.input.kind == "text" && !reply.pass && !reply.silent;
    if (!spoken || !before || !is_new_draft(*before) || !before->pair.empty() || !reply.open) return;
    const Open& next = *reply.open;
    const bool of_event = !next.target.empty() || !next.events.empty() || next.waiting == Waiting::kPick;
    // What was agreed to is no interruption, and what was kept already is not kept twice.
    if (!of_event || next.waiting == Waiting::kDone || next.waiting == Waiting::kLink) return;
    if (before->draft.title.empty() || !scene.state.open || scene.state.open->card != before->card) return;
    const auto& shelved = scene.state.shelved;
    const bool is_kept = std::any_of(shelved.begin(), shelved.end(),
                                     [&](const Open& kept) { return kept.card == before->card; });
    if (is_kept) return;
    keep(scene, *before);
    if (next.prompt.empty()) reply.open->prompt = reply.text;
    reply.text = scene.phrases.say("kept_for_later", {{"title", shown(before->draft.title)}}) + reply.text;
}

void resume_shelved(Scene& scene, Reply& reply) {
    auto& shelved = scene.state.shelved;
    std::erase_if(shelved, [&](const Open& open) { return scene.now_ms - open.at_ms > kCardLifeMs; });
    const bool spoken = scene.input.kind == "text" || scene.input.kind == "tap";
    if (shelved.empty() || !spoken || reply.pass || reply.silent || reply.forgets || reply.is_reminder)
        return;
    if (!reply.link_url.empty() || !reply.media_id.empty()) return;
    const bool is_over =
        reply.open ? reply.open->waiting == Waiting::kDone : reply.after == Reply::After::kClose;
    if (!is_over) return;
    Open open = std::move(shelved.back());
    shelved.pop_back();
    const std::string title = shown(open.draft.title);
    const bool says_title = open.prompt.find(title) != std::string::npos;
    reply.text += "\n" + (says_title ? std::string() : scene.phrases.say("back_to", {{"title", title}}));
    reply.text += open.prompt;
    reply.list_label.clear();
    scene.guests.insert(scene.guests.end(), open.guests.begin(), open.guests.end());
    reply.open = std::move(open);
}

}  // namespace scheduling
