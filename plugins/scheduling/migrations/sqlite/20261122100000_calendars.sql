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
CREATE INDEX scheduling.people_feed ON people (feed_hash);

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
CREATE INDEX scheduling.local_events_time ON local_events (person_id, start_ms);

-- The times that bookings hold: a series has one row an occurrence, so that one statement
-- can see every overlap.
CREATE TABLE scheduling.reservations (
    person_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    start_ms BIGINT NOT NULL,
    end_ms BIGINT NOT NULL,
    PRIMARY KEY (person_id, event_id, start_ms)
);
CREATE INDEX scheduling.reservations_time ON reservations (person_id, start_ms);

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
CREATE INDEX scheduling.calendar_events_time ON calendar_events (person_id, at_ms);
