#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/config/settings.hpp"
#include "host/observe/log.hpp"
#include "migue/cpp/result.hpp"

/// The HTTP server that everything is served by: Poco's, with our limits.
namespace migue::host::http {

struct Request {
    std::string method, path;                                  ///< path is decoded, without the query
    std::vector<std::pair<std::string, std::string>> params;   ///< ":name" segments of the pattern
    std::vector<std::pair<std::string, std::string>> query;    ///< decoded
    std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
    std::string body;                                          ///< raw bytes
    std::string client;
    [[nodiscard]] std::string_view header(std::string_view lower_name) const noexcept;
    [[nodiscard]] std::string_view param(std::string_view name) const noexcept;
    [[nodiscard]] std::string_view query_value(std::string_view name) const noexcept;
};

struct Reply {
    int status = 200;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
};

/// May run on many threads at once. An exception becomes a 500 and a log line.
using Handler = std::function<Reply(const Request&)>;

/// Looks at a request before its handler does: nullptr lets it pass, a Reply ends it.
/// Ready-made ones are in host/http/guards.hpp.
using Guard = std::function<std::unique_ptr<Reply>(const Request&)>;

struct Limits {
    std::size_t body = 4u * 1024 * 1024;  ///< over it: 413
    std::size_t header = 64u * 1024;      ///< over it: 431
    int threads = 64;
    std::chrono::milliseconds read{10000};   ///< each read
    std::chrono::milliseconds idle{10000};   ///< keep-alive
    std::chrono::milliseconds whole{30000};  ///< from a request's first byte to its last
};

/// One listener and its routes. Add routes, then start(). Every answer carries the security
/// headers (nosniff, no-referrer, frame-ancestors none, no-store unless the handler says
/// otherwise); an unknown path is 404, a known one with another method 405 with Allow.
class Server {
public:
    /// With `tls` the listener speaks TLS only. The log must outlive the server.
    Server(config::Listen listen, Limits limits, Log& log, std::optional<config::TlsFiles> tls = {});
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server();  ///< stops

    /// Pattern: "/webhook", "/admin/plugins/:id/reload"; a last segment "*rest" takes the
    /// rest of the path. The most exact pattern wins.
    void route(std::string method, std::string pattern, Handler handler);
    /// Asked before every route; an answer ends the request (token, Host, Origin checks).
    void guard(Guard check);

    Result<void> start();
    /// No new requests; those running are waited for.
    void stop();
    [[nodiscard]] std::uint16_t port() const noexcept;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace migue::host::http
