#include "host/store/sqlite/migrate.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <chrono>

#include "migue_store.embedded.hpp"

namespace migue::host::sqlite {

namespace {

constexpr std::string_view kFolder = "migrations/sqlite/";

bool is_applied(Connection& connection, const std::string& name) {
    SQLite::Statement& statement = connection.prepared("SELECT 1 FROM migrations WHERE name = ?1");
    statement.bind(1, name);
    const bool found = statement.executeStep();
    statement.reset();
    return found;
}

void apply(Connection& connection, const std::string& name, std::string_view sql) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    SQLite::Transaction transaction(connection.database());
    connection.database().exec(std::string(sql));
    SQLite::Statement& mark = connection.prepared("INSERT INTO migrations (name, applied_unix_ms) VALUES (?1, ?2)");
    mark.bind(1, name);
    mark.bind(2, static_cast<std::int64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count()));
    mark.exec();
    transaction.commit();
}

}  // namespace

Result<std::vector<std::string>> migrate(Connection& connection, bool dry_run) {
    std::vector<std::string> applied;
    std::string current = "migrations table";
    try {
        connection.run("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_unix_ms INTEGER NOT NULL)");
        for (const auto& [path, sql] : migue_store::embedded_files()) {
            if (!path.starts_with(kFolder)) continue;
            current = std::string(path.substr(kFolder.size()));
            if (is_applied(connection, current)) continue;
            if (!dry_run) apply(connection, current, sql);
            applied.push_back(current);
        }
    } catch (const SQLite::Exception& failure) {
        return Error{Error::Code::kConfig, "migration " + current + ": " + failure.what()};
    }
    return applied;
}

}  // namespace migue::host::sqlite
