#include "privacy/personal_data.hpp"

#include <array>

#include "accounts/people.hpp"
#include "tables/rows.hpp"

namespace scheduling {

namespace {

using migue::Error;
using migue::Result;
using migue::Task;
using nlohmann::json;

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kRowsAPage = 500;
/// Of one table in one file: years of a busy person.
constexpr std::size_t kMostRows = 50'000;

struct Source {
    const char* name;     ///< in the file
    const char* columns;  ///< what a person may see; no sealed value and no hash
    const char* table;
    const char* order;
};

constexpr std::array<Source, 7> kSources{{
    {"person",
     "zone, locale, away_zone, away_until_ms, opted_out_ms, paused_ms, digest_minute, bookings, created_ms",
     "scheduling.people", "created_ms"},
    {"events",
     "event_id, title, start_ms, end_ms, all_day, busy, zone, location, guests, rrule, exdates, status, "
     "created_ms,"
     " updated_ms",
     "scheduling.local_events", "start_ms, event_id"},
    {"accounts",
     "provider, account_label, scopes, consent_version, consent_ms, status, created_ms, updated_ms",
     "scheduling.calendar_credentials", "created_ms, account_id"},
    {"links_sent", "status, login_hint, account_label, consent_ms, created_ms, expires_ms",
     "scheduling.link_attempts", "created_ms, link_hash"},
    {"reminders", "event_id, minutes, occurrence_ms, due_ms, sent_due_ms, created_ms", "scheduling.reminders",
     "created_ms, event_id"},
    {"consents", "subject, version, message_id, at_ms", "scheduling.consents", "at_ms, subject"},
    {"attempts", "message_id, event_id, action, start_ms, end_ms, outcome, error, at_ms",
     "scheduling.audit_entries", "at_ms, entry_id"},
}};

constexpr std::array kOwnTables{
    "scheduling.people",     "scheduling.local_events", "scheduling.reservations", "scheduling.link_attempts",
    "scheduling.held_times", "scheduling.reminders",    "scheduling.consents",     "scheduling.exports"};

bool is_well_formed(const std::string& token) {
    return token.size() == kTokenBytes * 2 &&
           token.find_first_not_of("0123456789abcdef") == std::string::npos;
}

Result<std::optional<ExportRight>> read_right(const Result<std::string>& answer) {
    if (!answer) return Error{answer.error().code, "look for an export: " + answer.error().what};
    auto statements = read_rows(*answer);
    if (!statements) return std::move(statements).error();
    std::optional<ExportRight> right;
    if (!statements->at(0).rows.empty())
        right = ExportRight{text_of(statements->at(0).rows.front(), "person_id"),
                            text_of(statements->at(0).rows.front(), "locale")};
    return right;
}

}  // namespace

Task<Result<std::vector<json>>> PersonalData::rows_of(std::string select, std::string order,
                                                      std::string person) const {
    std::vector<json> rows;
    while (rows.size() < kMostRows) {
        migue::SqlStatement page{select + " WHERE person_id = $1 ORDER BY " + order + " LIMIT " +
                                     std::to_string(kRowsAPage) + " OFFSET CAST($2 AS BIGINT)",
                                 json::array({person, rows.size()}).dump(), false};
        auto answer = co_await services_.sql.execute(std::move(page));
        if (!answer) co_return std::move(answer).error().within("collect a person's data");
        auto statements = read_rows(*answer);
        if (!statements) co_return std::move(statements).error();
        const std::size_t count = statements->at(0).rows.size();
        for (json& row : statements->at(0).rows) rows.push_back(std::move(row));
        if (count < kRowsAPage) break;
    }
    co_return rows;
}

Task<Result<json>> PersonalData::collect(std::string person) const {
    json file{{"about", "what the scheduling plugin of migue keeps about one person"},
              {"made_ms", services_.clock.unix_ms()},
              {"times", "Unix milliseconds"}};
    for (const Source& source : kSources) {
        auto rows = co_await rows_of(std::string("SELECT ") + source.columns + " FROM " + source.table,
                                     source.order, person);
        if (!rows) co_return std::move(rows).error();
        file[source.name] = std::move(*rows);
    }
    co_return file;
}

Task<Result<void>> PersonalData::erase(std::string person, std::string mark) const {
    std::vector<migue::SqlStatement> statements;
    const std::string params = json::array({person}).dump();
    // Of accounts that nobody else has linked; before the link itself goes.
    statements.push_back(
        {"DELETE FROM scheduling.account_calendars WHERE account_id IN (SELECT account_id FROM"
         " scheduling.calendar_credentials WHERE person_id = $1) AND account_id NOT IN (SELECT account_id "
         "FROM"
         " scheduling.calendar_credentials WHERE person_id <> $1)",
         params, false});
    statements.push_back({"DELETE FROM scheduling.calendar_credentials WHERE person_id = $1", params, false});
    for (const char* table : kOwnTables)
        statements.push_back({std::string("DELETE FROM ") + table + " WHERE person_id = $1", params, false});
    const std::int64_t now = services_.clock.unix_ms();
    statements.push_back(
        {"INSERT INTO scheduling.audit_erasures (person_id, mark_id, reason, before_ms, entries, at_ms)"
         " VALUES ($1, $2, 'asked', $3, 0, $4)",
         json::array({person, mark, now + 1, now}).dump(), false});
    auto erased = co_await services_.sql.execute(std::move(statements));
    if (!erased) co_return std::move(erased).error().within("erase a person's data");
    co_return Result<void>();
}

Task<Result<std::string>> PersonalData::offer_export(std::string person, std::string locale) const {
    auto random = services_.vault.random(kTokenBytes);
    if (!random) co_return std::move(random).error().within("export link");
    const std::string token = to_hex(*random);
    auto hash = services_.vault.sha256(token);
    if (!hash) co_return std::move(hash).error().within("export link");
    const std::int64_t now = services_.clock.unix_ms();
    migue::SqlStatement forget{"DELETE FROM scheduling.exports WHERE person_id = $1",
                               json::array({person}).dump(), false};
    migue::SqlStatement insert{
        "INSERT INTO scheduling.exports (person_id, token_hash, locale, expires_ms) VALUES ($1, $2, $3, $4)",
        json::array({person, to_hex(*hash), locale, now + kExportLifeMs}).dump(), false};
    auto kept = co_await services_.sql.execute(std::move(forget), std::move(insert));
    if (!kept) co_return std::move(kept).error().within("export link");
    co_return token;
}

Task<Result<std::optional<ExportRight>>> PersonalData::find_export(std::string token) const {
    if (!is_well_formed(token)) co_return std::optional<ExportRight>();
    auto hash = services_.vault.sha256(token);
    if (!hash) co_return std::move(hash).error().within("export link");
    migue::SqlStatement select{
        "SELECT person_id, locale FROM scheduling.exports WHERE token_hash = $1 AND expires_ms > $2",
        json::array({to_hex(*hash), services_.clock.unix_ms()}).dump(), false};
    auto answer = co_await services_.sql.execute(std::move(select));
    co_return read_right(answer);
}

Task<Result<std::optional<ExportRight>>> PersonalData::redeem_export(std::string token) const {
    if (!is_well_formed(token)) co_return std::optional<ExportRight>();
    auto hash = services_.vault.sha256(token);
    if (!hash) co_return std::move(hash).error().within("export link");
    migue::SqlStatement spend{
        "DELETE FROM scheduling.exports WHERE token_hash = $1 AND expires_ms > $2 RETURNING person_id, "
        "locale",
        json::array({to_hex(*hash), services_.clock.unix_ms()}).dump(), false};
    auto answer = co_await services_.sql.execute(std::move(spend));
    co_return read_right(answer);
}

}  // namespace scheduling
