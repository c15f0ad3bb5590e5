-- Everything of the host lives in the schema `migue`, for the role `migue_host` alone. Each
-- table has the conversation in its primary key, so that the schema can be spread over many
-- servers by it; `hosts` alone is about something else. Times are Unix milliseconds as the
-- hosts know them, except for leases: these go by the clock of the database.

-- The order within a conversation, of messages and replies alike: drawn while its row is locked.
CREATE SEQUENCE migue.positions;

-- The hosts and until when each counts as alive. One that ended well is dead at once.
CREATE TABLE migue.hosts (
    host        text PRIMARY KEY,
    alive_until timestamptz NOT NULL
);

-- `owner` is the host that holds the lease, '' when nobody does; it counts while that host is alive.
CREATE TABLE migue.conversations (
    conversation_id      text PRIMARY KEY,
    person_id            text NOT NULL,
    channel              text NOT NULL,
    account              text NOT NULL,
    address_json         text NOT NULL DEFAULT '',
    locale               text NOT NULL DEFAULT '',
    asked_plugin         text NOT NULL DEFAULT '',
    asked_until_unix_ms  bigint NOT NULL DEFAULT 0,
    last_inbound_unix_ms bigint NOT NULL DEFAULT 0,
    person_wrote_unix_ms bigint NOT NULL DEFAULT 0,  -- by the channel's clock
    untold               bigint NOT NULL DEFAULT 0,
    owner                text NOT NULL DEFAULT '',
    left_waiting         boolean NOT NULL DEFAULT false,  -- open turns lie here that nobody was given yet
    -- A writer calls back in the order of a conversation, whatever lane each message took: the lane
    -- that stored the latest message, by host, and the one of the same host before it.
    accepted_by          jsonb NOT NULL DEFAULT '{}',
    accepted_before_by   text NOT NULL DEFAULT ''
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

-- The names by which a conversation is found. Of several rows of one name the latest holds, so
-- that a name moves without touching the conversation that had it.
CREATE TABLE migue.identities (
    conversation_id text NOT NULL,
    channel         text NOT NULL,
    account         text NOT NULL,
    identity        text NOT NULL,
    since           bigint NOT NULL,
    PRIMARY KEY (conversation_id, channel, account, identity)
);
CREATE INDEX identities_by_name ON migue.identities (channel, account, identity, since DESC);

-- Messages and due jobs. Open while done_unix_ms is null.
CREATE TABLE migue.inbox (
    conversation_id  text NOT NULL,
    sequence         bigint NOT NULL,
    message_id       text NOT NULL,
    kind             text NOT NULL,
    text             text NOT NULL,
    input_json       text NOT NULL,
    locale           text NOT NULL,
    region           text NOT NULL,
    sent_unix_ms     bigint NOT NULL,
    received_unix_ms bigint NOT NULL,
    expects_answer   boolean NOT NULL DEFAULT true,
    attempt          bigint NOT NULL DEFAULT 1,
    job_plugin       text NOT NULL DEFAULT '',
    host             text NOT NULL,              -- who stored it, or has it now
    handed           boolean NOT NULL,           -- that host was told to run it
    hand_key         bigint NOT NULL,            -- the call by which it came to that host
    finish_key       bigint,                     -- the call that closed it
    outcome          text NOT NULL DEFAULT '',
    plugin           text NOT NULL DEFAULT '',
    trace_json       text NOT NULL DEFAULT '',
    done_unix_ms     bigint,
    erased           boolean NOT NULL DEFAULT false,
    PRIMARY KEY (conversation_id, sequence)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
CREATE UNIQUE INDEX inbox_by_message ON migue.inbox (message_id, conversation_id);
CREATE INDEX inbox_open ON migue.inbox (conversation_id, sequence) WHERE done_unix_ms IS NULL;
-- `host <> ''` is always so. It keeps the planner from reading this one from end to end where only the
-- conversation is known: small as it believes it to be, it would.
CREATE INDEX inbox_open_by_host ON migue.inbox (host, sequence) WHERE done_unix_ms IS NULL AND host <> '';
CREATE INDEX inbox_waiting ON migue.inbox (sequence) WHERE done_unix_ms IS NULL AND NOT handed;
CREATE INDEX inbox_to_erase ON migue.inbox (done_unix_ms) WHERE NOT erased AND done_unix_ms IS NOT NULL;

-- Replies. Unsent while sent_unix_ms and buried_unix_ms are null.
CREATE TABLE migue.outbox (
    conversation_id    text NOT NULL,
    sequence           bigint NOT NULL,
    message_id         text NOT NULL,
    ordinal            integer NOT NULL,
    kind               text NOT NULL,
    body_json          text NOT NULL,
    created_unix_ms    bigint NOT NULL,
    due_unix_ms        bigint NOT NULL,
    attempt            bigint NOT NULL DEFAULT 0,
    uncertain          boolean NOT NULL DEFAULT false,
    host               text NOT NULL,
    hand_key           bigint NOT NULL,
    news_key           bigint,               -- the news that somebody had to act upon last
    sent_unix_ms       bigint,
    channel_message_id text NOT NULL DEFAULT '',
    buried_unix_ms     bigint,
    why                text NOT NULL DEFAULT '',
    delivery           integer NOT NULL DEFAULT 0,  -- Delivery::State, 0: no news
    delivery_unix_ms   bigint,
    error_code         integer NOT NULL DEFAULT 0,
    pricing_json       text NOT NULL DEFAULT '',
    erased             boolean NOT NULL DEFAULT false,
    PRIMARY KEY (conversation_id, sequence)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX outbox_unsent ON migue.outbox (conversation_id, sequence)
    WHERE sent_unix_ms IS NULL AND buried_unix_ms IS NULL;
CREATE INDEX outbox_unsent_by_host ON migue.outbox (host, sequence)
    WHERE sent_unix_ms IS NULL AND buried_unix_ms IS NULL AND host <> '';
CREATE INDEX outbox_to_erase ON migue.outbox (coalesce(sent_unix_ms, buried_unix_ms))
    WHERE NOT erased AND (sent_unix_ms IS NOT NULL OR buried_unix_ms IS NOT NULL);

CREATE TABLE migue.plugin_states (
    conversation_id text NOT NULL,
    plugin          text NOT NULL,
    version         bigint NOT NULL,
    json            text NOT NULL,
    PRIMARY KEY (conversation_id, plugin)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

CREATE TABLE migue.jobs (
    conversation_id text NOT NULL,
    plugin          text NOT NULL,
    key             text NOT NULL,
    payload_json    text NOT NULL,
    at_unix_ms      bigint NOT NULL,
    attempt         bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (conversation_id, plugin, key)
);
CREATE INDEX jobs_due ON migue.jobs (at_unix_ms);

-- Nobody but migue_host: not the owner of the tables, and on Supabase none of its public roles,
-- which get rights on what is new where its defaults are changed.
DO $$
DECLARE
    one text;
    somebody text;
BEGIN
    FOREACH one IN ARRAY ARRAY['hosts', 'conversations', 'identities', 'inbox', 'outbox', 'plugin_states', 'jobs'] LOOP
        EXECUTE format('ALTER TABLE migue.%I ENABLE ROW LEVEL SECURITY', one);
        EXECUTE format('ALTER TABLE migue.%I FORCE ROW LEVEL SECURITY', one);
        EXECUTE format('CREATE POLICY host_alone ON migue.%I TO migue_host USING (true) WITH CHECK (true)', one);
        EXECUTE format('REVOKE ALL ON migue.%I FROM PUBLIC', one);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON migue.%I TO migue_host', one);
        FOR somebody IN SELECT rolname FROM pg_roles WHERE rolname IN ('anon', 'authenticated', 'service_role') LOOP
            EXECUTE format('REVOKE ALL ON migue.%I FROM %I', one, somebody);
        END LOOP;
    END LOOP;
    FOR somebody IN SELECT rolname FROM pg_roles WHERE rolname IN ('anon', 'authenticated', 'service_role') LOOP
        EXECUTE format('REVOKE ALL ON SCHEMA migue FROM %I', somebody);
        EXECUTE format('REVOKE ALL ON SEQUENCE migue.positions FROM %I', somebody);
    END LOOP;
END $$;
GRANT USAGE ON SEQUENCE migue.positions TO migue_host;
