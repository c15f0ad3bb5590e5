#pragma once
#include <memory>
#include <string>
#include <string_view>

namespace SQLite {
class Database;
class Statement;
}  // namespace SQLite

namespace migue::host::sqlite {

/// One SQLite connection with its prepared statements. Errors are SQLite::Exception. One
/// thread at a time.
class Connection {
public:
    enum class Mode { kWrite = 1, kRead };

    /// WAL, synchronous=FULL (a commit is on disk when it returns), foreign keys.
    Connection(const std::string& file, Mode mode);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

    /// A prepared statement, reset and ready to be bound. `sql` must be a string literal:
    /// the cache keeps its address.
    [[nodiscard]] SQLite::Statement& prepared(std::string_view sql);
    /// Runs a statement that gives no rows.
    void run(std::string_view sql);
    [[nodiscard]] bool in_transaction() const;
    /// Leaves whatever transaction is open; never throws.
    void roll_back() noexcept;
    [[nodiscard]] SQLite::Database& database() noexcept { return *database_; }

private:
    struct Cache;
    std::unique_ptr<SQLite::Database> database_;
    std::unique_ptr<Cache> cache_;
};

}  // namespace migue::host::sqlite
