/// What a plugin gets of a turn, and how long it has for it.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "host/pipeline/turn_running.hpp"
#include "host/store/identity.hpp"
#include "migue/ext/jobs.h"

namespace migue::host {

namespace {

using Json = nlohmann::json;

/// "··· 4567": enough for a person to know their own number, too little to learn somebody's. ""
/// where the channel has no numbers.
std::string masked_number(const std::string& address_json) {
    constexpr std::size_t kShown = 4;
    const Json address = Json::parse(address_json, nullptr, false);
    if (!address.is_object() || !address.contains("to") || !address.at("to").is_string()) return {};
    const std::string number = address.at("to");
    const bool is_number = number.size() > 2 * kShown && number.front() == '+' &&
                           number.find_first_not_of("0123456789", 1) == std::string::npos;
    return is_number ? "··· " + number.substr(number.size() - kShown) : std::string();
}

std::string channel_json(const ChannelLimits& limits, const Window& window, const std::string& address_json,
                         const std::string& media) {
    Json channel{{"buttons", limits.buttons}, {"list_rows", limits.list_rows}};
    if (window.hours > 0) {
        channel["window_hours"] = window.hours;
        channel["template"] = window.has_template;
    }
    if (std::string number = masked_number(address_json); !number.empty())
        channel["shown_as"] = std::move(number);
    if (!media.empty()) channel["media"] = media;
    return channel.dump();
}

/// A job that said beforehand that it takes longer than a message may (ext/jobs.h).
bool is_slow_job(const OpenTurn& turn) {
    if (turn.job_plugin.empty()) return false;
    const Json input = Json::parse(turn.message.input_json, nullptr, false);
    return input.is_object() && input.contains("job") &&
           input.at("job").value("key", "").starts_with(MIGUE_JOBS_SLOW);
}

/// What the message may want besides its intent, for the plugin that gets it.
std::string with_wishes(const std::string& input_json, const intents::Decision& decision) {
    if (!decision.rival && !decision.second_wish) return input_json;
    Json input = Json::parse(input_json);
    if (const auto& rival = decision.rival)
        input["rival"] = {
            {"intent", rival->intent}, {"plugin", rival->plugin}, {"confidence", rival->probability}};
    if (const auto& wish = decision.second_wish)
        input["second_wish"] = {
            {"intent", wish->intent}, {"plugin", wish->plugin}, {"begin", wish->begin}, {"end", wish->end}};
    return input.dump();
}

}  // namespace

std::uint64_t TurnRunner::deadline_for(const OpenTurn& turn) const {
    const auto late =
        std::chrono::milliseconds(turn.attempt > 1 ? 0 : clock_.unix_ms() - turn.received_unix_ms);
    const auto budget = is_slow_job(turn) ? options_.slow_job : options_.budget;
    const auto left = std::max(options_.least, budget - options_.send - late);
    return clock_.monotonic_ns() + static_cast<std::uint64_t>(std::chrono::nanoseconds(left).count());
}

ChannelLimits TurnRunner::limits_of(const OpenTurn& turn) const {
    const auto channel = channels_.find(turn.message.channel);
    return channel == channels_.end() ? ChannelLimits{} : channel->second->limits();
}

TurnRequest TurnRunner::request_for(const Running& run) const {
    const InboundMessage& message = run.turn.message;
    TurnRequest request;
    request.message_id = message.message_id;
    request.conversation_id = run.turn.conversation_id;
    request.person_id = run.turn.person_id;
    request.intent = run.decision.intent;
    request.text = message.text;
    request.locale = run.locale;
    request.region = message.region;
    request.trace_id = trace_id_of(message.message_id);
    request.input_json = with_wishes(run.input.input_json, run.decision);
    request.limits = limits_of(run.turn);
    const auto channel = channels_.find(run.turn.message.channel);
    request.channel_json =
        channel_json(request.limits, channel == channels_.end() ? Window{} : channel->second->window(),
                     message.address_json,
                     channel != channels_.end() && channel->second->carries_files()
                         ? message.channel + "/" + message.account
                         : std::string());
    if (const auto state = run.conversation.states.find(run.decision.plugin);
        state != run.conversation.states.end()) {
        request.state_json = state->second.json;
        request.state_version = state->second.version;
    }
    request.answers_open_question = run.answers_open_question;
    request.deadline_ns = run.deadline_ns;
    request.sent_unix_ms = message.sent_unix_ms;
    request.attempt = run.turn.attempt;
    request.confidence = run.decision.confidence;
    return request;
}

}  // namespace migue::host
