#include "host/store/sqlite/migrate.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "migue_store.embedded.hpp"

namespace migue::host::sqlite {

namespace {

constexpr std::string_view kFolder = "migrations/sqlite/";

/// (name, text) of what this program brings, in order.
std::vector<std::pair<std::string, std::string_view>> shipped() {
    std::vector<std::pair<std::string, std::string_view>> migrations;
    for (const auto& [path, sql] : migue_store::embedded_files())
        if (path.starts_with(kFolder)) migrations.emplace_back(path.substr(kFolder.size()), sql);
    std::sort(migrations.begin(), migrations.end());
    return migrations;
}

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
    SQLite::Statement& mark =
        connection.prepared("INSERT INTO migrations (name, applied_unix_ms) VALUES (?1, ?2)");
    mark.bind(1, name);
    mark.bind(2,
              static_cast<std::int64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count()));
    mark.exec();
    transaction.commit();
}

}  // namespace

Result<std::vector<std::string>> migrate(Connection& connection) {
    std::vector<std::string> applied;
    std::string current = "migrations table";
    try {
        connection.run(
            "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_unix_ms INTEGER NOT "
            "NULL)");
        for (const auto& [name, sql] : shipped()) {
            current = name;
            if (is_applied(connection, name)) continue;
            apply(connection, name, sql);
            applied.push_back(name);
        }
    } catch (const SQLite::Exception& failure) {
        return Error{Error::Code::kConfig, "migration " + current + ": " + failure.what()};
    }
    return applied;
}

Result<std::vector<std::string>> pending_migrations(const std::filesystem::path& file) {
    std::vector<std::string> pending;
    try {
        std::unique_ptr<Connection> connection;
        if (std::filesystem::exists(file))
            connection = std::make_unique<Connection>(file.string(), Connection::Mode::kRead);
        const bool is_new = !connection || !connection->database().tableExists("migrations");
        for (const auto& [name, sql] : shipped())
            if (is_new || !is_applied(*connection, name)) pending.push_back(name);
    } catch (const SQLite::Exception& failure) {
        return Error{Error::Code::kConfig, file.string() + ": " + failure.what()};
    }
    return pending;
}

}  // namespace migue::host::sqlite
