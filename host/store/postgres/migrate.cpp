#include "host/store/postgres/migrate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "migue_store.embedded.hpp"

namespace migue::host::postgres {

namespace {

constexpr std::string_view kFolder = "migrations/postgres/";

// Of this database, until the end of the transaction. The number means "migue" and no more.
constexpr const char* kLock = "SELECT pg_advisory_xact_lock(470120162661)";

// Of schema $1: its table of migrations, and itself.
constexpr const char* kHasBook =
    "SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = "
    "c.relnamespace "
    "WHERE n.nspname = $1 AND c.relname = 'migrations'), "
    "EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1)";

// {0}: the schema.
constexpr const char* kMakeBook = R"(
CREATE TABLE "{0}".migrations (
    name            TEXT PRIMARY KEY,
    applied_unix_ms BIGINT NOT NULL
);
ALTER TABLE "{0}".migrations ENABLE ROW LEVEL SECURITY;
ALTER TABLE "{0}".migrations FORCE ROW LEVEL SECURITY;
CREATE POLICY migrations_of_owner ON "{0}".migrations TO CURRENT_USER USING (true) WITH CHECK (true);
)";

// A table that someone forgot to protect is open to every role that is ever given the schema.
constexpr const char* kUnprotected =
    "SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') "
    "AND NOT (c.relrowsecurity AND c.relforcerowsecurity) ORDER BY 1 LIMIT 1";

// {0}: the plugin. Roles belong to the whole server: another database may have made it already.
constexpr const char* kMakePlugin = R"(
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'migue_plugin_{0}') THEN
        BEGIN
            CREATE ROLE migue_plugin_{0} NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
    END IF;
    IF NOT pg_catalog.pg_has_role('migue_host', 'migue_plugin_{0}', 'MEMBER') THEN
        GRANT migue_plugin_{0} TO migue_host;
    END IF;
END
$$;
CREATE SCHEMA "{0}";
REVOKE ALL ON SCHEMA "{0}" FROM PUBLIC;
GRANT USAGE ON SCHEMA "{0}" TO migue_plugin_{0}, migue_host;
)";
constexpr const char* kOpenBook = R"(
GRANT SELECT ON "{0}".migrations TO migue_host;
CREATE POLICY migrations_of_host ON "{0}".migrations FOR SELECT TO migue_host USING (true);
)";

// The tables become the plugin's role's own, and it can make none at any other time. What it may
// add to and not change (a record of what was done) it gives to its keeper, of which it is a
// member as long as the migration runs; nobody else is one.
constexpr const char* kBecomePlugin = R"(
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'migue_keeper_{0}') THEN
        BEGIN
            CREATE ROLE migue_keeper_{0} NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
    END IF;
END
$$;
GRANT USAGE ON SCHEMA "{0}" TO migue_keeper_{0};
GRANT migue_keeper_{0} TO migue_plugin_{0};
GRANT CREATE ON SCHEMA "{0}" TO migue_plugin_{0}, migue_keeper_{0};
SET LOCAL search_path = '';
SET LOCAL ROLE migue_plugin_{0};
)";
constexpr const char* kProtect = R"(
DO $$
DECLARE
    each RECORD;
BEGIN
    FOR each IN SELECT c.oid, c.oid::pg_catalog.regclass AS name FROM pg_catalog.pg_class c
                JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                JOIN pg_catalog.pg_roles r ON r.oid = c.relowner
                WHERE n.nspname = '{0}' AND c.relkind IN ('r', 'p') AND r.rolname = 'migue_plugin_{0}' LOOP
        EXECUTE pg_catalog.format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', each.name);
        EXECUTE pg_catalog.format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', each.name);
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_policy WHERE polrelid = each.oid) THEN
            EXECUTE pg_catalog.format(
                'CREATE POLICY rows_of_plugin ON %s TO migue_plugin_{0} USING (true) WITH CHECK (true)', each.name);
        END IF;
    END LOOP;
END
$$;
SET LOCAL ROLE NONE;
REVOKE CREATE ON SCHEMA "{0}" FROM migue_plugin_{0}, migue_keeper_{0};
REVOKE migue_keeper_{0} FROM migue_plugin_{0};
)";

std::int64_t unix_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

/// A schema whose migrations are kept in its own table.
struct Room {
    std::string schema;
    bool is_plugins = false;  ///< made with its role, and filled under it
};

Result<std::set<std::string>> applied(Connection& connection, const std::string& schema, Deadline deadline) {
    auto has = connection.query(kHasBook, {schema}, deadline);
    if (!has) return std::move(has).error();
    std::set<std::string> names;
    if (!has->front().boolean(0)) return names;
    auto rows = connection.query(fmt::format("SELECT name FROM \"{}\".migrations", schema), {}, deadline);
    if (!rows) return std::move(rows).error();
    for (const Row row : *rows) names.insert(row.text(0));
    return names;
}

Result<void> make_room(Transaction& transaction, const Room& room) {
    auto has = transaction.query(kHasBook, {room.schema});
    if (!has) return std::move(has).error();
    if (has->front().boolean(0)) return {};
    const bool has_schema = has->front().boolean(1);
    if (room.is_plugins && has_schema)
        return Error{
            Error::Code::kConfig,
            fmt::format("schema {} exists and is not one of migue's: rename one of them", room.schema)};
    std::string script;
    if (room.is_plugins)
        script = fmt::format(fmt::runtime(kMakePlugin), room.schema);
    else if (!has_schema)
        script = fmt::format("CREATE SCHEMA \"{}\";", room.schema);
    script += fmt::format(fmt::runtime(kMakeBook), room.schema);
    if (room.is_plugins) script += fmt::format(fmt::runtime(kOpenBook), room.schema);
    return transaction.script(script);
}

Result<void> run_text(Transaction& transaction, const Room& room, const std::string& sql) {
    if (!room.is_plugins) return transaction.script(sql);
    if (auto become = transaction.script(fmt::format(fmt::runtime(kBecomePlugin), room.schema)); !become)
        return become;
    if (auto done = transaction.script(sql); !done) return done;
    return transaction.script(fmt::format(fmt::runtime(kProtect), room.schema));
}

/// False: another host has done it meanwhile.
Result<bool> apply(Transaction& transaction, const Room& room, const Migration& migration) {
    if (auto locked = transaction.query(kLock); !locked) return std::move(locked).error();
    if (auto made = make_room(transaction, room); !made) return std::move(made).error();
    auto marked = transaction.query(
        fmt::format(
            "INSERT INTO \"{}\".migrations (name, applied_unix_ms) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            room.schema),
        {migration.name, unix_ms()});
    if (!marked) return std::move(marked).error();
    if (marked->changed() == 0) return false;
    if (auto done = run_text(transaction, room, migration.sql); !done) return std::move(done).error();
    auto unprotected = transaction.query(kUnprotected, {room.schema});
    if (!unprotected) return std::move(unprotected).error();
    if (!unprotected->empty())
        return Error{Error::Code::kConfig,
                     fmt::format("it leaves table {}.{} without forced row-level security", room.schema,
                                 unprotected->front().text(0))};
    return true;
}

Error explained(Error error, const Connection& connection) {
    if (error.code != Error::Code::kUnavailable && error.code != Error::Code::kDeadline)
        error.code = Error::Code::kConfig;
    if (connection.last_sqlstate() == "42501")
        error.what +=
            "; tables are made by a login that may create schemas and roles (migue migrate), and used by one "
            "that is a member of role migue_host";
    return error;
}

Result<std::vector<std::string>> pending(Connection& connection, const Room& room,
                                         const std::vector<Migration>& migrations, Deadline deadline) {
    auto done = applied(connection, room.schema, deadline);
    if (!done) return explained(std::move(done).error(), connection).within("looking for migrations");
    std::vector<std::string> names;
    for (const Migration& migration : migrations)
        if (!done->contains(migration.name)) names.push_back(migration.name);
    return names;
}

Result<std::vector<std::string>> migrate_room(Connection& connection, const Room& room,
                                              const std::vector<Migration>& migrations, Deadline deadline) {
    auto names = pending(connection, room, migrations, deadline);
    if (!names) return names;
    std::vector<std::string> applied_now;
    for (const Migration& migration : migrations) {
        if (std::find(names->begin(), names->end(), migration.name) == names->end()) continue;
        auto is_ours = connection.transaction(
            [&](Transaction& transaction) { return apply(transaction, room, migration); }, deadline);
        if (!is_ours)
            return explained(std::move(is_ours).error(), connection).within("migration " + migration.name);
        if (*is_ours) applied_now.push_back(migration.name);
    }
    return applied_now;
}

const Room kHost{.schema = "migue", .is_plugins = false};

}  // namespace

std::vector<Migration> host_migrations() {
    std::vector<Migration> migrations;
    for (const auto& [path, sql] : migue_store::embedded_files())
        if (path.starts_with(kFolder))
            migrations.push_back({std::string(path.substr(kFolder.size())), std::string(sql)});
    std::sort(migrations.begin(), migrations.end(),
              [](const Migration& a, const Migration& b) { return a.name < b.name; });
    return migrations;
}

Result<std::vector<std::string>> pending_migrations(Connection& connection,
                                                    const std::vector<Migration>& migrations,
                                                    Deadline deadline) {
    return pending(connection, kHost, migrations, deadline);
}

Result<std::vector<std::string>> migrate(Connection& connection, const std::vector<Migration>& migrations,
                                         Deadline deadline) {
    return migrate_room(connection, kHost, migrations, deadline);
}

Result<std::vector<std::string>> migrate_plugin(Connection& connection, const std::string& plugin,
                                                const std::vector<Migration>& migrations, Deadline deadline) {
    return migrate_room(connection, {.schema = plugin, .is_plugins = true}, migrations, deadline);
}

}  // namespace migue::host::postgres
