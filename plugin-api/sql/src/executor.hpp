#pragma once
#include <cstddef>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "connection.hpp"
#include "migue/cpp/result.hpp"
#include "migue/sql/sqlite_schema.hpp"
#include "prepared.hpp"

namespace migue::sql {

/// Runs lists of a plugin's statements, each as one transaction. Not thread-safe.
class Executor {
public:
    using Outcome = SqliteSchema::Outcome;

    explicit Executor(Connection& connection) noexcept : connection_(connection) {}
    Executor(const Executor&) = delete;
    Executor& operator=(const Executor&) = delete;

    [[nodiscard]] Outcome execute(const migue_sql_statement* const* statements, std::size_t count);

private:
    struct Step {
        std::shared_ptr<Prepared> statement;
        nlohmann::json params;
        bool require_row = false;
    };

    [[nodiscard]] Result<Step> prepare(const migue_sql_statement* raw);
    [[nodiscard]] Outcome commit(std::size_t count, Outcome outcome);
    [[nodiscard]] Outcome run_steps(std::vector<Step>& steps);
    [[nodiscard]] Outcome run_step(Step& step, std::size_t index);
    [[nodiscard]] Outcome rows_of(Step& step, std::size_t index, nlohmann::json& rows);

    static constexpr std::size_t kCachedStatements = 64;

    Connection& connection_;
    PreparedCache cache_{kCachedStatements};
};

}  // namespace migue::sql
