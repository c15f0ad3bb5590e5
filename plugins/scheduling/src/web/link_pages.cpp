#include "web/link_pages.hpp"

#include "accounts/people.hpp"
#include "accounts/web_text.hpp"

namespace scheduling {

namespace {

using migue::Error;
using migue::Result;
using migue::RouteReply;
using migue::RouteRequest;
using migue::Task;

constexpr std::string_view kStyle =
    "body{font:18px/1.5 system-ui,sans-serif;max-width:32em;margin:3em auto;padding:0 "
    "1em;color:#1a1a1a;background:#fff}"
    "button{font:inherit;padding:.6em "
    "1.4em;border:0;border-radius:.5em;background:#0b57d0;color:#fff;cursor:pointer}"
    "output{display:block;font:600 2em/2 ui-monospace,monospace;letter-spacing:.1em}"
    "@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}}";

bool is_https(const LinkTools& tools) {
    return tools.settings.public_url.starts_with("https://");
}

std::string cookie_name(const LinkTools& tools) {
    return is_https(tools) ? "__Host-migue_link" : "migue_link";
}

std::string redirect_uri(const LinkTools& tools) {
    return tools.settings.public_url + "/p/scheduling/callback";
}

std::string_view cookie_in(const LinkTools& tools, const RouteRequest& request) {
    return cookie_of(request.header("cookie"), cookie_name(tools));
}

/// scheme://host:port of an address: where a form may lead.
std::string origin_of(const std::string& url) {
    const std::size_t host = url.find("://");
    return host == std::string::npos ? std::string() : url.substr(0, url.find('/', host + 3));
}

const Phrases& phrases_for(const LinkTools& tools, const std::optional<LinkAttempt>& attempt,
                           const RouteRequest& request) {
    if (attempt) return tools.book.of(attempt->locale);
    return tools.book.of(request.header("accept-language").substr(0, 2));
}

RouteReply page(const LinkTools& tools, int status, const Phrases& phrases, const std::string& content) {
    RouteReply reply;
    reply.status = status;
    reply.headers.emplace_back("content-type", "text/html; charset=utf-8");
    reply.headers.emplace_back("cache-control", "no-store");
    reply.headers.emplace_back("referrer-policy", "no-referrer");
    // The form's answer leads to Google, and browsers hold a redirect to the form's policy.
    reply.headers.emplace_back(
        "content-security-policy",
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; "
        "form-action 'self' " +
            origin_of(tools.settings.google.auth_url));
    reply.body =
        "<!doctype html><html lang=\"" + phrases.language() +
        "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>" +
        escape_html(phrases.say("link_page/title")) + "</title><style>" + std::string(kStyle) +
        "</style></head><body><main><h1>" + escape_html(phrases.say("link_page/title")) + "</h1>" + content +
        "</main></body></html>";
    return reply;
}

RouteReply notice(const LinkTools& tools, int status, const Phrases& phrases, std::string_view key) {
    const std::string name = "link_page/" + std::string(key);
    return page(tools, status, phrases,
                "<p data-notice=\"" + std::string(key) + "\">" + escape_html(phrases.say(name)) + "</p>");
}

RouteReply redirect(const std::string& to) {
    RouteReply reply;
    reply.status = 303;
    reply.headers.emplace_back("location", to);
    reply.headers.emplace_back("cache-control", "no-store");
    reply.headers.emplace_back("referrer-policy", "no-referrer");
    return reply;
}

/// Ties the form to the browser that was shown it, with nothing to be stored.
Result<std::string> form_check(const LinkTools& tools, std::string_view link, std::string_view cookie) {
    auto digest = tools.services.vault.sha256("link form/" + std::string(link) + "/" + std::string(cookie));
    if (!digest) return std::move(digest).error();
    return to_hex(*digest);
}

}  // namespace

Task<RouteReply> serve_link_page(const LinkTools& tools, const RouteRequest& request) {
    const std::string link(request.param("link"));
    auto attempt = co_await tools.attempts.find(link);
    const std::optional<LinkAttempt> none;
    if (!attempt) co_return notice(tools, 503, phrases_for(tools, none, request), "unavailable");
    const Phrases& phrases = phrases_for(tools, *attempt, request);
    if (!attempt->has_value() || !(*attempt)->is_fresh) co_return notice(tools, 410, phrases, "spent");
    std::string cookie(cookie_in(tools, request));
    const bool is_new = cookie.size() != 43;
    if (is_new) {
        auto random = tools.services.vault.random(32);
        if (!random) co_return notice(tools, 503, phrases, "unavailable");
        cookie = base64url(*random);
    }
    auto check = form_check(tools, link, cookie);
    if (!check) co_return notice(tools, 503, phrases, "unavailable");
    std::string content = "<p>" + escape_html(phrases.say("link_page/start")) + "</p>";
    // Whoever was sent somebody else's link sees that it is not for their own chat.
    if (const std::string& number = (*attempt)->shown_as; !number.empty())
        content += "<p data-chat=\"" + escape_html(number) + "\">" +
                   escape_html(phrases.say("link_page/chat", {{"number", number}})) + "</p>";
    content += "<p>" + escape_html(phrases.say("link_page/warning")) + "</p>";
    // Absolute paths would need the link again in the page; an empty action is this address.
    content += "<form method=\"post\"><input type=\"hidden\" name=\"check\" value=\"" + *check +
               "\"><button type=\"submit\" data-continue>" + escape_html(phrases.say("link_page/continue")) +
               "</button></form>";
    RouteReply reply = page(tools, 200, phrases, content);
    if (is_new)
        reply.headers.emplace_back("set-cookie", cookie_name(tools) + "=" + cookie +
                                                     "; Path=/; Max-Age=1800; HttpOnly; " +
                                                     (is_https(tools) ? "Secure; " : "") + "SameSite=Lax");
    co_return reply;
}

Task<RouteReply> serve_link_start(const LinkTools& tools, const RouteRequest& request) {
    const std::string link(request.param("link"));
    const std::optional<LinkAttempt> none;
    const Phrases& phrases = phrases_for(tools, none, request);
    const std::string cookie(cookie_in(tools, request));
    auto check = form_check(tools, link, cookie);
    const bool is_same_browser = check && !cookie.empty() && request.body() == "check=" + *check;
    if (!is_same_browser) co_return notice(tools, 403, phrases, "other_browser");
    auto departure = co_await tools.attempts.depart(link, cookie);
    if (!departure) co_return notice(tools, 503, phrases, "unavailable");
    if (!departure->has_value()) co_return notice(tools, 410, phrases, "spent");
    auto url = tools.oauth.consent_url(redirect_uri(tools), (*departure)->state, (*departure)->verifier,
                                       (*departure)->login_hint, (*departure)->wish);
    if (!url) co_return notice(tools, 503, phrases, "unavailable");
    co_return redirect(*url);
}

Task<RouteReply> serve_callback(const LinkTools& tools, const RouteRequest& request) {
    const std::optional<LinkAttempt> none;
    auto arrival = co_await tools.attempts.arrive(std::string(request.query("state")),
                                                  std::string(cookie_in(tools, request)));
    if (!arrival) co_return notice(tools, 503, phrases_for(tools, none, request), "unavailable");
    if (!arrival->has_value())
        co_return notice(tools, 403, phrases_for(tools, none, request), "other_browser");
    const LinkAttempt& attempt = (*arrival)->attempt;
    const Phrases& phrases = tools.book.of(attempt.locale);
    const std::string_view issuer = request.query("iss");
    if (!issuer.empty() && issuer != "https://accounts.google.com")
        co_return notice(tools, 400, phrases, "unavailable");
    const std::string_view error = request.query("error");
    if (error == "access_denied") co_return notice(tools, 200, phrases, "denied");
    if (error == "admin_policy_enforced") co_return notice(tools, 200, phrases, "admin");
    const std::string code(request.query("code"));
    if (code.empty()) co_return notice(tools, 400, phrases, "unavailable");
    auto tokens = co_await tools.oauth.exchange(code, (*arrival)->verifier, redirect_uri(tools));
    if (!tokens) {
        tools.services.log.warn("a consent could not be turned into tokens", {{"why", tokens.error().what}});
        co_return notice(tools, tokens.error().code == Error::Code::kState ? 400 : 503, phrases,
                         tokens.error().code == Error::Code::kState ? "spent" : "unavailable");
    }
    auto identity = co_await tools.oauth.identity(tokens->access);
    if (!identity) co_return notice(tools, 503, phrases, "unavailable");
    if (!may_keep_events(tokens->scopes) || tokens->refresh.empty()) {
        auto linked = co_await tools.accounts.is_linked(identity->sub);
        // Revoking ends every grant of the account, also those of other links to it.
        if (linked && !*linked) {
            auto revoked = co_await tools.oauth.revoke(tokens->access, std::chrono::seconds(2));
            if (!revoked)
                tools.services.log.warn("a grant of no use was not revoked", {{"why", revoked.error().what}});
        }
        co_return notice(tools, 200, phrases, may_keep_events(tokens->scopes) ? "unavailable" : "unticked");
    }
    auto held = co_await tools.attempts.hold(attempt, *identity, *tokens);
    if (!held) co_return notice(tools, 503, phrases, "unavailable");
    co_return redirect(tools.settings.public_url + "/p/scheduling/linked");
}

Task<RouteReply> serve_code_page(const LinkTools& tools, const RouteRequest& request) {
    const std::optional<LinkAttempt> none;
    const Phrases& phrases = phrases_for(tools, none, request);
    auto code = co_await tools.attempts.code_for(std::string(cookie_in(tools, request)));
    if (!code) co_return notice(tools, 503, phrases, "unavailable");
    if (!code->has_value()) co_return notice(tools, 410, phrases, "spent");
    co_return page(tools, 200, phrases,
                   "<p>" + escape_html(phrases.say("link_page/code")) + "</p><output data-code=\"" + **code +
                       "\">" + **code + "</output><p>" + escape_html(phrases.say("link_page/code_life")) +
                       "</p>");
}

}  // namespace scheduling
