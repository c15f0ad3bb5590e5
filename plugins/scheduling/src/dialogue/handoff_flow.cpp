#include "dialogue/asides.hpp"

namespace scheduling {

namespace {

using migue::Task;

Task<bool> keep_paused(Scene& scene, std::int64_t since_ms) {
    std::vector<PersonValue> values{{"paused_ms", since_ms},
                                    {"conversation_id", std::string(scene.turn.conversation_id())}};
    auto kept = co_await scene.tools.people.keep(scene.person.id, std::move(values));
    if (kept) scene.person.paused_ms = since_ms;
    co_return static_cast<bool>(kept);
}

}  // namespace

Task<Reply> hand_over(Scene& scene) {
    const bool kept = co_await keep_paused(scene, scene.now_ms);
    if (!kept) co_return say(scene.phrases.say("failed_read"), Reply::After::kKeep);
    scene.tools.services.metrics.record(scene.tools.handed_over, 1);
    scene.tools.services.log.warn("a conversation waits for a person",
                                  {{"conversation", scene.turn.conversation_id()}});
    co_return say(scene.phrases.say("handoff/begun"));
}

Task<std::optional<Reply>> answer_while_paused(Scene& scene) {
    // What was promised is kept: jobs go on.
    if (scene.person.paused_ms == 0 || scene.input.kind == "job") co_return std::nullopt;
    // Their data and their peace are theirs also now.
    const Answers& answers = scene.answers();
    const std::string_view text = scene.turn.text();
    const bool is_text = scene.input.kind == "text";
    const Open* open = scene.state.alive(scene.now_ms);
    const bool erases =
        open != nullptr && !open->options.empty() && open->options.front().action == Action::kErase;
    const bool passes =
        erases || (is_text && (answers.is("stop", text) || answers.mentions("erase_data", text) ||
                               answers.mentions("export_data", text)));
    if (passes) co_return std::nullopt;
    const bool calls = is_text && answers.is("call_bot", text);
    if (!calls) {
        Reply quiet;
        quiet.silent = true;
        co_return quiet;
    }
    const bool kept = co_await keep_paused(scene, 0);
    if (!kept) co_return say(scene.phrases.say("failed_read"), Reply::After::kKeep);
    co_return say(scene.phrases.say("handoff/back"));
}

Reply handed_back(Scene& scene) {
    return say(scene.phrases.say("handoff/back_operator"), Reply::After::kKeep);
}

}  // namespace scheduling
