-- Names and mail addresses that a person asked to be kept, for their own invitations.
CREATE TABLE scheduling.contacts (
    person_id TEXT NOT NULL,
    mail TEXT NOT NULL,
    name TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    PRIMARY KEY (person_id, mail)
);
