-- How many rows a mark of an erasure stands for. A mark is a row without person.
ALTER TABLE scheduling.calendar_events ADD COLUMN entries BIGINT NOT NULL DEFAULT 0;
-- Whose an event is, for an operator who has its id.
CREATE INDEX scheduling.calendar_events_event ON calendar_events (event_id);

-- The audit for the person it is about.
CREATE VIEW scheduling.audit_entries AS
    SELECT person_id, entry_id, message_id, event_id, action, start_ms, end_ms, outcome, error, duration_ms, at_ms
    FROM calendar_events WHERE person_id <> '';

-- The one way out of the audit: an INSERT here takes the person's rows before before_ms and
-- leaves one mark. Read, it shows the marks.
CREATE VIEW scheduling.audit_erasures AS
    SELECT '' AS person_id, entry_id AS mark_id, outcome AS reason, 0 AS before_ms, entries, at_ms
    FROM calendar_events WHERE person_id = '';

-- A mark below zero is one that is being made: only then rows go, and only it may change.
CREATE TRIGGER scheduling.audit_never_changes BEFORE UPDATE ON calendar_events WHEN OLD.entries >= 0
BEGIN
    SELECT RAISE(ABORT, 'calendar_events is append-only');
END;
CREATE TRIGGER scheduling.audit_never_shrinks BEFORE DELETE ON calendar_events
WHEN NOT EXISTS (SELECT 1 FROM calendar_events WHERE person_id = '' AND entries < 0)
BEGIN
    SELECT RAISE(ABORT, 'calendar_events is append-only');
END;
CREATE TRIGGER scheduling.audit_erases INSTEAD OF INSERT ON audit_erasures
WHEN EXISTS (SELECT 1 FROM calendar_events WHERE person_id = NEW.person_id AND person_id <> '' AND at_ms < NEW.before_ms)
BEGIN
    INSERT INTO calendar_events (person_id, entry_id, message_id, event_id, action, outcome, error, duration_ms, at_ms, entries)
        SELECT '', NEW.mark_id, '', '', 'erased', NEW.reason, '', 0, NEW.at_ms, -COUNT(*)
        FROM calendar_events WHERE person_id = NEW.person_id AND at_ms < NEW.before_ms;
    DELETE FROM calendar_events WHERE person_id = NEW.person_id AND at_ms < NEW.before_ms;
    UPDATE calendar_events SET entries = -entries WHERE person_id = '' AND entry_id = NEW.mark_id;
END;
