-- Gives this host the open work of conversations that the caller has locked and that nobody alive
-- but this host owns. `p_doubt`: calls of this host whose answer was lost; what came to it by them
-- is handed out again.
CREATE FUNCTION migue.hand_out(p_host text, p_key bigint, p_conversations text[], p_doubt bigint[])
RETURNS TABLE (kind text, work json) LANGUAGE plpgsql AS $$
DECLARE
    one text;
    turns bigint[];
    replies bigint[];
BEGIN
    FOREACH one IN ARRAY p_conversations LOOP
        WITH mine AS (
            UPDATE migue.inbox i SET host = p_host, handed = true, hand_key = p_key,
                attempt = i.attempt + (i.handed AND i.host <> p_host)::integer
            WHERE i.conversation_id = one AND i.done_unix_ms IS NULL
              AND (i.host <> p_host OR NOT i.handed OR i.hand_key = ANY (p_doubt))
            RETURNING i.sequence)
        SELECT array_agg(mine.sequence) INTO turns FROM mine;
        WITH mine AS (
            UPDATE migue.outbox o SET host = p_host, hand_key = p_key
            WHERE o.conversation_id = one AND o.sent_unix_ms IS NULL AND o.buried_unix_ms IS NULL
              AND (o.host <> p_host OR o.hand_key = ANY (p_doubt))
            RETURNING o.sequence)
        SELECT array_agg(mine.sequence) INTO replies FROM mine;
        CONTINUE WHEN turns IS NULL AND replies IS NULL;
        UPDATE migue.conversations c SET owner = p_host, left_waiting = false WHERE c.conversation_id = one;
        RETURN QUERY SELECT 'reply', r FROM migue.replies_json(one, replies) AS r;
        RETURN QUERY SELECT 'turn', t FROM migue.turns_json(one, turns) AS t;
    END LOOP;
END $$;

-- Work that nobody alive holds: what dead hosts left, the oldest first, what waits in conversations
-- that are free or this host's, and what came to this host without its knowledge. A conversation
-- that somebody else is looking at is left to them.
CREATE FUNCTION migue.claim(p_host text, p_key bigint, p_limit integer, p_doubt bigint[])
RETURNS TABLE (kind text, work json) LANGUAGE plpgsql
SET search_path = pg_catalog SET plan_cache_mode = force_generic_plan SET enable_seqscan = off
SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
AS $$
DECLARE
    alive text[] := ARRAY(SELECT h.host FROM migue.hosts h WHERE h.alive_until > clock_timestamp() AND h.host <> p_host);
    dead text;
    found_here bigint;
    picked text[] := '{}';
    places bigint[] := '{}';
    some_picked text[];
    some_places bigint[];
    locked text[];
BEGIN
    FOR dead IN SELECT h.host FROM migue.hosts h WHERE h.alive_until <= clock_timestamp() AND h.host <> p_host LOOP
        SELECT array_agg(w.conversation_id), array_agg(w.sequence) INTO some_picked, some_places FROM (
            (SELECT i.conversation_id, i.sequence FROM migue.inbox i JOIN migue.conversations c USING (conversation_id)
             WHERE i.host = dead AND i.done_unix_ms IS NULL AND c.owner <> ALL (alive)
             ORDER BY i.sequence LIMIT p_limit)
            UNION ALL
            (SELECT o.conversation_id, o.sequence FROM migue.outbox o JOIN migue.conversations c USING (conversation_id)
             WHERE o.host = dead AND o.sent_unix_ms IS NULL AND o.buried_unix_ms IS NULL AND c.owner <> ALL (alive)
             ORDER BY o.sequence LIMIT p_limit)) AS w;
        picked := picked || coalesce(some_picked, '{}');
        places := places || coalesce(some_places, '{}');
        -- Long dead, and nothing of it is left: forgotten.
        DELETE FROM migue.hosts h WHERE h.host = dead AND some_picked IS NULL
            AND h.alive_until < clock_timestamp() - interval '1 hour'
            AND NOT EXISTS (SELECT FROM migue.inbox i WHERE i.host = dead AND i.done_unix_ms IS NULL)
            AND NOT EXISTS (SELECT FROM migue.outbox o WHERE o.host = dead AND o.sent_unix_ms IS NULL
                            AND o.buried_unix_ms IS NULL);
    END LOOP;
    SELECT array_agg(w.conversation_id), array_agg(w.sequence) INTO some_picked, some_places FROM (
        SELECT i.conversation_id, i.sequence FROM migue.inbox i JOIN migue.conversations c USING (conversation_id)
        WHERE i.done_unix_ms IS NULL AND NOT i.handed AND c.owner <> ALL (alive)
        ORDER BY i.sequence LIMIT p_limit) AS w;
    picked := picked || coalesce(some_picked, '{}');
    places := places || coalesce(some_places, '{}');
    IF cardinality(p_doubt) > 0 THEN
        SELECT array_agg(w.conversation_id), array_agg(w.sequence) INTO some_picked, some_places FROM (
            SELECT i.conversation_id, i.sequence FROM migue.inbox i
            WHERE i.host = p_host AND i.done_unix_ms IS NULL AND i.hand_key = ANY (p_doubt)
            UNION ALL
            SELECT o.conversation_id, o.sequence FROM migue.outbox o
            WHERE o.host = p_host AND o.sent_unix_ms IS NULL AND o.buried_unix_ms IS NULL
              AND o.hand_key = ANY (p_doubt)) AS w;
        picked := picked || coalesce(some_picked, '{}');
        places := places || coalesce(some_places, '{}');
    END IF;
    IF cardinality(picked) = 0 THEN
        RETURN;
    END IF;
    picked := ARRAY(SELECT p.id FROM unnest(picked, places) AS p(id, place) GROUP BY p.id ORDER BY min(p.place) LIMIT p_limit);
    locked := ARRAY(SELECT c.conversation_id FROM migue.conversations c
                    WHERE c.conversation_id = ANY (picked) AND c.owner <> ALL (alive)
                    FOR NO KEY UPDATE SKIP LOCKED);
    RETURN QUERY SELECT * FROM migue.hand_out(p_host, p_key, locked, p_doubt);
END $$;

-- The same for these conversations. Gives ('still', id) for one whose lease another host holds while
-- a message of this host waits there, and for one that somebody is just looking at.
CREATE FUNCTION migue.take(p_host text, p_key bigint, p_conversations text[])
RETURNS TABLE (kind text, work json) LANGUAGE plpgsql
SET search_path = pg_catalog SET plan_cache_mode = force_generic_plan SET enable_seqscan = off
SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
AS $$
DECLARE
    alive text[] := ARRAY(SELECT h.host FROM migue.hosts h WHERE h.alive_until > clock_timestamp() AND h.host <> p_host);
    locked text[] := ARRAY(SELECT c.conversation_id FROM migue.conversations c
                           WHERE c.conversation_id = ANY (p_conversations) AND c.owner <> ALL (alive)
                           FOR NO KEY UPDATE SKIP LOCKED);
BEGIN
    RETURN QUERY SELECT 'still'::text, to_json(i.conversation_id) FROM migue.inbox i
        WHERE i.conversation_id = ANY (p_conversations) AND i.conversation_id <> ALL (locked)
          AND i.done_unix_ms IS NULL AND i.host = p_host AND NOT i.handed
        GROUP BY i.conversation_id;
    RETURN QUERY SELECT * FROM migue.hand_out(p_host, p_key, locked, '{}');
END $$;

-- Erases text that was done with before this moment, but not what somebody is just writing to.
CREATE FUNCTION migue.erase_text(p_before_unix_ms bigint, p_limit integer) RETURNS bigint LANGUAGE plpgsql
SET search_path = pg_catalog
AS $$
DECLARE
    messages bigint;
    replies bigint;
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
    RETURN messages + replies;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA migue FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA migue TO migue_host;
