#include <SQLiteCpp/SQLiteCpp.h>

#include "host/store/sqlite/statements.hpp"
#include "migue/cpp/text.hpp"

namespace migue::host::sqlite {

namespace {

/// What every reply of a turn has in common: where it goes and what it answers.
OutboundReply answer_to(Connection& connection, const FinishedTurn& turn) {
    OutboundReply reply;
    reply.conversation_id = turn.conversation_id;
    reply.message_id = turn.message_id;
    SQLite::Statement& select = connection.prepared(
        "SELECT c.channel, c.account, c.address_json, i.sent_unix_ms FROM inbox i JOIN conversations c USING "
        "(conversation_id)"
        " WHERE i.sequence = ?1");
    select.bind(1, turn.sequence);
    if (select.executeStep()) {
        reply.channel = select.getColumn(0).getString();
        reply.account = select.getColumn(1).getString();
        reply.address_json = select.getColumn(2).getString();
        reply.answered_sent_unix_ms = select.getColumn(3).getInt64();
    }
    select.reset();
    return reply;
}

void insert_reply(Connection& connection, const OutboundReply& reply, std::int64_t now_unix_ms) {
    SQLite::Statement& insert = connection.prepared(
        "INSERT INTO outbox (position, conversation_id, message_id, ordinal, kind, body_json, "
        "created_unix_ms, due_unix_ms)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)");
    insert.bind(1, reply.sequence);
    insert.bind(2, reply.conversation_id);
    insert.bind(3, reply.message_id);
    insert.bind(4, reply.ordinal);
    insert.bind(5, reply.reply.kind);
    insert.bind(6, reply.reply.body_json);
    insert.bind(7, now_unix_ms);
    insert.exec();
}

}  // namespace

std::vector<OutboundReply> insert_replies(Connection& connection, const FinishedTurn& turn, Positions& next,
                                          std::int64_t now_unix_ms) {
    std::vector<OutboundReply> replies;
    if (turn.replies.empty()) return replies;
    OutboundReply reply = answer_to(connection, turn);
    reply.due_unix_ms = now_unix_ms;
    for (const Reply& said : turn.replies) {
        reply.sequence = next++;
        reply.reply = said;
        insert_reply(connection, reply, now_unix_ms);
        replies.push_back(reply);
        ++reply.ordinal;
    }
    return replies;
}

std::vector<OutboundReply> select_unsent(Connection& connection, std::size_t limit) {
    std::vector<OutboundReply> replies;
    SQLite::Statement& row = connection.prepared(
        "SELECT o.position, o.conversation_id, o.message_id, o.ordinal, o.kind, o.body_json, o.due_unix_ms, "
        "o.attempt, c.channel,"
        " c.account, c.address_json, coalesce(i.sent_unix_ms, o.created_unix_ms)"
        " FROM outbox o JOIN conversations c USING (conversation_id)"
        " LEFT JOIN inbox i ON i.conversation_id = o.conversation_id AND i.message_id = o.message_id"
        " WHERE o.sent_unix_ms IS NULL AND o.buried_unix_ms IS NULL ORDER BY o.position LIMIT ?1");
    row.bind(1, static_cast<std::int64_t>(limit));
    while (row.executeStep()) {
        OutboundReply reply;
        reply.sequence = row.getColumn(0).getInt64();
        reply.conversation_id = row.getColumn(1).getString();
        reply.message_id = row.getColumn(2).getString();
        reply.ordinal = row.getColumn(3).getInt();
        reply.reply = {row.getColumn(4).getString(), row.getColumn(5).getString()};
        reply.due_unix_ms = row.getColumn(6).getInt64();
        reply.attempt = static_cast<std::uint32_t>(row.getColumn(7).getInt64());
        reply.channel = row.getColumn(8).getString();
        reply.account = row.getColumn(9).getString();
        reply.address_json = row.getColumn(10).getString();
        reply.answered_sent_unix_ms = row.getColumn(11).getInt64();
        replies.push_back(std::move(reply));
    }
    row.reset();
    return replies;
}

void mark_sent(Connection& connection, std::int64_t position, const std::string& channel_message_id,
               std::int64_t now_unix_ms) {
    SQLite::Statement& update = connection.prepared(
        "UPDATE outbox SET sent_unix_ms = ?2, channel_message_id = ?3, attempt = attempt + 1, why = '' WHERE "
        "position = ?1");
    update.bind(1, position);
    update.bind(2, now_unix_ms);
    update.bind(3, channel_message_id);
    update.exec();
}

void mark_postponed(Connection& connection, std::int64_t position, std::int64_t due_unix_ms,
                    const std::string& why) {
    SQLite::Statement& update = connection.prepared(
        "UPDATE outbox SET due_unix_ms = ?2, why = ?3, attempt = attempt + 1 WHERE position = ?1");
    update.bind(1, position);
    update.bind(2, due_unix_ms);
    update.bind(3, why);
    update.exec();
}

void mark_buried(Connection& connection, std::int64_t position, const std::string& why,
                 std::int64_t now_unix_ms) {
    SQLite::Statement& update = connection.prepared(
        "UPDATE outbox SET buried_unix_ms = ?2, why = ?3, attempt = attempt + 1 WHERE position = ?1");
    update.bind(1, position);
    update.bind(2, now_unix_ms);
    update.bind(3, why);
    update.exec();
}

std::vector<TranscriptLine> select_transcript(Connection& connection, const std::string& conversation_id,
                                              std::int64_t after, std::size_t limit) {
    std::vector<TranscriptLine> lines;
    SQLite::Statement& row = connection.prepared(
        "SELECT sequence AS position, 1, message_id, kind, text, '', sent_unix_ms FROM inbox"
        " WHERE conversation_id = ?1 AND sequence > ?2 AND kind <> 'job'"
        " UNION ALL SELECT position, 0, message_id, kind, '', body_json, created_unix_ms FROM outbox"
        " WHERE conversation_id = ?1 AND position > ?2 ORDER BY position LIMIT ?3");
    row.bind(1, conversation_id);
    row.bind(2, after);
    row.bind(3, static_cast<std::int64_t>(limit));
    while (row.executeStep())
        lines.push_back({row.getColumn(0).getInt64(), row.getColumn(1).getInt() != 0,
                         row.getColumn(2).getString(), row.getColumn(3).getString(),
                         row.getColumn(4).getString(), row.getColumn(5).getString(),
                         row.getColumn(6).getInt64()});
    row.reset();
    return lines;
}

bool has_due_job(Connection& connection, std::int64_t now_unix_ms) {
    SQLite::Statement& select = connection.prepared("SELECT 1 FROM jobs WHERE at_unix_ms <= ?1 LIMIT 1");
    select.bind(1, now_unix_ms);
    const bool found = select.executeStep();
    select.reset();
    return found;
}

void upsert_job(Connection& connection, const Job& job) {
    SQLite::Statement& upsert = connection.prepared(
        "INSERT INTO jobs (conversation_id, plugin, key, payload_json, at_unix_ms) VALUES (?1, ?2, ?3, ?4, "
        "?5)"
        " ON CONFLICT (conversation_id, plugin, key) DO UPDATE SET payload_json = excluded.payload_json, "
        "at_unix_ms = excluded.at_unix_ms");
    upsert.bind(1, job.conversation_id);
    upsert.bind(2, job.plugin);
    upsert.bind(3, job.key);
    upsert.bind(4, job.payload_json);
    upsert.bind(5, job.at_unix_ms);
    upsert.exec();
}

void delete_job(Connection& connection, const Job& job) {
    SQLite::Statement& remove =
        connection.prepared("DELETE FROM jobs WHERE conversation_id = ?1 AND plugin = ?2 AND key = ?3");
    remove.bind(1, job.conversation_id);
    remove.bind(2, job.plugin);
    remove.bind(3, job.key);
    remove.exec();
}

namespace {

/// A due job as the turn it becomes. Its message id names the job and its hour, so a job
/// that is put again under the same key is another turn.
OpenTurn turn_of(const Job& job, SQLite::Statement& row, std::int64_t now_unix_ms) {
    OpenTurn turn;
    turn.conversation_id = job.conversation_id;
    turn.job_plugin = job.plugin;
    turn.received_unix_ms = now_unix_ms;
    turn.message.message_id = "job." + job.plugin + "." + job.key + "." + std::to_string(job.at_unix_ms);
    turn.message.kind = "job";
    turn.message.input_json = R"({"kind":"job","job":{"key":)" + json_quote(job.key) + R"(,"payload":)" +
                              (job.payload_json.empty() ? "null" : job.payload_json) + "}}";
    turn.message.sent_unix_ms = now_unix_ms;
    turn.person_id = row.getColumn(5).getString();
    turn.message.channel = row.getColumn(6).getString();
    turn.message.account = row.getColumn(7).getString();
    turn.message.address_json = row.getColumn(8).getString();
    return turn;
}

void insert_job_turn(Connection& connection, const OpenTurn& turn) {
    SQLite::Statement& insert = connection.prepared(
        "INSERT INTO inbox (sequence, conversation_id, message_id, kind, text, input_json, locale, region, "
        "sent_unix_ms,"
        " received_unix_ms, job_plugin) VALUES (?1, ?2, ?3, 'job', '', ?4, '', '', ?5, ?5, ?6)");
    insert.bind(1, turn.sequence);
    insert.bind(2, turn.conversation_id);
    insert.bind(3, turn.message.message_id);
    insert.bind(4, turn.message.input_json);
    insert.bind(5, turn.received_unix_ms);
    insert.bind(6, turn.job_plugin);
    insert.exec();
}

}  // namespace

std::vector<OpenTurn> open_due_jobs(Connection& connection, Positions& next, std::int64_t now_unix_ms,
                                    std::size_t limit) {
    std::vector<Job> jobs;
    std::vector<OpenTurn> turns;
    SQLite::Statement& row = connection.prepared(
        "SELECT j.plugin, j.conversation_id, j.key, j.payload_json, j.at_unix_ms, c.person_id, c.channel, "
        "c.account, c.address_json"
        " FROM jobs j JOIN conversations c USING (conversation_id) WHERE j.at_unix_ms <= ?1 ORDER BY "
        "j.at_unix_ms LIMIT ?2");
    row.bind(1, now_unix_ms);
    row.bind(2, static_cast<std::int64_t>(limit));
    while (row.executeStep()) {
        jobs.push_back({row.getColumn(0).getString(), row.getColumn(1).getString(),
                        row.getColumn(2).getString(), row.getColumn(3).getString(),
                        row.getColumn(4).getInt64()});
        turns.push_back(turn_of(jobs.back(), row, now_unix_ms));
    }
    row.reset();
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        turns[i].sequence = next++;
        insert_job_turn(connection, turns[i]);
        delete_job(connection, jobs[i]);
    }
    return turns;
}

}  // namespace migue::host::sqlite
