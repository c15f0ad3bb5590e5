#include "dialogue/asides.hpp"
#include "dialogue/calendars.hpp"

namespace scheduling {

namespace {

using migue::Task;

/// No more messages that are no answers. Said once: a second "stop" gets nothing more.
Task<Reply> opt_out(Scene& scene) {
    Reply quiet;
    quiet.silent = true;
    if (scene.person.opted_out_ms != 0) co_return quiet;
    std::vector<PersonValue> values{{"opted_out_ms", scene.now_ms}};
    auto kept = co_await scene.tools.people.keep(scene.person.id, std::move(values));
    if (!kept) co_return say(scene.phrases.say("failed_read"), Reply::After::kKeep);
    scene.person.opted_out_ms = scene.now_ms;
    co_return say(scene.phrases.say("opt_out/done"), Reply::After::kKeep);
}

Task<Reply> opt_in(Scene& scene) {
    if (scene.person.opted_out_ms == 0)
        co_return say(scene.phrases.say("opt_out/not_out"), Reply::After::kKeep);
    std::vector<PersonValue> values{{"opted_out_ms", 0}};
    auto kept = co_await scene.tools.people.keep(scene.person.id, std::move(values));
    if (!kept) co_return say(scene.phrases.say("failed_read"), Reply::After::kKeep);
    co_await keep_consent(scene, "messages");
    co_return say(scene.phrases.say("opt_out/back"), Reply::After::kKeep);
}

}  // namespace

Task<std::optional<Reply>> take_aside(Scene& scene, std::string_view text) {
    const Answers& answers = scene.answers();
    const std::string_view intent = scene.turn.intent();
    // Somebody else's sentence orders nothing.
    if (scene.input.forwarded) co_return std::nullopt;
    if (answers.is("stop", text)) co_return co_await opt_out(scene);
    if (answers.is("start", text)) co_return co_await opt_in(scene);
    if (answers.mentions("erase_data", text)) co_return co_await ask_erase(scene);
    if (answers.mentions("export_data", text)) co_return co_await offer_export(scene);
    const bool wants_person = answers.mentions("wants_person", text) ||
                              answers.is("wants_person_only", text) || intent == "handoff";
    if (wants_person) co_return co_await hand_over(scene);
    auto calendars = co_await take_calendars(scene, text);
    if (calendars) co_return calendars;
    auto whereabouts = co_await take_whereabouts(scene, text);
    if (whereabouts) co_return whereabouts;
    if (answers.mentions("digest_off", text)) co_return co_await stop_digest(scene);
    if (answers.mentions("digest_on", text)) co_return co_await start_digest(scene, text);
    co_return co_await change_reminders(scene, text);
}

}  // namespace scheduling
