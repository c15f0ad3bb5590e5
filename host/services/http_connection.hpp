#pragma once
#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPClientSession.h>
#include <signal.h>

#include <chrono>
#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <unordered_map>

#include "host/services/url.hpp"
#include "migue/cpp/result.hpp"

// The parts of HttpClient that know sockets.
namespace migue::host {

/// Keeps SIGPIPE away from this thread: writing to a connection that was cut off is an
/// error like any other, also in a program that did not ignore the signal.
class BrokenPipeShield {
public:
    BrokenPipeShield();
    BrokenPipeShield(const BrokenPipeShield&) = delete;
    BrokenPipeShield& operator=(const BrokenPipeShield&) = delete;
    ~BrokenPipeShield();

private:
    sigset_t pipe_{}, before_{};
    bool was_pending_ = false;
};

/// A second descriptor of a socket. Poco closes its own whenever something fails; this one
/// stays valid until we let go, so that cutting the connection off from another thread
/// cannot hit a descriptor that was given to somebody else meanwhile.
class SocketGrip {
public:
    explicit SocketGrip(int socket);
    SocketGrip(const SocketGrip&) = delete;
    SocketGrip& operator=(const SocketGrip&) = delete;
    ~SocketGrip();
    /// Ends all waiting on the connection. Thread-safe.
    void cut() const noexcept;

private:
    int descriptor_;
};

/// Cuts connections off at their deadline, whatever they are waiting for: Poco's own limits
/// begin anew with each read. Thread-safe.
class DeadlineWatch {
public:
    using Deadline = std::chrono::steady_clock::time_point;

    struct Entry {
        Deadline deadline;
        const SocketGrip* grip;
    };

    /// While it lives, `grip` is cut at the deadline or when `stop` is asked for.
    class Guard {
    public:
        Guard(DeadlineWatch& watch, const SocketGrip& grip, Deadline deadline, const std::stop_token& stop);
        Guard(const Guard&) = delete;
        Guard& operator=(const Guard&) = delete;
        ~Guard();

    private:
        struct Cut {
            const SocketGrip* grip;
            void operator()() const noexcept { grip->cut(); }
        };
        DeadlineWatch& watch_;
        std::list<Entry>::iterator entry_;
        std::stop_callback<Cut> on_stop_;
    };

    DeadlineWatch();
    DeadlineWatch(const DeadlineWatch&) = delete;
    DeadlineWatch& operator=(const DeadlineWatch&) = delete;
    ~DeadlineWatch();

private:
    void run();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::list<Entry> entries_;  // guarded by mutex_; as many as requests are running
    bool stopping_ = false;     // guarded by mutex_
    std::thread thread_;
};

/// TLS settings, one for each host name: the name is verified by OpenSSL itself, as part of
/// the chain, since Poco skips its own check for local names and after a slow handshake.
/// Thread-safe.
class TlsContexts {
public:
    explicit TlsContexts(std::string ca_file);
    TlsContexts(const TlsContexts&) = delete;
    TlsContexts& operator=(const TlsContexts&) = delete;
    ~TlsContexts();
    [[nodiscard]] Poco::Net::Context::Ptr of(const std::string& host);

private:
    const std::string ca_file_;
    std::mutex mutex_;
    std::unordered_map<std::string, Poco::Net::Context::Ptr> contexts_;  // guarded by mutex_
};

/// One connection to an origin: Poco speaks HTTP over it, we made it.
class HttpConnection final : public Poco::Net::HTTPClientSession {
public:
    HttpConnection(const Poco::Net::StreamSocket& socket, std::unique_ptr<SocketGrip> grip);
    ~HttpConnection() override;

    [[nodiscard]] const SocketGrip& grip() const noexcept { return *grip_; }
    /// Nothing to read and not closed: fit for another request.
    [[nodiscard]] bool is_quiet();

protected:
    /// Poco would open another connection on its own, without TLS and to no host.
    void connect(const Poco::Net::SocketAddress& address) override;

private:
    const std::unique_ptr<SocketGrip> grip_;
};

/// Opens a connection, TLS included. Every failure is kUnavailable: nothing was asked yet.
[[nodiscard]] Result<std::unique_ptr<HttpConnection>> open_connection(const Url& url, TlsContexts& contexts,
                                                                      DeadlineWatch& watch,
                                                                      DeadlineWatch::Deadline deadline,
                                                                      const std::stop_token& stop);

}  // namespace migue::host
