-- Messages that are answered together: the others are done with, and the first, whose turn it is,
-- holds what they say. False, and nothing has changed, when one of them is not open or not this host's.
CREATE FUNCTION migue.join(p_host text, p_key bigint, p_conversation text, p_sequence bigint, p_now_unix_ms bigint,
                           p_others json, p_input_json text, p_sent_unix_ms bigint)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    other record;
BEGIN
    -- By the first run of this very call.
    IF EXISTS (SELECT FROM migue.inbox i WHERE i.conversation_id = p_conversation AND i.finish_key = p_key
               AND i.sequence > p_sequence AND i.outcome = 'joined') THEN
        RETURN true;
    END IF;
    IF NOT EXISTS (SELECT FROM migue.conversations c WHERE c.conversation_id = p_conversation AND c.owner = p_host)
       OR EXISTS (
           SELECT FROM (SELECT p_sequence AS sequence
                        UNION ALL SELECT x.sequence FROM json_to_recordset(p_others) AS x(sequence bigint)) AS wanted
           LEFT JOIN migue.inbox i ON i.conversation_id = p_conversation AND i.sequence = wanted.sequence
               AND i.done_unix_ms IS NULL AND i.host = p_host
           WHERE i.sequence IS NULL)
    THEN
        RETURN false;
    END IF;
    FOR other IN SELECT * FROM json_to_recordset(p_others) AS x(sequence bigint, trace_json text) LOOP
        UPDATE migue.inbox i SET done_unix_ms = p_now_unix_ms, outcome = 'joined', trace_json = other.trace_json,
            finish_key = p_key
        WHERE i.conversation_id = p_conversation AND i.sequence = other.sequence;
    END LOOP;
    UPDATE migue.inbox i SET input_json = p_input_json, sent_unix_ms = p_sent_unix_ms
    WHERE i.conversation_id = p_conversation AND i.sequence = p_sequence;
    RETURN true;
END $$;

-- As before, and it takes joins.
CREATE OR REPLACE FUNCTION migue.finish(p_host text, p_turns json) RETURNS SETOF migue.written LANGUAGE plpgsql AS $$
DECLARE
    t record;
    head record;
    answer migue.written;
    drawn bigint[];
    n integer := 0;
BEGIN
    FOR t IN SELECT * FROM json_to_recordset(p_turns) AS x(key bigint, conversation_id text,
                 sequence bigint, message_id text, now_unix_ms bigint, outcome text, plugin text, trace_json text,
                 replies json, has_replies boolean, state_version bigint, state_json text, locale text,
                 asked_plugin text, asked_until_unix_ms bigint, keeps_question boolean, told bigint, again json,
                 joins json, input_json text, sent_unix_ms bigint)
    LOOP
        n := n + 1;
        answer := ROW('finish', n - 1, t.conversation_id, '', t.sequence, false, true, '', NULL);
        IF t.joins IS NOT NULL THEN
            answer.is_done := migue.join(p_host, t.key, t.conversation_id, t.sequence, t.now_unix_ms, t.joins,
                t.input_json, t.sent_unix_ms);
            RETURN NEXT answer;
            CONTINUE;
        END IF;
        UPDATE migue.inbox i SET done_unix_ms = t.now_unix_ms, outcome = t.outcome, plugin = t.plugin,
            trace_json = t.trace_json, finish_key = t.key
        FROM migue.conversations c
        WHERE i.conversation_id = t.conversation_id AND i.sequence = t.sequence AND i.done_unix_ms IS NULL
          AND i.host = p_host AND c.conversation_id = t.conversation_id AND c.owner = p_host
        RETURNING c.channel, c.account, c.address_json, c.person_wrote_unix_ms, c.locale, c.asked_plugin,
            c.asked_until_unix_ms INTO head;
        IF NOT FOUND THEN
            SELECT c.channel, c.account, c.address_json, c.person_wrote_unix_ms INTO head
            FROM migue.inbox i JOIN migue.conversations c USING (conversation_id)
            WHERE i.conversation_id = t.conversation_id AND i.sequence = t.sequence AND i.finish_key = t.key;
            answer.is_done := FOUND;
            IF FOUND THEN  -- by the first run of this very call
                drawn := ARRAY(SELECT o.sequence FROM migue.outbox o WHERE o.conversation_id = t.conversation_id
                               AND o.sequence > t.sequence AND o.hand_key = t.key ORDER BY o.sequence);
                answer.more := json_build_object('channel', head.channel, 'account', head.account, 'address_json',
                    head.address_json, 'person_wrote_unix_ms', head.person_wrote_unix_ms, 'sequences', drawn);
            END IF;
            RETURN NEXT answer;
            CONTINUE;
        END IF;

        IF t.state_json = '' THEN
            DELETE FROM migue.plugin_states p WHERE p.conversation_id = t.conversation_id AND p.plugin = t.plugin;
        ELSIF t.state_json IS NOT NULL THEN
            INSERT INTO migue.plugin_states (conversation_id, plugin, version, json)
            VALUES (t.conversation_id, t.plugin, t.state_version, t.state_json)
            ON CONFLICT (conversation_id, plugin) DO UPDATE SET version = excluded.version, json = excluded.json;
        END IF;
        IF t.again IS NOT NULL THEN
            -- One that was put meanwhile stays.
            INSERT INTO migue.jobs (conversation_id, plugin, key, payload_json, at_unix_ms, attempt)
            SELECT j.* FROM json_to_record(t.again) AS j(conversation_id text, plugin text, key text, payload_json text,
                at_unix_ms bigint, attempt bigint)
            ON CONFLICT (conversation_id, plugin, key) DO NOTHING;
        END IF;
        IF t.has_replies THEN
            WITH said AS (
                INSERT INTO migue.outbox AS o (conversation_id, sequence, message_id, ordinal, kind, body_json,
                    created_unix_ms, due_unix_ms, host, hand_key)
                SELECT t.conversation_id, nextval('migue.positions'), t.message_id, (e.nth - 1)::integer,
                    e.reply ->> 0, e.reply ->> 1, t.now_unix_ms, t.now_unix_ms, p_host, t.key
                FROM (SELECT r.reply, r.nth FROM json_array_elements(t.replies) WITH ORDINALITY AS r(reply, nth)
                      ORDER BY r.nth) AS e
                RETURNING o.sequence)
            SELECT array_agg(said.sequence ORDER BY said.sequence) INTO drawn FROM said;
            answer.more := json_build_object('channel', head.channel, 'account', head.account, 'address_json',
                head.address_json, 'person_wrote_unix_ms', head.person_wrote_unix_ms, 'sequences', drawn);
        END IF;

        IF NOT t.keeps_question AND ((t.locale <> '' AND t.locale <> head.locale) OR t.told > 0
            OR t.asked_plugin <> head.asked_plugin OR t.asked_until_unix_ms <> head.asked_until_unix_ms)
        THEN
            UPDATE migue.conversations c SET
                locale = CASE t.locale WHEN '' THEN c.locale ELSE t.locale END,
                asked_plugin = t.asked_plugin, asked_until_unix_ms = t.asked_until_unix_ms,
                untold = greatest(0, c.untold - t.told)
            WHERE c.conversation_id = t.conversation_id;
        END IF;
        IF NOT t.has_replies THEN
            PERFORM migue.let_go(p_host, t.conversation_id);
        END IF;
        RETURN NEXT answer;
    END LOOP;
END $$;

REVOKE ALL ON FUNCTION migue.join(text, bigint, text, bigint, bigint, json, text, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION migue.join(text, bigint, text, bigint, bigint, json, text, bigint) TO migue_host;
