#include <chrono>
#include <nlohmann/json.hpp>

#include "dialogue/asides.hpp"

namespace scheduling {

using migue::Task;

namespace {

constexpr std::string_view kFileName = "migue.json";

/// The file itself, where the channel carries files and takes this one now; else nothing: a link
/// does it. It goes from here to the channel, and the reply holds only the channel's id of it.
Task<std::optional<Reply>> send_file(Scene& scene) {
    std::optional<Reply> reply;
    const auto channel = nlohmann::json::parse(scene.turn.channel_json(), nullptr, false);
    const std::string place = channel.is_object() ? channel.value("media", "") : "";
    if (place.empty()) co_return reply;
    auto file = co_await scene.tools.data->export_json(scene.person.id);
    if (!file) co_return reply;
    migue::MediaUpload upload;
    upload.place = place;
    // WhatsApp takes no JSON by its own name; as text it can be opened on any phone.
    upload.mime_type = "text/plain";
    upload.file_name = kFileName;
    upload.bytes = std::move(*file);
    const std::uint64_t now = scene.tools.services.clock.monotonic_ns();
    const std::uint64_t until = scene.booking.caller().until_ns;
    if (now >= until) co_return reply;
    upload.timeout = std::chrono::nanoseconds(until - now);
    auto uploaded = co_await scene.tools.services.media.upload(std::move(upload));
    if (!uploaded) co_return reply;
    reply = say(scene.phrases.say("export_document"), Reply::After::kKeep);
    reply->media_id = uploaded->media_id;
    reply->file_name = kFileName;
    co_return reply;
}

}  // namespace

Task<Reply> offer_export(Scene& scene) {
    auto sent = co_await send_file(scene);
    if (sent) co_return std::move(*sent);
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
