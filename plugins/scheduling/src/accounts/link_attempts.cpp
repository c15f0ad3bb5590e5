#include "accounts/link_attempts.hpp"

#include <nlohmann/json.hpp>

#include "accounts/people.hpp"
#include "accounts/sealed_rows.hpp"
#include "accounts/web_text.hpp"
#include "tables/rows.hpp"

namespace scheduling {

namespace {

using migue::Error;
using migue::Result;
using migue::Task;
using nlohmann::json;

constexpr std::size_t kSecretBytes = 32;
constexpr int kMostTries = 5;
// No vowels, so that no word is one; no digits that look like letters.
constexpr std::string_view kCodeDigits = "BCDFGHJKLMNPQRSTVWXZ23456789";
constexpr std::size_t kCodeDigitsShown = 8;

std::string context_of(const char* column, const LinkAttempt& attempt) {
    return seal_context("link_attempts/" + std::string(column), attempt.person, attempt.link_hash);
}

LinkAttempt read_attempt(const json& row) {
    LinkAttempt attempt;
    attempt.person = text_of(row, "person_id");
    attempt.link_hash = text_of(row, "link_hash");
    attempt.conversation = text_of(row, "conversation_id");
    attempt.locale = text_of(row, "locale");
    attempt.login_hint = text_of(row, "login_hint");
    attempt.is_fresh = text_of(row, "status") == "sent";
    return attempt;
}

std::string write_tokens(const Tokens& tokens) {
    return json{{"access", tokens.access},
                {"refresh", tokens.refresh},
                {"access_life", tokens.access_life_ms},
                {"refresh_life", tokens.refresh_life_ms},
                {"scopes", tokens.scopes}}
        .dump();
}

Tokens read_tokens(const std::string& text) {
    const json object = json::parse(text, nullptr, false);
    Tokens tokens;
    if (!object.is_object()) return tokens;
    tokens.access = object.value("access", "");
    tokens.refresh = object.value("refresh", "");
    tokens.access_life_ms = object.value("access_life", std::int64_t{0});
    tokens.refresh_life_ms = object.value("refresh_life", std::int64_t{0});
    tokens.scopes = object.value("scopes", std::vector<std::string>());
    return tokens;
}

/// Rows of the first statement that gave any.
Result<std::optional<json>> first_row(const Result<std::string>& answer, const char* step,
                                      std::size_t statement = 0) {
    if (!answer) return Error(answer.error()).within(step);
    auto statements = read_rows(*answer);
    if (!statements) return std::move(statements).error();
    std::optional<json> row;
    if (statements->size() > statement && !statements->at(statement).rows.empty())
        row = statements->at(statement).rows.front();
    return row;
}

bool same(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    unsigned char difference = 0;  // as long for a near miss as for a far one
    for (std::size_t i = 0; i < a.size(); ++i)
        difference = static_cast<unsigned char>(
            difference | (static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i])));
    return difference == 0;
}

}  // namespace

std::optional<std::string> code_in(std::string_view text) {
    std::string code;
    for (const char c : text) {
        if (c == ' ' || c == '-' || c == '\n' || c == '\t') continue;
        const char upper = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        if (kCodeDigits.find(upper) == std::string_view::npos) return std::nullopt;
        code += upper;
        if (code.size() > kCodeDigitsShown) return std::nullopt;
    }
    if (code.size() != kCodeDigitsShown) return std::nullopt;
    return code.substr(0, 4) + "-" + code.substr(4);
}

Result<std::string> LinkAttempts::hash_of(std::string_view purpose, std::string_view secret) const {
    auto digest = services_.vault.sha256(std::string(purpose) + "/" + std::string(secret));
    if (!digest) return std::move(digest).error().within("hash");
    return to_hex(*digest);
}

Result<std::string> LinkAttempts::new_secret() const {
    auto bytes = services_.vault.random(kSecretBytes);
    if (!bytes) return std::move(bytes).error().within("random");
    return base64url(*bytes);
}

Result<std::string> LinkAttempts::new_code() const {
    auto bytes = services_.vault.random(64);
    if (!bytes) return std::move(bytes).error().within("random");
    std::string code;
    for (const char byte : *bytes) {
        const auto value = static_cast<unsigned char>(byte);
        if (value >= 252) continue;  // 252 is nine times 28: every digit is as likely
        code += kCodeDigits[value % kCodeDigits.size()];
        if (code.size() == kCodeDigitsShown) return code.substr(0, 4) + "-" + code.substr(4);
    }
    return Error{Error::Code::kInternal, "random bytes that are not"};
}

Task<Result<std::string>> LinkAttempts::begin(std::string person, std::string conversation,
                                              std::string locale, std::string login_hint) const {
    auto link = new_secret();
    if (!link) co_return std::move(link).error();
    auto hash = hash_of("link", *link);
    if (!hash) co_return std::move(hash).error();
    const std::int64_t now = services_.clock.unix_ms();
    // One that is under way in a browser goes on.
    migue::SqlStatement clear{
        "DELETE FROM scheduling.link_attempts WHERE person_id = $1 AND (status = 'sent' OR expires_ms <= $2)",
        json::array({person, now}).dump(), false};
    migue::SqlStatement insert{
        "INSERT INTO scheduling.link_attempts (person_id, link_hash, conversation_id, locale, login_hint, "
        "status,"
        " expires_ms, created_ms) VALUES ($1, $2, $3, $4, $5, 'sent', $6, $7)",
        json::array({person, *hash, conversation, locale, login_hint, now + kLinkLifeMs, now}).dump(), false};
    auto answer = co_await services_.sql.execute(std::move(clear), std::move(insert));
    if (!answer) co_return std::move(answer).error().within("make a link");
    co_return std::move(*link);
}

Task<Result<std::optional<LinkAttempt>>> LinkAttempts::find(std::string link) const {
    auto hash = hash_of("link", link);
    if (!hash) co_return std::move(hash).error();
    migue::SqlStatement select{
        "SELECT person_id, link_hash, conversation_id, locale, login_hint, status FROM "
        "scheduling.link_attempts"
        " WHERE link_hash = $1 AND expires_ms > $2",
        json::array({*hash, services_.clock.unix_ms()}).dump(), false};
    auto answer = co_await services_.sql.execute(std::move(select));
    auto row = first_row(answer, "find a link");
    if (!row) co_return std::move(row).error();
    std::optional<LinkAttempt> found;
    if (row->has_value()) found = read_attempt(**row);
    co_return found;
}

Task<Result<std::optional<Departure>>> LinkAttempts::depart(std::string link, std::string cookie) const {
    auto hash = hash_of("link", link);
    auto cookie_hash = hash_of("cookie", cookie);
    auto state = new_secret();
    auto verifier = new_secret();
    if (!hash || !cookie_hash || !state || !verifier)
        co_return Error{Error::Code::kInternal, "depart: no random bytes"};
    auto state_hash = hash_of("state", *state);
    if (!state_hash) co_return std::move(state_hash).error();
    auto attempt = co_await find(link);
    if (!attempt) co_return std::move(attempt).error();
    std::optional<Departure> none;
    if (!attempt->has_value()) co_return none;
    auto sealed = services_.vault.seal(*verifier, context_of("verifier", **attempt));
    if (!sealed) co_return std::move(sealed).error().within("depart");
    const std::int64_t now = services_.clock.unix_ms();
    migue::SqlStatement take{
        "UPDATE scheduling.link_attempts SET status = 'left', state_hash = $3, cookie_hash = $4, "
        "verifier_sealed = $5,"
        " expires_ms = $6 WHERE person_id = $1 AND link_hash = $2 AND status = 'sent' AND expires_ms > $7"
        " RETURNING login_hint",
        json::array({(*attempt)->person, *hash, *state_hash, *cookie_hash, *sealed, now + kLinkLifeMs, now})
            .dump(),
        false};
    auto answer = co_await services_.sql.execute(std::move(take));
    auto row = first_row(answer, "depart");
    if (!row) co_return std::move(row).error();
    if (!row->has_value()) co_return none;
    co_return std::optional<Departure>(
        Departure{std::move(*state), std::move(*verifier), text_of(**row, "login_hint")});
}

Task<Result<std::optional<Arrival>>> LinkAttempts::arrive(std::string state, std::string cookie) const {
    auto state_hash = hash_of("state", state);
    auto cookie_hash = hash_of("cookie", cookie);
    if (!state_hash) co_return std::move(state_hash).error();
    if (!cookie_hash) co_return std::move(cookie_hash).error();
    migue::SqlStatement take{
        "UPDATE scheduling.link_attempts SET status = 'came' WHERE state_hash = $1 AND cookie_hash = $2 AND "
        "status = 'left'"
        " AND expires_ms > $3 RETURNING person_id, link_hash, conversation_id, locale, login_hint, status, "
        "verifier_sealed",
        json::array({*state_hash, *cookie_hash, services_.clock.unix_ms()}).dump(), false};
    auto answer = co_await services_.sql.execute(std::move(take));
    auto row = first_row(answer, "arrive");
    if (!row) co_return std::move(row).error();
    std::optional<Arrival> arrival;
    if (!row->has_value()) co_return arrival;
    LinkAttempt attempt = read_attempt(**row);
    auto verifier = services_.vault.open(text_of(**row, "verifier_sealed"), context_of("verifier", attempt));
    if (!verifier) co_return std::move(verifier).error().within("arrive");
    arrival.emplace(Arrival{std::move(attempt), std::move(*verifier)});
    co_return arrival;
}

Task<Result<void>> LinkAttempts::hold(const LinkAttempt& attempt, const Identity& identity,
                                      const Tokens& tokens) const {
    auto code = new_code();
    if (!code) co_return std::move(code).error();
    auto code_sealed = services_.vault.seal(*code, context_of("code", attempt));
    auto tokens_sealed = services_.vault.seal(write_tokens(tokens), context_of("tokens", attempt));
    if (!code_sealed) co_return std::move(code_sealed).error().within("hold tokens");
    if (!tokens_sealed) co_return std::move(tokens_sealed).error().within("hold tokens");
    const std::int64_t now = services_.clock.unix_ms();
    migue::SqlStatement keep{
        "UPDATE scheduling.link_attempts SET status = 'held', code_sealed = $3, tokens_sealed = $4, "
        "account_id = $5,"
        " account_label = $6, consent_ms = $7, expires_ms = $8, state_hash = '', verifier_sealed = ''"
        " WHERE person_id = $1 AND link_hash = $2 AND status = 'came'",
        json::array({attempt.person, attempt.link_hash, *code_sealed, *tokens_sealed, identity.sub,
                     identity.email, now, now + kCodeLifeMs})
            .dump(),
        true};
    migue::SqlStatement clear{
        "DELETE FROM scheduling.link_attempts WHERE person_id = $1 AND link_hash <> $2 AND status = 'held'",
        json::array({attempt.person, attempt.link_hash}).dump(), false};
    auto answer = co_await services_.sql.execute(std::move(keep), std::move(clear));
    if (!answer) co_return std::move(answer).error().within("hold tokens");
    co_return Result<void>();
}

Task<Result<std::optional<std::string>>> LinkAttempts::code_for(std::string cookie) const {
    auto cookie_hash = hash_of("cookie", cookie);
    if (!cookie_hash) co_return std::move(cookie_hash).error();
    migue::SqlStatement select{
        "SELECT person_id, link_hash, conversation_id, locale, login_hint, status, code_sealed FROM"
        " scheduling.link_attempts WHERE cookie_hash = $1 AND status = 'held' AND expires_ms > $2",
        json::array({*cookie_hash, services_.clock.unix_ms()}).dump(), false};
    auto answer = co_await services_.sql.execute(std::move(select));
    auto row = first_row(answer, "find the code");
    if (!row) co_return std::move(row).error();
    std::optional<std::string> code;
    if (!row->has_value()) co_return code;
    auto opened =
        services_.vault.open(text_of(**row, "code_sealed"), context_of("code", read_attempt(**row)));
    if (!opened) co_return std::move(opened).error().within("find the code");
    code = std::move(*opened);
    co_return code;
}

Task<Result<Redeemed>> LinkAttempts::redeem(std::string person, std::string conversation,
                                            std::string code) const {
    const std::int64_t now = services_.clock.unix_ms();
    // A try counts before it is looked at, so that tries at once do not share one.
    migue::SqlStatement count{
        "UPDATE scheduling.link_attempts SET tries = tries + 1 WHERE person_id = $1 AND conversation_id = $2 "
        "AND status ="
        " 'held' AND expires_ms > $3 RETURNING person_id, link_hash, conversation_id, locale, login_hint, "
        "status,"
        " code_sealed, tokens_sealed, account_id, account_label, consent_ms, tries",
        json::array({person, conversation, now}).dump(), false};
    auto answer = co_await services_.sql.execute(std::move(count));
    auto row = first_row(answer, "redeem a code");
    if (!row) co_return std::move(row).error();
    Redeemed redeemed;
    if (!row->has_value()) co_return redeemed;
    const LinkAttempt attempt = read_attempt(**row);
    migue::SqlStatement erase{"DELETE FROM scheduling.link_attempts WHERE person_id = $1 AND link_hash = $2",
                              json::array({attempt.person, attempt.link_hash}).dump(), false};
    if (number_of(**row, "tries") > kMostTries) {
        auto erased = co_await services_.sql.execute(std::move(erase));
        if (!erased) co_return std::move(erased).error().within("redeem a code");
        redeemed.kind = Redeemed::Kind::kSpent;
        co_return redeemed;
    }
    auto wanted = services_.vault.open(text_of(**row, "code_sealed"), context_of("code", attempt));
    auto sealed = services_.vault.open(text_of(**row, "tokens_sealed"), context_of("tokens", attempt));
    if (!wanted) co_return std::move(wanted).error().within("redeem a code");
    if (!sealed) co_return std::move(sealed).error().within("redeem a code");
    redeemed.kind = Redeemed::Kind::kWrong;
    if (!same(*wanted, code)) co_return redeemed;
    redeemed.account.person = person;
    redeemed.account.id = text_of(**row, "account_id");
    redeemed.account.label = text_of(**row, "account_label");
    redeemed.account.conversation = conversation;
    redeemed.account.consent_ms = number_of(**row, "consent_ms");
    // The account first: a turn that is cut off here finds the code still waiting, and repeats.
    auto kept = co_await accounts_.keep(redeemed.account, read_tokens(*sealed));
    if (!kept) co_return std::move(kept).error();
    redeemed.kind = Redeemed::Kind::kLinked;
    auto erased = co_await services_.sql.execute(std::move(erase));
    if (!erased)
        services_.log.warn("a used link attempt stays until it runs out", {{"why", erased.error().what}});
    co_return redeemed;
}

}  // namespace scheduling
