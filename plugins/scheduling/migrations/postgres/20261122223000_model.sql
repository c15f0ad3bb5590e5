-- Tokens that reading a person's messages has cost on one day (days since 1970, UTC).
CREATE TABLE scheduling.model_tokens (
    person_id TEXT NOT NULL PRIMARY KEY,
    day BIGINT NOT NULL,
    tokens BIGINT NOT NULL
);

ALTER TABLE scheduling.model_tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE scheduling.model_tokens FORCE ROW LEVEL SECURITY;
CREATE POLICY model_tokens_owner ON scheduling.model_tokens TO CURRENT_USER USING (true) WITH CHECK (true);
