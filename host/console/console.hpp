#pragma once
#include <string_view>

#include "host/http/server.hpp"

/// The web page: a phone to chat with, the agenda beside it, the plugins. It is compiled into
/// the program; what it shows comes from ChatApi, /p/scheduling/agenda and /admin/plugins.
namespace migue::host::console {

/// `GET /` leads to /console/, `GET /console/…` is the page and its files. They hold no
/// secret: a guard that asks for a token may let them through, the page asks for the token
/// when the API answers 401.
void add_routes(http::Server& server);

/// One file of the page by its path below /console/ ("" is the page itself); 404 for others.
[[nodiscard]] http::Reply page_file(std::string_view path);

}  // namespace migue::host::console
