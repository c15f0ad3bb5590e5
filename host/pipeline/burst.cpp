#include "host/pipeline/burst.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "host/store/identity.hpp"

namespace migue::host {

using intents::RoutedBy;

namespace {

using Json = nlohmann::json;

/// In input_json, as it is stored: what the others say.
constexpr const char* kOthers = "others";

std::string trace_of(const OpenTurn& turn, const OpenTurn& first) {
    return Json{{"message_id", turn.message.message_id},
                {"trace_id", trace_id_of(turn.message.message_id)},
                {"conversation_id", turn.conversation_id},
                {"received_unix_ms", turn.received_unix_ms},
                {"kind", turn.message.kind},
                {"joined_to", first.message.message_id}}
        .dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// By itself it says nothing that a route knows.
bool is_fragment(const OpenTurn& turn, const intents::Router& router, const std::string& locale) {
    const auto decision = router.route(
        {.kind = "text", .text = turn.message.text, .tap = {}, .locale = locale, .asked_plugin = {}});
    return (decision.routed_by == RoutedBy::kFallback || decision.routed_by == RoutedBy::kTold) &&
           decision.doubt.empty();
}

}  // namespace

bool is_plain_text(const OpenTurn& turn) {
    const InboundMessage& message = turn.message;
    if (message.kind != "text" || !message.expects_answer || !turn.job_plugin.empty() || turn.attempt > 1)
        return false;
    // A quotation, a forward, an advertisement say what the words are about.
    const Json input = Json::parse(message.input_json, nullptr, false);
    return input.is_object() && input.size() == 1 && input.contains("kind");
}

bool may_go_on(const OpenTurn& turn, const intents::Decision& decision, const intents::Router& router) {
    if (!is_plain_text(turn)) return false;
    if (decision.routed_by == RoutedBy::kOpenQuestion) return true;
    // What only the plugin that listens may know is as often a beginning: "mañana a las 5" / "dentista".
    return decision.routed_by != RoutedBy::kFallback && decision.plugin != router.fallback_plugin() &&
           decision.doubt.empty();
}

std::vector<OpenTurn> going_on(const OpenTurn& first, std::vector<OpenTurn> waiting,
                               const intents::Router& router, const BurstLimits& limits,
                               const std::string& locale) {
    std::size_t bytes = first.message.text.size();
    std::size_t count = 0;
    for (const OpenTurn& turn : waiting) {
        bytes += 1 + turn.message.text.size();
        if (count + 2 > limits.messages || bytes > limits.bytes) break;
        if (!is_plain_text(turn) || !is_fragment(turn, router, locale)) break;
        ++count;
    }
    waiting.resize(count);
    return waiting;
}

JoinedTurn joined_turn(const OpenTurn& first, const std::vector<OpenTurn>& others) {
    JoinedTurn joined;
    joined.conversation_id = first.conversation_id;
    joined.sequence = first.sequence;
    joined.sent_unix_ms = first.message.sent_unix_ms;
    Json texts = Json::array();
    for (const OpenTurn& other : others) {
        texts.push_back(other.message.text);
        joined.sent_unix_ms = std::max(joined.sent_unix_ms, other.message.sent_unix_ms);
        joined.others.push_back({other.sequence, trace_of(other, first)});
    }
    Json input{{"kind", "text"}};
    input[kOthers] = std::move(texts);
    joined.input_json = input.dump(-1, ' ', false, Json::error_handler_t::replace);
    return joined;
}

std::size_t read_joined(OpenTurn& turn) {
    Json input = Json::parse(turn.message.input_json, nullptr, false);
    if (!input.is_object() || !input.contains(kOthers) || !input.at(kOthers).is_array()) return 1;
    std::size_t messages = 1;
    for (const Json& text : input.at(kOthers)) {
        if (!text.is_string()) continue;
        turn.message.text += "\n" + text.get<std::string>();
        ++messages;
    }
    input.erase(kOthers);
    input["joined"] = messages;
    turn.message.input_json = input.dump();
    return messages;
}

}  // namespace migue::host
