#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "migue/cpp/result.hpp"
#include "migue/ext/migrations.h"
#include "migue/ext/sql.h"

namespace migue::sql {

/// migue.sql/1 on some database: one plugin's tables. Thread-safe.
class Schema {
public:
    Schema() = default;
    Schema(const Schema&) = delete;
    Schema& operator=(const Schema&) = delete;
    virtual ~Schema() = default;

    /// Applies the migrations of its dialect that are new, each in a transaction, in the order
    /// of their names. Gives the names applied.
    [[nodiscard]] virtual Result<std::vector<std::string>> migrate(const migue_migrations_v1& migrations) = 0;

    struct Outcome {
        migue_status status = MIGUE_E_INTERNAL;
        std::string json;  ///< migue_sql_result.rows_json
        std::string why;   ///< for the log when the status is negative; no parameter values
    };
    /// All as one transaction. Waits for the database.
    [[nodiscard]] virtual Outcome execute(const migue_sql_statement* const* statements,
                                          std::size_t count) = 0;
};

}  // namespace migue::sql
