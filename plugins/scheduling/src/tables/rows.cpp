#include "tables/rows.hpp"

namespace scheduling {

migue::Result<std::vector<StatementRows>> read_rows(std::string_view rows_json) {
    const auto broken = [] {
        return migue::Error{migue::Error::Code::kInternal,
                            "migue.sql answered something else than rows_json"};
    };
    const auto parsed = nlohmann::json::parse(rows_json, nullptr, false);
    if (!parsed.is_array()) return broken();
    std::vector<StatementRows> statements;
    for (const auto& element : parsed) {
        if (!element.is_object()) return broken();
        StatementRows rows;
        rows.changed = number_of(element, "changed");
        if (const auto found = element.find("rows"); found != element.end() && found->is_array())
            rows.rows.assign(found->begin(), found->end());
        statements.push_back(std::move(rows));
    }
    return statements;
}

std::string text_of(const nlohmann::json& row, const char* column) {
    const auto found = row.find(column);
    return found != row.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::int64_t number_of(const nlohmann::json& row, const char* column) {
    const auto found = row.find(column);
    return found != row.end() && found->is_number() ? found->get<std::int64_t>() : 0;
}

}  // namespace scheduling
