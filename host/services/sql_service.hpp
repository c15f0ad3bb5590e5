#pragma once
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "host/services/task_pool.hpp"
#include "migue/cpp/result.hpp"
#include "migue/sql/sqlite_schema.hpp"

namespace migue::host {

/// A statement that outlives the call it came in.
struct SqlText {
    std::string text, params_json;
    std::uint32_t flags = 0;
};

/// One plugin's tables, for callers that must not wait: a thread of its own runs the
/// transactions in order. Shared by all generations of the plugin. Thread-safe.
class PluginTables {
public:
    using Outcome = sql::SqliteSchema::Outcome;
    using Done = std::function<void(Outcome)>;

    explicit PluginTables(std::unique_ptr<sql::SqliteSchema> schema);

    /// Waits. Gives the names of the migrations applied.
    [[nodiscard]] Result<std::vector<std::string>> migrate(const migue_migrations_v1& migrations);
    /// Calls `done` once, on the thread of these tables. False: too much waits already, and
    /// `done` will not be called.
    [[nodiscard]] bool execute(std::vector<SqlText> statements, Done done);
    /// Runs what waits, and lets go of all callbacks; later statements are refused.
    void stop() { thread_.stop(); }

private:
    const std::unique_ptr<sql::SqliteSchema> schema_;
    TaskPool thread_;
};

/// The tables of all plugins: one SQLite file each, beside the store's. Thread-safe.
class SqlService {
public:
    /// Files are `<prefix>.<plugin>.db`; an empty prefix keeps everything in memory.
    explicit SqlService(std::string prefix) : prefix_(std::move(prefix)) {}

    /// Opens them at the first call; the same ones afterwards.
    [[nodiscard]] Result<std::shared_ptr<PluginTables>> tables(const std::string& plugin);
    /// Stops all of them: whoever is called back must not be the last to hold them.
    void stop();

private:
    const std::string prefix_;
    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<PluginTables>> tables_;  // guarded by mutex_
};

}  // namespace migue::host
