#include "dialogue/flows.hpp"

namespace scheduling {

using migue::Task;

Task<std::optional<Reply>> take_meet(Scene& scene, std::string_view text) {
    std::optional<Reply> reply;
    if (!scene.answers().is("add_meet", text)) co_return reply;
    const Open* alive = scene.state.alive(scene.now_ms);
    const bool is_draft = alive != nullptr && alive->target.empty() && !alive->draft.title.empty() &&
                          alive->waiting != Waiting::kDone;
    if (is_draft) {
        EventDraft draft = alive->draft;
        draft.video_call = true;
        reply = co_await show_again(scene, std::move(draft), "");
        co_return reply;
    }
    std::string event = alive != nullptr ? alive->target : std::string();
    if (event.empty()) event = scene.state.last_event;
    if (event.empty())
        reply = say(scene.phrases.say("not_found"), Reply::After::kKeep);
    else
        reply = co_await add_meet(scene, std::move(event));
    co_return reply;
}

Task<Reply> add_meet(Scene& scene, std::string id) {
    const Phrases& phrases = scene.phrases;
    if (scene.tools.google == nullptr) co_return say(phrases.say("detail_video"), Reply::After::kKeep);
    auto stored = co_await scene.booking.get(std::move(id));
    if (!stored) co_return say(phrases.say("failed_read"), Reply::After::kKeep);
    if (!stored->has_value() || (*stored)->cancelled) co_return say(phrases.say("not_found"));
    Event event = std::move(**stored);
    const std::string title = shown(event.title);
    if (!event.video_url.empty())
        co_return say(phrases.say("meet/there", {{"title", title}, {"url", event.video_url}}),
                      Reply::After::kKeep);
    event.video_call = true;
    const Outcome outcome = co_await scene.booking.change(std::move(event), Overlap::kAllow);
    if (outcome.kind == Outcome::Kind::kGone) co_return say(phrases.say("not_found"));
    if (outcome.kind != Outcome::Kind::kDone)
        co_return say(phrases.say(outcome.kind == Outcome::Kind::kUnknown ? "failed_unknown" : "failed"),
                      Reply::After::kKeep);
    scene.state.last_event = outcome.event.id;
    if (!outcome.event.video_url.empty())
        co_return say(phrases.say("meet/added", {{"title", title}, {"url", outcome.event.video_url}}),
                      Reply::After::kKeep);
    // Google makes rooms in its own time: said when it is there, or that none came.
    Event pending = outcome.event;
    pending.video_call = true;
    co_await look_again_later(scene, pending, Overlap::kAllow);
    co_return say(phrases.say("meet/pending", {{"title", title}}), Reply::After::kKeep);
}

}  // namespace scheduling
