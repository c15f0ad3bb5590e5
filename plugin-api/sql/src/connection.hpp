#pragma once
#include <SQLiteCpp/Database.h>

#include <chrono>
#include <string>
#include <string_view>

#include "fence.hpp"
#include "migue/cpp/result.hpp"

struct sqlite3;

namespace migue::sql {

/// A connection with the plugin's file attached under its schema name, behind the fence.
/// Its own "main" database is in memory and empty but for decoys. Not thread-safe.
class Connection {
public:
    /// Throws SQLite::Exception when there is no memory for it.
    explicit Connection(std::string schema);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    [[nodiscard]] Result<void> attach(const std::string& file);
    /// Runs statements of ours.
    [[nodiscard]] Result<void> run(const std::string& sql);
    void roll_back() noexcept;
    /// To be called when the tables of the schema have changed.
    [[nodiscard]] Result<void> refresh_decoys();

    [[nodiscard]] SQLite::Database& database() noexcept { return database_; }
    [[nodiscard]] sqlite3* raw() const noexcept { return database_.getHandle(); }
    [[nodiscard]] Fence& fence() noexcept { return fence_; }
    /// The table's name as SQL, with the schema.
    [[nodiscard]] std::string table(std::string_view name) const;
    /// What went wrong last, as the failure of `step`.
    [[nodiscard]] Error failure(std::string_view step) const;

    /// While it lives statements are limited in time; what is not committed then is undone.
    class Transaction {
    public:
        explicit Transaction(Connection& connection);
        Transaction(const Transaction&) = delete;
        Transaction& operator=(const Transaction&) = delete;
        ~Transaction();

    private:
        Connection& connection_;
    };

private:
    void configure() noexcept;
    [[nodiscard]] Result<void> use_wal();

    const std::string schema_;
    SQLite::Database database_;
    Fence fence_;  // goes before database_
    std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::time_point::max();
};

}  // namespace migue::sql
