-- How many rows a mark of an erasure stands for. A mark is a row without person.
ALTER TABLE scheduling.calendar_events ADD COLUMN entries BIGINT NOT NULL DEFAULT 0;
-- Whose an event is, for an operator who has its id.
CREATE INDEX calendar_events_event ON scheduling.calendar_events (event_id);

-- The audit for the person it is about.
CREATE VIEW scheduling.audit_entries AS
    SELECT person_id, entry_id, message_id, event_id, action, start_ms, end_ms, outcome, error, duration_ms, at_ms
    FROM scheduling.calendar_events WHERE person_id <> '';

-- The one way out of the audit: an INSERT here takes the person's rows before before_ms and
-- leaves one mark. Read, it shows the marks.
CREATE VIEW scheduling.audit_erasures AS
    SELECT CAST('' AS TEXT) AS person_id, entry_id AS mark_id, outcome AS reason, CAST(0 AS BIGINT) AS before_ms,
        entries, at_ms
    FROM scheduling.calendar_events WHERE person_id = '';

CREATE FUNCTION scheduling.erase_audit() RETURNS TRIGGER LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    gone BIGINT;
BEGIN
    DELETE FROM scheduling.calendar_events
        WHERE person_id = NEW.person_id AND person_id <> '' AND at_ms < NEW.before_ms;
    GET DIAGNOSTICS gone = ROW_COUNT;
    IF gone > 0 THEN
        INSERT INTO scheduling.calendar_events
            (person_id, entry_id, message_id, event_id, action, outcome, error, duration_ms, at_ms, entries)
            VALUES ('', NEW.mark_id, '', '', 'erased', NEW.reason, '', 0, NEW.at_ms, gone);
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER audit_erases INSTEAD OF INSERT ON scheduling.audit_erasures
    FOR EACH ROW EXECUTE FUNCTION scheduling.erase_audit();

-- The audit belongs to a role of its own, which nobody may become. Whoever books may add to it.
DROP POLICY calendar_events_owner ON scheduling.calendar_events;
CREATE POLICY calendar_events_writer ON scheduling.calendar_events FOR INSERT TO migue_plugin_scheduling
    WITH CHECK (person_id <> '');
CREATE POLICY calendar_events_keeper ON scheduling.calendar_events TO migue_keeper_scheduling
    USING (true) WITH CHECK (true);
ALTER TABLE scheduling.calendar_events OWNER TO migue_keeper_scheduling;
ALTER VIEW scheduling.audit_entries OWNER TO migue_keeper_scheduling;
ALTER VIEW scheduling.audit_erasures OWNER TO migue_keeper_scheduling;
ALTER FUNCTION scheduling.erase_audit() OWNER TO migue_keeper_scheduling;
REVOKE ALL ON scheduling.calendar_events, scheduling.audit_entries, scheduling.audit_erasures
    FROM PUBLIC, migue_plugin_scheduling;
REVOKE ALL ON FUNCTION scheduling.erase_audit() FROM PUBLIC, migue_plugin_scheduling;
GRANT INSERT ON scheduling.calendar_events TO migue_plugin_scheduling;
GRANT SELECT ON scheduling.audit_entries TO migue_plugin_scheduling;
GRANT SELECT, INSERT ON scheduling.audit_erasures TO migue_plugin_scheduling;

REVOKE ALL ON scheduling.people, scheduling.local_events, scheduling.reservations, scheduling.calendar_credentials,
    scheduling.link_attempts, scheduling.account_calendars, scheduling.held_times FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE, DELETE ON scheduling.people, scheduling.local_events, scheduling.reservations,
    scheduling.calendar_credentials, scheduling.link_attempts, scheduling.account_calendars, scheduling.held_times
    TO migue_plugin_scheduling;
