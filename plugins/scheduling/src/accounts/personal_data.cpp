#include "accounts/personal_data.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "accounts/people.hpp"
#include "audit/retention.hpp"
#include "tables/rows.hpp"

namespace scheduling {

namespace {

using migue::Result;
using migue::Task;
using nlohmann::json;

constexpr int kMostRows = 5000;
constexpr std::string_view kAudit = "audit_entries";
constexpr std::uint64_t kRevokeNs = 2'000'000'000;

/// What proves or opens something is of no use to the person, and of use to a thief.
bool is_secret(std::string_view column) {
    return column.ends_with("_sealed") || column.ends_with("_hash") || column == "claim";
}

json without_secrets(const json& row) {
    json kept = json::object();
    for (const auto& [column, value] : row.items())
        if (!is_secret(column) && column != "person_id") kept[column] = value;
    return kept;
}

migue::SqlStatement select_rows(std::string_view table, const std::string& person) {
    return {"SELECT * FROM scheduling." + std::string(table) + " WHERE person_id = $1 LIMIT " +
                std::to_string(kMostRows + 1),
            json::array({person}).dump(), false};
}

migue::SqlStatement count_rows(std::string_view table, const std::string& person) {
    return {"SELECT COUNT(*) AS n FROM scheduling." + std::string(table) + " WHERE person_id = $1",
            json::array({person}).dump(), false};
}

}  // namespace

const std::vector<std::string_view>& personal_tables() {
    static const std::vector<std::string_view> kTables{
        "people",        "local_events", "reservations", "calendar_credentials",
        "link_attempts", "held_times",   kAudit};
    return kTables;
}

Task<Result<std::string>> PersonalData::export_json(std::string person) const {
    json document{{"person", person}, {"at_ms", services_.clock.unix_ms()}, {"tables", json::object()}};
    json shortened = json::array();
    for (const std::string_view table : personal_tables()) {
        auto answer = co_await services_.sql.execute(select_rows(table, person));
        if (!answer) co_return std::move(answer).error().within("export a table");
        auto statements = read_rows(*answer);
        if (!statements) co_return std::move(statements).error();
        json rows = json::array();
        for (const json& row : statements->at(0).rows) {
            if (rows.size() == kMostRows) {
                shortened.push_back(table);
                break;
            }
            rows.push_back(without_secrets(row));
        }
        document["tables"][std::string(table)] = std::move(rows);
    }
    document["shortened"] = std::move(shortened);
    co_return document.dump(2, ' ', false, json::error_handler_t::replace);
}

Task<Result<RowCounts>> PersonalData::count(std::string person) const {
    std::vector<migue::SqlStatement> statements;
    for (const std::string_view table : personal_tables()) statements.push_back(count_rows(table, person));
    auto answer = co_await services_.sql.execute(std::move(statements));
    if (!answer) co_return std::move(answer).error().within("count a person's rows");
    auto counted = read_rows(*answer);
    if (!counted) co_return std::move(counted).error();
    RowCounts counts;
    for (std::size_t i = 0; i < personal_tables().size(); ++i)
        counts[std::string(personal_tables()[i])] = number_of(counted->at(i).rows.at(0), "n");
    co_return counts;
}

Task<Result<void>> PersonalData::take_back_grants(Caller caller, ErasedData& erased) const {
    auto accounts = co_await accounts_.all(caller.person);
    if (!accounts) co_return std::move(accounts).error();
    for (const GoogleAccount& account : *accounts) {
        // Revoked first: a turn that is cut off in between finds the link again and repeats this.
        auto grant = co_await accounts_.grant_of(account);
        if (!grant) co_return std::move(grant).error();
        const std::uint64_t now = services_.clock.monotonic_ns();
        std::uint64_t left = kRevokeNs;
        if (caller.until_ns != 0) left = caller.until_ns > now ? std::min(left, caller.until_ns - now) : 1;
        if (!grant->is_last) {
            erased.shared.push_back(account.label);
        } else if (grant->token.empty()) {
            erased.unrevoked.push_back(account.label);
        } else {
            auto revoked = co_await oauth_.revoke(grant->token, std::chrono::nanoseconds(left));
            (revoked ? erased.revoked : erased.unrevoked).push_back(account.label);
        }
    }
    co_return Result<void>();
}

Task<Result<ErasedData>> PersonalData::erase(Caller caller) const {
    ErasedData erased;
    auto counted = co_await count(caller.person);
    if (!counted) co_return std::move(counted).error();
    erased.rows = std::move(*counted);
    auto taken = co_await take_back_grants(caller, erased);
    if (!taken) co_return std::move(taken).error().within("erase a person");
    auto mark = services_.vault.random(16);
    if (!mark) co_return std::move(mark).error().within("erase a person");
    std::vector<migue::SqlStatement> statements;
    for (const std::string_view table : personal_tables())
        if (table != kAudit)
            statements.push_back({"DELETE FROM scheduling." + std::string(table) + " WHERE person_id = $1",
                                  json::array({caller.person}).dump(), false});
    statements.push_back(erase_audit(caller.person, to_hex(*mark), "asked for",
                                     std::numeric_limits<std::int64_t>::max(), services_.clock.unix_ms()));
    auto written = co_await services_.sql.execute(std::move(statements));
    if (!written) co_return std::move(written).error().within("erase a person");
    co_return erased;
}

}  // namespace scheduling
