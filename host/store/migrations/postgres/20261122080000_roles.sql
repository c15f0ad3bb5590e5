-- migue_host holds the rights that running needs, and owns nothing. The login of store.url is a
-- member of it. Roles belong to the whole server: another database may have made it already.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'migue_host') THEN
        BEGIN
            -- NOINHERIT: what plugins own is reached by becoming them, and not otherwise.
            CREATE ROLE migue_host NOLOGIN NOINHERIT;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
    END IF;
    -- A superuser counts as a member of everything.
    IF NOT pg_catalog.pg_has_role(CURRENT_USER, 'migue_host', 'MEMBER') THEN
        GRANT migue_host TO CURRENT_USER;
    END IF;
END
$$;

REVOKE ALL ON SCHEMA migue FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA migue FROM PUBLIC;
-- Supabase's public roles: whatever default privileges say, nothing here is theirs.
DO $$
DECLARE
    public_role TEXT;
BEGIN
    FOR public_role IN SELECT rolname FROM pg_catalog.pg_roles
                       WHERE rolname IN ('anon', 'authenticated', 'service_role') LOOP
        EXECUTE pg_catalog.format('REVOKE ALL ON SCHEMA migue FROM %I', public_role);
        EXECUTE pg_catalog.format('REVOKE ALL ON ALL TABLES IN SCHEMA migue FROM %I', public_role);
    END LOOP;
END
$$;

GRANT USAGE ON SCHEMA migue TO migue_host;
GRANT SELECT ON migue.migrations TO migue_host;
CREATE POLICY migrations_of_host ON migue.migrations FOR SELECT TO migue_host USING (true);
