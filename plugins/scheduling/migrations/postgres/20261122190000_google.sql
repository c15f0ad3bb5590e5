-- What a linked Google account needs beside its tokens: `version` grows when tokens change,
-- `claim` is who refreshes them now, and until when nobody else may.
ALTER TABLE scheduling.calendar_credentials ADD COLUMN conversation_id TEXT NOT NULL DEFAULT '';
ALTER TABLE scheduling.calendar_credentials ADD COLUMN calendars TEXT NOT NULL DEFAULT '["primary"]';
ALTER TABLE scheduling.calendar_credentials ADD COLUMN writes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE scheduling.calendar_credentials ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE scheduling.calendar_credentials ADD COLUMN refresh_expires_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE scheduling.calendar_credentials ADD COLUMN claim TEXT NOT NULL DEFAULT '';
ALTER TABLE scheduling.calendar_credentials ADD COLUMN claim_until_ms BIGINT NOT NULL DEFAULT 0;
CREATE INDEX calendar_credentials_account ON scheduling.calendar_credentials (account_id);

-- One row a link that was sent. Link, state and cookie are kept as hashes; tokens wait here,
-- sealed, until the code comes from the same person's chat.
CREATE TABLE scheduling.link_attempts (
    person_id TEXT NOT NULL,
    link_hash TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    locale TEXT NOT NULL,
    login_hint TEXT NOT NULL,
    status TEXT NOT NULL,
    state_hash TEXT NOT NULL DEFAULT '',
    cookie_hash TEXT NOT NULL DEFAULT '',
    verifier_sealed TEXT NOT NULL DEFAULT '',
    code_sealed TEXT NOT NULL DEFAULT '',
    tries BIGINT NOT NULL DEFAULT 0,
    tokens_sealed TEXT NOT NULL DEFAULT '',
    account_id TEXT NOT NULL DEFAULT '',
    account_label TEXT NOT NULL DEFAULT '',
    consent_ms BIGINT NOT NULL DEFAULT 0,
    expires_ms BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    PRIMARY KEY (person_id, link_hash)
);
CREATE INDEX link_attempts_link ON scheduling.link_attempts (link_hash);
CREATE INDEX link_attempts_state ON scheduling.link_attempts (state_hash);
CREATE INDEX link_attempts_cookie ON scheduling.link_attempts (cookie_hash);

-- Raised by every write on that calendar, so that writers take turns.
CREATE TABLE scheduling.account_calendars (
    account_id TEXT NOT NULL,
    calendar_id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    PRIMARY KEY (account_id, calendar_id)
);

-- Times that a write is under way for. By account, because two people may share one.
CREATE TABLE scheduling.held_times (
    account_id TEXT NOT NULL,
    calendar_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    start_ms BIGINT NOT NULL,
    end_ms BIGINT NOT NULL,
    person_id TEXT NOT NULL,
    status TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (account_id, calendar_id, event_id, start_ms)
);
CREATE INDEX held_times_time ON scheduling.held_times (account_id, calendar_id, start_ms);

ALTER TABLE scheduling.link_attempts ENABLE ROW LEVEL SECURITY;
ALTER TABLE scheduling.link_attempts FORCE ROW LEVEL SECURITY;
CREATE POLICY link_attempts_owner ON scheduling.link_attempts TO CURRENT_USER USING (true) WITH CHECK (true);
ALTER TABLE scheduling.account_calendars ENABLE ROW LEVEL SECURITY;
ALTER TABLE scheduling.account_calendars FORCE ROW LEVEL SECURITY;
CREATE POLICY account_calendars_owner ON scheduling.account_calendars TO CURRENT_USER USING (true) WITH CHECK (true);
ALTER TABLE scheduling.held_times ENABLE ROW LEVEL SECURITY;
ALTER TABLE scheduling.held_times FORCE ROW LEVEL SECURITY;
CREATE POLICY held_times_owner ON scheduling.held_times TO CURRENT_USER USING (true) WITH CHECK (true);
