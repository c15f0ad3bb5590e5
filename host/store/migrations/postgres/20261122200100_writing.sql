-- What a group commit does, as one statement: SELECT migue.write(…). It locks every conversation
-- it will touch, in the order of their ids, before it changes anything, so that commits of many
-- hosts never wait for each other in a circle. Then each piece of work is a few lookups by key.
--
-- Every piece carries a random key that its rows keep. A statement that is run again, because its
-- answer was lost, finds them and gives the same answer.

-- The conversation that these names lead to: that of the first one known, else the new one. `kept`
-- says that all of them lead there already.
CREATE FUNCTION migue.lead(p_channel text, p_account text, p_identities text[], p_renamed boolean, p_new text,
                           OUT conversation text, OUT kept boolean)
LANGUAGE plpgsql AS $$
DECLARE
    hit text;
    found_by text;
BEGIN
    kept := true;
    FOR place IN 1 .. cardinality(p_identities) LOOP
        SELECT i.conversation_id INTO hit FROM migue.identities i
        WHERE i.channel = p_channel AND i.account = p_account AND i.identity = p_identities[place]
        ORDER BY i.since DESC LIMIT 1;
        IF hit IS NULL THEN
            kept := false;
        ELSIF conversation IS NULL THEN
            conversation := hit;
            found_by := p_identities[place];
        ELSIF hit <> conversation THEN
            kept := false;
        END IF;
    END LOOP;
    -- Found by a later name, while it knows its person by another one of the first kind: the name
    -- was given to somebody else.
    IF found_by <> p_identities[1] AND NOT p_renamed
       AND split_part(found_by, ':', 1) <> split_part(p_identities[1], ':', 1)
    THEN
        -- (`|| ''`: by the conversation, not through all names of the channel.)
        IF EXISTS (SELECT FROM migue.identities i
                   WHERE i.conversation_id = conversation AND i.channel || '' = p_channel AND i.account || '' = p_account
                     AND split_part(i.identity, ':', 1) = split_part(p_identities[1], ':', 1)
                     AND i.conversation_id = (
                         SELECT n.conversation_id FROM migue.identities n
                         WHERE n.channel = p_channel AND n.account = p_account AND n.identity = i.identity
                         ORDER BY n.since DESC LIMIT 1))
        THEN
            conversation := NULL;
        END IF;
    END IF;
    IF conversation IS NULL THEN
        conversation := p_new;
        kept := false;
    END IF;
END $$;

CREATE FUNCTION migue.keep_names(p_conversation text, p_channel text, p_account text, p_identities text[])
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    name text;
    hit text;
BEGIN
    FOREACH name IN ARRAY p_identities LOOP
        SELECT i.conversation_id INTO hit FROM migue.identities i
        WHERE i.channel = p_channel AND i.account = p_account AND i.identity = name
        ORDER BY i.since DESC LIMIT 1;
        CONTINUE WHEN hit = p_conversation;
        INSERT INTO migue.identities AS i (conversation_id, channel, account, identity, since)
        VALUES (p_conversation, p_channel, p_account, name, nextval('migue.positions'))
        ON CONFLICT (conversation_id, channel, account, identity) DO UPDATE SET since = excluded.since;
    END LOOP;
END $$;

-- Open turns, and replies, as the hosts read them.
CREATE FUNCTION migue.turn_json(i migue.inbox, c migue.conversations) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object(
        'conversation_id', i.conversation_id, 'sequence', i.sequence, 'message_id', i.message_id, 'kind', i.kind,
        'text', i.text, 'input_json', i.input_json, 'locale', i.locale, 'region', i.region,
        'sent_unix_ms', i.sent_unix_ms, 'expects_answer', i.expects_answer,
        'received_unix_ms', i.received_unix_ms, 'attempt', i.attempt, 'job_plugin', i.job_plugin,
        'person_id', c.person_id, 'channel', c.channel, 'account', c.account, 'address_json', c.address_json)
$$;

CREATE FUNCTION migue.reply_json(o migue.outbox, c migue.conversations) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object(
        'conversation_id', o.conversation_id, 'sequence', o.sequence, 'message_id', o.message_id,
        'ordinal', o.ordinal, 'kind', o.kind, 'body_json', o.body_json, 'created_unix_ms', o.created_unix_ms,
        'due_unix_ms', o.due_unix_ms, 'attempt', o.attempt, 'uncertain', o.uncertain,
        'channel', c.channel, 'account', c.account, 'address_json', c.address_json,
        'person_wrote_unix_ms', c.person_wrote_unix_ms)
$$;

CREATE FUNCTION migue.is_alive(p_host text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    RETURN EXISTS (SELECT FROM migue.hosts h WHERE h.host = p_host AND h.alive_until > clock_timestamp());
END $$;

CREATE FUNCTION migue.heartbeat(p_host text, p_lease_ms integer) RETURNS void LANGUAGE sql AS $$
    INSERT INTO migue.hosts AS h (host, alive_until)
    VALUES (p_host, clock_timestamp() + make_interval(secs => p_lease_ms / 1000.0))
    ON CONFLICT (host) DO UPDATE SET alive_until = excluded.alive_until
$$;

-- Lets go of a conversation that holds nothing of this host any more.
CREATE FUNCTION migue.let_go(p_host text, p_conversation text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE migue.conversations c SET owner = ''
    WHERE c.conversation_id = p_conversation AND c.owner = p_host
      AND NOT EXISTS (SELECT FROM migue.inbox i WHERE i.conversation_id = p_conversation
                      AND i.done_unix_ms IS NULL AND i.host = p_host AND i.handed)
      AND NOT EXISTS (SELECT FROM migue.outbox o WHERE o.conversation_id = p_conversation
                      AND o.sent_unix_ms IS NULL AND o.buried_unix_ms IS NULL);
END $$;

CREATE TYPE migue.names AS (
    channel          text,
    account          text,
    identities       text[],
    renamed          boolean,
    new_conversation text,
    new_person       text
);

-- Makes what is new, and locks all, in the order of the ids. Gives the conversation of each message.
CREATE FUNCTION migue.lock_conversations(p_conversations text[], p_names json, OUT leads text[], OUT kept boolean[])
LANGUAGE plpgsql AS $$
DECLARE
    m record;
    led record;
    fresh text[] := '{}';
    fresh_persons text[] := '{}';
    fresh_channels text[] := '{}';
    fresh_accounts text[] := '{}';
BEGIN
    leads := '{}';
    kept := '{}';
    IF p_names IS NOT NULL THEN
        FOR m IN
            SELECT x.*, known.one, known.all_lead_there
            FROM json_populate_recordset(NULL::migue.names, p_names) AS x,
                LATERAL (SELECT min(hit.id) AS one,
                             count(hit.id) = cardinality(x.identities) AND min(hit.id) = max(hit.id) AS all_lead_there
                         FROM unnest(x.identities) AS name
                         LEFT JOIN LATERAL (
                             SELECT i.conversation_id AS id FROM migue.identities i
                             WHERE i.channel = x.channel AND i.account = x.account AND i.identity = name
                             ORDER BY i.since DESC LIMIT 1) AS hit ON true) AS known
        LOOP
            IF m.all_lead_there THEN
                leads := leads || m.one;
                kept := kept || true;
                CONTINUE;
            END IF;
            led := migue.lead(m.channel, m.account, m.identities, m.renamed, m.new_conversation);
            leads := leads || led.conversation;
            kept := kept || led.kept;
            IF led.conversation = m.new_conversation THEN
                fresh := fresh || m.new_conversation;
                fresh_persons := fresh_persons || m.new_person;
                fresh_channels := fresh_channels || m.channel;
                fresh_accounts := fresh_accounts || m.account;
            END IF;
        END LOOP;
    END IF;
    IF cardinality(fresh) > 0 THEN
        INSERT INTO migue.conversations (conversation_id, person_id, channel, account)
        SELECT DISTINCT ON (f.id) f.id, f.person, f.channel, f.account
        FROM unnest(fresh, fresh_persons, fresh_channels, fresh_accounts) AS f(id, person, channel, account)
        ORDER BY f.id
        ON CONFLICT (conversation_id) DO NOTHING;
    END IF;
    PERFORM FROM migue.conversations c WHERE c.conversation_id = ANY (p_conversations || leads)
    ORDER BY c.conversation_id FOR NO KEY UPDATE;
END $$;

-- Whether this host holds the conversation's lease now that it has stored `p_sequence` there, and
-- the older turns that come with it. For all but the plain case, which accept() knows itself.
CREATE FUNCTION migue.settle_lease(p_host text, p_conversation text, p_sequence bigint, p_key bigint,
                                   OUT ours boolean, OUT earlier json)
LANGUAGE plpgsql AS $$
DECLARE
    holder text;
BEGIN
    SELECT c.owner INTO holder FROM migue.conversations c WHERE c.conversation_id = p_conversation;
    ours := holder IN ('', p_host);
    IF NOT ours AND NOT migue.is_alive(holder) THEN
        -- Replies of a dead host go out before what comes now: take() hands all of it out in order.
        ours := NOT EXISTS (SELECT FROM migue.outbox o WHERE o.conversation_id = p_conversation
                            AND o.sent_unix_ms IS NULL AND o.buried_unix_ms IS NULL);
    END IF;
    UPDATE migue.conversations c SET owner = CASE WHEN ours THEN p_host ELSE c.owner END, left_waiting = NOT ours
    WHERE c.conversation_id = p_conversation;
    IF NOT ours THEN
        UPDATE migue.inbox i SET handed = false
        WHERE i.conversation_id = p_conversation AND i.sequence = p_sequence;
        RETURN;
    END IF;
    WITH mine AS (
        UPDATE migue.inbox i SET host = p_host, handed = true, hand_key = p_key, attempt = i.attempt + i.handed::integer
        WHERE i.conversation_id = p_conversation AND i.done_unix_ms IS NULL AND i.sequence < p_sequence
          AND (i.host <> p_host OR NOT i.handed)
        RETURNING i AS line)
    SELECT json_agg(migue.turn_json(mine.line, c) ORDER BY (mine.line).sequence) INTO earlier
    FROM mine, migue.conversations c WHERE c.conversation_id = p_conversation;
END $$;

CREATE TYPE migue.written AS (
    kind            text,     -- accept, finish, news, due
    place           integer,  -- in the array it came in, from 0
    conversation_id text,
    person_id       text,
    sequence        bigint,
    is_duplicate    boolean,  -- accept
    is_done         boolean,  -- accept: the lease is ours; finish, due: it happened
    before_by       text,     -- accept: the lane that stored the message before it
    more            json      -- accept: older turns; finish: its replies; news: the reply
);

CREATE FUNCTION migue.accept(p_host text, p_lane text, p_messages json, p_names json, p_leads text[], p_kept boolean[])
RETURNS SETOF migue.written LANGUAGE plpgsql AS $$
DECLARE
    m record;
    led record;
    head record;
    known record;
    leased record;
    answer migue.written;
    at text;
    is_kept boolean;
    names migue.names[];
    n integer := 0;
BEGIN
    FOR m IN SELECT * FROM json_to_recordset(p_messages) AS x(key bigint, address_json text, message_id text, kind text, text text, input_json text, locale text, region text,
                 sent_unix_ms bigint, expects_answer boolean, received_unix_ms bigint)
    LOOP
        n := n + 1;
        at := p_leads[n];
        is_kept := p_kept[n];
        IF names IS NOT NULL THEN  -- a message before it has moved some: look again
            led := migue.lead(names[n].channel, names[n].account, names[n].identities, names[n].renamed,
                names[n].new_conversation);
            at := led.conversation;
            is_kept := led.kept;
            IF at = names[n].new_conversation AND at <> p_leads[n] THEN
                INSERT INTO migue.conversations (conversation_id, person_id, channel, account)
                VALUES (at, names[n].new_person, names[n].channel, names[n].account)
                ON CONFLICT (conversation_id) DO NOTHING;
            END IF;
        END IF;
        IF NOT is_kept THEN
            IF names IS NULL THEN
                names := ARRAY(SELECT x FROM json_populate_recordset(NULL::migue.names, p_names) AS x);
            END IF;
            PERFORM migue.keep_names(at, names[n].channel, names[n].account, names[n].identities);
        END IF;

        answer := ROW('accept', n - 1, at, '', 0, false, true, '', NULL);
        INSERT INTO migue.inbox AS i (conversation_id, sequence, message_id, kind, text, input_json, locale, region,
            sent_unix_ms, expects_answer, received_unix_ms, host, handed, hand_key)
        VALUES (at, nextval('migue.positions'), m.message_id, m.kind, m.text, m.input_json, m.locale, m.region,
            m.sent_unix_ms, m.expects_answer, m.received_unix_ms, p_host, true, m.key)
        ON CONFLICT (message_id, conversation_id) DO NOTHING
        RETURNING i.sequence INTO answer.sequence;
        IF NOT FOUND THEN
            SELECT i.sequence, i.hand_key, i.handed, c.person_id INTO known
            FROM migue.inbox i JOIN migue.conversations c USING (conversation_id)
            WHERE i.message_id = m.message_id AND i.conversation_id = at;
            answer.sequence := known.sequence;
            answer.person_id := known.person_id;
            answer.is_duplicate := known.hand_key <> m.key;
            IF NOT answer.is_duplicate THEN  -- stored by the first run of this very call
                answer.is_done := known.handed;
                SELECT json_agg(migue.turn_json(i, c) ORDER BY i.sequence) INTO answer.more
                FROM migue.inbox i JOIN migue.conversations c USING (conversation_id)
                WHERE i.conversation_id = at AND i.done_unix_ms IS NULL AND i.hand_key = m.key
                  AND i.sequence < known.sequence;
            END IF;
            RETURN NEXT answer;
            CONTINUE;
        END IF;

        UPDATE migue.conversations c SET
            owner = CASE WHEN c.owner = '' AND NOT c.left_waiting THEN p_host ELSE c.owner END,
            address_json = m.address_json, last_inbound_unix_ms = m.received_unix_ms,
            person_wrote_unix_ms = greatest(c.person_wrote_unix_ms, CASE m.kind WHEN 'system' THEN 0 ELSE m.sent_unix_ms END),
            accepted_before_by = coalesce(c.accepted_by ->> p_host, ''),
            -- Hosts that are gone for good would add up.
            accepted_by = CASE WHEN pg_column_size(c.accepted_by) > 2000 THEN '{}' ELSE c.accepted_by END
                          || jsonb_build_object(p_host, p_lane)
        WHERE c.conversation_id = at
        RETURNING c.person_id, c.owner, c.left_waiting, c.accepted_before_by INTO head;
        answer.person_id := head.person_id;
        answer.before_by := head.accepted_before_by;
        IF head.owner <> p_host OR head.left_waiting THEN
            leased := migue.settle_lease(p_host, at, answer.sequence, m.key);
            answer.is_done := leased.ours;
            answer.more := leased.earlier;
        END IF;
        RETURN NEXT answer;
    END LOOP;
END $$;

CREATE FUNCTION migue.keep_jobs(p_jobs json) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    j record;
BEGIN
    FOR j IN SELECT * FROM json_to_recordset(p_jobs) AS x(is_put boolean, conversation_id text, plugin text, key text,
                 payload_json text, at_unix_ms bigint, attempt bigint)
    LOOP
        IF j.is_put THEN
            INSERT INTO migue.jobs (conversation_id, plugin, key, payload_json, at_unix_ms, attempt)
            VALUES (j.conversation_id, j.plugin, j.key, j.payload_json, j.at_unix_ms, j.attempt)
            ON CONFLICT (conversation_id, plugin, key) DO UPDATE SET payload_json = excluded.payload_json,
                at_unix_ms = excluded.at_unix_ms, attempt = excluded.attempt;
        ELSE
            DELETE FROM migue.jobs d
            WHERE d.conversation_id = j.conversation_id AND d.plugin = j.plugin AND d.key = j.key;
        END IF;
    END LOOP;
END $$;

CREATE FUNCTION migue.finish(p_host text, p_turns json) RETURNS SETOF migue.written LANGUAGE plpgsql AS $$
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
                 asked_plugin text, asked_until_unix_ms bigint, keeps_question boolean, told bigint, again json)
    LOOP
        n := n + 1;
        answer := ROW('finish', n - 1, t.conversation_id, '', t.sequence, false, true, '', NULL);
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

-- Replies that were sent, will be sent again, or will not be sent.
CREATE FUNCTION migue.settle(p_host text, p_settled json) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    s record;
BEGIN
    FOR s IN SELECT * FROM json_to_recordset(p_settled) AS x(how text, conversation_id text, sequence bigint,
                 now_unix_ms bigint, due_unix_ms bigint, uncertain boolean, attempt bigint, channel_message_id text,
                 why text, untold boolean)
    LOOP
        IF s.how = 'sent' THEN
            UPDATE migue.outbox o SET sent_unix_ms = s.now_unix_ms, channel_message_id = s.channel_message_id,
                attempt = greatest(o.attempt, s.attempt), uncertain = false, why = ''
            WHERE o.conversation_id = s.conversation_id AND o.sequence = s.sequence;
            PERFORM migue.let_go(p_host, s.conversation_id);
        ELSIF s.how = 'postponed' THEN
            -- A host that has lost the conversation has no say in when its replies are due.
            UPDATE migue.outbox o SET due_unix_ms = s.due_unix_ms, uncertain = s.uncertain, why = s.why,
                attempt = greatest(o.attempt, s.attempt)
            WHERE o.conversation_id = s.conversation_id AND o.sequence = s.sequence AND o.host = p_host;
        ELSE
            UPDATE migue.outbox o SET buried_unix_ms = s.now_unix_ms, why = s.why,
                attempt = greatest(o.attempt, s.attempt)
            WHERE o.conversation_id = s.conversation_id AND o.sequence = s.sequence AND o.buried_unix_ms IS NULL;
            IF FOUND AND s.untold THEN
                UPDATE migue.conversations c SET untold = c.untold + 1 WHERE c.conversation_id = s.conversation_id;
            END IF;
            PERFORM migue.let_go(p_host, s.conversation_id);
        END IF;
    END LOOP;
END $$;

CREATE FUNCTION migue.deliver(p_host text, p_news json) RETURNS SETOF migue.written LANGUAGE plpgsql AS $$
DECLARE
    d record;
    o record;
    was_open boolean;
    is_news boolean;
    has_effect boolean;
    answer migue.written;
    n integer := 0;
BEGIN
    FOR d IN SELECT * FROM json_to_recordset(p_news) AS x(key bigint, conversation_id text,
                 sequence bigint, created_unix_ms bigint, channel_message_id text, state integer, unix_ms bigint,
                 error_code integer, pricing_json text, has_failed boolean, now_unix_ms bigint)
    LOOP
        n := n + 1;
        SELECT r.sent_unix_ms, r.buried_unix_ms, r.delivery, r.pricing_json, r.news_key INTO o FROM migue.outbox r
        WHERE r.conversation_id = d.conversation_id AND r.sequence = d.sequence
          AND r.created_unix_ms = d.created_unix_ms;
        CONTINUE WHEN NOT FOUND;
        was_open := NOT d.has_failed AND o.sent_unix_ms IS NULL AND o.buried_unix_ms IS NULL;
        is_news := o.delivery < d.state;
        has_effect := was_open OR (d.has_failed AND is_news);
        IF has_effect OR o.news_key = d.key THEN
            answer := ROW('news', n - 1, d.conversation_id, '', d.sequence, false, true, '', NULL);
            SELECT migue.reply_json(r, c) INTO answer.more
            FROM migue.outbox r JOIN migue.conversations c USING (conversation_id)
            WHERE r.conversation_id = d.conversation_id AND r.sequence = d.sequence;
            RETURN NEXT answer;
        END IF;
        IF was_open OR is_news OR (d.pricing_json <> '' AND o.pricing_json = '') THEN
            UPDATE migue.outbox r SET
                sent_unix_ms = CASE WHEN was_open THEN d.now_unix_ms ELSE r.sent_unix_ms END,
                channel_message_id = CASE WHEN was_open THEN d.channel_message_id ELSE r.channel_message_id END,
                uncertain = r.uncertain AND NOT was_open,
                delivery = greatest(r.delivery, d.state),
                delivery_unix_ms = CASE WHEN is_news THEN d.unix_ms ELSE r.delivery_unix_ms END,
                error_code = CASE WHEN is_news AND d.error_code <> 0 THEN d.error_code ELSE r.error_code END,
                pricing_json = CASE WHEN r.pricing_json = '' THEN d.pricing_json ELSE r.pricing_json END,
                news_key = CASE WHEN has_effect THEN d.key ELSE r.news_key END
            WHERE r.conversation_id = d.conversation_id AND r.sequence = d.sequence;
        END IF;
        IF was_open THEN
            PERFORM migue.let_go(p_host, d.conversation_id);
        END IF;
    END LOOP;
END $$;

-- Due jobs become open turns, where this host holds the conversation or may take it. One whose
-- conversation holds work of a dead host waits until that has been taken.
CREATE FUNCTION migue.open_jobs(p_host text, p_due json) RETURNS SETOF migue.written LANGUAGE plpgsql AS $$
DECLARE
    d record;
    head record;
    answer migue.written;
    n integer := 0;
BEGIN
    FOR d IN SELECT * FROM json_to_recordset(p_due) AS x(key bigint, conversation_id text, plugin text,
                 job_key text, at_unix_ms bigint, attempt bigint, message_id text, input_json text, now_unix_ms bigint)
    LOOP
        n := n + 1;
        answer := ROW('due', n - 1, d.conversation_id, '', 0, false, true, '', NULL);
        SELECT i.sequence INTO answer.sequence FROM migue.inbox i
        WHERE i.message_id = d.message_id AND i.conversation_id = d.conversation_id AND i.hand_key = d.key;
        IF FOUND THEN  -- by the first run of this very call
            RETURN NEXT answer;
            CONTINUE;
        END IF;
        SELECT c.owner, c.left_waiting INTO head FROM migue.conversations c
        WHERE c.conversation_id = d.conversation_id;
        CONTINUE WHEN NOT FOUND;
        CONTINUE WHEN head.owner <> p_host AND (head.left_waiting OR migue.is_alive(head.owner)
            OR EXISTS (SELECT FROM migue.inbox i WHERE i.conversation_id = d.conversation_id AND i.done_unix_ms IS NULL)
            OR EXISTS (SELECT FROM migue.outbox o WHERE o.conversation_id = d.conversation_id
                       AND o.sent_unix_ms IS NULL AND o.buried_unix_ms IS NULL));
        DELETE FROM migue.jobs j WHERE j.conversation_id = d.conversation_id AND j.plugin = d.plugin
            AND j.key = d.job_key AND j.at_unix_ms = d.at_unix_ms;
        CONTINUE WHEN NOT FOUND;
        INSERT INTO migue.inbox AS i (conversation_id, sequence, message_id, kind, text, input_json, locale, region,
            sent_unix_ms, received_unix_ms, attempt, job_plugin, host, handed, hand_key)
        VALUES (d.conversation_id, nextval('migue.positions'), d.message_id, 'job', '', d.input_json, '', '',
            d.now_unix_ms, d.now_unix_ms, d.attempt, d.plugin, p_host, true, d.key)
        ON CONFLICT (message_id, conversation_id) DO NOTHING
        RETURNING i.sequence INTO answer.sequence;
        CONTINUE WHEN NOT FOUND;  -- it had its turn: the same job of the same hour
        UPDATE migue.conversations c SET owner = p_host
        WHERE c.conversation_id = d.conversation_id AND c.owner <> p_host;
        RETURN NEXT answer;
    END LOOP;
END $$;

-- p_conversations: those of all work but the messages, which are found by their names.
-- Plans are made once and by key, whatever the tables looked like when they were still empty. Whoever
-- cannot have its locks gives up before the host does, which then knows that nothing happened.
CREATE FUNCTION migue.write(p_host text, p_lane text, p_lease_ms integer, p_conversations text[], p_names json,
                            p_messages json, p_jobs json, p_turns json, p_settled json, p_news json, p_due json)
RETURNS SETOF migue.written LANGUAGE plpgsql
SET search_path = pg_catalog SET plan_cache_mode = force_generic_plan SET enable_seqscan = off
SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off SET lock_timeout = '2500ms'
AS $$
DECLARE
    locked record;
BEGIN
    IF NOT migue.is_alive(p_host) THEN
        PERFORM migue.heartbeat(p_host, p_lease_ms);
    END IF;
    locked := migue.lock_conversations(p_conversations, p_names);
    IF p_messages IS NOT NULL THEN
        RETURN QUERY SELECT * FROM migue.accept(p_host, p_lane, p_messages, p_names, locked.leads, locked.kept);
    END IF;
    IF p_jobs IS NOT NULL THEN
        PERFORM migue.keep_jobs(p_jobs);
    END IF;
    IF p_turns IS NOT NULL THEN
        RETURN QUERY SELECT * FROM migue.finish(p_host, p_turns);
    END IF;
    IF p_settled IS NOT NULL THEN
        PERFORM migue.settle(p_host, p_settled);
    END IF;
    IF p_news IS NOT NULL THEN
        RETURN QUERY SELECT * FROM migue.deliver(p_host, p_news);
    END IF;
    IF p_due IS NOT NULL THEN
        RETURN QUERY SELECT * FROM migue.open_jobs(p_host, p_due);
    END IF;
END $$;
