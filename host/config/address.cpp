#include "host/config/address.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <charconv>

namespace migue::host::config {
namespace {

constexpr std::string_view kDigits = "0123456789";

bool is_ipv4(const std::string& host) {
    in_addr address{};
    return inet_pton(AF_INET, host.c_str(), &address) == 1;
}

bool is_ipv6(const std::string& host) {
    in6_addr address{};
    return inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

bool is_host_name(std::string_view host) {
    constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    if (host.empty() || host.size() > 253 || host.front() == '.' || host.front() == '-') return false;
    if (host.find("..") != std::string_view::npos) return false;
    const bool is_number = host.find_first_not_of("0123456789.") == std::string_view::npos;
    return !is_number && host.find_first_not_of(kAllowed) == std::string_view::npos;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    if (text.empty() || text.size() > 5 || text.find_first_not_of(kDigits) != std::string_view::npos)
        return {};
    unsigned port = 0;
    std::from_chars(text.data(), text.data() + text.size(), port);
    if (port > 65535) return {};
    return static_cast<std::uint16_t>(port);
}

struct Authority {
    std::string host;
    std::string_view port;  ///< "" when there is no colon
    bool has_port = false;
};

std::optional<Authority> split_authority(std::string_view text) {
    Authority authority;
    std::size_t end = text.find(':');
    if (text.starts_with('[')) {
        const std::size_t close = text.find(']');
        if (close == std::string_view::npos) return {};
        authority.host = text.substr(1, close - 1);
        if (!is_ipv6(authority.host)) return {};
        end = close + 1 == text.size() ? std::string_view::npos : close + 1;
        if (end != std::string_view::npos && text[end] != ':') return {};
    } else {
        authority.host = text.substr(0, end);
        if (!is_ipv4(authority.host) && !is_host_name(authority.host)) return {};
    }
    authority.has_port = end != std::string_view::npos;
    if (authority.has_port) authority.port = text.substr(end + 1);
    return authority;
}

}  // namespace

std::optional<Listen> parse_listen(std::string_view text) {
    const auto authority = split_authority(text);
    if (!authority || !authority->has_port) return {};
    const auto port = parse_port(authority->port);
    if (!port) return {};
    return Listen{authority->host, *port};
}

std::string listen_text(const Listen& listen) {
    const bool is_v6 = listen.host.find(':') != std::string::npos;
    return is_v6 ? fmt::format("[{}]:{}", listen.host, listen.port)
                 : fmt::format("{}:{}", listen.host, listen.port);
}

bool is_loopback(std::string_view host) {
    const std::string text(host);
    in6_addr v6{};
    if (inet_pton(AF_INET6, text.c_str(), &v6) == 1) return IN6_IS_ADDR_LOOPBACK(&v6);
    return text == "localhost" || (is_ipv4(text) && text.starts_with("127."));
}

std::string url_fault(std::string_view url) {
    const std::size_t scheme = url.find("://");
    if (scheme == std::string_view::npos) return "no absolute address";
    if (url.substr(0, scheme) != "http" && url.substr(0, scheme) != "https") return "neither http nor https";
    const std::string_view rest = url.substr(scheme + 3);
    const std::string_view host = rest.substr(0, rest.find_first_of("/?#"));
    if (host.find('@') != std::string_view::npos) return "an address with a user name in it";
    const auto authority = split_authority(host);
    if (!authority) return "an address without a valid host";
    const auto port = parse_port(authority->port);
    if (authority->has_port && (!port || *port == 0)) return "an address with a port that is none";
    if (rest.find_first_of("?#") != std::string_view::npos) return "an address with ? or # in it";
    for (const char c : rest) {
        if (static_cast<unsigned char>(c) <= 0x20 || c == '\\')
            return "an address with a blank or a backslash in it";
    }
    return "";
}

}  // namespace migue::host::config
