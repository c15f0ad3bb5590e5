-- Of each account the calendar that new events go to; and what is known of all its calendars, so
-- that one can be chosen by its name. `list_token` is where Google's list goes on from.
ALTER TABLE scheduling.calendar_credentials ADD COLUMN write_calendar TEXT NOT NULL DEFAULT 'primary';
ALTER TABLE scheduling.calendar_credentials ADD COLUMN list_token TEXT NOT NULL DEFAULT '';
ALTER TABLE scheduling.calendar_credentials ADD COLUMN listed_ms BIGINT NOT NULL DEFAULT 0;
CREATE TABLE scheduling.known_calendars (
    person_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    calendar_id TEXT NOT NULL,
    name TEXT NOT NULL,
    zone TEXT NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (person_id, account_id, calendar_id)
);

-- What the link's page shows of the chat it came from, and what its consent asks for beyond one
-- calendar: '' or 'calendars'.
ALTER TABLE scheduling.link_attempts ADD COLUMN shown_as TEXT NOT NULL DEFAULT '';
ALTER TABLE scheduling.link_attempts ADD COLUMN wish TEXT NOT NULL DEFAULT '';
