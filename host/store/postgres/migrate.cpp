#include "host/store/postgres/migrate.hpp"

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

constexpr const char* kHasBook =
    "SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = "
    "c.relnamespace "
    "WHERE n.nspname = 'migue' AND c.relname = 'migrations'), "
    "EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'migue')";

constexpr const char* kMakeBook = R"(
CREATE TABLE migue.migrations (
    name            TEXT PRIMARY KEY,
    applied_unix_ms BIGINT NOT NULL
);
ALTER TABLE migue.migrations ENABLE ROW LEVEL SECURITY;
ALTER TABLE migue.migrations FORCE ROW LEVEL SECURITY;
CREATE POLICY migrations_of_owner ON migue.migrations TO CURRENT_USER USING (true) WITH CHECK (true);
)";

// A table that someone forgot to protect is open to every role that is ever given the schema.
constexpr const char* kUnprotected =
    "SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = 'migue' AND c.relkind IN ('r', 'p') "
    "AND NOT (c.relrowsecurity AND c.relforcerowsecurity) ORDER BY 1 LIMIT 1";

std::int64_t unix_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

Result<std::set<std::string>> applied(Connection& connection, Deadline deadline) {
    auto has = connection.query(kHasBook, {}, deadline);
    if (!has) return std::move(has).error();
    std::set<std::string> names;
    if (!has->front().boolean(0)) return names;
    auto rows = connection.query("SELECT name FROM migue.migrations", {}, deadline);
    if (!rows) return std::move(rows).error();
    for (const Row row : *rows) names.insert(row.text(0));
    return names;
}

Result<void> make_book(Transaction& transaction) {
    auto has = transaction.query(kHasBook);
    if (!has) return std::move(has).error();
    if (has->front().boolean(0)) return {};
    if (!has->front().boolean(1))
        if (auto made = transaction.script("CREATE SCHEMA migue"); !made) return made;
    return transaction.script(kMakeBook);
}

/// False: another host has done it meanwhile.
Result<bool> apply(Transaction& transaction, const Migration& migration) {
    if (auto locked = transaction.query(kLock); !locked) return std::move(locked).error();
    if (auto made = make_book(transaction); !made) return std::move(made).error();
    auto marked = transaction.query(
        "INSERT INTO migue.migrations (name, applied_unix_ms) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        {migration.name, unix_ms()});
    if (!marked) return std::move(marked).error();
    if (marked->changed() == 0) return false;
    if (auto done = transaction.script(migration.sql); !done) return std::move(done).error();
    auto unprotected = transaction.query(kUnprotected);
    if (!unprotected) return std::move(unprotected).error();
    if (!unprotected->empty())
        return Error{Error::Code::kConfig, "it leaves table migue." + unprotected->front().text(0) +
                                               " without forced row-level security"};
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
    auto done = applied(connection, deadline);
    if (!done) return explained(std::move(done).error(), connection).within("looking for migrations");
    std::vector<std::string> pending;
    for (const Migration& migration : migrations)
        if (!done->contains(migration.name)) pending.push_back(migration.name);
    return pending;
}

Result<std::vector<std::string>> migrate(Connection& connection, const std::vector<Migration>& migrations,
                                         Deadline deadline) {
    auto pending = pending_migrations(connection, migrations, deadline);
    if (!pending) return pending;
    std::vector<std::string> applied_now;
    for (const Migration& migration : migrations) {
        if (std::find(pending->begin(), pending->end(), migration.name) == pending->end()) continue;
        auto is_ours = connection.transaction(
            [&](Transaction& transaction) { return apply(transaction, migration); }, deadline);
        if (!is_ours)
            return explained(std::move(is_ours).error(), connection).within("migration " + migration.name);
        if (*is_ours) applied_now.push_back(migration.name);
    }
    return applied_now;
}

}  // namespace migue::host::postgres
