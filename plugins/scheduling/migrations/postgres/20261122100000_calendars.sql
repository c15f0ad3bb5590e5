-- One row a person: what they prefer, and their feed. The feed's token is found by its hash
-- and shown again from its sealed form.
CREATE TABLE scheduling.people (
    person_id TEXT NOT NULL PRIMARY KEY,
    zone TEXT NOT NULL DEFAULT '',
    locale TEXT NOT NULL DEFAULT '',
    feed_hash TEXT NOT NULL DEFAULT '',
    feed_sealed TEXT NOT NULL DEFAULT '',
    bookings BIGINT NOT NULL DEFAULT 0,
    created_ms BIGINT NOT NULL
);
CREATE INDEX people_feed ON scheduling.people (feed_hash);

CREATE TABLE scheduling.local_events (
    person_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    title TEXT NOT NULL,
    start_ms BIGINT NOT NULL,
    end_ms BIGINT NOT NULL,
    all_day BIGINT NOT NULL,
    busy BIGINT NOT NULL,
    zone TEXT NOT NULL,
    location TEXT NOT NULL,
    guests TEXT NOT NULL,
    rrule TEXT NOT NULL,
    exdates TEXT NOT NULL,
    status TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    updated_ms BIGINT NOT NULL,
    PRIMARY KEY (person_id, event_id)
);
CREATE INDEX local_events_time ON scheduling.local_events (person_id, start_ms);

-- The times that bookings hold: a series has one row an occurrence, so that one statement
-- can see every overlap.
CREATE TABLE scheduling.reservations (
    person_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    start_ms BIGINT NOT NULL,
    end_ms BIGINT NOT NULL,
    PRIMARY KEY (person_id, event_id, start_ms)
);
CREATE INDEX reservations_time ON scheduling.reservations (person_id, start_ms);

-- Linked accounts at outside calendars. Tokens are sealed by the vault.
CREATE TABLE scheduling.calendar_credentials (
    person_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    account_label TEXT NOT NULL,
    scopes TEXT NOT NULL,
    access_sealed TEXT NOT NULL,
    access_expires_ms BIGINT NOT NULL,
    refresh_sealed TEXT NOT NULL,
    consent_version TEXT NOT NULL,
    consent_ms BIGINT NOT NULL,
    status TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    updated_ms BIGINT NOT NULL,
    PRIMARY KEY (person_id, account_id)
);

-- Every attempt on a calendar, append-only. No title, guest or message text.
CREATE TABLE scheduling.calendar_events (
    person_id TEXT NOT NULL,
    entry_id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    action TEXT NOT NULL,
    start_ms BIGINT,
    end_ms BIGINT,
    outcome TEXT NOT NULL,
    error TEXT NOT NULL,
    duration_ms BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (person_id, entry_id)
);
CREATE INDEX calendar_events_time ON scheduling.calendar_events (person_id, at_ms);

-- Nobody but the role that owns these tables reads them: no policy names a public role.
ALTER TABLE scheduling.people ENABLE ROW LEVEL SECURITY;
ALTER TABLE scheduling.people FORCE ROW LEVEL SECURITY;
CREATE POLICY people_owner ON scheduling.people TO CURRENT_USER USING (true) WITH CHECK (true);
ALTER TABLE scheduling.local_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE scheduling.local_events FORCE ROW LEVEL SECURITY;
CREATE POLICY local_events_owner ON scheduling.local_events TO CURRENT_USER USING (true) WITH CHECK (true);
ALTER TABLE scheduling.reservations ENABLE ROW LEVEL SECURITY;
ALTER TABLE scheduling.reservations FORCE ROW LEVEL SECURITY;
CREATE POLICY reservations_owner ON scheduling.reservations TO CURRENT_USER USING (true) WITH CHECK (true);
ALTER TABLE scheduling.calendar_credentials ENABLE ROW LEVEL SECURITY;
ALTER TABLE scheduling.calendar_credentials FORCE ROW LEVEL SECURITY;
CREATE POLICY calendar_credentials_owner ON scheduling.calendar_credentials TO CURRENT_USER USING (true) WITH CHECK (true);
ALTER TABLE scheduling.calendar_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE scheduling.calendar_events FORCE ROW LEVEL SECURITY;
CREATE POLICY calendar_events_owner ON scheduling.calendar_events TO CURRENT_USER USING (true) WITH CHECK (true);
