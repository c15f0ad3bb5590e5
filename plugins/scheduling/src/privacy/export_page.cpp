#include "privacy/export_page.hpp"

#include "accounts/web_text.hpp"
#include "tables/rows.hpp"

namespace scheduling {

namespace {

using migue::RouteReply;
using migue::RouteRequest;
using migue::Task;
using nlohmann::json;

constexpr std::string_view kStyle =
    "body{font:18px/1.5 system-ui,sans-serif;max-width:32em;margin:3em auto;padding:0 "
    "1em;color:#1a1a1a;background:#fff}"
    "button{font:inherit;padding:.6em "
    "1.4em;border:0;border-radius:.5em;background:#0b57d0;color:#fff;cursor:pointer}"
    "@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}}";
constexpr std::size_t kMostWaiting = 200;

void keep_private(RouteReply& reply) {
    reply.headers.emplace_back("cache-control", "no-store");
    reply.headers.emplace_back("referrer-policy", "no-referrer");
}

RouteReply page(int status, const Phrases& phrases, const std::string& content) {
    RouteReply reply;
    reply.status = status;
    reply.headers.emplace_back("content-type", "text/html; charset=utf-8");
    keep_private(reply);
    reply.headers.emplace_back("content-security-policy",
                               "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
                               "frame-ancestors 'none'; form-action 'self'");
    const std::string title = escape_html(phrases.say("privacy/page_title"));
    reply.body =
        "<!doctype html><html lang=\"" + phrases.language() +
        "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>" +
        title + "</title><style>" + std::string(kStyle) + "</style></head><body><main><h1>" + title +
        "</h1>" + content + "</main></body></html>";
    return reply;
}

RouteReply spent(const AsideTools& tools, const RouteRequest& request, int status) {
    const Phrases& phrases = tools.book.of(request.header("accept-language").substr(0, 2));
    return page(status, phrases,
                "<p data-notice=\"spent\">" + escape_html(phrases.say("privacy/page_spent")) + "</p>");
}

RouteReply json_reply(int status, const json& body) {
    RouteReply reply;
    reply.status = status;
    reply.headers.emplace_back("content-type", "application/json");
    reply.headers.emplace_back("cache-control", "no-store");
    reply.body = body.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
    return reply;
}

}  // namespace

Task<RouteReply> serve_export_page(const AsideTools& tools, const RouteRequest& request) {
    auto right = co_await tools.export_links.find_export(std::string(request.param("token")));
    if (!right) co_return spent(tools, request, 503);
    if (!right->has_value()) co_return spent(tools, request, 410);
    const Phrases& phrases = tools.book.of((*right)->locale);
    co_return page(200, phrases,
                   "<p>" + escape_html(phrases.say("privacy/page_text")) +
                       "</p><form method=\"post\"><button type=\"submit\" data-download>" +
                       escape_html(phrases.label("download")) + "</button></form>");
}

Task<RouteReply> serve_export_file(const AsideTools& tools, const RouteRequest& request) {
    const std::string token(request.param("token"));
    auto right = co_await tools.export_links.find_export(token);
    if (!right) co_return spent(tools, request, 503);
    if (!right->has_value()) co_return spent(tools, request, 410);
    // Collected before the link is spent: one that cannot be answered stays good.
    auto file = co_await tools.data.export_json((*right)->person);
    if (!file) co_return spent(tools, request, 503);
    auto redeemed = co_await tools.export_links.redeem_export(token);
    if (!redeemed) co_return spent(tools, request, 503);
    if (!redeemed->has_value()) co_return spent(tools, request, 410);
    RouteReply reply;
    reply.headers.emplace_back("content-type", "application/json; charset=utf-8");
    reply.headers.emplace_back("content-disposition", "attachment; filename=\"migue.json\"");
    keep_private(reply);
    reply.body = std::move(*file);
    co_return reply;
}

Task<RouteReply> serve_waiting(const AsideTools& tools, const RouteRequest&) {
    migue::SqlStatement select{
        "SELECT person_id, conversation_id, paused_ms FROM scheduling.people WHERE paused_ms > 0"
        " ORDER BY paused_ms, person_id LIMIT " +
            std::to_string(kMostWaiting),
        "[]", false};
    auto answer = co_await tools.services.sql.execute(std::move(select));
    if (!answer) co_return json_reply(503, json{{"error", "the store does not answer"}});
    auto statements = read_rows(*answer);
    if (!statements) co_return json_reply(503, json{{"error", "the store does not answer"}});
    json list = json::array();
    for (const json& row : statements->at(0).rows)
        list.push_back({{"conversation", text_of(row, "conversation_id")},
                        {"person", text_of(row, "person_id")},
                        {"since_ms", number_of(row, "paused_ms")}});
    co_return json_reply(200, list);
}

Task<RouteReply> serve_hand_back(const AsideTools& tools, const RouteRequest& request) {
    const std::string conversation(request.param("conversation"));
    migue::SqlStatement resume{
        "UPDATE scheduling.people SET paused_ms = 0 WHERE conversation_id = $1 AND paused_ms > 0"
        " RETURNING person_id",
        json::array({conversation}).dump(), false};
    auto answer = co_await tools.services.sql.execute(std::move(resume));
    if (!answer) co_return json_reply(503, json{{"error", "the store does not answer"}});
    auto statements = read_rows(*answer);
    if (!statements) co_return json_reply(503, json{{"error", "the store does not answer"}});
    if (statements->at(0).rows.empty())
        co_return json_reply(404, json{{"error", "no such conversation waits for a person"}});
    const std::string person = text_of(statements->at(0).rows.front(), "person_id");
    const std::string payload = json{{"do", "back"}, {"person", person}}.dump();
    auto told =
        co_await tools.services.jobs.at(tools.services.clock.unix_ms(), conversation, "back", payload);
    if (!told)
        tools.services.log.warn("a person is not told that the bot has the chat again",
                                {{"why", told.error().what}});
    co_return json_reply(200, json{{"resumed", conversation}});
}

}  // namespace scheduling
