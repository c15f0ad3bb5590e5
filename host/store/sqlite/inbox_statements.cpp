#include <SQLiteCpp/SQLiteCpp.h>

#include "host/store/identity.hpp"
#include "host/store/sqlite/statements.hpp"

namespace migue::host::sqlite {

namespace {

struct Owner {
    std::string conversation_id, person_id;
};

/// The conversation of any of these names; both empty when nobody knows them.
Owner find_owner(Connection& connection, const InboundMessage& message) {
    SQLite::Statement& select = connection.prepared(
        "SELECT c.conversation_id, c.person_id FROM identities i JOIN conversations c USING (conversation_id)"
        " WHERE i.channel = ?1 AND i.account = ?2 AND i.identity = ?3");
    for (const std::string& identity : message.identities) {
        select.tryReset();
        select.bind(1, message.channel);
        select.bind(2, message.account);
        select.bind(3, identity);
        if (!select.executeStep()) continue;
        Owner owner{select.getColumn(0).getString(), select.getColumn(1).getString()};
        select.reset();
        return owner;
    }
    select.tryReset();
    return {};
}

void keep_identities(Connection& connection, const InboundMessage& message,
                     const std::string& conversation_id) {
    for (const std::string& identity : message.identities) {
        SQLite::Statement& insert = connection.prepared(
            "INSERT INTO identities (channel, account, identity, conversation_id) VALUES (?1, ?2, ?3, ?4) ON "
            "CONFLICT DO NOTHING");
        insert.bind(1, message.channel);
        insert.bind(2, message.account);
        insert.bind(3, identity);
        insert.bind(4, conversation_id);
        insert.exec();
    }
}

/// Finds or makes the conversation, and keeps the address that answers go to.
Owner take_conversation(Connection& connection, const InboundMessage& message, const std::string& host,
                        std::int64_t now_unix_ms) {
    Owner owner = find_owner(connection, message);
    if (owner.conversation_id.empty())
        owner = {new_conversation_id(message.channel, message.account, message.identities.front()),
                 new_person_id(message.channel, message.identities.front())};
    SQLite::Statement& upsert = connection.prepared(
        "INSERT INTO conversations (conversation_id, person_id, channel, account, address_json, "
        "last_inbound_unix_ms, owner)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (conversation_id) DO UPDATE SET"
        " address_json = excluded.address_json, last_inbound_unix_ms = excluded.last_inbound_unix_ms, owner "
        "= excluded.owner");
    upsert.bind(1, owner.conversation_id);
    upsert.bind(2, owner.person_id);
    upsert.bind(3, message.channel);
    upsert.bind(4, message.account);
    upsert.bind(5, message.address_json);
    upsert.bind(6, now_unix_ms);
    upsert.bind(7, host);
    upsert.exec();
    keep_identities(connection, message, owner.conversation_id);
    return owner;
}

/// The sequence under which this message came before, or 0.
std::int64_t known_sequence(Connection& connection, const std::string& conversation_id,
                            const std::string& message_id) {
    SQLite::Statement& select =
        connection.prepared("SELECT sequence FROM inbox WHERE conversation_id = ?1 AND message_id = ?2");
    select.bind(1, conversation_id);
    select.bind(2, message_id);
    const std::int64_t sequence = select.executeStep() ? select.getColumn(0).getInt64() : 0;
    select.reset();
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
    turn.received_unix_ms = row.getColumn(9).getInt64();
    turn.attempt = static_cast<std::uint32_t>(row.getColumn(10).getInt64());
    turn.job_plugin = row.getColumn(11).getString();
    turn.person_id = row.getColumn(12).getString();
    turn.message.channel = row.getColumn(13).getString();
    turn.message.account = row.getColumn(14).getString();
    turn.message.address_json = row.getColumn(15).getString();
    return turn;
}

}  // namespace

std::int64_t last_position(Connection& connection) {
    SQLite::Statement& select = connection.prepared(
        "SELECT max(coalesce((SELECT max(sequence) FROM inbox), 0), coalesce((SELECT max(position) FROM "
        "outbox), 0))");
    const std::int64_t last = select.executeStep() ? select.getColumn(0).getInt64() : 0;
    select.reset();
    return last;
}

Accepted insert_message(Connection& connection, const InboundMessage& message, const std::string& owner,
                        Positions& next, std::int64_t now_unix_ms) {
    const Owner person = take_conversation(connection, message, owner, now_unix_ms);
    Accepted accepted{false, true, person.conversation_id, person.person_id, 0};
    accepted.sequence = known_sequence(connection, person.conversation_id, message.message_id);
    if (accepted.sequence != 0) {
        accepted.duplicate = true;
        return accepted;
    }
    accepted.sequence = next++;
    SQLite::Statement& insert = connection.prepared(
        "INSERT INTO inbox (sequence, conversation_id, message_id, kind, text, input_json, locale, region, "
        "sent_unix_ms,"
        " received_unix_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
    insert.bind(1, accepted.sequence);
    insert.bind(2, accepted.conversation_id);
    insert.bind(3, message.message_id);
    insert.bind(4, message.kind);
    insert.bind(5, message.text);
    insert.bind(6, message.input_json);
    insert.bind(7, message.locale);
    insert.bind(8, message.region);
    insert.bind(9, message.sent_unix_ms);
    insert.bind(10, now_unix_ms);
    insert.exec();
    return accepted;
}

std::vector<OpenTurn> claim_turns(Connection& connection, std::int64_t after, std::int64_t until,
                                  std::size_t limit) {
    std::vector<OpenTurn> turns;
    SQLite::Statement& select = connection.prepared(
        "SELECT i.sequence, i.conversation_id, i.message_id, i.kind, i.text, i.input_json, i.locale, "
        "i.region, i.sent_unix_ms,"
        " i.received_unix_ms, i.attempt + 1, i.job_plugin, c.person_id, c.channel, c.account, c.address_json"
        " FROM inbox i JOIN conversations c USING (conversation_id)"
        " WHERE i.done_unix_ms IS NULL AND i.sequence > ?1 AND i.sequence <= ?2 ORDER BY i.sequence LIMIT "
        "?3");
    select.bind(1, after);
    select.bind(2, until);
    select.bind(3, static_cast<std::int64_t>(limit));
    while (select.executeStep()) turns.push_back(read_turn(select));
    select.reset();
    for (const OpenTurn& turn : turns) raise_attempt(connection, turn.sequence);
    return turns;
}

Conversation select_conversation(Connection& connection, const std::string& conversation_id) {
    Conversation conversation;
    SQLite::Statement& head = connection.prepared(
        "SELECT locale, asked_plugin, asked_until_unix_ms FROM conversations WHERE conversation_id = ?1");
    head.bind(1, conversation_id);
    if (head.executeStep()) {
        conversation.locale = head.getColumn(0).getString();
        conversation.asked_plugin = head.getColumn(1).getString();
        conversation.asked_until_unix_ms = head.getColumn(2).getInt64();
    }
    head.reset();
    SQLite::Statement& states =
        connection.prepared("SELECT plugin, version, json FROM plugin_states WHERE conversation_id = ?1");
    states.bind(1, conversation_id);
    while (states.executeStep())
        conversation.states[states.getColumn(0).getString()] = {
            static_cast<std::uint32_t>(states.getColumn(1).getInt64()), states.getColumn(2).getString()};
    states.reset();
    return conversation;
}

void raise_attempt(Connection& connection, std::int64_t sequence) {
    SQLite::Statement& update =
        connection.prepared("UPDATE inbox SET attempt = attempt + 1 WHERE sequence = ?1");
    update.bind(1, sequence);
    update.exec();
}

bool close_turn(Connection& connection, const FinishedTurn& turn, std::int64_t now_unix_ms) {
    SQLite::Statement& update = connection.prepared(
        "UPDATE inbox SET done_unix_ms = ?2, outcome = ?3, plugin = ?4, trace_json = ?5 WHERE sequence = ?1 "
        "AND done_unix_ms IS NULL");
    update.bind(1, turn.sequence);
    update.bind(2, now_unix_ms);
    update.bind(3, turn.outcome);
    update.bind(4, turn.plugin);
    update.bind(5, turn.trace_json);
    return update.exec() == 1;
}

void keep_state(Connection& connection, const FinishedTurn& turn) {
    SQLite::Statement& update = connection.prepared(
        "UPDATE conversations SET locale = CASE ?2 WHEN '' THEN locale ELSE ?2 END, asked_plugin = ?3, "
        "asked_until_unix_ms = ?4"
        " WHERE conversation_id = ?1");
    update.bind(1, turn.conversation_id);
    update.bind(2, turn.locale);
    update.bind(3, turn.asked_plugin);
    update.bind(4, turn.asked_until_unix_ms);
    update.exec();
    if (!turn.state) return;
    if (turn.state->json.empty()) {
        SQLite::Statement& remove =
            connection.prepared("DELETE FROM plugin_states WHERE conversation_id = ?1 AND plugin = ?2");
        remove.bind(1, turn.conversation_id);
        remove.bind(2, turn.plugin);
        remove.exec();
        return;
    }
    SQLite::Statement& upsert = connection.prepared(
        "INSERT INTO plugin_states (conversation_id, plugin, version, json) VALUES (?1, ?2, ?3, ?4)"
        " ON CONFLICT (conversation_id, plugin) DO UPDATE SET version = excluded.version, json = "
        "excluded.json");
    upsert.bind(1, turn.conversation_id);
    upsert.bind(2, turn.plugin);
    upsert.bind(3, static_cast<std::int64_t>(turn.state->version));
    upsert.bind(4, turn.state->json);
    upsert.exec();
}

std::string select_conversation_id(Connection& connection, const std::string& channel,
                                   const std::string& account, const std::string& identity) {
    return find_owner(connection, {.channel = channel,
                                   .account = account,
                                   .message_id = {},
                                   .identities = {identity},
                                   .address_json = {},
                                   .text = {},
                                   .input_json = {},
                                   .locale = {},
                                   .region = {}})
        .conversation_id;
}

std::string select_trace(Connection& connection, const std::string& message_id) {
    SQLite::Statement& select = connection.prepared(
        "SELECT trace_json FROM inbox WHERE message_id = ?1 ORDER BY sequence DESC LIMIT 1");
    select.bind(1, message_id);
    std::string trace = select.executeStep() ? select.getColumn(0).getString() : std::string();
    select.reset();
    return trace;
}

}  // namespace migue::host::sqlite
