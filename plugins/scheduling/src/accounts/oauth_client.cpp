#include "accounts/oauth_client.hpp"

#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <sstream>

#include "accounts/web_text.hpp"

namespace scheduling {

namespace {

using migue::Error;
using migue::Result;
using migue::Task;
using nlohmann::json;

constexpr std::string_view kScopes = "openid email https://www.googleapis.com/auth/calendar.events.owned";
// Asked for only when somebody wants more than their own calendar.
constexpr std::string_view kAllCalendarScopes =
    " https://www.googleapis.com/auth/calendar.events "
    "https://www.googleapis.com/auth/calendar.calendarlist.readonly"
    " https://www.googleapis.com/auth/calendar.freebusy";
constexpr std::chrono::seconds kTimeout{15};

bool has_any(const std::vector<std::string>& scopes, std::initializer_list<std::string_view> wanted) {
    return std::any_of(scopes.begin(), scopes.end(), [&](const std::string& scope) {
        return std::any_of(wanted.begin(), wanted.end(), [&](std::string_view name) {
            return scope == "https://www.googleapis.com/auth/" + std::string(name);
        });
    });
}

/// What an answer that brings no tokens means. The body may hold a token: only its error
/// code goes into the text.
Error refusal_of(int status, const json& body) {
    const std::string code = body.is_object() && body.contains("error") && body["error"].is_string()
                                 ? body["error"].get<std::string>().substr(0, 40)
                                 : std::string();
    const std::string what = "token endpoint: " + std::to_string(status) + " " + code;
    if (code == "invalid_grant") return {Error::Code::kState, what};
    const bool ours = code == "invalid_client" || code == "unauthorized_client" || code == "deleted_client" ||
                      code == "redirect_uri_mismatch" || code == "invalid_request" ||
                      code == "unsupported_grant_type" || code == "admin_policy_enforced";
    if (ours) return {Error::Code::kConfig, what};
    return {Error::Code::kUnavailable, what};
}

migue::HttpRequest form_request(const std::string& url, std::string form, std::chrono::nanoseconds timeout) {
    migue::HttpRequest request;
    request.method = "POST";
    request.url = url;
    request.headers.emplace_back("content-type", "application/x-www-form-urlencoded");
    request.body = std::move(form);
    request.timeout = timeout;
    return request;
}

std::int64_t number(const json& body, const char* name) {
    const auto found = body.find(name);
    return found != body.end() && found->is_number() ? found->get<std::int64_t>() : 0;
}

std::string text(const json& body, const char* name) {
    const auto found = body.find(name);
    return found != body.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

std::vector<std::string> split_scopes(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> words;
    for (std::string word; in >> word;) words.push_back(word);
    return words;
}

bool may_keep_events(const std::vector<std::string>& scopes) {
    return has_any(scopes, {"calendar.events.owned", "calendar.events", "calendar"});
}

bool may_choose_calendars(const std::vector<std::string>& scopes) {
    return has_any(scopes, {"calendar.events", "calendar"}) &&
           has_any(scopes, {"calendar.calendarlist.readonly", "calendar.calendarlist", "calendar.readonly",
                            "calendar"});
}

bool may_see_busy(const std::vector<std::string>& scopes) {
    return has_any(scopes,
                   {"calendar.freebusy", "calendar.events.freebusy", "calendar.readonly", "calendar"});
}

Result<std::string> OAuthClient::consent_url(std::string_view redirect_uri, std::string_view state,
                                             std::string_view verifier, std::string_view login_hint,
                                             Wish wish) const {
    auto digest = vault_.sha256(verifier);
    if (!digest) return std::move(digest).error().within("consent address");
    const std::string challenge = base64url(*digest);
    std::string scopes(kScopes);
    if (wish == Wish::kAllCalendars) scopes += kAllCalendarScopes;
    std::string query = write_form({{"client_id", settings_.client_id},
                                    {"redirect_uri", redirect_uri},
                                    {"response_type", "code"},
                                    {"scope", scopes},
                                    {"access_type", "offline"},
                                    {"prompt", "consent"},
                                    {"include_granted_scopes", "true"},
                                    {"state", state},
                                    {"code_challenge", challenge},
                                    {"code_challenge_method", "S256"}});
    if (!login_hint.empty()) query += "&login_hint=" + percent_encode(login_hint);
    return settings_.auth_url + (settings_.auth_url.find('?') == std::string::npos ? "?" : "&") + query;
}

Task<Result<Tokens>> OAuthClient::exchange(std::string code, std::string verifier,
                                           std::string redirect_uri) const {
    std::string form = write_form({{"grant_type", "authorization_code"},
                                   {"code", code},
                                   {"client_id", settings_.client_id},
                                   {"client_secret", settings_.client_secret},
                                   {"redirect_uri", redirect_uri},
                                   {"code_verifier", verifier}});
    // Less than a route's ten seconds, so that the page says what happened.
    co_return co_await ask(std::move(form), std::chrono::seconds(6));
}

Task<Result<Tokens>> OAuthClient::refresh(std::string refresh_token, std::chrono::nanoseconds timeout) const {
    std::string form = write_form({{"grant_type", "refresh_token"},
                                   {"refresh_token", refresh_token},
                                   {"client_id", settings_.client_id},
                                   {"client_secret", settings_.client_secret}});
    co_return co_await ask(std::move(form), timeout.count() > 0 ? timeout : kTimeout);
}

Task<Result<Tokens>> OAuthClient::ask(std::string form, std::chrono::nanoseconds timeout) const {
    auto answer = co_await http_.send(form_request(settings_.token_url, std::move(form), timeout));
    if (!answer) {
        // Asking again is harmless, whatever became of this request.
        if (answer.error().code == Error::Code::kCancelled) co_return std::move(answer).error();
        co_return Error{Error::Code::kUnavailable, "token endpoint: no answer"};
    }
    const json body = json::parse(answer->body, nullptr, false);
    if (answer->status != 200) co_return refusal_of(answer->status, body);
    Tokens tokens;
    if (body.is_object()) tokens.access = text(body, "access_token");
    if (tokens.access.empty())
        co_return Error{Error::Code::kUnavailable, "token endpoint: 200 without a token"};
    tokens.refresh = text(body, "refresh_token");
    tokens.access_life_ms = number(body, "expires_in") * 1000;
    tokens.refresh_life_ms = number(body, "refresh_token_expires_in") * 1000;
    tokens.scopes = split_scopes(text(body, "scope"));
    co_return tokens;
}

Task<Result<Identity>> OAuthClient::identity(std::string access_token) const {
    migue::HttpRequest request;
    request.url = settings_.userinfo_url;
    request.headers.emplace_back("authorization", "Bearer " + access_token);
    request.timeout = std::chrono::seconds(3);
    auto answer = co_await http_.send(std::move(request));
    if (!answer || answer->status != 200) co_return Error{Error::Code::kUnavailable, "userinfo: no answer"};
    const json body = json::parse(answer->body, nullptr, false);
    if (!body.is_object() || text(body, "sub").empty())
        co_return Error{Error::Code::kUnavailable, "userinfo: 200 without an account"};
    co_return Identity{text(body, "sub"), text(body, "email")};
}

Task<Result<void>> OAuthClient::revoke(std::string token, std::chrono::nanoseconds timeout) const {
    migue::HttpRequest request = form_request(settings_.revoke_url, write_form({{"token", token}}), timeout);
    auto answer = co_await http_.send(std::move(request));
    if (!answer) co_return Error{Error::Code::kUnavailable, "revoke: no answer"};
    if (answer->status == 200 || answer->status == 400) co_return Result<void>();
    co_return Error{Error::Code::kUnavailable, "revoke: " + std::to_string(answer->status)};
}

}  // namespace scheduling
