#include "host/services/http_connection.hpp"

#include <Poco/Net/DNS.h>
#include <Poco/Net/HostEntry.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/RejectCertificateHandler.h>
#include <Poco/Net/SSLException.h>
#include <Poco/Net/SSLManager.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>

#include <algorithm>
#include <system_error>

namespace migue::host {

namespace {

using std::chrono::steady_clock;

Poco::Timespan time_left(DeadlineWatch::Deadline deadline) {
    const auto left = std::chrono::duration_cast<std::chrono::microseconds>(deadline - steady_clock::now());
    // Zero would mean "no limit" to Poco.
    return Poco::Timespan(std::max<std::int64_t>(left.count(), 1000));
}

Error unavailable(const Url& url, std::string_view step, std::string_view why) {
    return {Error::Code::kUnavailable, url.origin() + ": " + std::string(step) + ": " + std::string(why)};
}

/// Poco tells host names in `message`, which is what an operator wants to read here.
std::string reason(const Poco::Exception& failure) {
    std::string text = failure.name();
    if (!failure.message().empty()) text += " (" + failure.message() + ")";
    return text;
}

/// Poco's resolve() would ask the DNS for the name of an address, into a buffer that all
/// threads share.
Poco::Net::HostEntry::AddressList addresses_of(const std::string& host) {
    Poco::Net::IPAddress address;
    if (Poco::Net::IPAddress::tryParse(host, address)) return {address};
    return Poco::Net::DNS::hostByName(host).addresses();
}

Poco::Net::StreamSocket connect_tcp(const Url& url, DeadlineWatch::Deadline deadline) {
    const Poco::Net::HostEntry::AddressList addresses = addresses_of(url.host);
    if (addresses.empty()) throw Poco::Net::NoAddressFoundException(url.host);
    for (auto address = addresses.begin();; ++address) {
        try {
            Poco::Net::StreamSocket socket;
            socket.connect(Poco::Net::SocketAddress(*address, url.port), time_left(deadline));
            return socket;
        } catch (const Poco::Exception&) {
            if (std::next(address) == addresses.end() || steady_clock::now() >= deadline) throw;
        }
    }
}

bool is_ip_address(const std::string& host) {
    unsigned char buffer[sizeof(in6_addr)];
    return ::inet_pton(AF_INET, host.c_str(), buffer) == 1 ||
           ::inet_pton(AF_INET6, host.c_str(), buffer) == 1;
}

}  // namespace

BrokenPipeShield::BrokenPipeShield() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
}

BrokenPipeShield::~BrokenPipeShield() {
    const timespec at_once{};
    while (!was_pending_ && sigtimedwait(&pipe_, nullptr, &at_once) == -1 && errno == EINTR) {
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

SocketGrip::SocketGrip(int socket) : descriptor_(::fcntl(socket, F_DUPFD_CLOEXEC, 3)) {
    if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "duplicate a socket");
}
SocketGrip::~SocketGrip() {
    ::close(descriptor_);
}
void SocketGrip::cut() const noexcept {
    ::shutdown(descriptor_, SHUT_RDWR);
}

DeadlineWatch::Guard::Guard(DeadlineWatch& watch, const SocketGrip& grip, Deadline deadline,
                            const std::stop_token& stop)
    : watch_(watch),
      entry_([&] {
          const std::lock_guard lock(watch.mutex_);
          const auto entry = watch.entries_.insert(watch.entries_.end(), Entry{deadline, &grip});
          watch.changed_.notify_one();
          return entry;
      }()),
      on_stop_(stop, Cut{&grip}) {}

DeadlineWatch::Guard::~Guard() {
    const std::lock_guard lock(watch_.mutex_);
    watch_.entries_.erase(entry_);
}

DeadlineWatch::DeadlineWatch() : thread_([this] { run(); }) {}

DeadlineWatch::~DeadlineWatch() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        changed_.notify_one();
    }
    thread_.join();
}

void DeadlineWatch::run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        const Deadline now = steady_clock::now();
        Deadline next = Deadline::max();
        for (Entry& entry : entries_) {
            if (entry.deadline <= now) {
                entry.grip->cut();
                entry.deadline = Deadline::max();  // once is enough
            }
            next = std::min(next, entry.deadline);
        }
        if (next == Deadline::max())
            changed_.wait(lock);
        else
            changed_.wait_until(lock, next);
    }
}

TlsContexts::TlsContexts(std::string ca_file) : ca_file_(std::move(ca_file)) {
    Poco::Net::initializeSSL();
}
TlsContexts::~TlsContexts() {
    contexts_.clear();
    Poco::Net::uninitializeSSL();
}

Poco::Net::Context::Ptr TlsContexts::of(const std::string& host) {
    const std::lock_guard lock(mutex_);
    if (const auto found = contexts_.find(host); found != contexts_.end()) return found->second;
    Poco::Net::Context::Params params;
    params.caLocation = ca_file_;
    params.verificationMode = Poco::Net::Context::VERIFY_STRICT;
    params.loadDefaultCAs = true;
    params.cipherList = "HIGH:!aNULL:!MD5:!RC4:!3DES";
    Poco::Net::Context::Ptr context = new Poco::Net::Context(Poco::Net::Context::TLS_CLIENT_USE, params);
    context->requireMinimumProtocol(Poco::Net::Context::PROTO_TLSV1_2);
    context->enableSessionCache(false);
    context->setInvalidCertificateHandler(new Poco::Net::RejectCertificateHandler(false));
    X509_VERIFY_PARAM* verify = SSL_CTX_get0_param(context->sslContext());
    const bool set = is_ip_address(host)
                         ? X509_VERIFY_PARAM_set1_ip_asc(verify, host.c_str()) == 1
                         : X509_VERIFY_PARAM_set1_host(verify, host.c_str(), host.size()) == 1;
    if (!set) throw Poco::Net::SSLException("cannot ask for the host name to be verified");
    X509_VERIFY_PARAM_set_hostflags(verify, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return contexts_.emplace(host, context).first->second;
}

HttpConnection::HttpConnection(const Poco::Net::StreamSocket& socket, std::unique_ptr<SocketGrip> grip)
    : Poco::Net::HTTPClientSession(socket), grip_(std::move(grip)) {
    setKeepAlive(true);
    setKeepAliveTimeout(Poco::Timespan(1, 0, 0, 0, 0));  // ours is in the pool
}

HttpConnection::~HttpConnection() = default;

bool HttpConnection::is_quiet() {
    return connected() && !socket().poll(Poco::Timespan(0), Poco::Net::Socket::SELECT_READ);
}

void HttpConnection::connect(const Poco::Net::SocketAddress&) {
    throw Poco::Net::ConnectionResetException("connection lost");
}

Result<std::unique_ptr<HttpConnection>> open_connection(const Url& url, TlsContexts& contexts,
                                                        DeadlineWatch& watch,
                                                        DeadlineWatch::Deadline deadline,
                                                        const std::stop_token& stop) {
    const char* step = "connect";
    try {
        Poco::Net::StreamSocket socket = connect_tcp(url, deadline);
        // Headers and body go out as two writes: without this the second waits for an ACK.
        socket.setNoDelay(true);
        auto grip = std::make_unique<SocketGrip>(socket.impl()->sockfd());
        if (url.scheme == "https") {
            step = "TLS handshake";
            const DeadlineWatch::Guard guard(watch, *grip, deadline, stop);
            socket.setReceiveTimeout(time_left(deadline));
            socket = Poco::Net::SecureStreamSocket::attach(socket, url.host, contexts.of(url.host));
        }
        return std::make_unique<HttpConnection>(socket, std::move(grip));
    } catch (const Poco::Exception& failure) {
        return unavailable(url, step, reason(failure));
    } catch (const std::system_error& failure) {
        return unavailable(url, step, failure.what());
    }
}

}  // namespace migue::host
