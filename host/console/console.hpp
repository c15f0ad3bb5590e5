#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "host/http/server.hpp"

/// The web page: a phone to chat with, the agenda beside it, the plugins. It is compiled into
/// the program; what it shows comes from ChatApi, /p/scheduling/agenda and /admin/plugins.
namespace migue::host::console {

/// `GET /` leads to /console/, `GET /console/…` is the page and its files.
void add_routes(http::Server& server);

/// http::require_token() for a listener with a console on it: the page and its files hold no
/// secret and need no token, everything below /console/api/ does. The page asks for the token
/// when the API answers 401.
[[nodiscard]] http::Guard require_token(std::string token, std::vector<std::string> open_paths = {});

/// One file of the page by its path below /console/ ("" is the page itself); 404 for others.
[[nodiscard]] http::Reply page_file(std::string_view path);

}  // namespace migue::host::console
