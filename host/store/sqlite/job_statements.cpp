#include <utility>

#include "host/store/job_turn.hpp"
#include "host/store/sqlite/statements.hpp"

namespace migue::host::sqlite {

bool has_due_job(Connection& connection, std::int64_t now_unix_ms) {
    SQLite::Statement& row =
        connection.query("SELECT 1 FROM jobs WHERE at_unix_ms <= ?1 LIMIT 1", now_unix_ms);
    const bool found = row.executeStep();
    row.reset();
    return found;
}

void upsert_job(Connection& connection, const Job& job) {
    connection.run(
        "INSERT INTO jobs (conversation_id, plugin, key, payload_json, at_unix_ms, attempt) VALUES (?1, ?2, "
        "?3, ?4, ?5, ?6) ON CONFLICT (conversation_id, plugin, key) DO UPDATE SET payload_json = "
        "excluded.payload_json, at_unix_ms = excluded.at_unix_ms, attempt = excluded.attempt",
        job.conversation_id, job.plugin, job.key, job.payload_json, job.at_unix_ms,
        static_cast<std::int64_t>(job.attempt));
}

void put_job_again(Connection& connection, const Job& job) {
    connection.run(
        "INSERT INTO jobs (conversation_id, plugin, key, payload_json, at_unix_ms, attempt) VALUES (?1, ?2, "
        "?3, ?4, ?5, ?6) ON CONFLICT (conversation_id, plugin, key) DO NOTHING",
        job.conversation_id, job.plugin, job.key, job.payload_json, job.at_unix_ms,
        static_cast<std::int64_t>(job.attempt));
}

void delete_job(Connection& connection, const Job& job) {
    connection.run("DELETE FROM jobs WHERE conversation_id = ?1 AND plugin = ?2 AND key = ?3",
                   job.conversation_id, job.plugin, job.key);
}

std::vector<OpenTurn> open_due_jobs(Connection& connection, Positions& next, std::int64_t now_unix_ms,
                                    std::size_t limit) {
    std::vector<Job> jobs;
    std::vector<OpenTurn> turns;
    SQLite::Statement& row = connection.query(
        "SELECT j.plugin, j.conversation_id, j.key, j.payload_json, j.at_unix_ms, j.attempt, c.person_id, "
        "c.channel, c.account, c.address_json"
        " FROM jobs j JOIN conversations c USING (conversation_id) WHERE j.at_unix_ms <= ?1"
        " ORDER BY j.at_unix_ms LIMIT ?2",
        now_unix_ms, static_cast<std::int64_t>(limit));
    while (row.executeStep()) {
        jobs.push_back({row.getColumn(0).getString(), row.getColumn(1).getString(),
                        row.getColumn(2).getString(), row.getColumn(3).getString(),
                        row.getColumn(4).getInt64(), static_cast<std::uint32_t>(row.getColumn(5).getInt())});
        OpenTurn turn = job_turn(jobs.back(), now_unix_ms);
        turn.person_id = row.getColumn(6).getString();
        turn.message.channel = row.getColumn(7).getString();
        turn.message.account = row.getColumn(8).getString();
        turn.message.address_json = row.getColumn(9).getString();
        turns.push_back(std::move(turn));
    }
    row.reset();
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        OpenTurn& turn = turns[i];
        turn.sequence = next++;
        connection.run(
            "INSERT INTO inbox (sequence, conversation_id, message_id, kind, text, input_json, locale, "
            "region, sent_unix_ms, received_unix_ms, attempt, job_plugin)"
            " VALUES (?1, ?2, ?3, 'job', '', ?4, '', '', ?5, ?5, ?6, ?7)",
            turn.sequence, turn.conversation_id, turn.message.message_id, turn.message.input_json,
            turn.received_unix_ms, static_cast<std::int64_t>(turn.attempt), turn.job_plugin);
        delete_job(connection, jobs[i]);
    }
    return turns;
}

}  // namespace migue::host::sqlite
