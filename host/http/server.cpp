#include "host/http/server.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/SocketAddress.h>
#include <fmt/format.h>
#include <openssl/ssl.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <mutex>
#include <system_error>
#include <typeinfo>

#include "host/http/reactor.hpp"
#include "host/http/reply_text.hpp"
#include "host/http/router.hpp"

namespace migue::host::http {

namespace {

constexpr int kBacklog = 1024;

std::string_view first_of(const std::vector<std::pair<std::string, std::string>>& pairs,
                          std::string_view name) noexcept {
    for (const auto& [key, value] : pairs)
        if (key == name) return value;
    return {};
}

Poco::Net::Context::Ptr make_tls(const std::optional<config::TlsFiles>& files) {
    using Poco::Net::Context;
    if (!files) return nullptr;
    Context::Ptr context =
        new Context(Context::TLS_SERVER_USE, files->key.string(), files->certificate.string(), "",
                    Context::VERIFY_NONE, 9, false, "HIGH:!aNULL:!MD5:!RC4:!3DES");
    context->requireMinimumProtocol(Context::PROTO_TLSV1_2);
    SSL_CTX_set_options(context->sslContext(), SSL_OP_NO_RENEGOTIATION);
    // The last: an idle connection gives back the 34 KiB of its two buffers.
    SSL_CTX_set_mode(context->sslContext(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                                SSL_MODE_RELEASE_BUFFERS);
    return context;
}

/// Why an address cannot be listened on, and what to do.
std::string why_not(const Poco::Exception& error) {
    switch (error.code()) {
        case EADDRINUSE:
            return "in use by another program; end that one, or choose another port";
        case EACCES:
            return "not allowed; a port below 1024 needs CAP_NET_BIND_SERVICE, or choose another one";
        case EADDRNOTAVAIL:
            return "not an address of this machine";
        default:
            return error.displayText();
    }
}

/// The store, the plugins and those who send need files too.
std::size_t room_for(std::size_t connections) {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur != RLIM_INFINITY)
        connections = std::min<std::size_t>(connections, files.rlim_cur / 4 * 3);
    return std::max<std::size_t>(1, connections);
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
        : listen_(std::move(listen)), limits_(limits), log_(log), tls_(std::move(tls)) {}

    ~Impl() { stop(); }

    Result<void> start();
    void stop();
    Counters counters() const;

    Router router;
    std::vector<Guard> guards;
    std::atomic<std::uint16_t> port{0};

private:
    Reply answer(Request& request);
    Reply answer_unchecked(Request& request, std::string_view& pattern);

    const config::Listen listen_;
    const Limits limits_;
    Log& log_;
    const std::optional<config::TlsFiles> tls_;
    mutable std::mutex mutex_;          // held while start() sets reactor_, which a handler may ask already
    std::unique_ptr<Reactor> reactor_;  // last: its threads use all of the above
};

Result<void> Server::Impl::start() {
    const std::string address = fmt::format("{}:{}", listen_.host, listen_.port);
    try {
        Poco::Net::Context::Ptr tls = make_tls(tls_);
        Poco::Net::ServerSocket socket;
        // Without SO_REUSEPORT: two servers on one port would silently share the clients.
        socket.bind(Poco::Net::SocketAddress(listen_.host, listen_.port), true, false);
        socket.listen(kBacklog);
        port = socket.address().port();
        const std::lock_guard lock(mutex_);
        reactor_ = std::make_unique<Reactor>(
            Reactor::Parts{socket, std::move(tls), room_for(limits_.connections)}, limits_,
            [this](Request& request) { return answer(request); }, log_);
        return {};
    } catch (const Poco::Exception& error) {
        return Error{Error::Code::kConfig, fmt::format("{}: {}", address, why_not(error))};
    } catch (const std::system_error& error) {
        return Error{Error::Code::kUnavailable, fmt::format("{}: {}", address, error.what())};
    }
}

void Server::Impl::stop() {
    if (reactor_) reactor_->stop();
}

Counters Server::Impl::counters() const {
    const std::lock_guard lock(mutex_);
    return reactor_ ? reactor_->counters() : Counters{};
}

Reply Server::Impl::answer(Request& request) {
    std::string_view pattern = "(guard)";
    std::string_view kind;
    try {
        Reply reply = answer_unchecked(request, pattern);
        if (is_well_formed(reply)) return reply;
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
Counters Server::counters() const {
    return impl_->counters();
}
std::uint16_t Server::port() const noexcept {
    return impl_->port;
}

}  // namespace migue::host::http
