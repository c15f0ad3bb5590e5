#pragma once
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "migue/cpp/result.hpp"

/// Between migue.sql/1's JSON and C++.
namespace scheduling {

/// What one statement gave.
struct StatementRows {
    std::int64_t changed = 0;
    std::vector<nlohmann::json> rows;  ///< objects, column name to value
};

/// Reads migue_sql_result.rows_json. kInternal when the host answers something else.
[[nodiscard]] migue::Result<std::vector<StatementRows>> read_rows(std::string_view rows_json);

/// A column of a row; kept simple for columns that are NOT NULL. A missing or null one is
/// the default.
[[nodiscard]] std::string text_of(const nlohmann::json& row, const char* column);
[[nodiscard]] std::int64_t number_of(const nlohmann::json& row, const char* column);

}  // namespace scheduling
