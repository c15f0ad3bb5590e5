#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "migue/cpp/result.hpp"

namespace migue::host {

/// An absolute http or https address, taken apart and otherwise left as it was written:
/// nothing is decoded, so "%2F" stays what it is on its way to the server.
struct Url {
    std::string scheme;  ///< "http" or "https"
    std::string host;    ///< lower case; an IPv6 address without its brackets
    std::uint16_t port = 0;
    std::string target;  ///< path and query, starts with '/'

    /// "https://host:443": what connections are shared by.
    [[nodiscard]] std::string origin() const;
    /// The value of the Host header: the port only where it is not the scheme's own.
    [[nodiscard]] std::string authority() const;
    [[nodiscard]] std::string_view path() const;  ///< the target without its query
};

/// kInvalid: no such address, or one with a user name, a fragment, or bytes that have no
/// place in an address. The error never repeats the address: its query may hold a secret.
[[nodiscard]] Result<Url> parse_url(std::string_view text);

/// Whether `url` is one of `allowed` or lies below one: same scheme, host and port, and a
/// path that continues it at a '/'. Paths with dot segments are never below anything.
[[nodiscard]] bool is_below(const Url& url, const Url& allowed);

/// True when one of `allowed` admits `url`.
[[nodiscard]] bool is_allowed(const Url& url, const std::vector<Url>& allowed);

}  // namespace migue::host
