#include "host/services/url.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace migue::host {

namespace {

constexpr std::uint16_t default_port(std::string_view scheme) {
    return scheme == "https" ? 443 : 80;
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lowered(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), lower);
    return out;
}

bool is_printable(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

bool is_host_name(std::string_view host) {
    return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
    });
}

bool is_ip6_literal(std::string_view host) {
    return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
        return (c >= 'a' && c <= 'f') || (c >= '0' && c <= '9') || c == ':' || c == '.';
    });
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (fault != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
    return port;
}

/// Splits "host:port" or "[v6]:port" into `url`; false when it is neither.
bool read_authority(std::string_view authority, Url& url) {
    std::string_view rest;
    if (authority.starts_with('[')) {
        const std::size_t close = authority.find(']');
        if (close == std::string_view::npos) return false;
        url.host = lowered(authority.substr(1, close - 1));
        rest = authority.substr(close + 1);
        if (!is_ip6_literal(url.host)) return false;
    } else {
        const std::size_t colon = std::min(authority.find(':'), authority.size());
        url.host = lowered(authority.substr(0, colon));
        rest = authority.substr(colon);
        if (!is_host_name(url.host)) return false;
    }
    url.port = default_port(url.scheme);
    if (rest.empty()) return true;
    if (!rest.starts_with(':')) return false;
    const std::optional<std::uint16_t> port = parse_port(rest.substr(1));
    url.port = port.value_or(0);
    return port.has_value();
}

/// "." or "..", in whatever spelling a server may understand.
bool is_dot_segment(std::string_view segment) {
    std::string plain;
    for (std::size_t i = 0; i < segment.size(); ++i) {
        if (segment[i] == '%' && lowered(segment.substr(i, 3)) == "%2e") {
            plain += '.';
            i += 2;
        } else {
            plain += segment[i];
        }
    }
    return plain == "." || plain == "..";
}

bool has_dot_segments(std::string_view path) {
    while (!path.empty()) {
        const std::size_t slash = std::min(path.find_first_of("/\\"), path.size());
        if (is_dot_segment(path.substr(0, slash))) return true;
        path.remove_prefix(std::min(slash + 1, path.size()));
    }
    return false;
}

}  // namespace

std::string Url::origin() const {
    return scheme + "://" + host + ":" + std::to_string(port);
}

std::string Url::authority() const {
    std::string out = host.find(':') == std::string::npos ? host : "[" + host + "]";
    if (port != default_port(scheme)) out += ":" + std::to_string(port);
    return out;
}

std::string_view Url::path() const {
    return std::string_view(target).substr(0, target.find('?'));
}

Result<Url> parse_url(std::string_view text) {
    const auto fault = [](std::string_view what) { return Error{Error::Code::kInvalid, std::string(what)}; };
    if (!is_printable(text)) return fault("address holds blanks or bytes outside ASCII");
    const std::size_t mark = text.find("://");
    if (mark == std::string_view::npos) return fault("address is not absolute, expected http:// or https://");
    Url url;
    url.scheme = lowered(text.substr(0, mark));
    if (url.scheme != "http" && url.scheme != "https")
        return fault("address has another scheme than http or https");
    text.remove_prefix(mark + 3);
    const std::size_t end = std::min(text.find_first_of("/?#"), text.size());
    const std::string_view authority = text.substr(0, end);
    if (authority.find('@') != std::string_view::npos) return fault("address holds a user name");
    if (!read_authority(authority, url)) return fault("address has no valid host and port");
    url.target = text.substr(end);
    if (url.target.find('#') != std::string::npos) return fault("address holds a fragment");
    if (!url.target.starts_with('/')) url.target.insert(0, "/");
    return url;
}

bool is_below(const Url& url, const Url& allowed) {
    if (url.scheme != allowed.scheme || url.host != allowed.host || url.port != allowed.port) return false;
    if (has_dot_segments(url.path())) return false;
    std::string_view base = allowed.path();
    if (base.ends_with('/')) base.remove_suffix(1);
    if (!url.path().starts_with(base)) return false;
    return url.path().size() == base.size() || url.path()[base.size()] == '/';
}

bool is_allowed(const Url& url, const std::vector<Url>& allowed) {
    return std::any_of(allowed.begin(), allowed.end(), [&](const Url& base) { return is_below(url, base); });
}

}  // namespace migue::host
