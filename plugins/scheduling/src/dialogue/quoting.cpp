#include "booking/event_id.hpp"
#include "dialogue/cards.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/folding.hpp"
#include "dialogue/steps.hpp"

namespace scheduling {

using migue::Task;

void take_quotation(Scene& scene) {
    if (scene.input.quoted_message.empty()) return;
    auto id = event_id_for(scene.tools.services.vault, scene.person.id, scene.input.quoted_message);
    if (!id) return;
    const std::string card = card_of(*id);
    for (const ShownEvent& one : scene.state.shown)
        if (one.card == card) scene.state.last_event = one.event_id;
    // What is open stays in force only when it is what was quoted.
    if (scene.state.open && scene.state.open->card != card) scene.state.open.reset();
}

Task<std::optional<Reply>> answer_quoted(Scene& scene, std::string_view text) {
    std::optional<Reply> reply;
    if (scene.input.quoted_message.empty() || scene.state.last_event.empty()) co_return reply;
    auto event = co_await scene.booking.get(scene.state.last_event);
    if (!event || !event->has_value() || (*event)->cancelled) co_return reply;
    if (scene.intent == "cancel_meeting" && words_of(fold(text)).size() <= 3) {
        reply = cancel_card(scene, **event);
        co_return reply;
    }
    Open about;
    about.waiting = Waiting::kDone;
    about.target = (*event)->id;
    about.draft = to_draft(**event);
    reply = co_await change_by_words(scene, about, text);
    co_return reply;
}

}  // namespace scheduling
