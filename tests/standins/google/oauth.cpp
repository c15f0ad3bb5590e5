#include "tests/standins/google/oauth.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <regex>
#include <sstream>

namespace migue::standins {

namespace {

using nlohmann::json;

constexpr std::int64_t kCodeLifeMs = 10 * 60 * 1000;
constexpr std::int64_t kTestingLifeMs = 7LL * 24 * 3600 * 1000;
constexpr std::size_t kMostRefreshTokens = 100;

std::string base64url(std::string_view bytes) {
    std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(size));
    while (out.ends_with('=')) out.pop_back();
    std::replace(out.begin(), out.end(), '+', '-');
    std::replace(out.begin(), out.end(), '/', '_');
    return out;
}

std::string sha256(std::string_view bytes) {
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest);
    return {reinterpret_cast<const char*>(digest), sizeof digest};
}

std::vector<std::string> words(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> found;
    for (std::string word; in >> word;) found.push_back(word);
    return found;
}

std::string joined(const std::vector<std::string>& scopes) {
    std::string out;
    for (const std::string& scope : scopes) out += (out.empty() ? "" : " ") + scope;
    return out;
}

bool is_sign_in(const std::string& scope) {
    return scope == "openid" || scope == "email" || scope == "profile";
}

/// Google answers some scopes under another name.
std::string answered_name(const std::string& scope) {
    return scope == "email" || scope == "profile" ? std::string(kScopeBase) + "userinfo." + scope : scope;
}

GoogleResponse oauth_error(int status, const std::string& error, const std::string& what) {
    return json_answer(status, {{"error", error}, {"error_description", what}});
}

std::string escape(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '"')
            out += "&quot;";
        else
            out += c;
    }
    return out;
}

}  // namespace

GoogleResponse json_answer(int status, const json& body) {
    GoogleResponse response;
    response.status = status;
    response.body = body.dump();
    response.headers.emplace_back("content-type", "application/json; charset=utf-8");
    return response;
}

const GoogleAccount* OAuth::find_email(std::string_view email) const {
    for (const GoogleAccount& account : accounts_)
        if (account.email == email) return &account;
    return nullptr;
}

const GoogleAccount* OAuth::find_sub(std::string_view sub) const {
    for (const GoogleAccount& account : accounts_)
        if (account.sub == sub) return &account;
    return nullptr;
}

const GoogleAccount* OAuth::find_token(std::string_view refresh_token) const {
    const auto found = refresh_.find(refresh_token);
    return found != refresh_.end() ? find_sub(found->second.sub) : nullptr;
}

std::string OAuth::request_fault(const Fields& query) const {
    static const std::vector<std::string> kKnown{"client_id",
                                                 "redirect_uri",
                                                 "response_type",
                                                 "scope",
                                                 "access_type",
                                                 "prompt",
                                                 "include_granted_scopes",
                                                 "state",
                                                 "code_challenge",
                                                 "code_challenge_method",
                                                 "nonce",
                                                 "login_hint",
                                                 "hl"};
    for (const auto& [name, value] : query)
        if (std::find(kKnown.begin(), kKnown.end(), name) == kKnown.end()) return "invalid_request: " + name;
    if (field(query, "client_id") != options_.client_id) return "invalid_client";
    const auto& uris = options_.redirect_uris;
    if (std::find(uris.begin(), uris.end(), field(query, "redirect_uri")) == uris.end())
        return "redirect_uri_mismatch";
    if (field(query, "response_type") != "code") return "unsupported_response_type";
    if (field(query, "scope").empty()) return "invalid_request: scope";
    if (field(query, "state").size() < 43) return "invalid_request: state is guessable";
    static const std::regex kChallenge("[A-Za-z0-9_-]{43}");
    if (field(query, "code_challenge_method") != "S256" ||
        !std::regex_match(field(query, "code_challenge"), kChallenge))
        return "invalid_request: code_challenge";
    return {};
}

GoogleResponse OAuth::page(const Fields& query) const {
    GoogleResponse response;
    response.headers.emplace_back("content-type", "text/html; charset=utf-8");
    if (const std::string fault = request_fault(query); !fault.empty()) {
        response.status = 400;
        response.body = "<!doctype html><title>Error 400</title><p>Access blocked: " + escape(fault);
        return response;
    }
    std::string form;
    for (const auto& [name, value] : query)
        form += "<input type=hidden name=\"" + escape(name) + "\" value=\"" + escape(value) + "\">\n";
    form += "<select name=account>";
    for (const GoogleAccount& account : accounts_) {
        const bool hinted = field(query, "login_hint") == account.email;
        form +=
            "<option" + std::string(hinted ? " selected" : "") + ">" + escape(account.email) + "</option>";
    }
    form += "</select>\n";
    for (const std::string& scope : words(field(query, "scope")))
        if (!is_sign_in(scope))
            form += "<label><input type=checkbox name=grant value=\"" + escape(scope) + "\">" +
                    escape(scope) + "</label>\n";
    response.body =
        "<!doctype html><meta charset=utf-8><title>Sign in</title><form method=post "
        "action=\"/o/oauth2/v2/auth\">\n" +
        form +
        "<button name=decision value=allow>Continue</button><button name=decision "
        "value=cancel>Cancel</button></form>";
    return response;
}

GoogleResponse OAuth::decide(const Fields& form, std::int64_t now_ms) {
    Fields query;
    for (const auto& pair : form)
        if (pair.first != "account" && pair.first != "grant" && pair.first != "decision")
            query.push_back(pair);
    if (!request_fault(query).empty()) return page(query);
    const GoogleAccount* account = find_email(field(form, "account"));
    std::string to = field(query, "redirect_uri") + "?state=" + percent_encode(field(query, "state"));
    if (field(form, "decision") != "allow" || account == nullptr) {
        to += "&error=access_denied";
    } else {
        Code code;
        code.sub = account->sub;
        code.redirect_uri = field(query, "redirect_uri");
        code.challenge = field(query, "code_challenge");
        // A refresh token only at the first consent, or when consent is asked for anew.
        code.offline =
            field(query, "access_type") == "offline" &&
            (field(query, "prompt").find("consent") != std::string::npos || !consented_[account->sub]);
        code.until_ms = now_ms + kCodeLifeMs;
        for (const std::string& scope : words(field(query, "scope"))) {
            const bool ticked = std::any_of(form.begin(), form.end(), [&](const auto& pair) {
                return pair.first == "grant" && pair.second == scope;
            });
            if (is_sign_in(scope) || ticked) code.scopes.push_back(scope);
        }
        consented_[account->sub] = true;
        std::vector<std::string> answered;
        for (const std::string& scope : code.scopes) answered.push_back(answered_name(scope));
        const std::string name = secret("4/0");
        to += "&code=" + percent_encode(name) + "&scope=" + percent_encode(joined(answered));
        codes_[name] = std::move(code);
    }
    GoogleResponse response;
    response.status = 303;
    response.headers.emplace_back("location", to);
    return response;
}

GoogleResponse OAuth::token(const Fields& form, std::int64_t now_ms) {
    if (field(form, "client_id") != options_.client_id ||
        field(form, "client_secret") != options_.client_secret)
        return oauth_error(401, "invalid_client", "The OAuth client was not found.");
    const std::string type = field(form, "grant_type");
    if (type == "authorization_code") return exchange(form, now_ms);
    if (type == "refresh_token") return refresh(form, now_ms);
    return oauth_error(400, "unsupported_grant_type", "Invalid grant_type: " + type);
}

GoogleResponse OAuth::exchange(const Fields& form, std::int64_t now_ms) {
    const auto found = codes_.find(field(form, "code"));
    if (found == codes_.end()) return oauth_error(400, "invalid_grant", "Malformed auth code.");
    const Code code = std::move(found->second);
    codes_.erase(found);  // whatever comes of it, it works once
    const std::string verifier = field(form, "code_verifier");
    if (code.until_ms < now_ms) return oauth_error(400, "invalid_grant", "Code expired.");
    if (code.redirect_uri != field(form, "redirect_uri"))
        return oauth_error(400, "redirect_uri_mismatch", "Bad Request");
    if (verifier.size() < 43 || verifier.size() > 128 || base64url(sha256(verifier)) != code.challenge)
        return oauth_error(400, "invalid_grant", "Invalid code verifier.");
    return grant(code.sub, code.scopes, code.offline ? new_refresh(code.sub, code.scopes, now_ms) : "",
                 now_ms);
}

GoogleResponse OAuth::refresh(const Fields& form, std::int64_t now_ms) {
    const auto found = refresh_.find(field(form, "refresh_token"));
    if (found == refresh_.end() || (found->second.until_ms != 0 && found->second.until_ms <= now_ms))
        return oauth_error(400, "invalid_grant", "Token has been expired or revoked.");
    const Refresh old = found->second;
    std::string next;
    if (options_.rotates_refresh) {
        refresh_.erase(found);
        next = new_refresh(old.sub, old.scopes, now_ms);
    }
    return grant(old.sub, old.scopes, next, now_ms);
}

GoogleResponse OAuth::grant(const std::string& sub, const std::vector<std::string>& scopes,
                            const std::string& refresh_token, std::int64_t now_ms) {
    const std::string access = secret("ya29.");
    access_[access] = {sub, scopes, now_ms + options_.access_life.count() * 1000};
    std::vector<std::string> answered;
    for (const std::string& scope : scopes) answered.push_back(answered_name(scope));
    json body{{"access_token", access},
              {"expires_in", options_.access_life.count()},
              {"token_type", "Bearer"},
              {"scope", joined(answered)}};
    if (!refresh_token.empty()) body["refresh_token"] = refresh_token;
    return json_answer(200, body);
}

std::string OAuth::new_refresh(const std::string& sub, const std::vector<std::string>& scopes,
                               std::int64_t now_ms) {
    if (live_refresh_tokens(sub) >= kMostRefreshTokens) {  // the oldest dies silently
        auto oldest = refresh_.end();
        for (auto one = refresh_.begin(); one != refresh_.end(); ++one)
            if (one->second.sub == sub &&
                (oldest == refresh_.end() || one->second.number < oldest->second.number))
                oldest = one;
        refresh_.erase(oldest);
    }
    const std::string token = secret("1//0");
    refresh_[token] = {sub, scopes, options_.testing ? now_ms + kTestingLifeMs : 0, made_};
    return token;
}

GoogleResponse OAuth::revoke(const Fields& form) {
    const std::string token = field(form, "token");
    std::string sub;
    if (const auto refresh = refresh_.find(token); refresh != refresh_.end()) sub = refresh->second.sub;
    if (const auto access = access_.find(token); access != access_.end()) sub = access->second.sub;
    if (sub.empty()) return oauth_error(400, "invalid_token", "Token expired or revoked");
    remove_grants(sub);
    return json_answer(200, json::object());
}

GoogleResponse OAuth::userinfo(std::string_view authorization, std::int64_t now_ms) const {
    const auto who = bearer(authorization, now_ms);
    const GoogleAccount* account = who ? find_sub(who->sub) : nullptr;
    if (account == nullptr) return oauth_error(401, "invalid_request", "Invalid Credentials");
    json body{{"sub", account->sub}};
    if (std::find(who->scopes.begin(), who->scopes.end(), "email") != who->scopes.end())
        body.update({{"email", account->email}, {"email_verified", true}});
    return json_answer(200, body);
}

std::optional<OAuth::Bearer> OAuth::bearer(std::string_view authorization, std::int64_t now_ms) const {
    if (!authorization.starts_with("Bearer ")) return std::nullopt;
    const auto found = access_.find(authorization.substr(7));
    if (found == access_.end() || found->second.until_ms <= now_ms) return std::nullopt;
    return Bearer{found->second.sub, found->second.scopes};
}

void OAuth::remove_grants(std::string_view sub) {
    std::erase_if(refresh_, [&](const auto& one) { return one.second.sub == sub; });
    std::erase_if(access_, [&](const auto& one) { return one.second.sub == sub; });
    consented_.erase(std::string(sub));
}

void OAuth::expire_access_tokens() {
    access_.clear();
}

std::size_t OAuth::live_refresh_tokens(std::string_view sub) const {
    return static_cast<std::size_t>(std::count_if(refresh_.begin(), refresh_.end(),
                                                  [&](const auto& one) { return one.second.sub == sub; }));
}

/// Unguessable is not the point here; alike in shape and never the same is.
std::string OAuth::secret(std::string_view prefix) {
    return std::string(prefix) + base64url(sha256("stand-in secret " + std::to_string(++made_)));
}

}  // namespace migue::standins
