#include "dialogue/asides.hpp"

namespace scheduling {

using migue::Task;

Task<Reply> offer_export(Scene& scene) {
    const std::string& base = scene.tools.settings.public_url;
    if (base.empty()) co_return say(scene.phrases.say("privacy/export_no_url"), Reply::After::kKeep);
    auto token = co_await scene.tools.export_links.offer_export(scene.person.id, scene.state.locale);
    if (!token) {
        scene.tools.services.log.error("an export was not prepared", {{"why", token.error().what}});
        co_return say(scene.phrases.say("privacy/export_failed"), Reply::After::kKeep);
    }
    Reply reply = say(scene.phrases.say("privacy/export"), Reply::After::kKeep);
    reply.link_title = scene.phrases.label("download");
    reply.link_url = base + "/p/scheduling/export/" + *token;
    co_return reply;
}

Task<Reply> ask_erase(Scene& scene) {
    Reply reply = say(
        scene.phrases.say(scene.tools.google != nullptr ? "privacy/erase_ask_google" : "privacy/erase_ask"));
    Open open;
    open.waiting = Waiting::kCancel;
    open.options.push_back(option(scene, Action::kErase, "erase_yes", "yes"));
    open.options.push_back(option(scene, Action::kDrop, "erase_no", "no"));
    reply.open = std::move(open);
    co_return reply;
}

Task<Reply> erase_all(Scene& scene) {
    auto erased = co_await scene.tools.data->erase(scene.booking.caller());
    if (!erased) {
        scene.tools.services.log.error("a person's data was not erased", {{"why", erased.error().what}});
        co_return say(scene.phrases.say("privacy/erase_failed"));
    }
    const bool is_confirmed = erased->unrevoked.empty();
    Reply reply = say(scene.phrases.say(is_confirmed ? "privacy/erased" : "privacy/erased_unconfirmed"));
    reply.forgets = true;
    co_return reply;
}

}  // namespace scheduling
