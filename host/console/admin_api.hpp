#pragma once
#include <functional>

#include "host/http/server.hpp"
#include "host/observe/log.hpp"
#include "host/observe/metrics.hpp"
#include "host/plugin_host/plugin_host.hpp"
#include "host/store/store.hpp"

namespace migue::host::console {

/// What operators ask a running host.
///
///     GET  /healthz                      200 while the process answers
///     GET  /readyz                       200 when the store works and every plugin serves, else 503
///     GET  /metrics                      Prometheus text
///     GET  /admin/plugins                what is loaded
///     GET  /admin/routes                 are the routes in force those of the files, and why not
///     POST /admin/plugins/:id/reload     swaps to what plugins.lock names; 409 with the reason
///     GET  /admin/trace/:id              the steps of one message's turn
///
/// The references must outlive the server. The listener's guard asks for the token.
struct AdminParts {
    PluginHost& plugins;
    Store& store;
    Metrics& metrics;
    /// Why the routes' files cannot be used, one fault a line; "" when they are in force.
    std::function<std::string()> routes_fault;
};
void add_admin_routes(http::Server& server, const AdminParts& parts);

/// `/p/<plugin>/…` for plugins' own routes. `admin`: the listener that may reach their admin
/// routes. `public_url` is asked at each request.
void add_plugin_routes(http::Server& server, PluginHost& plugins, bool admin,
                       std::function<std::string()> public_url);

}  // namespace migue::host::console
