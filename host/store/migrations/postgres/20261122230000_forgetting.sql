-- A reply of kind "forget" is the last of a conversation: once it is settled, everything goes.
CREATE INDEX outbox_farewells ON migue.outbox (conversation_id) WHERE kind = 'forget';

-- Erases text that was done with before this moment, but not what somebody is just writing to.
CREATE OR REPLACE FUNCTION migue.erase_text(p_before_unix_ms bigint, p_limit integer) RETURNS bigint LANGUAGE plpgsql
SET search_path = pg_catalog SET plan_cache_mode = force_generic_plan SET enable_seqscan = off
SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
AS $$
DECLARE
    messages bigint;
    replies bigint;
    forgotten bigint := 0;
    farewell record;
BEGIN
    UPDATE migue.inbox i SET text = '', input_json = '', erased = true
    FROM (SELECT o.conversation_id, o.sequence FROM migue.inbox o
          WHERE NOT o.erased AND o.done_unix_ms IS NOT NULL AND o.done_unix_ms < p_before_unix_ms
          ORDER BY o.done_unix_ms LIMIT p_limit FOR UPDATE SKIP LOCKED) AS old
    WHERE i.conversation_id = old.conversation_id AND i.sequence = old.sequence;
    GET DIAGNOSTICS messages = ROW_COUNT;
    UPDATE migue.outbox r SET body_json = '', erased = true
    FROM (SELECT o.conversation_id, o.sequence FROM migue.outbox o
          WHERE NOT o.erased AND (o.sent_unix_ms IS NOT NULL OR o.buried_unix_ms IS NOT NULL)
            AND coalesce(o.sent_unix_ms, o.buried_unix_ms) < p_before_unix_ms
          ORDER BY coalesce(o.sent_unix_ms, o.buried_unix_ms) LIMIT p_limit FOR UPDATE SKIP LOCKED) AS old
    WHERE r.conversation_id = old.conversation_id AND r.sequence = old.sequence;
    GET DIAGNOSTICS replies = ROW_COUNT;
    -- Everything of a conversation up to its farewell; and the conversation itself, with its names and
    -- its plugins' states, unless the person has written again.
    FOR farewell IN
        SELECT o.conversation_id, o.sequence FROM migue.outbox o
        JOIN migue.conversations c USING (conversation_id)
        WHERE o.kind = 'forget' AND (o.sent_unix_ms IS NOT NULL OR o.buried_unix_ms IS NOT NULL)
        LIMIT p_limit FOR UPDATE OF c SKIP LOCKED
    LOOP
        DELETE FROM migue.inbox i WHERE i.conversation_id = farewell.conversation_id
            AND i.sequence <= farewell.sequence AND i.done_unix_ms IS NOT NULL;
        DELETE FROM migue.outbox o WHERE o.conversation_id = farewell.conversation_id
            AND o.sequence <= farewell.sequence;
        forgotten := forgotten + 1;
        CONTINUE WHEN EXISTS (SELECT FROM migue.inbox i WHERE i.conversation_id = farewell.conversation_id)
            OR EXISTS (SELECT FROM migue.outbox o WHERE o.conversation_id = farewell.conversation_id);
        DELETE FROM migue.jobs j WHERE j.conversation_id = farewell.conversation_id;
        DELETE FROM migue.plugin_states s WHERE s.conversation_id = farewell.conversation_id;
        DELETE FROM migue.identities n WHERE n.conversation_id = farewell.conversation_id;
        DELETE FROM migue.conversations c WHERE c.conversation_id = farewell.conversation_id;
    END LOOP;
    RETURN messages + replies + forgotten;
END $$;
