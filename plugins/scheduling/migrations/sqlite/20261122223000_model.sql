-- Tokens that reading a person's messages has cost on one day (days since 1970, UTC).
CREATE TABLE scheduling.model_tokens (
    person_id TEXT NOT NULL PRIMARY KEY,
    day BIGINT NOT NULL,
    tokens BIGINT NOT NULL
);
