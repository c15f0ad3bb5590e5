-- Where a person is for a time, what they asked to be left alone with, who takes the chat now,
-- and when they want their day.
ALTER TABLE scheduling.people ADD COLUMN away_zone TEXT NOT NULL DEFAULT '';
ALTER TABLE scheduling.people ADD COLUMN away_until_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE scheduling.people ADD COLUMN opted_out_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE scheduling.people ADD COLUMN paused_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE scheduling.people ADD COLUMN conversation_id TEXT NOT NULL DEFAULT '';
ALTER TABLE scheduling.people ADD COLUMN digest_minute BIGINT NOT NULL DEFAULT 0;
CREATE INDEX people_paused ON scheduling.people (paused_ms);

-- One row an event that its person is reminded of. `due_ms` is when next, 0 never; `sent_due_ms`
-- is the last that was sent; `occurrence_ms` the start it belongs to.
CREATE TABLE scheduling.reminders (
    person_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    minutes BIGINT NOT NULL,
    occurrence_ms BIGINT NOT NULL,
    due_ms BIGINT NOT NULL,
    sent_due_ms BIGINT NOT NULL DEFAULT 0,
    locale TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    PRIMARY KEY (person_id, event_id)
);

-- What a person agreed to, when, and by which text.
CREATE TABLE scheduling.consents (
    person_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    version TEXT NOT NULL,
    message_id TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (person_id, subject, version)
);

-- One row an export that was asked for: its link is kept as a hash and serves once.
CREATE TABLE scheduling.exports (
    person_id TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    locale TEXT NOT NULL,
    expires_ms BIGINT NOT NULL,
    PRIMARY KEY (person_id, token_hash)
);
CREATE INDEX exports_token ON scheduling.exports (token_hash);

ALTER TABLE scheduling.reminders ENABLE ROW LEVEL SECURITY;
ALTER TABLE scheduling.reminders FORCE ROW LEVEL SECURITY;
CREATE POLICY reminders_owner ON scheduling.reminders TO CURRENT_USER USING (true) WITH CHECK (true);
ALTER TABLE scheduling.consents ENABLE ROW LEVEL SECURITY;
ALTER TABLE scheduling.consents FORCE ROW LEVEL SECURITY;
CREATE POLICY consents_owner ON scheduling.consents TO CURRENT_USER USING (true) WITH CHECK (true);
ALTER TABLE scheduling.exports ENABLE ROW LEVEL SECURITY;
ALTER TABLE scheduling.exports FORCE ROW LEVEL SECURITY;
CREATE POLICY exports_owner ON scheduling.exports TO CURRENT_USER USING (true) WITH CHECK (true);
REVOKE ALL ON scheduling.reminders, scheduling.consents, scheduling.exports FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE, DELETE ON scheduling.reminders, scheduling.consents, scheduling.exports
    TO migue_plugin_scheduling;
