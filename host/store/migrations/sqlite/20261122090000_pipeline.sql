-- Conversations and the names by which they are found. `owner` is the host that holds the lease.
CREATE TABLE conversations (
    conversation_id      TEXT PRIMARY KEY,
    person_id            TEXT NOT NULL,
    channel              TEXT NOT NULL,
    account              TEXT NOT NULL,
    address_json         TEXT NOT NULL,
    locale               TEXT NOT NULL DEFAULT '',
    asked_plugin         TEXT NOT NULL DEFAULT '',
    asked_until_unix_ms  INTEGER NOT NULL DEFAULT 0,
    last_inbound_unix_ms INTEGER NOT NULL DEFAULT 0,
    owner                TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE identities (
    channel         TEXT NOT NULL,
    account         TEXT NOT NULL,
    identity        TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    PRIMARY KEY (channel, account, identity)
) WITHOUT ROWID;

-- Messages and due jobs. `sequence` is the order of arrival. Open while done_unix_ms is null.
CREATE TABLE inbox (
    sequence         INTEGER PRIMARY KEY,
    conversation_id  TEXT NOT NULL,
    message_id       TEXT NOT NULL,
    kind             TEXT NOT NULL,
    text             TEXT NOT NULL,
    input_json       TEXT NOT NULL,
    locale           TEXT NOT NULL,
    region           TEXT NOT NULL,
    sent_unix_ms     INTEGER NOT NULL,
    received_unix_ms INTEGER NOT NULL,
    attempt          INTEGER NOT NULL DEFAULT 1,
    job_plugin       TEXT NOT NULL DEFAULT '',
    outcome          TEXT NOT NULL DEFAULT '',
    plugin           TEXT NOT NULL DEFAULT '',
    trace_json       TEXT NOT NULL DEFAULT '',
    done_unix_ms     INTEGER,
    UNIQUE (conversation_id, message_id)
);
CREATE INDEX inbox_open ON inbox (sequence) WHERE done_unix_ms IS NULL;
CREATE INDEX inbox_by_message ON inbox (message_id);
CREATE INDEX inbox_by_conversation ON inbox (conversation_id, sequence);

-- Replies. `position` is the order in which they were committed, shared with inbox.sequence.
CREATE TABLE outbox (
    position           INTEGER PRIMARY KEY,
    conversation_id    TEXT NOT NULL,
    message_id         TEXT NOT NULL,
    ordinal            INTEGER NOT NULL,
    kind               TEXT NOT NULL,
    body_json          TEXT NOT NULL,
    created_unix_ms    INTEGER NOT NULL,
    due_unix_ms        INTEGER NOT NULL,
    attempt            INTEGER NOT NULL DEFAULT 0,
    sent_unix_ms       INTEGER,
    channel_message_id TEXT NOT NULL DEFAULT '',
    buried_unix_ms     INTEGER,
    why                TEXT NOT NULL DEFAULT '',
    UNIQUE (conversation_id, message_id, ordinal)
);
CREATE INDEX outbox_open ON outbox (position) WHERE sent_unix_ms IS NULL AND buried_unix_ms IS NULL;
CREATE INDEX outbox_by_conversation ON outbox (conversation_id, position);

CREATE TABLE plugin_states (
    conversation_id TEXT NOT NULL,
    plugin          TEXT NOT NULL,
    version         INTEGER NOT NULL,
    json            TEXT NOT NULL,
    PRIMARY KEY (conversation_id, plugin)
) WITHOUT ROWID;

CREATE TABLE jobs (
    conversation_id TEXT NOT NULL,
    plugin          TEXT NOT NULL,
    key             TEXT NOT NULL,
    payload_json    TEXT NOT NULL,
    at_unix_ms      INTEGER NOT NULL,
    PRIMARY KEY (conversation_id, plugin, key)
) WITHOUT ROWID;
CREATE INDEX jobs_due ON jobs (at_unix_ms);
