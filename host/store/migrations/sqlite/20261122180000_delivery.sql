-- How replies fare, and what a person has yet to be told.
ALTER TABLE outbox ADD COLUMN uncertain INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN delivery INTEGER NOT NULL DEFAULT 0;  -- Delivery::State, 0: no news
ALTER TABLE outbox ADD COLUMN delivery_unix_ms INTEGER;
ALTER TABLE outbox ADD COLUMN error_code INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN pricing_json TEXT NOT NULL DEFAULT '';
ALTER TABLE conversations ADD COLUMN untold INTEGER NOT NULL DEFAULT 0;
-- Of the person's latest message, by the channel's clock.
ALTER TABLE conversations ADD COLUMN person_wrote_unix_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE inbox ADD COLUMN expects_answer INTEGER NOT NULL DEFAULT 1;
ALTER TABLE inbox ADD COLUMN erased INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN erased INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN attempt INTEGER NOT NULL DEFAULT 1;
CREATE INDEX inbox_to_erase ON inbox (done_unix_ms) WHERE erased = 0 AND done_unix_ms IS NOT NULL;
CREATE INDEX outbox_to_erase ON outbox (coalesce(sent_unix_ms, buried_unix_ms))
    WHERE erased = 0 AND (sent_unix_ms IS NOT NULL OR buried_unix_ms IS NOT NULL);
