#pragma once
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "host/services/task_pool.hpp"
#include "host/store/postgres/target.hpp"
#include "migue/cpp/result.hpp"
#include "migue/sql/schema.hpp"

namespace migue::host {

/// A statement that outlives the call it came in.
struct SqlText {
    std::string text, params_json;
    std::uint32_t flags = 0;
};

/// One plugin's tables, for callers that must not wait: threads of its own run the
/// transactions, begun in order. Shared by all generations of the plugin. Thread-safe.
class PluginTables {
public:
    using Outcome = sql::Schema::Outcome;
    using Done = std::function<void(Outcome)>;

    PluginTables(std::unique_ptr<sql::Schema> schema, std::size_t threads);

    /// Waits. Gives the names of the migrations applied.
    [[nodiscard]] Result<std::vector<std::string>> migrate(const migue_migrations_v1& migrations);
    /// Calls `done` once, on a thread of these tables. False: too much waits already, and
    /// `done` will not be called.
    [[nodiscard]] bool execute(std::vector<SqlText> statements, Done done);
    /// Runs what waits, and lets go of all callbacks; later statements are refused.
    void stop() { threads_.stop(); }

private:
    const std::unique_ptr<sql::Schema> schema_;
    TaskPool threads_;
};

/// The tables of all plugins: in a SQLite file each, or in a schema each of one Postgres.
/// Thread-safe.
class SqlService {
public:
    /// Files are `<prefix>.<plugin>.db`; an empty prefix keeps everything in memory.
    [[nodiscard]] static SqlService in_files(std::string prefix);
    /// Plugins share connections of their own, half as many as the URL allows.
    [[nodiscard]] static SqlService in_postgres(postgres::Target target);

    /// Opens them at the first call; the same ones afterwards.
    [[nodiscard]] Result<std::shared_ptr<PluginTables>> tables(const std::string& plugin);
    /// Stops all of them: whoever is called back must not be the last to hold them.
    void stop();

private:
    using Open = std::function<Result<std::unique_ptr<sql::Schema>>(const std::string& plugin)>;
    SqlService(Open open, std::size_t threads) : open_(std::move(open)), threads_(threads) {}

    const Open open_;
    const std::size_t threads_;  ///< of one plugin
    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<PluginTables>> tables_;  // guarded by mutex_
};

}  // namespace migue::host
