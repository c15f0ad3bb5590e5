#include "host/store/job_turn.hpp"

#include "migue/cpp/text.hpp"

namespace migue::host {

OpenTurn job_turn(const Job& job, std::int64_t now_unix_ms) {
    OpenTurn turn;
    turn.conversation_id = job.conversation_id;
    turn.job_plugin = job.plugin;
    turn.received_unix_ms = now_unix_ms;
    turn.attempt = job.attempt;
    turn.message.message_id = "job." + job.plugin + "." + job.key + "." + std::to_string(job.at_unix_ms);
    turn.message.kind = "job";
    turn.message.input_json = R"({"kind":"job","job":{"key":)" + json_quote(job.key) + R"(,"payload":)" +
                              (job.payload_json.empty() ? "null" : job.payload_json) + "}}";
    turn.message.sent_unix_ms = now_unix_ms;
    return turn;
}

}  // namespace migue::host
