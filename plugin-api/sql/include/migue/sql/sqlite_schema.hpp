#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "migue/cpp/result.hpp"
#include "migue/ext/migrations.h"
#include "migue/ext/sql.h"

namespace migue::sql {

/// migue.sql/1 on SQLite: one plugin's tables in one file, attached under its schema name.
/// The host serves plugins with it and the plugin bench tests them with it, so both mean
/// the same.
///
/// Statements are fenced by an authorizer: the plugin's schema only; no ATTACH, PRAGMA or
/// DDL outside migrate(). Commits are durable (WAL, synchronous=FULL). Thread-safe: one
/// transaction at a time.
class SqliteSchema {
public:
    /// `file`: a path, or ":memory:". `schema`: the plugin's id.
    [[nodiscard]] static Result<std::unique_ptr<SqliteSchema>> open(const std::string& file,
                                                                    const std::string& schema);
    SqliteSchema(const SqliteSchema&) = delete;
    SqliteSchema& operator=(const SqliteSchema&) = delete;
    ~SqliteSchema();

    /// Applies the "sqlite" migrations that are new, each in a transaction, in the order of
    /// their names. Gives the names applied.
    [[nodiscard]] Result<std::vector<std::string>> migrate(const migue_migrations_v1& migrations);

    struct Outcome {
        migue_status status = MIGUE_E_INTERNAL;
        std::string json;  ///< migue_sql_result.rows_json
        std::string why;   ///< for the log when the status is negative; no parameter values
    };
    [[nodiscard]] Outcome execute(const migue_sql_statement* const* statements, std::size_t count);

private:
    class Impl;
    explicit SqliteSchema(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace migue::sql
