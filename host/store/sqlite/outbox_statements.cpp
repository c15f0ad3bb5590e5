#include <utility>

#include "host/store/identity.hpp"
#include "host/store/sqlite/statements.hpp"

namespace migue::host::sqlite {

namespace {

/// What every reply of a turn has in common: where it goes and what it answers.
OutboundReply answer_to(Connection& connection, const FinishedTurn& turn) {
    OutboundReply reply;
    reply.conversation_id = turn.conversation_id;
    reply.message_id = turn.message_id;
    SQLite::Statement& row = connection.query(
        "SELECT channel, account, address_json, person_wrote_unix_ms FROM conversations WHERE "
        "conversation_id = ?1",
        turn.conversation_id);
    if (row.executeStep()) {
        reply.channel = row.getColumn(0).getString();
        reply.account = row.getColumn(1).getString();
        reply.address_json = row.getColumn(2).getString();
        reply.person_wrote_unix_ms = row.getColumn(3).getInt64();
    }
    row.reset();
    return reply;
}

constexpr std::string_view kReplyColumns =
    "SELECT o.position, o.conversation_id, o.message_id, o.ordinal, o.kind, o.body_json, o.created_unix_ms,"
    " o.due_unix_ms, o.attempt, o.uncertain, c.channel, c.account, c.address_json, c.person_wrote_unix_ms"
    " FROM outbox o JOIN conversations c USING (conversation_id)";

OutboundReply read_reply(SQLite::Statement& row) {
    OutboundReply reply;
    reply.sequence = row.getColumn(0).getInt64();
    reply.conversation_id = row.getColumn(1).getString();
    reply.message_id = row.getColumn(2).getString();
    reply.ordinal = row.getColumn(3).getInt();
    reply.reply = {row.getColumn(4).getString(), row.getColumn(5).getString()};
    reply.created_unix_ms = row.getColumn(6).getInt64();
    reply.due_unix_ms = row.getColumn(7).getInt64();
    reply.attempt = static_cast<std::uint32_t>(row.getColumn(8).getInt64());
    reply.uncertain = row.getColumn(9).getInt() != 0;
    reply.channel = row.getColumn(10).getString();
    reply.account = row.getColumn(11).getString();
    reply.address_json = row.getColumn(12).getString();
    reply.person_wrote_unix_ms = row.getColumn(13).getInt64();
    return reply;
}

}  // namespace

std::vector<OutboundReply> insert_replies(Connection& connection, const FinishedTurn& turn, Positions& next,
                                          std::int64_t now_unix_ms) {
    std::vector<OutboundReply> replies;
    if (turn.replies.empty()) return replies;
    OutboundReply reply = answer_to(connection, turn);
    reply.created_unix_ms = now_unix_ms;
    reply.due_unix_ms = now_unix_ms;
    for (const Reply& said : turn.replies) {
        reply.sequence = next++;
        reply.reply = said;
        connection.run(
            "INSERT INTO outbox (position, conversation_id, message_id, ordinal, kind, body_json, "
            "created_unix_ms, due_unix_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)",
            reply.sequence, reply.conversation_id, reply.message_id, reply.ordinal, said.kind, said.body_json,
            now_unix_ms);
        replies.push_back(reply);
        ++reply.ordinal;
    }
    return replies;
}

std::vector<OutboundReply> select_unsent(Connection& connection, std::int64_t after, std::int64_t until,
                                         std::size_t limit) {
    static const std::string sql =
        std::string(kReplyColumns) +
        " WHERE o.sent_unix_ms IS NULL AND o.buried_unix_ms IS NULL AND o.position > ?1 AND o.position <= ?2"
        " ORDER BY o.position LIMIT ?3";
    std::vector<OutboundReply> replies;
    SQLite::Statement& row = connection.query(sql, after, until, static_cast<std::int64_t>(limit));
    while (row.executeStep()) replies.push_back(read_reply(row));
    row.reset();
    return replies;
}

void mark_sent(Connection& connection, std::int64_t position, const std::string& channel_message_id,
               std::int64_t now_unix_ms) {
    connection.run(
        "UPDATE outbox SET sent_unix_ms = ?2, channel_message_id = ?3, attempt = attempt + 1, uncertain = 0,"
        " why = '' WHERE position = ?1",
        position, now_unix_ms, channel_message_id);
}

void mark_postponed(Connection& connection, const OutboundReply& reply, const std::string& why) {
    connection.run(
        "UPDATE outbox SET due_unix_ms = ?2, uncertain = ?3, why = ?4, attempt = attempt + 1"
        " WHERE position = ?1",
        reply.sequence, reply.due_unix_ms, reply.uncertain ? 1 : 0, why);
}

void mark_buried(Connection& connection, const OutboundReply& reply, const std::string& why, bool untold,
                 std::int64_t now_unix_ms) {
    const int changed = connection.run(
        "UPDATE outbox SET buried_unix_ms = ?2, why = ?3, attempt = attempt + 1 WHERE position = ?1 AND "
        "buried_unix_ms IS NULL",
        reply.sequence, now_unix_ms, why);
    if (untold && changed == 1)
        connection.run("UPDATE conversations SET untold = untold + 1 WHERE conversation_id = ?1",
                       reply.conversation_id);
}

std::optional<DeliveryEffect> keep_delivery(Connection& connection, const Delivery& news,
                                            std::int64_t now_unix_ms) {
    const auto name = read_reply_name(news.reply_name);
    if (!name) return std::nullopt;
    static const std::string sql =
        std::string(kReplyColumns) +
        " WHERE o.position = ?1 AND o.conversation_id = ?2 AND o.created_unix_ms = ?3";
    SQLite::Statement& row =
        connection.query(sql, name->sequence, name->conversation_id, name->created_unix_ms);
    if (!row.executeStep()) {
        row.reset();
        return std::nullopt;
    }
    DeliveryEffect effect{news, read_reply(row)};
    row.reset();
    const bool failed = news.state == Delivery::State::kFailed;
    const bool was_open =
        !failed && connection.run(
                       "UPDATE outbox SET sent_unix_ms = ?2, channel_message_id = ?3, uncertain = 0"
                       " WHERE position = ?1 AND sent_unix_ms IS NULL AND buried_unix_ms IS NULL",
                       name->sequence, now_unix_ms, news.channel_message_id) == 1;
    const bool is_news =
        connection.run(
            "UPDATE outbox SET delivery = ?2, delivery_unix_ms = ?3, error_code = CASE ?4 WHEN 0 THEN "
            "error_code ELSE ?4 END WHERE position = ?1 AND delivery < ?2",
            name->sequence, static_cast<int>(news.state), news.unix_ms, news.error_code) == 1;
    if (!news.pricing_json.empty())
        connection.run("UPDATE outbox SET pricing_json = ?2 WHERE position = ?1 AND pricing_json = ''",
                       name->sequence, news.pricing_json);
    if (was_open || (failed && is_news)) return effect;
    return std::nullopt;
}

std::vector<TranscriptLine> select_transcript(Connection& connection, const std::string& conversation_id,
                                              std::int64_t after, std::size_t limit) {
    std::vector<TranscriptLine> lines;
    SQLite::Statement& row = connection.query(
        "SELECT sequence AS position, 1, message_id, kind, text, '', sent_unix_ms FROM inbox"
        " WHERE conversation_id = ?1 AND sequence > ?2 AND kind <> 'job'"
        " UNION ALL SELECT position, 0, message_id, kind, '', body_json, created_unix_ms FROM outbox"
        " WHERE conversation_id = ?1 AND position > ?2 ORDER BY position LIMIT ?3",
        conversation_id, after, static_cast<std::int64_t>(limit));
    while (row.executeStep())
        lines.push_back({row.getColumn(0).getInt64(), row.getColumn(1).getInt() != 0,
                         row.getColumn(2).getString(), row.getColumn(3).getString(),
                         row.getColumn(4).getString(), row.getColumn(5).getString(),
                         row.getColumn(6).getInt64()});
    row.reset();
    return lines;
}

namespace {

struct Farewell {
    std::string conversation_id;
    std::int64_t position = 0;
};

/// Everything of a conversation up to its farewell; and the conversation itself, with its names
/// and its plugins' states, unless the person has written again.
void forget(Connection& connection, const Farewell& farewell) {
    connection.run(
        "DELETE FROM inbox WHERE conversation_id = ?1 AND sequence <= ?2 AND done_unix_ms IS NOT NULL",
        farewell.conversation_id, farewell.position);
    connection.run("DELETE FROM outbox WHERE conversation_id = ?1 AND position <= ?2",
                   farewell.conversation_id, farewell.position);
    for (const char* table : {"jobs", "plugin_states", "identities", "conversations"})
        connection.run(
            std::string("DELETE FROM ") + table +
                " WHERE conversation_id = ?1 AND NOT EXISTS (SELECT 1 FROM inbox WHERE "
                "conversation_id = ?1) AND NOT EXISTS (SELECT 1 FROM outbox WHERE conversation_id = ?1)",
            farewell.conversation_id);
}

std::size_t forget_conversations(Connection& connection, std::size_t limit) {
    std::vector<Farewell> farewells;
    SQLite::Statement& row = connection.query(
        "SELECT conversation_id, position FROM outbox WHERE kind = 'forget' AND (sent_unix_ms IS NOT NULL"
        " OR buried_unix_ms IS NOT NULL) LIMIT ?1",
        static_cast<std::int64_t>(limit));
    while (row.executeStep())
        farewells.push_back({row.getColumn(0).getString(), row.getColumn(1).getInt64()});
    row.reset();
    for (const Farewell& farewell : farewells) forget(connection, farewell);
    return farewells.size();
}

}  // namespace

std::size_t erase_old_text(Connection& connection, std::int64_t before_unix_ms, std::size_t limit) {
    const auto at_most = static_cast<std::int64_t>(limit);
    const int messages = connection.run(
        "UPDATE inbox SET text = '', input_json = '', erased = 1 WHERE sequence IN (SELECT sequence FROM "
        "inbox"
        " WHERE erased = 0 AND done_unix_ms IS NOT NULL AND done_unix_ms < ?1 LIMIT ?2)",
        before_unix_ms, at_most);
    const int replies = connection.run(
        "UPDATE outbox SET body_json = '', erased = 1 WHERE position IN (SELECT position FROM outbox WHERE "
        "erased = 0 AND (sent_unix_ms IS NOT NULL OR buried_unix_ms IS NOT NULL)"
        " AND coalesce(sent_unix_ms, buried_unix_ms) < ?1 LIMIT ?2)",
        before_unix_ms, at_most);
    return static_cast<std::size_t>(messages + replies) + forget_conversations(connection, limit);
}

}  // namespace migue::host::sqlite
