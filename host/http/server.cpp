#include "host/http/server.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/SecureServerSocket.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/Net/TCPServer.h>
#include <Poco/Net/TCPServerConnection.h>
#include <Poco/Net/TCPServerConnectionFactory.h>
#include <Poco/Net/TCPServerParams.h>
#include <Poco/ThreadPool.h>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <typeinfo>

#include "host/http/connection.hpp"
#include "host/http/reply_text.hpp"
#include "host/http/router.hpp"

namespace migue::host::http {

namespace {

/// Handlers decode JSON and touch the store; deep recursion is not theirs to do.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kStackSize = 2 * 1024 * 1024;
#else
constexpr int kStackSize = 256 * 1024;
#endif
/// Connections that wait for a thread; more are closed at once.
constexpr int kMaxQueued = 512;
constexpr int kBacklog = 512;

std::string_view first_of(const std::vector<std::pair<std::string, std::string>>& pairs,
                          std::string_view name) noexcept {
    for (const auto& [key, value] : pairs)
        if (key == name) return value;
    return {};
}

class ServedConnection final : public Poco::Net::TCPServerConnection {
public:
    ServedConnection(const Poco::Net::StreamSocket& socket, const Connection::Rules& rules)
        : TCPServerConnection(socket), rules_(rules) {}
    void run() override {
        try {
            Connection(socket(), rules_).run();
        } catch (const Poco::Exception&) {
            // The client reset the connection, stalled, or failed its TLS handshake: daily
            // life of an open port, and nobody is left to tell.
            socket().close();
        }
    }

private:
    const Connection::Rules& rules_;
};

class ServedConnections final : public Poco::Net::TCPServerConnectionFactory {
public:
    explicit ServedConnections(const Connection::Rules& rules) : rules_(rules) {}
    Poco::Net::TCPServerConnection* createConnection(const Poco::Net::StreamSocket& socket) override {
        return new ServedConnection(socket, rules_);
    }

private:
    const Connection::Rules& rules_;
};

Poco::Net::ServerSocket make_socket(const std::optional<config::TlsFiles>& tls) {
    using Poco::Net::Context;
    if (!tls) return Poco::Net::ServerSocket();
    Context::Ptr context = new Context(Context::TLS_SERVER_USE, tls->key.string(), tls->certificate.string(),
                                       "", Context::VERIFY_NONE, 9, false, "HIGH:!aNULL:!MD5:!RC4:!3DES");
    context->requireMinimumProtocol(Context::PROTO_TLSV1_2);
    return Poco::Net::SecureServerSocket(context);
}

}  // namespace

std::string_view Request::header(std::string_view lower_name) const noexcept {
    return first_of(headers, lower_name);
}
std::string_view Request::param(std::string_view name) const noexcept {
    return first_of(params, name);
}
std::string_view Request::query_value(std::string_view name) const noexcept {
    return first_of(query, name);
}

class Server::Impl {
public:
    Impl(config::Listen listen, Limits limits, Log& log, std::optional<config::TlsFiles> tls)
        : listen_(std::move(listen)),
          limits_(limits),
          log_(log),
          tls_(std::move(tls)),
          threads_(1, std::max(1, limits.threads), 60, kStackSize),
          rules_{limits_, [this](Request& request) { return answer(request); },
                 [this] { return stopping_.load(std::memory_order_relaxed); }, [this] { return crowded(); }} {
    }

    ~Impl() { stop(); }

    Result<void> start();
    void stop();

    Router router;
    std::vector<Guard> guards;
    std::atomic<std::uint16_t> port{0};

private:
    Reply answer(Request& request);
    Reply answer_unchecked(Request& request, std::string_view& pattern);
    bool crowded() const { return server_->queuedConnections() > 0; }

    const config::Listen listen_;
    const Limits limits_;
    Log& log_;
    const std::optional<config::TlsFiles> tls_;
    std::atomic<bool> stopping_{false};
    Poco::ThreadPool threads_;
    const Connection::Rules rules_;
    std::unique_ptr<Poco::Net::TCPServer> server_;
};

Result<void> Server::Impl::start() {
    const std::string address = fmt::format("{}:{}", listen_.host, listen_.port);
    try {
        Poco::Net::ServerSocket socket = make_socket(tls_);
        // Without SO_REUSEPORT: two servers on one port would silently share the clients.
        socket.bind(Poco::Net::SocketAddress(listen_.host, listen_.port), true, false);
        socket.listen(kBacklog);
        Poco::Net::TCPServerParams::Ptr params = new Poco::Net::TCPServerParams;
        params->setMaxThreads(std::max(1, limits_.threads));
        params->setMaxQueued(kMaxQueued);
        params->setThreadIdleTime(Poco::Timespan(1, 0));
        server_ =
            std::make_unique<Poco::Net::TCPServer>(new ServedConnections(rules_), threads_, socket, params);
        port = socket.address().port();
        server_->start();
        return {};
    } catch (const Poco::Exception& error) {
        return Error{Error::Code::kConfig, fmt::format("listen on {}: {}", address, error.displayText())};
    }
}

void Server::Impl::stop() {
    if (!server_ || stopping_.exchange(true)) return;
    server_->stop();
    threads_.joinAll();
}

Reply Server::Impl::answer(Request& request) {
    std::string_view pattern = "(guard)";
    std::string_view kind;
    try {
        Reply reply = answer_unchecked(request, pattern);
        if (reply_text(reply, {true, false})) return reply;
        kind = "a reply header holds a line break";
    } catch (const std::exception& error) {
        // The type only: what() may quote what a person wrote.
        kind = typeid(error).name();
    }
    log_.error("http handler failed", {{"method", request.method}, {"route", pattern}, {"exception", kind}});
    return plain_reply(500);
}

Reply Server::Impl::answer_unchecked(Request& request, std::string_view& pattern) {
    for (const Guard& guard : guards)
        if (const auto refusal = guard(request)) return *refusal;
    auto match = router.find(request.method, request.path);
    if (!match.handler) {
        Reply reply = plain_reply(match.allow.empty() ? 404 : 405);
        if (!match.allow.empty()) reply.headers.emplace_back("Allow", match.allow);
        return reply;
    }
    pattern = match.pattern;
    request.params = std::move(match.params);
    return (*match.handler)(request);
}

Server::Server(config::Listen listen, Limits limits, Log& log, std::optional<config::TlsFiles> tls)
    : impl_(std::make_unique<Impl>(std::move(listen), limits, log, std::move(tls))) {}
Server::~Server() = default;

void Server::route(std::string method, std::string pattern, Handler handler) {
    impl_->router.add(std::move(method), std::move(pattern), std::move(handler));
}
void Server::guard(Guard check) {
    impl_->guards.push_back(std::move(check));
}
Result<void> Server::start() {
    return impl_->start();
}
void Server::stop() {
    impl_->stop();
}
std::uint16_t Server::port() const noexcept {
    return impl_->port;
}

}  // namespace migue::host::http
