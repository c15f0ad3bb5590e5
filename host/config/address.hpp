#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "host/config/settings.hpp"

/// The forms of addresses that the settings may have. No names are resolved here.
namespace migue::host::config {

/// "host:port" with a name, an IPv4 address, or an IPv6 one in brackets: "[::1]:8080".
[[nodiscard]] std::optional<Listen> parse_listen(std::string_view text);

/// The other way round: "[::1]:8080".
[[nodiscard]] std::string listen_text(const Listen& listen);

/// "localhost", 127.0.0.0/8 or ::1: no other machine can reach it.
[[nodiscard]] bool is_loopback(std::string_view host);

/// Why this is no absolute http or https address that paths can be added to; "" when it is one.
/// Does not repeat the address: it may hold a secret.
[[nodiscard]] std::string url_fault(std::string_view url);

}  // namespace migue::host::config
