#include "privacy/export_links.hpp"

#include <nlohmann/json.hpp>

#include "accounts/people.hpp"
#include "tables/rows.hpp"

namespace scheduling {

namespace {

using migue::Error;
using migue::Result;
using migue::Task;
using nlohmann::json;

constexpr std::size_t kTokenBytes = 32;
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

Task<Result<std::string>> ExportLinks::offer_export(std::string person, std::string locale) const {
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

Task<Result<std::optional<ExportRight>>> ExportLinks::find_export(std::string token) const {
    if (!is_well_formed(token)) co_return std::optional<ExportRight>();
    auto hash = services_.vault.sha256(token);
    if (!hash) co_return std::move(hash).error().within("export link");
    migue::SqlStatement select{
        "SELECT person_id, locale FROM scheduling.exports WHERE token_hash = $1 AND expires_ms > $2",
        json::array({to_hex(*hash), services_.clock.unix_ms()}).dump(), false};
    auto answer = co_await services_.sql.execute(std::move(select));
    co_return read_right(answer);
}

Task<Result<std::optional<ExportRight>>> ExportLinks::redeem_export(std::string token) const {
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
