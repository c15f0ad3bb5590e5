#include "dialogue/asides.hpp"
#include "dialogue/flows.hpp"

namespace scheduling {

namespace {

using migue::Task;

std::chrono::nanoseconds time_left(const Scene& scene) {
    const std::uint64_t now = scene.tools.services.clock.monotonic_ns(),
                        until = scene.booking.caller().until_ns;
    return std::chrono::nanoseconds(until > now ? until - now : 1);
}

/// Takes the permissions back at Google. The links go with the rest of the data, whatever Google
/// says; false: it did not confirm.
Task<bool> revoke_all(Scene& scene) {
    if (scene.tools.google == nullptr) co_return true;
    const GoogleTools& google = *scene.tools.google;
    auto accounts = co_await google.accounts.all(scene.person.id);
    if (!accounts) co_return false;
    bool is_confirmed = true;
    for (const GoogleAccount& account : *accounts) {
        auto forgotten = co_await google.accounts.forget(scene.person.id, account.id);
        if (!forgotten) {
            is_confirmed = false;
            continue;
        }
        // Revoking ends every grant of that Google account: not while somebody else has it linked.
        if (!forgotten->is_last || forgotten->token.empty()) continue;
        auto revoked = co_await google.oauth.revoke(forgotten->token, time_left(scene));
        if (revoked) continue;
        is_confirmed = false;
        scene.tools.services.log.warn("a grant was not revoked at Google", {{"why", revoked.error().what}});
    }
    co_return is_confirmed;
}

}  // namespace

Task<Reply> offer_export(Scene& scene) {
    const std::string& base = scene.tools.settings.public_url;
    if (base.empty()) co_return say(scene.phrases.say("privacy/export_no_url"), Reply::After::kKeep);
    auto token = co_await scene.tools.personal_data.offer_export(scene.person.id, scene.state.locale);
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
    const bool is_confirmed = co_await revoke_all(scene);
    auto mark = scene.tools.services.vault.random(16);
    if (!mark) co_return say(scene.phrases.say("privacy/erase_failed"));
    auto erased = co_await scene.tools.personal_data.erase(scene.person.id, to_hex(*mark));
    if (!erased) {
        scene.tools.services.log.error("a person's data was not erased", {{"why", erased.error().what}});
        co_return say(scene.phrases.say("privacy/erase_failed"));
    }
    Reply reply = say(scene.phrases.say(is_confirmed ? "privacy/erased" : "privacy/erased_unconfirmed"));
    reply.forgets = true;
    co_return reply;
}

}  // namespace scheduling
