#include "accounts/google_accounts.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "accounts/people.hpp"
#include "accounts/sealed_rows.hpp"
#include "calendar/side_by_side.hpp"
#include "tables/rows.hpp"

namespace scheduling {

namespace {

using migue::Error;
using migue::Result;
using migue::Task;
using nlohmann::json;

constexpr std::int64_t kEarlyMs = 60 * 1000;   // refreshed while it still works
constexpr std::int64_t kClaimMs = 20 * 1000;   // longer than one request may take
constexpr std::int64_t kToStoreMs = 1000;      // of a claim, after the caller's own time
constexpr std::int64_t kClosedMs = 60 * 1000;  // after our client was refused
constexpr std::int64_t kWeekMs = 7LL * 24 * 3600 * 1000, kHalfDayMs = 12LL * 3600 * 1000;
constexpr std::chrono::milliseconds kWaitStep{50};
constexpr int kMostWaits = 100;

constexpr const char* kColumns =
    "person_id, account_id, account_label, conversation_id, calendars, status, writes, consent_ms, version,"
    " access_expires_ms, access_sealed, refresh_sealed, write_calendar, scopes, list_token,"
    " listed_ms";

std::string context_of(const char* column, const std::string& person, const std::string& account) {
    return seal_context("calendar_credentials/" + std::string(column), person, account);
}

GoogleAccount read_account(const json& row) {
    GoogleAccount account;
    account.person = text_of(row, "person_id");
    account.id = text_of(row, "account_id");
    account.label = text_of(row, "account_label");
    account.conversation = text_of(row, "conversation_id");
    for (const auto& id : json::parse(text_of(row, "calendars"), nullptr, false))
        if (id.is_string()) account.calendars.push_back(id);
    if (account.calendars.empty()) account.calendars.emplace_back("primary");
    account.write_calendar = text_of(row, "write_calendar");
    account.list_token = text_of(row, "list_token");
    account.listed_ms = number_of(row, "listed_ms");
    account.scopes = split_scopes(text_of(row, "scopes"));
    account.is_alive = text_of(row, "status") == "linked";
    account.writes = number_of(row, "writes") != 0;
    account.consent_ms = number_of(row, "consent_ms");
    account.version = number_of(row, "version");
    account.access_until_ms = number_of(row, "access_expires_ms");
    account.access_sealed = text_of(row, "access_sealed");
    account.refresh_sealed = text_of(row, "refresh_sealed");
    return account;
}

}  // namespace

GoogleAccounts::GoogleAccounts(const migue::Services& services, const OAuthClient& oauth)
    : services_(services),
      oauth_(oauth),
      refused_client_(services.metrics.counter("google_client_refused_total")),
      dead_links_(services.metrics.counter("google_links_died_total")) {}

Task<Result<std::vector<GoogleAccount>>> GoogleAccounts::all(std::string person) const {
    migue::SqlStatement select{
        "SELECT " + std::string(kColumns) +
            " FROM scheduling.calendar_credentials WHERE person_id = $1 AND provider = 'google'"
            " ORDER BY writes DESC, created_ms, account_id",
        json::array({person}).dump(), false};
    auto answer = co_await services_.sql.execute(std::move(select));
    if (!answer) co_return std::move(answer).error().within("linked accounts");
    auto statements = read_rows(*answer);
    if (!statements) co_return std::move(statements).error();
    std::vector<GoogleAccount> accounts;
    for (const auto& row : statements->at(0).rows) accounts.push_back(read_account(row));
    co_return accounts;
}

Task<Result<GoogleAccount>> GoogleAccounts::load(std::string person, std::string account) const {
    auto accounts = co_await all(std::move(person));
    if (!accounts) co_return std::move(accounts).error();
    for (GoogleAccount& one : *accounts)
        if (one.id == account) co_return std::move(one);
    co_return Error{Error::Code::kUnsupported, std::string(kWhyNotLinked)};
}

Result<AccessToken> GoogleAccounts::open(const GoogleAccount& account) const {
    auto text = services_.vault.open(account.access_sealed, context_of("access", account.person, account.id));
    if (!text) {
        // A blob that does not open is no reason to ask the person for anything.
        services_.log.error("a linked account's token cannot be opened; is its vault key gone?");
        return Error{Error::Code::kConfig, "access token: " + text.error().what};
    }
    return AccessToken{std::move(*text), account.version};
}

Task<Result<AccessToken>> GoogleAccounts::access(Caller caller, std::string account) const {
    for (int waits = 0; waits < kMostWaits; ++waits) {
        auto row = co_await load(caller.person, account);
        if (!row) co_return std::move(row).error();
        if (!row->is_alive) co_return Error{Error::Code::kUnsupported, std::string(kWhyAccessEnded)};
        const std::int64_t now = services_.clock.unix_ms();
        if (row->access_until_ms - kEarlyMs > now) co_return open(*row);
        if (closed_until_ms_.load() > now)
            co_return Error{Error::Code::kConfig, "Google refused our client a moment ago"};
        const bool in_time = caller.until_ns == 0 || services_.clock.monotonic_ns() < caller.until_ns;
        if (!in_time) break;
        auto nonce = services_.vault.random(16);
        if (!nonce) co_return std::move(nonce).error().within("claim");
        auto claimed = co_await claim(caller, *row, to_hex(*nonce));
        if (!claimed) co_return std::move(claimed).error();
        if (*claimed) co_return co_await refresh(caller, std::move(*row), to_hex(*nonce));
        auto waited = co_await services_.timer.after(kWaitStep);
        if (!waited) co_return std::move(waited).error();
    }
    co_return Error{Error::Code::kUnavailable, "no fresh token in time"};
}

/// No longer than the caller asks: a process that dies over it must not keep the others waiting.
Task<Result<bool>> GoogleAccounts::claim(Caller caller, const GoogleAccount& account,
                                         std::string claimant) const {
    const std::int64_t now = services_.clock.unix_ms();
    std::int64_t life = kClaimMs;
    if (const std::uint64_t now_ns = services_.clock.monotonic_ns(); caller.until_ns > now_ns)
        life = std::min(life, static_cast<std::int64_t>((caller.until_ns - now_ns) / 1'000'000) + kToStoreMs);
    migue::SqlStatement take{
        "UPDATE scheduling.calendar_credentials SET claim = $3, claim_until_ms = $4"
        " WHERE person_id = $1 AND account_id = $2 AND claim_until_ms < $5 AND version = $6 AND status = "
        "'linked'"
        " RETURNING account_id",
        json::array({account.person, account.id, claimant, now + life, now, account.version}).dump(), false};
    auto answer = co_await services_.sql.execute(std::move(take));
    if (!answer) co_return std::move(answer).error().within("claim the refresh");
    auto statements = read_rows(*answer);
    if (!statements) co_return std::move(statements).error();
    co_return !statements->at(0).rows.empty();
}

Task<Result<AccessToken>> GoogleAccounts::refresh(Caller caller, GoogleAccount account,
                                                  std::string claimant) const {
    auto token =
        services_.vault.open(account.refresh_sealed, context_of("refresh", account.person, account.id));
    if (!token) {
        services_.log.error("a linked account's token cannot be opened; is its vault key gone?");
        co_return Error{Error::Code::kConfig, "refresh token: " + token.error().what};
    }
    std::chrono::nanoseconds left{0};
    const std::uint64_t now_ns = services_.clock.monotonic_ns();
    if (caller.until_ns != 0)
        left = std::chrono::nanoseconds(caller.until_ns > now_ns ? caller.until_ns - now_ns : 1);
    auto tokens = co_await oauth_.refresh(std::move(*token), left);
    if (tokens) {
        const std::string text = tokens->access;
        auto stored = co_await store(account, std::move(*tokens), claimant);
        if (!stored) co_return std::move(stored).error();
        co_return AccessToken{text, account.version + 1};
    }
    // Before the claim ends: whoever waits for it must not ask once more.
    if (tokens.error().code == Error::Code::kConfig)
        closed_until_ms_.store(services_.clock.unix_ms() + kClosedMs);
    migue::SqlStatement release{
        "UPDATE scheduling.calendar_credentials SET claim_until_ms = 0 WHERE person_id = $1 AND account_id = "
        "$2 AND claim "
        "= $3",
        json::array({account.person, account.id, claimant}).dump(), false};
    auto released = co_await services_.sql.execute(std::move(release));
    if (!released)
        services_.log.warn("a claim on a token stays until it runs out", {{"why", released.error().what}});
    co_return co_await after_refusal(std::move(account), std::move(tokens).error());
}

Task<Result<AccessToken>> GoogleAccounts::after_refusal(GoogleAccount tried, Error error) const {
    if (error.code == Error::Code::kConfig) {
        services_.metrics.record(refused_client_, 1);
        services_.log.error(
            "Google refuses our OAuth client; check plugins.scheduling.google. Links are kept",
            {{"answer", error.what}});
        co_return error;
    }
    if (error.code != Error::Code::kState) co_return error;
    auto row = co_await load(tried.person, tried.id);
    if (!row) co_return std::move(row).error();
    const bool renewed = row->version != tried.version && row->access_until_ms > services_.clock.unix_ms();
    if (renewed) co_return open(*row);
    auto buried = co_await bury(*row, error.what);
    if (!buried) co_return std::move(buried).error();
    co_return Error{Error::Code::kUnsupported, std::string(kWhyAccessEnded)};
}

Task<Result<bool>> GoogleAccounts::bury(const GoogleAccount& account, std::string why) const {
    const std::int64_t now = services_.clock.unix_ms();
    const std::int64_t age = now - account.consent_ms;
    migue::SqlStatement mark{
        "UPDATE scheduling.calendar_credentials SET status = 'needs_relink', access_sealed = '', "
        "access_expires_ms = 0,"
        " claim_until_ms = 0, updated_ms = $4 WHERE person_id = $1 AND account_id = $2 AND version = $3"
        " AND status = 'linked' RETURNING account_id",
        json::array({account.person, account.id, account.version, now}).dump(), false};
    auto answer = co_await services_.sql.execute(std::move(mark));
    if (!answer) co_return std::move(answer).error().within("mark a dead link");
    auto statements = read_rows(*answer);
    if (!statements) co_return std::move(statements).error();
    if (statements->at(0).rows.empty()) co_return false;
    services_.metrics.record(dead_links_, 1);
    if (age > kWeekMs - kHalfDayMs && age < kWeekMs + kHalfDayMs)
        services_.log.warn(
            "a link died seven days after consent: the OAuth consent screen is most likely still in "
            "publishing status "
            "Testing, where Google ends refresh tokens after seven days; publish it, then people link once "
            "more",
            {{"answer", why}});
    else
        services_.log.warn("a link died; its person is asked to link again", {{"answer", why}});
    co_return true;
}

Task<Result<void>> GoogleAccounts::store(const GoogleAccount& account, Tokens tokens,
                                         std::string claimant) const {
    const std::int64_t now = services_.clock.unix_ms();
    auto access = services_.vault.seal(tokens.access, context_of("access", account.person, account.id));
    if (!access) co_return std::move(access).error().within("seal");
    std::string refresh = account.refresh_sealed;
    if (!tokens.refresh.empty()) {
        auto sealed = services_.vault.seal(tokens.refresh, context_of("refresh", account.person, account.id));
        if (!sealed) co_return std::move(sealed).error().within("seal");
        refresh = std::move(*sealed);
    }
    migue::SqlStatement keep_it{
        "UPDATE scheduling.calendar_credentials SET access_sealed = $3, access_expires_ms = $4, "
        "refresh_sealed = $5,"
        " version = version + 1, claim_until_ms = 0, updated_ms = $6 WHERE person_id = $1 AND account_id = "
        "$2 AND claim = $7",
        json::array(
            {account.person, account.id, *access, now + tokens.access_life_ms, refresh, now, claimant})
            .dump(),
        false};
    auto answer = co_await services_.sql.execute(std::move(keep_it));
    if (!answer) co_return std::move(answer).error().within("keep a token");
    co_return Result<void>();
}

Task<Result<void>> GoogleAccounts::spoil(std::string person, std::string account,
                                         std::int64_t version) const {
    migue::SqlStatement expire{
        "UPDATE scheduling.calendar_credentials SET access_expires_ms = 0 WHERE person_id = $1 AND "
        "account_id = $2 AND "
        "version = $3",
        json::array({person, account, version}).dump(), false};
    auto answer = co_await services_.sql.execute(std::move(expire));
    if (!answer) co_return std::move(answer).error().within("drop a token");
    co_return Result<void>();
}

Task<Result<void>> GoogleAccounts::keep(GoogleAccount account, Tokens tokens) const {
    const std::int64_t now = services_.clock.unix_ms();
    auto access = services_.vault.seal(tokens.access, context_of("access", account.person, account.id));
    auto refresh = services_.vault.seal(tokens.refresh, context_of("refresh", account.person, account.id));
    if (!access) co_return std::move(access).error().within("seal");
    if (!refresh) co_return std::move(refresh).error().within("seal");
    std::string scopes;
    for (const std::string& scope : tokens.scopes) scopes += (scopes.empty() ? "" : " ") + scope;
    const std::int64_t refresh_until = tokens.refresh_life_ms == 0 ? 0 : now + tokens.refresh_life_ms;
    migue::SqlStatement insert{
        "INSERT INTO scheduling.calendar_credentials (person_id, account_id, provider, account_label, "
        "scopes, access_sealed,"
        " access_expires_ms, refresh_sealed, consent_version, consent_ms, status, created_ms, updated_ms, "
        "conversation_id,"
        " refresh_expires_ms, writes)"
        " VALUES ($1, $2, 'google', $3, $4, $5, $6, $7, '1', $8, 'linked', $9, $9, $10, $11, 0)"
        " ON CONFLICT (person_id, account_id) DO UPDATE SET account_label = excluded.account_label,"
        " scopes = excluded.scopes, access_sealed = excluded.access_sealed,"
        " access_expires_ms = excluded.access_expires_ms, refresh_sealed = excluded.refresh_sealed,"
        " consent_ms = excluded.consent_ms, status = 'linked', updated_ms = excluded.updated_ms,"
        " conversation_id = excluded.conversation_id, refresh_expires_ms = excluded.refresh_expires_ms,"
        " version = calendar_credentials.version + 1, claim_until_ms = 0, list_token = '', listed_ms = 0",
        json::array({account.person, account.id, account.label, scopes, *access, now + tokens.access_life_ms,
                     *refresh, account.consent_ms, now, account.conversation, refresh_until})
            .dump(),
        false};
    // The first living account is where events go; a dead one gives that up.
    migue::SqlStatement give_up{
        "UPDATE scheduling.calendar_credentials SET writes = 0 WHERE person_id = $1 AND status <> 'linked'",
        json::array({account.person}).dump(), false};
    migue::SqlStatement take_over{
        "UPDATE scheduling.calendar_credentials SET writes = 1 WHERE person_id = $1 AND account_id = $2 AND "
        "NOT EXISTS"
        " (SELECT 1 FROM scheduling.calendar_credentials other WHERE other.person_id = $1 AND other.writes = "
        "1)",
        json::array({account.person, account.id}).dump(), false};
    auto answer = co_await services_.sql.execute(std::move(insert), std::move(give_up), std::move(take_over));
    if (!answer) co_return std::move(answer).error().within("keep a link");
    co_return Result<void>();
}

Task<Result<bool>> GoogleAccounts::is_linked(std::string account) const {
    migue::SqlStatement select{
        "SELECT person_id FROM scheduling.calendar_credentials WHERE account_id = $1 LIMIT 1",
        json::array({account}).dump(), false};
    auto answer = co_await services_.sql.execute(std::move(select));
    if (!answer) co_return std::move(answer).error().within("look for a link");
    auto statements = read_rows(*answer);
    if (!statements) co_return std::move(statements).error();
    co_return !statements->at(0).rows.empty();
}

Task<Result<Unlinked>> GoogleAccounts::forget(std::string person, std::string account) const {
    auto row = co_await load(person, account);
    if (!row) co_return std::move(row).error();
    migue::SqlStatement erase{
        "DELETE FROM scheduling.calendar_credentials WHERE person_id = $1 AND account_id = $2",
        json::array({person, account}).dump(), false};
    migue::SqlStatement names{
        "DELETE FROM scheduling.known_calendars WHERE person_id = $1 AND account_id = $2",
        json::array({person, account}).dump(), false};
    migue::SqlStatement successor{
        "UPDATE scheduling.calendar_credentials SET writes = 1 WHERE person_id = $1 AND account_id ="
        " (SELECT MIN(account_id) FROM scheduling.calendar_credentials heir WHERE heir.person_id = $1 AND "
        "heir.status ="
        " 'linked') AND NOT EXISTS (SELECT 1 FROM scheduling.calendar_credentials other WHERE "
        "other.person_id = $1 AND"
        " other.writes = 1)",
        json::array({person}).dump(), false};
    migue::SqlStatement others{
        "SELECT person_id FROM scheduling.calendar_credentials WHERE account_id = $1 LIMIT 1",
        json::array({account}).dump(), false};
    auto answer = co_await services_.sql.execute(std::move(erase), std::move(successor), std::move(others),
                                                 std::move(names));
    if (!answer) co_return std::move(answer).error().within("forget a link");
    auto statements = read_rows(*answer);
    if (!statements) co_return std::move(statements).error();
    Unlinked unlinked;
    unlinked.is_last = statements->at(2).rows.empty();
    auto token = services_.vault.open(row->refresh_sealed, context_of("refresh", person, account));
    if (token) unlinked.token = std::move(*token);
    co_return unlinked;
}

Task<Result<bool>> GoogleAccounts::write_to(std::string person, std::string account,
                                            std::string calendar) const {
    migue::SqlStatement choose{
        "UPDATE scheduling.calendar_credentials SET writes = 1, write_calendar = $3 WHERE person_id = $1 AND "
        "account_id "
        "= $2 RETURNING account_id",
        json::array({person, account, calendar}).dump(), true};
    migue::SqlStatement others{
        "UPDATE scheduling.calendar_credentials SET writes = 0 WHERE person_id = $1 AND account_id <> $2",
        json::array({person, account}).dump(), false};
    auto answer = co_await services_.sql.execute(std::move(choose), std::move(others));
    if (!answer && answer.error().code == Error::Code::kConflict) co_return false;
    if (!answer) co_return std::move(answer).error().within("choose a calendar");
    co_return true;
}

Task<Result<void>> GoogleAccounts::read_from(std::string person, std::string account,
                                             std::vector<std::string> calendars) const {
    migue::SqlStatement choose{
        "UPDATE scheduling.calendar_credentials SET calendars = $3 WHERE person_id = $1 AND account_id = $2",
        json::array({person, account, json(calendars).dump()}).dump(), false};
    auto answer = co_await services_.sql.execute(std::move(choose));
    if (!answer) co_return std::move(answer).error().within("choose calendars");
    co_return Result<void>();
}

Task<Result<Unlinked>> GoogleAccounts::grant_of(const GoogleAccount& account) const {
    migue::SqlStatement others{
        "SELECT person_id FROM scheduling.calendar_credentials WHERE account_id = $1 AND person_id <> $2 "
        "LIMIT 1",
        json::array({account.id, account.person}).dump(), false};
    auto answer = co_await services_.sql.execute(std::move(others));
    if (!answer) co_return std::move(answer).error().within("look for other links");
    auto statements = read_rows(*answer);
    if (!statements) co_return std::move(statements).error();
    Unlinked grant;
    grant.is_last = statements->at(0).rows.empty();
    auto token =
        services_.vault.open(account.refresh_sealed, context_of("refresh", account.person, account.id));
    if (token) grant.token = std::move(*token);
    co_return grant;
}

Task<bool> GoogleAccounts::warm(Caller caller) const {
    auto accounts = co_await all(caller.person);
    if (!accounts) co_return false;
    const std::int64_t now = services_.clock.unix_ms();
    std::vector<Task<Result<AccessToken>>> refreshing;
    for (const GoogleAccount& account : *accounts)
        if (account.is_alive && account.access_until_ms - kEarlyMs <= now)
            refreshing.push_back(access(caller, account.id));
    const auto done = co_await side_by_side(std::move(refreshing));
    co_return std::all_of(done.begin(), done.end(), [](const auto& one) { return static_cast<bool>(one); });
}

}  // namespace scheduling
