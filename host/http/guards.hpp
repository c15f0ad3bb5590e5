#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "host/http/server.hpp"

/// Checks that stand before the routes of a listener: Server::guard(…).
namespace migue::host::http {

/// Whether the request carries the token: "Authorization: Bearer …" or the cookie
/// `migue_token`. Constant time. An empty token is carried by nobody.
[[nodiscard]] bool carries_token(const Request& request, std::string_view token);

/// 401 without the token. `open_paths` need none; one that ends in '/' opens what is below it.
[[nodiscard]] Guard require_token(std::string token, std::vector<std::string> open_paths = {});

/// 421 unless the Host header is one of these: a page that makes its name point at us (DNS
/// rebinding) still sends its own name. "example.org" stands for every port,
/// "example.org:8080" for that one. IPv6 in brackets.
[[nodiscard]] Guard require_host(std::vector<std::string> hosts);

/// 403 for a write (anything but GET, HEAD, OPTIONS) that another site's page caused (CSRF).
/// Its Origin must be the request's own Host or one of `origins` ("https://bot.example.org").
/// A write without Origin is no browser's: it passes, but not with our cookie.
[[nodiscard]] Guard require_same_origin(std::vector<std::string> origins = {});

}  // namespace migue::host::http
