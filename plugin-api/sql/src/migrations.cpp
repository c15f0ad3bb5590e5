#include "migrations.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <chrono>
#include <utility>

#include "migue/sql/statement_text.hpp"

namespace migue::sql {

namespace {

std::int64_t unix_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

Result<bool> is_applied(Connection& connection, const std::string& name) {
    SQLite::Statement query(connection.database(),
                            "SELECT 1 FROM " + connection.table("migrations") + " WHERE name = ?");
    query.bind(1, name);
    const int code = query.tryExecuteStep();
    if (code != SQLITE_ROW && code != SQLITE_DONE) return connection.failure("read migrations");
    return code == SQLITE_ROW;
}

Result<void> note_applied(Connection& connection, const std::string& name) {
    SQLite::Statement insert(connection.database(),
                             "INSERT INTO " + connection.table("migrations") + " VALUES (?, ?)");
    insert.bind(1, name);
    insert.bind(2, unix_ms());
    if (insert.tryExecuteStep() != SQLITE_DONE) return connection.failure("note it");
    return {};
}

Result<void> run_script(Connection& connection, std::string_view script) {
    const Fence::Scope scope(connection.fence(), Fence::Mode::kMigration);
    for (std::size_t number = 1; !(script = skip_blank(script)).empty(); ++number) {
        const char* tail = nullptr;
        sqlite3_stmt* statement = nullptr;
        int code = sqlite3_prepare_v2(connection.raw(), script.data(), static_cast<int>(script.size()),
                                      &statement, &tail);
        if (code == SQLITE_OK && statement != nullptr) {
            while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
            }
        }
        Error error = connection.failure("statement " + std::to_string(number));
        sqlite3_finalize(statement);
        if (code != SQLITE_OK && code != SQLITE_DONE) {
            if (!connection.fence().refusal().empty())
                error.what = "statement " + std::to_string(number) + ": " + connection.fence().refusal();
            return error;
        }
        script.remove_prefix(static_cast<std::size_t>(tail - script.data()));
    }
    return {};
}

/// False: it was applied before. After an error the transaction is still open.
Result<bool> apply(Connection& connection, const MigrationText& migration) {
    if (Result<void> begun = connection.run("BEGIN IMMEDIATE"); !begun) return std::move(begun).error();
    Result<bool> known = is_applied(connection, migration.name);
    if (!known) return known;
    if (!*known) {
        if (Result<void> done = run_script(connection, migration.sql); !done) return std::move(done).error();
        if (Result<void> noted = note_applied(connection, migration.name); !noted)
            return std::move(noted).error();
    }
    if (Result<void> committed = connection.run("COMMIT"); !committed) return std::move(committed).error();
    if (*known) return false;
    if (Result<void> seen = connection.refresh_decoys(); !seen) return std::move(seen).error();
    return true;
}

}  // namespace

Result<std::vector<std::string>> apply_migrations(Connection& connection,
                                                  const std::vector<MigrationText>& migrations) {
    if (Result<void> made = connection.run("CREATE TABLE IF NOT EXISTS " + connection.table("migrations") +
                                           "(name TEXT PRIMARY KEY, applied_unix_ms BIGINT)");
        !made)
        return std::move(made).error();
    std::vector<std::string> applied;
    for (const MigrationText& migration : migrations) {
        Result<bool> is_new = apply(connection, migration);
        if (!is_new) {
            connection.roll_back();
            return std::move(is_new).error().within("migration " + migration.name);
        }
        if (*is_new) applied.push_back(migration.name);
    }
    return applied;
}

}  // namespace migue::sql
