#include "dialogue/voice_flow.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "dialogue/flows.hpp"
#include "dialogue/folding.hpp"
#include "migue/ext/jobs.h"

namespace scheduling {

namespace {

using migue::Task;
using nlohmann::json;

const std::string kKey = std::string(MIGUE_JOBS_SLOW) + "voice/";
// What the dialogue needs afterwards, a calendar outside included.
constexpr std::uint64_t kForDialogueNs = 3'000'000'000;
constexpr std::size_t kShownWords = 300;

std::string text_in(const json& object, const char* key) {
    if (!object.is_object()) return {};
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

json member(const json& object, const char* key) {
    return object.is_object() ? object.value(key, json()) : json();
}

/// Whoever has linked nothing cannot book yet: nothing of theirs goes to another server.
Task<bool> may_listen(const Scene& scene) {
    if (scene.tools.google == nullptr) co_return true;
    auto accounts = co_await scene.tools.google->accounts.all(scene.person.id);
    co_return accounts&& std::any_of(accounts->begin(), accounts->end(),
                                     [](const GoogleAccount& account) { return account.is_alive; });
}

/// Words that only change what is open; a spoken "yes" chooses nothing.
Task<std::optional<Reply>> edit_what_is_open(Scene& scene, const std::string& words) {
    std::optional<Reply> reply;
    if (scene.input.forwarded) co_return reply;
    const Open* alive = scene.state.alive(scene.now_ms);
    if (alive == nullptr) co_return reply;
    Open open = *alive;
    open.draft.show_first = true;
    reply = co_await change_open(scene, open, words);
    co_return reply;
}

Task<Reply> act_on(Scene& scene, std::string words) {
    auto edited = co_await edit_what_is_open(scene, words);
    if (edited) co_return std::move(*edited);
    scene.intent = scene.heard->heard.intent;
    if (scene.intent == "schedule_meeting") co_return co_await start_draft(scene, words);
    if (scene.intent == "cancel_meeting") co_return co_await cancel_by_words(scene, words);
    if (scene.intent == "reschedule_meeting") co_return co_await move_by_words(scene, words);
    if (scene.intent == "query_agenda") co_return co_await show_agenda(scene, words);
    if (scene.intent == "find_slot") co_return co_await find_slot(scene, words);
    const char* answer = scene.intent.empty() ? "voice/no_wish" : "voice/write_it";
    co_return say(scene.phrases.say(answer), Reply::After::kKeep);
}

}  // namespace

std::optional<HeardNote> read_heard_job(const migue::Turn& turn) {
    if (turn.input_json().find(kKey) == std::string_view::npos) return std::nullopt;
    const json input = json::parse(turn.input_json(), nullptr, false);
    const json job = member(input, "job");
    if (!text_in(job, "key").starts_with(kKey)) return std::nullopt;
    const json payload = member(job, "payload");
    if (text_in(payload, "do") != "voice") return std::nullopt;
    HeardNote note;
    note.person = text_in(payload, "person");
    note.place = text_in(payload, "place");
    note.media_id = text_in(payload, "media");
    note.language = text_in(payload, "language");
    note.forwarded = payload.value("forwarded", false);
    note.sent_ms = payload.value("sent_ms", std::int64_t{0});
    return note;
}

model::VoiceNote note_of(const HeardNote& note, const migue::Turn& turn) {
    const std::uint64_t deadline = turn.deadline_ns();
    return {note.person, note.place, note.media_id, note.language,
            deadline > kForDialogueNs ? deadline - kForDialogueNs : 0};
}

Task<Reply> start_listening(Scene& scene) {
    const json input = json::parse(scene.turn.input_json(), nullptr, false);
    const json channel = json::parse(scene.turn.channel_json(), nullptr, false);
    const std::string media = text_in(member(input, "media"), "id"), place = text_in(channel, "media");
    if (!scene.tools.settings.transcription.is_on() || media.empty() || place.empty()) co_return pass_on();
    const bool may = co_await may_listen(scene);
    if (!may) co_return co_await offer_link(scene, scene.phrases.say("link_offer"));
    const std::string language =
        scene.state.fixed_locale.empty() ? scene.state.locale : scene.state.fixed_locale;
    json payload{{"do", "voice"},
                 {"person", scene.person.id},
                 {"place", place},
                 {"media", media},
                 {"language", language.substr(0, 2)},
                 {"forwarded", scene.input.forwarded},
                 {"sent_ms", scene.turn.sent_unix_ms()}};
    auto stored = co_await scene.tools.services.jobs.at(
        scene.now_ms, std::string(scene.turn.conversation_id()), kKey + scene.card, payload.dump());
    if (!stored) {
        scene.tools.services.log.warn("a voice note is not listened to", {{"why", stored.error().what}});
        co_return say(scene.phrases.say("voice/down"), Reply::After::kKeep);
    }
    Reply quiet;
    quiet.silent = true;
    co_return quiet;
}

Task<Reply> answer_heard(Scene& scene) {
    const model::Heard& heard = scene.heard->heard;
    if (heard.end != model::Heard::End::kWords)
        co_return say(scene.phrases.say("voice/" + std::string(model::name_of(heard.end))),
                      Reply::After::kKeep);
    Reply reply = co_await act_on(scene, heard.words);
    // Nobody else hears a recording.
    if (reply.pass) reply = say(scene.phrases.say("voice/write_it"), Reply::After::kKeep);
    if (!reply.pass && !reply.silent)
        reply.text = scene.phrases.say("voice/heard", {{"said", shorten(heard.words, kShownWords)}}) + "\n" +
                     reply.text;
    co_return reply;
}

}  // namespace scheduling
