#include "host/console/admin_api.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

namespace migue::host::console {

namespace {

using Json = nlohmann::json;

http::Reply json_reply(int status, const Json& body) {
    return {status, "application/json", body.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n", {}};
}

http::Reply fault(int status, const std::string& what) {
    return json_reply(status, {{"error", what}});
}

Json describe(const PluginStatus& plugin) {
    return {{"id", plugin.id},
            {"version", plugin.version},
            {"file", plugin.file},
            {"sha256", plugin.sha256},
            {"generation", plugin.generation},
            {"state", plugin.state},
            {"build", plugin.build},
            {"why", plugin.why},
            {"isolation", plugin.isolation},
            {"turns", plugin.turns},
            {"running", plugin.running},
            {"intents", plugin.intents}};
}

http::Reply readiness(const AdminParts& parts) {
    Json reasons = Json::array();
    if (const auto alive = parts.store.ping(); !alive) reasons.push_back("store: " + alive.error().what);
    const std::vector<PluginStatus> plugins = parts.plugins.list();
    if (plugins.empty()) reasons.push_back("no plugin is loaded");
    for (const PluginStatus& plugin : plugins)
        if (plugin.state != "active" && !parts.plugins.has(plugin.id))
            reasons.push_back("plugin " + plugin.id + ": " + plugin.state);
    for (std::string& concern : parts.plugins.concerns()) reasons.push_back(std::move(concern));
    return json_reply(reasons.empty() ? 200 : 503, {{"ready", reasons.empty()}, {"reasons", reasons}});
}

http::Reply list_plugins(PluginHost& plugins) {
    Json all = Json::array();
    for (const PluginStatus& plugin : plugins.list()) all.push_back(describe(plugin));
    return json_reply(200, all);
}

http::Reply reload(PluginHost& plugins, std::string_view id) {
    const std::string plugin(id);
    if (!plugins.has(plugin)) return fault(404, "no plugin named '" + plugin + "' is loaded");
    if (const auto swapped = plugins.reload(plugin); !swapped) return fault(409, swapped.error().what);
    return list_plugins(plugins);
}

http::Reply trace(Store& store, std::string_view message_id) {
    const auto found = store.trace(std::string(message_id));
    if (!found) return fault(503, found.error().what);
    if (found->empty()) return fault(404, "no finished turn of that message");
    return {200, "application/json", *found + "\n", {}};
}

http::Reply tell_routes(const std::string& fault) {
    Json faults = Json::array();
    std::istringstream lines(fault);
    for (std::string line; std::getline(lines, line);) faults.push_back(line);
    return json_reply(200, {{"in_force", fault.empty()}, {"faults", faults}});
}

/// A Cookie header without our own `migue_token`.
std::string without_token(std::string_view cookies) {
    std::string kept;
    while (!cookies.empty()) {
        const std::size_t end = std::min(cookies.find(';'), cookies.size());
        std::string_view one = cookies.substr(0, end);
        cookies.remove_prefix(std::min(end + 1, cookies.size()));
        one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
        if (one.empty() || one.starts_with("migue_token=")) continue;
        if (!kept.empty()) kept += "; ";
        kept += one;
    }
    return kept;
}

}  // namespace

void add_admin_routes(http::Server& server, const AdminParts& parts) {
    server.route("GET", "/healthz", [](const http::Request&) { return json_reply(200, {{"alive", true}}); });
    server.route("GET", "/readyz", [parts](const http::Request&) { return readiness(parts); });
    server.route("GET", "/metrics", [parts](const http::Request&) {
        return http::Reply{200, "text/plain; version=0.0.4; charset=utf-8", parts.metrics.text(), {}};
    });
    server.route("GET", "/admin/plugins",
                 [parts](const http::Request&) { return list_plugins(parts.plugins); });
    server.route("POST", "/admin/plugins/:id/reload", [parts](const http::Request& request) {
        return reload(parts.plugins, request.param("id"));
    });
    server.route("GET", "/admin/routes",
                 [parts](const http::Request&) { return tell_routes(parts.routes_fault()); });
    server.route("GET", "/admin/trace/:id",
                 [parts](const http::Request& request) { return trace(parts.store, request.param("id")); });
}

void add_plugin_routes(http::Server& server, PluginHost& plugins, bool admin,
                       std::function<std::string()> public_url) {
    const http::Handler handler = [&plugins, admin,
                                   public_url = std::move(public_url)](const http::Request& request) {
        PluginHttpRequest inner;
        inner.admin = admin;
        inner.method = request.method;
        inner.path = "/" + std::string(request.param("rest"));
        inner.query = request.query;
        for (const auto& [name, value] : request.headers) {  // the token is the host's
            if (name == "authorization") continue;
            inner.headers.emplace_back(name, name == "cookie" ? without_token(value) : value);
        }
        inner.body = request.body;
        inner.public_url = public_url();
        PluginHttpReply answer = plugins.serve(std::string(request.param("plugin")), inner);
        http::Reply reply{answer.status, "text/plain; charset=utf-8", std::move(answer.body), {}};
        for (auto& [name, value] : answer.headers) {
            if (name == "content-type")
                reply.content_type = value;
            else
                reply.headers.emplace_back(std::move(name), std::move(value));
        }
        return reply;
    };
    for (const char* method : {"GET", "POST", "DELETE"}) server.route(method, "/p/:plugin/*rest", handler);
}

}  // namespace migue::host::console
