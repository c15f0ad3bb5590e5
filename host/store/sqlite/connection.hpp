#pragma once
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/VariadicBind.h>

#include <memory>
#include <string>
#include <string_view>

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
    /// The same with its parameters bound, ?1 first. Strings are copied.
    template <typename... Values>
    [[nodiscard]] SQLite::Statement& query(std::string_view sql, const Values&... values) {
        SQLite::Statement& statement = prepared(sql);
        if constexpr (sizeof...(Values) > 0) SQLite::bind(statement, values...);
        return statement;
    }
    /// Runs a statement that gives no rows; how many rows it changed.
    template <typename... Values>
    int run(std::string_view sql, const Values&... values) {
        SQLite::Statement& statement = query(sql, values...);
        const int changed = statement.exec();
        statement.reset();
        return changed;
    }
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
