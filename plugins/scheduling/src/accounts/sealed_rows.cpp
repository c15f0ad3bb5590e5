#include "accounts/sealed_rows.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <vector>

#include "tables/rows.hpp"

namespace scheduling {

namespace {

using migue::Error;
using migue::Result;
using migue::Task;
using nlohmann::json;

constexpr std::size_t kRowsAPage = 100;

struct Column {
    const char* name;
    const char* context;  ///< see seal_context()
};
struct SealedTable {
    const char* name;
    const char* second_key;  ///< beside person_id; "" when that is the whole key
    std::vector<Column> columns;
};

const std::array<SealedTable, 3>& tables() {
    static const std::array<SealedTable, 3> kTables{{
        {"people", "", {{"feed_sealed", "people/feed_sealed"}}},
        {"calendar_credentials",
         "account_id",
         {{"access_sealed", "calendar_credentials/access"},
          {"refresh_sealed", "calendar_credentials/refresh"}}},
        {"link_attempts",
         "link_hash",
         {{"verifier_sealed", "link_attempts/verifier"},
          {"code_sealed", "link_attempts/code"},
          {"tokens_sealed", "link_attempts/tokens"}}},
    }};
    return kTables;
}

/// Where a page begins: after this row of this table.
struct Place {
    std::size_t table = 0;
    std::string person, second;
};

std::string write_place(const Place& place) {
    return json::array({place.table, place.person, place.second}).dump();
}

std::optional<Place> read_place(const std::string& text) {
    if (text.empty()) return Place{};
    const json parsed = json::parse(text, nullptr, false);
    const bool fits = parsed.is_array() && parsed.size() == 3 && parsed[0].is_number_unsigned() &&
                      parsed[1].is_string() && parsed[2].is_string() && parsed[0] < tables().size();
    if (!fits) return std::nullopt;
    return Place{parsed[0], parsed[1], parsed[2]};
}

migue::SqlStatement select_page(const SealedTable& table, const Place& after) {
    const std::string second = table.second_key;
    std::string columns = "person_id" + (second.empty() ? "" : ", " + second);
    for (const Column& column : table.columns) columns += std::string(", ") + column.name;
    std::string beyond = "person_id > $1";
    if (!second.empty()) beyond += " OR (person_id = $1 AND " + second + " > $2)";
    json params = json::array({after.person});
    if (!second.empty()) params.push_back(after.second);
    return {"SELECT " + columns + " FROM scheduling." + table.name + " WHERE " + beyond +
                " ORDER BY person_id" + (second.empty() ? "" : ", " + second) + " LIMIT " +
                std::to_string(kRowsAPage),
            params.dump(), false};
}

/// Only if it is still the value that was read.
migue::SqlStatement replace(const SealedTable& table, const Column& column, const Place& row,
                            const std::string& before, const std::string& after) {
    json params = json::array({after, before, row.person});
    std::string text = std::string("UPDATE scheduling.") + table.name + " SET " + column.name +
                       " = $1 WHERE " + column.name + " = $2 AND person_id = $3";
    if (*table.second_key != '\0') {
        text += std::string(" AND ") + table.second_key + " = $4";
        params.push_back(row.second);
    }
    return {std::move(text), params.dump(), false};
}

}  // namespace

std::string seal_context(std::string_view column, std::string_view person, std::string_view second_key) {
    std::string context(column);
    context.append("/").append(person);
    if (!second_key.empty()) context.append("/").append(second_key);
    return context;
}

Task<Result<Resealed>> reseal_page(const migue::Services& services, std::string after) {
    auto place = read_place(after);
    if (!place) co_return Error{Error::Code::kInvalid, "after: expected what an earlier page gave as next"};
    const SealedTable& table = tables()[place->table];
    auto answer = co_await services.sql.execute(select_page(table, *place));
    if (!answer) co_return std::move(answer).error().within("read sealed rows");
    auto statements = read_rows(*answer);
    if (!statements) co_return std::move(statements).error();
    Resealed page;
    std::vector<migue::SqlStatement> changes;
    for (const json& row : statements->at(0).rows) {
        place->person = text_of(row, "person_id");
        place->second = *table.second_key == '\0' ? std::string() : text_of(row, table.second_key);
        for (const Column& column : table.columns) {
            const std::string sealed = text_of(row, column.name);
            if (sealed.empty()) continue;
            const std::string context = seal_context(column.context, place->person, place->second);
            auto plain = services.vault.open(sealed, context);
            if (!plain) {
                ++page.unreadable;
                services.log.error(
                    "a sealed value cannot be opened and stays as it is",
                    {{"table", table.name}, {"column", column.name}, {"why", plain.error().what}});
                continue;
            }
            auto again = services.vault.seal(*plain, context);
            if (!again) co_return std::move(again).error().within("seal");
            changes.push_back(replace(table, column, *place, sealed, *again));
        }
    }
    const bool is_last = statements->at(0).rows.size() < kRowsAPage;
    page.values = static_cast<std::int64_t>(changes.size());
    if (!changes.empty()) {
        auto written = co_await services.sql.execute(std::move(changes));
        if (!written) co_return std::move(written).error().within("write sealed rows");
    }
    if (is_last) *place = Place{place->table + 1, {}, {}};
    if (place->table < tables().size()) page.next = write_place(*place);
    co_return page;
}

}  // namespace scheduling
