#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "host/store/postgres/rows.hpp"
#include "migue/cpp/result.hpp"

/// The two ends of a plugin's statement: what it may say, and what it is told.
namespace migue::host::postgres {

struct StatementShape {
    bool writes = false;
};

/// Refuses (kInvalid) what is no SELECT, INSERT, UPDATE, DELETE or WITH, and what would reach
/// beyond the transaction and the plugin's schema where roles alone do not hold it: settings,
/// catalogs, locks, statements inside of strings, tables made by SELECT INTO.
[[nodiscard]] Result<StatementShape> look_at_statement(std::string_view text);

/// Refuses a migration that would leave its transaction or its role.
[[nodiscard]] Result<void> look_at_migration(std::string_view text);

/// JSON strings, numbers and nulls as parameters. kInvalid: others, NUL, integers over BIGINT.
[[nodiscard]] Result<Params> params_of(const nlohmann::json& array);

/// {"changed":n,"rows":[…]} as in ext/sql.h. kInvalid: two columns of one name, a type that is
/// neither text nor a number, a number that JSON does not have.
[[nodiscard]] Result<nlohmann::json> json_of(const Rows& rows, bool writes);

}  // namespace migue::host::postgres
