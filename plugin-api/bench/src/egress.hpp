#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace migue::bench {

/// The addresses a config names under keys that its schema marks "x-egress" (O7).
[[nodiscard]] std::vector<std::string> egress_addresses(const std::string& schema, const std::string& config);

/// Whether an address has the scheme, host and port of one of them, and a path at or below it.
[[nodiscard]] bool is_allowed(const std::vector<std::string>& addresses, std::string_view url);

/// Whether it is an absolute http or https address without user, fragment or dot segments.
[[nodiscard]] bool is_web_address(std::string_view url);

}  // namespace migue::bench
