#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "migue/cpp/result.hpp"
#include "migue/ext/migrations.h"
#include "migue/ext/sql.h"

/// What a plugin hands over, read and checked the same way for every database.
namespace migue::sql {

struct StatementRequest {
    std::string text;
    nlohmann::json params;  ///< an array
    bool requires_row = false;
};

/// kInvalid: too small a struct, unknown flags, parameters that are no JSON array.
[[nodiscard]] Result<StatementRequest> read_statement(const migue_sql_statement* raw);

struct MigrationText {
    std::string name, sql;
};

/// Those of a dialect, in the order of their names. kInvalid: malformed, nameless or twice.
[[nodiscard]] Result<std::vector<MigrationText>> migrations_of(const migue_migrations_v1& raw,
                                                               std::string_view dialect);

}  // namespace migue::sql
