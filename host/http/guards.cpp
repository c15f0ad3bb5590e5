#include "host/http/guards.hpp"

#include <Poco/String.h>

#include <algorithm>

#include "host/http/constant_time.hpp"
#include "host/http/reply_text.hpp"

namespace migue::host::http {

namespace {

constexpr std::string_view kCookie = "migue_token";

std::unique_ptr<Reply> refusal(int status) {
    return std::make_unique<Reply>(plain_reply(status));
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

std::string_view cookie(const Request& request, std::string_view name) {
    for (const auto& [header, value] : request.headers) {
        if (header != "cookie") continue;
        std::string_view rest = value;
        while (!rest.empty()) {
            const auto pair = rest.substr(0, rest.find(';'));
            rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
            const auto equals = pair.find('=');
            if (equals != std::string_view::npos && trimmed(pair.substr(0, equals)) == name)
                return trimmed(pair.substr(equals + 1));
        }
    }
    return {};
}

std::string_view bearer(const Request& request) {
    const std::string_view value = request.header("authorization");
    constexpr std::string_view kScheme = "bearer ";
    if (value.size() <= kScheme.size()) return {};
    const std::string scheme(value.substr(0, kScheme.size()));
    return Poco::icompare(scheme, std::string(kScheme)) == 0 ? trimmed(value.substr(kScheme.size()))
                                                             : std::string_view();
}

bool is_open(const std::vector<std::string>& open_paths, std::string_view path) {
    return std::any_of(open_paths.begin(), open_paths.end(), [&](const std::string& open) {
        return path == open || (open.ends_with('/') && path.starts_with(open));
    });
}

std::string without_port(const std::string& host) {
    const auto colon = host.rfind(':');
    const bool inside_brackets = !host.empty() && host.back() == ']';
    return colon == std::string::npos || inside_brackets ? host : host.substr(0, colon);
}

std::vector<std::string> lower(std::vector<std::string> words) {
    for (std::string& word : words) Poco::toLowerInPlace(word);
    return words;
}

bool is_write(const Request& request) {
    return request.method != "GET" && request.method != "HEAD" && request.method != "OPTIONS";
}

/// "https://example.org:8443" belongs to "Host: example.org:8443", whatever the scheme: behind
/// a proxy that ends TLS we cannot know it.
bool origin_is_host(std::string_view origin, std::string_view host) {
    const auto slashes = origin.find("://");
    return !host.empty() && slashes != std::string_view::npos && origin.substr(slashes + 3) == host;
}

}  // namespace

bool carries_token(const Request& request, std::string_view token) {
    if (token.empty()) return false;
    const auto in_header = bearer(request);
    return same_secret(in_header.empty() ? cookie(request, kCookie) : in_header, token);
}

Guard require_token(std::string token, std::vector<std::string> open_paths) {
    return [token = std::move(token), open = std::move(open_paths)](const Request& request) {
        if (is_open(open, request.path) || carries_token(request, token)) return std::unique_ptr<Reply>();
        auto reply = refusal(401);
        reply->headers.emplace_back("WWW-Authenticate", "Bearer");
        return reply;
    };
}

Guard require_host(std::vector<std::string> hosts) {
    return [hosts = lower(std::move(hosts))](const Request& request) {
        const std::string host = Poco::toLower(std::string(request.header("host")));
        const auto knows = [&](const std::string& name) {
            return std::find(hosts.begin(), hosts.end(), name) != hosts.end();
        };
        return !host.empty() && (knows(host) || knows(without_port(host))) ? nullptr : refusal(421);
    };
}

Guard require_same_origin(std::vector<std::string> origins) {
    return [origins = lower(std::move(origins))](const Request& request) -> std::unique_ptr<Reply> {
        if (!is_write(request)) return nullptr;
        // A form on a page of ours sends "Origin: null", because our Referrer-Policy is
        // no-referrer; this header, which no page can set, says where it really came from.
        const auto site = request.header("sec-fetch-site");
        if (site == "same-origin") return nullptr;
        const std::string origin = Poco::toLower(std::string(request.header("origin")));
        if (origin.empty()) return site.empty() && cookie(request, kCookie).empty() ? nullptr : refusal(403);
        if (std::find(origins.begin(), origins.end(), origin) != origins.end()) return nullptr;
        const std::string host = Poco::toLower(std::string(request.header("host")));
        return origin_is_host(origin, host) ? nullptr : refusal(403);
    };
}

}  // namespace migue::host::http
