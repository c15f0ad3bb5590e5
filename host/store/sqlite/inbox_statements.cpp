#include "host/store/identity.hpp"
#include "host/store/sqlite/statements.hpp"

namespace migue::host::sqlite {

namespace {

struct Owner {
    std::string conversation_id, person_id;
};

/// "bsuid:" of "bsuid:CO.1".
std::string kind_of(const std::string& identity) {
    return identity.substr(0, identity.find(':') + 1);
}

/// Whether the conversation knows its person by another name of this kind.
bool is_known_otherwise(Connection& connection, const InboundMessage& message,
                        const std::string& conversation_id, const std::string& identity) {
    const std::string kind = kind_of(identity);
    SQLite::Statement& row = connection.query(
        "SELECT 1 FROM identities WHERE conversation_id = ?1 AND channel = ?2 AND account = ?3"
        " AND substr(identity, 1, ?4) = ?5 LIMIT 1",
        conversation_id, message.channel, message.account, static_cast<std::int64_t>(kind.size()), kind);
    const bool found = row.executeStep();
    row.reset();
    return found;
}

/// The conversation these names lead to; both empty when it is a new one.
Owner find_owner(Connection& connection, const InboundMessage& message) {
    for (std::size_t i = 0; i < message.identities.size(); ++i) {
        SQLite::Statement& row = connection.query(
            "SELECT c.conversation_id, c.person_id FROM identities i JOIN conversations c USING "
            "(conversation_id) WHERE i.channel = ?1 AND i.account = ?2 AND i.identity = ?3",
            message.channel, message.account, message.identities[i]);
        if (!row.executeStep()) {
            row.reset();
            continue;
        }
        Owner owner{row.getColumn(0).getString(), row.getColumn(1).getString()};
        row.reset();
        const std::string& first = message.identities.front();
        if (i > 0 && !message.renamed && kind_of(first) != kind_of(message.identities[i]) &&
            is_known_otherwise(connection, message, owner.conversation_id, first))
            return {};
        return owner;
    }
    return {};
}

/// Finds or makes the conversation, and keeps its names and the address that answers go to.
Owner take_conversation(Connection& connection, const InboundMessage& message, const std::string& host,
                        std::int64_t now_unix_ms) {
    Owner owner = find_owner(connection, message);
    if (owner.conversation_id.empty())
        owner = {new_conversation_id(message.channel, message.account, message.identities.front()),
                 new_person_id(message.channel, message.identities.front())};
    connection.run(
        "INSERT INTO conversations (conversation_id, person_id, channel, account, address_json, "
        "last_inbound_unix_ms, owner, person_wrote_unix_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
        " ON CONFLICT (conversation_id) DO UPDATE SET address_json = excluded.address_json,"
        " last_inbound_unix_ms = excluded.last_inbound_unix_ms, owner = excluded.owner,"
        " person_wrote_unix_ms = max(person_wrote_unix_ms, excluded.person_wrote_unix_ms)",
        owner.conversation_id, owner.person_id, message.channel, message.account, message.address_json,
        now_unix_ms, host, opens_window(message) ? message.sent_unix_ms : std::int64_t{0});
    for (const std::string& identity : message.identities)
        connection.run(
            "INSERT INTO identities (channel, account, identity, conversation_id) VALUES (?1, ?2, ?3, ?4)"
            " ON CONFLICT (channel, account, identity) DO UPDATE SET conversation_id = "
            "excluded.conversation_id WHERE conversation_id <> excluded.conversation_id",
            message.channel, message.account, identity, owner.conversation_id);
    return owner;
}

/// The sequence under which this message came before, or 0.
std::int64_t known_sequence(Connection& connection, const std::string& conversation_id,
                            const std::string& message_id) {
    SQLite::Statement& row =
        connection.query("SELECT sequence FROM inbox WHERE conversation_id = ?1 AND message_id = ?2",
                         conversation_id, message_id);
    const std::int64_t sequence = row.executeStep() ? row.getColumn(0).getInt64() : 0;
    row.reset();
    return sequence;
}

OpenTurn read_turn(SQLite::Statement& row) {
    OpenTurn turn;
    turn.sequence = row.getColumn(0).getInt64();
    turn.conversation_id = row.getColumn(1).getString();
    turn.message.message_id = row.getColumn(2).getString();
    turn.message.kind = row.getColumn(3).getString();
    turn.message.text = row.getColumn(4).getString();
    turn.message.input_json = row.getColumn(5).getString();
    turn.message.locale = row.getColumn(6).getString();
    turn.message.region = row.getColumn(7).getString();
    turn.message.sent_unix_ms = row.getColumn(8).getInt64();
    turn.message.expects_answer = row.getColumn(9).getInt() != 0;
    turn.received_unix_ms = row.getColumn(10).getInt64();
    turn.attempt = static_cast<std::uint32_t>(row.getColumn(11).getInt64());
    turn.job_plugin = row.getColumn(12).getString();
    turn.person_id = row.getColumn(13).getString();
    turn.message.channel = row.getColumn(14).getString();
    turn.message.account = row.getColumn(15).getString();
    turn.message.address_json = row.getColumn(16).getString();
    return turn;
}

}  // namespace

std::int64_t last_position(Connection& connection) {
    SQLite::Statement& row = connection.query(
        "SELECT max(coalesce((SELECT max(sequence) FROM inbox), 0), coalesce((SELECT max(position) FROM "
        "outbox), 0))");
    const std::int64_t last = row.executeStep() ? row.getColumn(0).getInt64() : 0;
    row.reset();
    return last;
}

Accepted insert_message(Connection& connection, const InboundMessage& message, const std::string& owner,
                        Positions& next, std::int64_t now_unix_ms) {
    const Owner person = take_conversation(connection, message, owner, now_unix_ms);
    Accepted accepted;
    accepted.conversation_id = person.conversation_id;
    accepted.person_id = person.person_id;
    accepted.sequence = known_sequence(connection, person.conversation_id, message.message_id);
    if (accepted.sequence != 0) {
        accepted.duplicate = true;
        return accepted;
    }
    accepted.sequence = next++;
    connection.run(
        "INSERT INTO inbox (sequence, conversation_id, message_id, kind, text, input_json, locale, region, "
        "sent_unix_ms, expects_answer, received_unix_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "
        "?11)",
        accepted.sequence, accepted.conversation_id, message.message_id, message.kind, message.text,
        message.input_json, message.locale, message.region, message.sent_unix_ms,
        message.expects_answer ? 1 : 0, now_unix_ms);
    return accepted;
}

std::vector<OpenTurn> claim_turns(Connection& connection, std::int64_t after, std::int64_t until,
                                  std::size_t limit) {
    std::vector<OpenTurn> turns;
    SQLite::Statement& row = connection.query(
        "SELECT i.sequence, i.conversation_id, i.message_id, i.kind, i.text, i.input_json, i.locale, "
        "i.region, i.sent_unix_ms, i.expects_answer, i.received_unix_ms, i.attempt + 1, i.job_plugin, "
        "c.person_id, c.channel, c.account, c.address_json"
        " FROM inbox i JOIN conversations c USING (conversation_id)"
        " WHERE i.done_unix_ms IS NULL AND i.sequence > ?1 AND i.sequence <= ?2 ORDER BY i.sequence"
        " LIMIT ?3",
        after, until, static_cast<std::int64_t>(limit));
    while (row.executeStep()) turns.push_back(read_turn(row));
    row.reset();
    for (const OpenTurn& turn : turns)
        connection.run("UPDATE inbox SET attempt = attempt + 1 WHERE sequence = ?1", turn.sequence);
    return turns;
}

Conversation select_conversation(Connection& connection, const std::string& conversation_id) {
    Conversation conversation;
    SQLite::Statement& head = connection.query(
        "SELECT locale, asked_plugin, asked_until_unix_ms, untold FROM conversations WHERE conversation_id = "
        "?1",
        conversation_id);
    if (head.executeStep()) {
        conversation.locale = head.getColumn(0).getString();
        conversation.asked_plugin = head.getColumn(1).getString();
        conversation.asked_until_unix_ms = head.getColumn(2).getInt64();
        conversation.untold = head.getColumn(3).getInt64();
    }
    head.reset();
    SQLite::Statement& states = connection.query(
        "SELECT plugin, version, json FROM plugin_states WHERE conversation_id = ?1", conversation_id);
    while (states.executeStep())
        conversation.states[states.getColumn(0).getString()] = {
            static_cast<std::uint32_t>(states.getColumn(1).getInt64()), states.getColumn(2).getString()};
    states.reset();
    return conversation;
}

std::string select_quoted(Connection& connection, const std::string& conversation_id,
                          const std::string& channel_message_id) {
    // What is quoted is nearly always recent; an index on ids that are hardly ever asked for would
    // cost every reply.
    SQLite::Statement& row = connection.query(
        "SELECT message_id FROM (SELECT message_id, channel_message_id FROM outbox WHERE conversation_id = ?1"
        " ORDER BY position DESC LIMIT 1000) WHERE channel_message_id = ?2"
        " UNION ALL SELECT message_id FROM inbox WHERE conversation_id = ?1 AND message_id = ?2 LIMIT 1",
        conversation_id, channel_message_id);
    std::string message_id = row.executeStep() ? row.getColumn(0).getString() : std::string();
    row.reset();
    return message_id;
}

bool join_turn(Connection& connection, const JoinedTurn& turn, std::int64_t now_unix_ms) {
    for (const JoinedTurn::Message& other : turn.others)
        if (connection.run("UPDATE inbox SET done_unix_ms = ?2, outcome = 'joined', trace_json = ?3"
                           " WHERE sequence = ?1 AND done_unix_ms IS NULL",
                           other.sequence, now_unix_ms, other.trace_json) != 1)
            return false;
    return connection.run(
               "UPDATE inbox SET input_json = ?2, sent_unix_ms = ?3"
               " WHERE sequence = ?1 AND done_unix_ms IS NULL",
               turn.sequence, turn.input_json, turn.sent_unix_ms) == 1;
}

bool close_turn(Connection& connection, const FinishedTurn& turn, std::int64_t now_unix_ms) {
    return connection.run(
               "UPDATE inbox SET done_unix_ms = ?2, outcome = ?3, plugin = ?4, trace_json = ?5"
               " WHERE sequence = ?1 AND done_unix_ms IS NULL",
               turn.sequence, now_unix_ms, turn.outcome, turn.plugin, turn.trace_json) == 1;
}

void keep_state(Connection& connection, const FinishedTurn& turn) {
    if (!turn.keeps_question)
        connection.run(
            "UPDATE conversations SET locale = CASE ?2 WHEN '' THEN locale ELSE ?2 END, asked_plugin = ?3,"
            " asked_until_unix_ms = ?4, untold = max(0, untold - ?5) WHERE conversation_id = ?1",
            turn.conversation_id, turn.locale, turn.asked_plugin, turn.asked_until_unix_ms, turn.told);
    if (!turn.state) return;
    if (turn.state->json.empty()) {
        connection.run("DELETE FROM plugin_states WHERE conversation_id = ?1 AND plugin = ?2",
                       turn.conversation_id, turn.plugin);
        return;
    }
    connection.run(
        "INSERT INTO plugin_states (conversation_id, plugin, version, json) VALUES (?1, ?2, ?3, ?4)"
        " ON CONFLICT (conversation_id, plugin) DO UPDATE SET version = excluded.version, json = "
        "excluded.json",
        turn.conversation_id, turn.plugin, static_cast<std::int64_t>(turn.state->version), turn.state->json);
}

std::string select_conversation_id(Connection& connection, const std::string& channel,
                                   const std::string& account, const std::string& identity) {
    InboundMessage somebody;
    somebody.channel = channel;
    somebody.account = account;
    somebody.identities = {identity};
    return find_owner(connection, somebody).conversation_id;
}

std::string select_trace(Connection& connection, const std::string& message_id) {
    SQLite::Statement& row = connection.query(
        "SELECT trace_json FROM inbox WHERE message_id = ?1 ORDER BY sequence DESC LIMIT 1", message_id);
    std::string trace = row.executeStep() ? row.getColumn(0).getString() : std::string();
    row.reset();
    return trace;
}

}  // namespace migue::host::sqlite
