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

/// The HTTP server that everything is served by.
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
    int threads = 64;                     ///< handlers at once, at least 2; made when needed
    std::size_t queue = 512;              ///< complete requests without a thread; over it: 503
    std::size_t connections = 10000;      ///< at once; never over 3/4 of the process's open files
    std::size_t buffered =
        64u * 1024 * 1024;                   ///< of all requests and answers; over it the largest is given up
    std::chrono::milliseconds head{10000};   ///< from a request's first byte to the end of its head
    std::chrono::milliseconds whole{30000};  ///< to its last byte; and once more for the answer
    std::chrono::milliseconds idle{10000};   ///< between requests, and for the TLS handshake
};

/// What a server is doing and has done.
struct Counters {
    // Now.
    std::size_t open = 0;        ///< connections
    std::size_t parked = 0;      ///< of them: wait for the client, without a thread
    std::size_t running = 0;     ///< requests in handlers
    std::size_t queued = 0;      ///< complete requests that wait for a thread
    std::size_t threads = 0;     ///< that run handlers
    std::size_t held_bytes = 0;  ///< of requests and answers
    // Since the start.
    std::uint64_t accepted = 0;     ///< connections
    std::uint64_t turned_away = 0;  ///< of them: closed at once, no room
    std::uint64_t gave_way = 0;     ///< closed to make room for others
    std::uint64_t requests = 0;     ///< that a handler or a guard was asked
    std::uint64_t rejected = 0;     ///< 400, 413, 431
    std::uint64_t timeouts = 0;     ///< connections closed over a deadline, with 408 or without a word
    std::uint64_t overloaded = 0;   ///< 503: nobody free to answer, or no memory for it
};

/// One listener and its routes. Add routes, then start().
///
/// A connection holds a thread only while a handler runs: slow and idle clients cost memory
/// (0.3 KiB for an idle one, 15 with TLS, and what they sent), not threads. A body is read whole before its
/// handler is asked; an answer that the client does not take is kept for `whole`, without a thread. At
/// `connections` the one that has been silent for longest gives way, else the newcomer gets 503.
///
/// Every answer carries the security
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
    /// No new requests; those that were complete are answered and waited for.
    void stop();
    /// All zero before start(). Any thread; cheap enough for each scrape.
    [[nodiscard]] Counters counters() const;
    [[nodiscard]] std::uint16_t port() const noexcept;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace migue::host::http
