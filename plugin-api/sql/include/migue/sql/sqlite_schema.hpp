#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "migue/cpp/result.hpp"
#include "migue/sql/schema.hpp"

namespace migue::sql {

/// migue.sql/1 on SQLite: one plugin's tables in one file, attached under its schema name.
/// The host serves plugins with it and the plugin bench tests them with it, so both mean
/// the same.
///
/// Statements are fenced by an authorizer: the plugin's schema only; no ATTACH, PRAGMA or
/// DDL outside migrate(). Commits are durable (WAL, synchronous=FULL). Thread-safe: one
/// transaction at a time.
class SqliteSchema final : public Schema {
public:
    /// `file`: a path, or ":memory:". `schema`: the plugin's id.
    [[nodiscard]] static Result<std::unique_ptr<SqliteSchema>> open(const std::string& file,
                                                                    const std::string& schema);
    ~SqliteSchema() override;

    [[nodiscard]] Result<std::vector<std::string>> migrate(const migue_migrations_v1& migrations) override;
    [[nodiscard]] Outcome execute(const migue_sql_statement* const* statements, std::size_t count) override;

private:
    class Impl;
    explicit SqliteSchema(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace migue::sql
