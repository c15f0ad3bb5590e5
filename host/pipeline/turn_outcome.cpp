/// What is kept of a turn: replies, state, the open question, the trace.
#include <nlohmann/json.hpp>
#include <utility>

#include "host/pipeline/failure_reply.hpp"
#include "host/pipeline/turn_running.hpp"
#include "host/store/identity.hpp"

namespace migue::host {

namespace {

using Json = nlohmann::json;

std::string written(const Json& trace) {
    return trace.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

FinishedTurn TurnRunner::end_of(const Running& run) {
    FinishedTurn finished;
    finished.conversation_id = run.turn.conversation_id;
    finished.message_id = run.turn.message.message_id;
    finished.sequence = run.turn.sequence;
    return finished;
}

FinishedTurn TurnRunner::ignored(const Running& run) {
    FinishedTurn finished = end_of(run);
    finished.outcome = "ignored";
    finished.trace_json = written({{"message_id", run.turn.message.message_id},
                                   {"trace_id", trace_id_of(run.turn.message.message_id)},
                                   {"kind", run.turn.message.kind},
                                   {"received_unix_ms", run.turn.received_unix_ms}});
    finished.keeps_question = true;
    return finished;
}

FinishedTurn TurnRunner::outcome_of(const Running& run, const TurnResult& result) const {
    const bool job = !run.turn.job_plugin.empty();
    FinishedTurn finished = end_of(run);
    finished.plugin = run.decision.plugin;
    finished.locale = job ? std::string() : run.locale;
    finished.outcome = result.status == MIGUE_OK ? "done" : "failed";
    finished.told = job ? 0 : run.conversation.untold;
    if (finished.told > 0) finished.replies.push_back(untold_reply(run.locale, options_.default_locale));
    if (result.status == MIGUE_OK) {
        take_result(run, result, finished);
    } else if (!job) {
        finished.replies.push_back(failure_reply(result.status, run.locale, options_.default_locale));
    } else {
        finished.again = job_again(run);
        finished.keeps_question = true;
    }
    finished.trace_json = trace_of(run, result, finished.replies.size());
    return finished;
}

void TurnRunner::take_result(const Running& run, const TurnResult& result, FinishedTurn& finished) const {
    for (const Reply& reply : result.replies)
        finished.replies.push_back(with_plugin_in_ids(reply, run.decision.plugin));
    if (result.state_json) finished.state = {result.state_version, *result.state_json};
    if (result.ask_ttl) {
        finished.asked_plugin = run.decision.plugin;
        finished.asked_until_unix_ms = clock_.unix_ms() + result.ask_ttl->count();
    } else {
        // The person has answered nothing: what they were asked stays open.
        finished.keeps_question = !run.turn.job_plugin.empty();
    }
}

/// Who did what in how long; never what was said.
std::string TurnRunner::trace_of(const Running& run, const TurnResult& result, std::size_t replies) const {
    return written({{"message_id", run.turn.message.message_id},
                    {"trace_id", trace_id_of(run.turn.message.message_id)},
                    {"conversation_id", run.turn.conversation_id},
                    {"received_unix_ms", run.turn.received_unix_ms},
                    {"attempt", run.turn.attempt},
                    {"kind", run.turn.message.kind},
                    {"messages", run.messages},
                    {"locale", run.locale},
                    {"intent", run.decision.intent},
                    {"confidence", run.decision.confidence},
                    {"routed_by", intents::name_of(run.decision.routed_by)},
                    {"plugin", run.decision.plugin},
                    {"version", result.plugin_version},
                    {"generation", result.generation},
                    {"status", result.status},
                    {"reasons", result.reasons},
                    {"replies", replies},
                    {"prepare_us", (run.called_ns - run.started_ns) / 1000},
                    {"plugin_us", (clock_.monotonic_ns() - run.called_ns) / 1000}});
}

/// A job was promised to somebody: it comes back until it works or has been tried often.
std::optional<Job> TurnRunner::job_again(const Running& run) const {
    if (run.turn.attempt >= options_.attempts) return std::nullopt;
    const Json input = Json::parse(run.turn.message.input_json, nullptr, false);
    if (!input.is_object() || !input.contains("job")) return std::nullopt;
    const Json& job = input.at("job");
    const std::int64_t pause_ms = std::int64_t{15'000} << run.turn.attempt;
    return Job{run.turn.job_plugin,      run.turn.conversation_id,    job.at("key"),
               job.at("payload").dump(), clock_.unix_ms() + pause_ms, run.turn.attempt + 1};
}

}  // namespace migue::host
