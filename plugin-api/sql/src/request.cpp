#include "migue/sql/request.hpp"

#include <algorithm>
#include <utility>

#include "migue/cpp/text.hpp"

namespace migue::sql {

Result<StatementRequest> read_statement(const migue_sql_statement* raw) {
    if (raw == nullptr || raw->struct_size < sizeof(migue_sql_statement))
        return Error{Error::Code::kInvalid, "struct_size is too small"};
    if ((raw->flags & 0xffffu & ~MIGUE_SQL_REQUIRE_ROW) != 0)
        return Error{Error::Code::kInvalid, "unknown flags"};
    const std::string_view params = to_view(raw->params_json);
    StatementRequest request;
    request.text = to_view(raw->text);
    request.requires_row = (raw->flags & MIGUE_SQL_REQUIRE_ROW) != 0;
    request.params = nlohmann::json::parse(params.empty() ? std::string_view("[]") : params, nullptr, false);
    if (!request.params.is_array()) return Error{Error::Code::kInvalid, "params_json is not a JSON array"};
    return request;
}

Result<std::vector<MigrationText>> migrations_of(const migue_migrations_v1& raw, std::string_view dialect) {
    std::vector<MigrationText> list;
    for (std::size_t i = 0; i < raw.count; ++i) {
        const migue_migration* item = raw.items[i];
        if (item == nullptr || item->struct_size < sizeof(migue_migration))
            return Error{Error::Code::kInvalid, "migration " + std::to_string(i) + " is malformed"};
        if (to_view(item->dialect) != dialect) continue;
        if (item->name.size == 0)
            return Error{Error::Code::kInvalid, "migration " + std::to_string(i) + " has no name"};
        list.push_back({std::string(to_view(item->name)), std::string(to_view(item->sql))});
    }
    std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    const auto twice = std::adjacent_find(list.begin(), list.end(),
                                          [](const auto& a, const auto& b) { return a.name == b.name; });
    if (twice != list.end()) return Error{Error::Code::kInvalid, "two migrations are named " + twice->name};
    return list;
}

}  // namespace migue::sql
