/// What the HTTP server does under load, and what others lose while somebody misbehaves.
///
///     bench_http [seconds a cell] [threads of the server]
///
/// The server runs in a process of its own and checks the signature of each POST, as the
/// webhook does before anything else. The load is a closed loop over 1, 16, 64 and 256
/// connections from one epoll thread, measured alone and beside: clients that send a byte a
/// second, connections that send nothing, bodies of 100 MB; and with a handler that waits 2 ms,
/// as for a commit. Compare within one table only.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "host/channels/whatsapp/signature.hpp"
#include "host/http/server.hpp"

namespace {

using namespace std::chrono_literals;
using namespace migue::host;
using Clock = std::chrono::steady_clock;
using std::chrono::duration;
using std::chrono::milliseconds;

constexpr std::string_view kSecret = "a secret of the bench";
constexpr std::size_t kBodySize = 550;  // a text message as WhatsApp sends it
constexpr milliseconds kCommit{2};      // what a handler waits for in the last scene
constexpr std::size_t kSlow = 500;
constexpr std::size_t kIdle = 10'000;
constexpr std::size_t kPushers = 4;
constexpr std::size_t kHugeBody = 100'000'000;

[[noreturn]] void die(std::string_view what) {
    fmt::print(stderr, "bench_http: {}: errno {}\n", what, errno);
    std::exit(1);
}

class Socket {
public:
    explicit Socket(int fd) noexcept : fd_(fd) {}
    Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Socket& operator=(Socket&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~Socket() {
        if (fd_ >= 0) ::close(fd_);
    }
    [[nodiscard]] int fd() const noexcept { return fd_; }

private:
    int fd_;
};

Socket connect_to(std::uint16_t port) {
    Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (socket.fd() < 0) die("socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket.fd(), reinterpret_cast<sockaddr*>(&address), sizeof address) < 0) die("connect");
    const int on = 1;
    ::setsockopt(socket.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return socket;
}

void raise_file_limit() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < kIdle + 2000) die("needs a limit of 12,000 open files (ulimit -n)");
}

/// The server, in a process of its own that ends with this one.
class ServerProcess {
public:
    explicit ServerProcess(int threads) {
        int ends[2];
        if (::pipe(ends) != 0) die("pipe");
        pid_ = ::fork();
        if (pid_ < 0) die("fork");
        if (pid_ == 0) run(threads, ends[1]);
        ::close(ends[1]);
        if (::read(ends[0], &port_, sizeof port_) != sizeof port_) die("the server did not start");
        ::close(ends[0]);
    }
    ServerProcess(const ServerProcess&) = delete;
    ServerProcess& operator=(const ServerProcess&) = delete;
    ~ServerProcess() {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

    /// Seconds of processor time so far.
    [[nodiscard]] double processor() const {
        clockid_t clock{};
        timespec time{};
        if (::clock_getcpuclockid(pid_, &clock) != 0 || ::clock_gettime(clock, &time) != 0) die("clock");
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
    }

    /// A line of /proc/…/status, such as "VmRSS" in KiB or "Threads".
    [[nodiscard]] long status(std::string_view name) const {
        std::ifstream in(fmt::format("/proc/{}/status", pid_));
        for (std::string line; std::getline(in, line);)
            if (line.starts_with(name)) return std::strtol(line.c_str() + name.size() + 1, nullptr, 10);
        return 0;
    }

private:
    [[noreturn]] static void run(int threads, int told) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        http::Limits limits;
        limits.threads = threads;
        limits.idle = 60s;  // longer than a cell: idle connections stay for all of it
        Log log(Severity::kError);
        const whatsapp::SignatureCheck signature(kSecret);
        http::Server server(config::Listen{"127.0.0.1", 0}, limits, log);
        server.route("POST", "/webhook", [&](const http::Request& request) {
            const bool good = signature.accepts(request.header("x-hub-signature-256"), request.body);
            return http::Reply{good ? 200 : 401, "text/plain", "", {}};
        });
        server.route("POST", "/wait", [](const http::Request&) {
            std::this_thread::sleep_for(kCommit);  // what is measured: a worker that is kept for so long
            return http::Reply{200, "text/plain", "", {}};
        });
        if (const auto started = server.start(); !started) die(started.error().what);
        const std::uint16_t port = server.port();
        if (::write(told, &port, sizeof port) != sizeof port) die("pipe");
        while (true) ::pause();
    }

    pid_t pid_ = 0;
    std::uint16_t port_ = 0;
};

std::string signed_post(std::string_view path) {
    const std::string body(kBodySize, 'x');
    const std::string signature = whatsapp::SignatureCheck(kSecret).sign(body);
    return fmt::format(
        "POST {} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: facebookexternalua\r\nAccept: */*\r\n"
        "Content-Type: application/json\r\nX-Hub-Signature-256: {}\r\nContent-Length: {}\r\n\r\n{}",
        path, signature, body.size(), body);
}

struct Measured {
    double rate = 0;          // answers a second
    double p50 = 0, p99 = 0;  // ms
    double cost = 0;          // the server's processor time for each, µs: what a busy machine cannot blur
    std::size_t starved = 0;  // connections without a single answer
    std::size_t refused = 0;  // other answers than 200
    std::size_t ended = 0;    // connections that the server closed, and that came back
};

/// N connections, each with one request on its way at all times.
class Load {
public:
    Load(std::uint16_t port, std::size_t connections, std::string_view path)
        : post_(signed_post(path)), port_(port), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
        for (std::size_t i = 0; i < connections; ++i) clients_.push_back({Socket(-1), {}, 0});
    }

    Measured run(milliseconds time, const ServerProcess& server) {
        const auto warm = Clock::now() + time / 4;
        const auto end = warm + time;
        for (Client& client : clients_) open(client);
        epoll_event events[256];
        double processor = -1;
        while (Clock::now() < end) {
            if (processor < 0 && Clock::now() >= warm) processor = server.processor();
            const int count = ::epoll_wait(epoll_.fd(), events, 256, 20);
            for (int i = 0; i < count; ++i) take(*static_cast<Client*>(events[i].data.ptr), warm);
        }
        return result(duration<double>(time).count(), server.processor() - processor);
    }

private:
    struct Client {
        Socket socket;
        Clock::time_point sent;
        std::size_t answers;
    };

    void open(Client& client) {
        client.socket = connect_to(port_);
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.ptr = &client;
        ::epoll_ctl(epoll_.fd(), EPOLL_CTL_ADD, client.socket.fd(), &event);
        send(client);
    }

    void send(Client& client) {
        client.sent = Clock::now();
        // A connection that has just been ended says so at the next read.
        ::send(client.socket.fd(), post_.data(), post_.size(), MSG_NOSIGNAL);
    }

    void take(Client& client, Clock::time_point warm) {
        char bytes[4096];
        const auto count = ::recv(client.socket.fd(), bytes, sizeof bytes, MSG_DONTWAIT);
        if (count <= 0) {
            if (count < 0 && errno == EAGAIN) return;
            ++ended_;
            return open(client);
        }
        // Each answer is one send of a few hundred bytes: it comes whole.
        if (!std::string_view(bytes, static_cast<std::size_t>(count)).starts_with("HTTP/1.1 200")) ++refused_;
        ++client.answers;
        const auto now = Clock::now();
        if (now >= warm) took_.push_back(duration<float, std::milli>(now - client.sent).count());
        send(client);
    }

    Measured result(double seconds, double processor) {
        Measured out;
        out.rate = static_cast<double>(took_.size()) / seconds;
        out.refused = refused_;
        out.ended = ended_;
        for (const Client& client : clients_) out.starved += client.answers == 0;
        if (took_.empty()) return out;
        out.cost = processor / static_cast<double>(took_.size()) * 1e6;
        const auto at = [this](double share) {
            const auto index = static_cast<std::ptrdiff_t>(share * static_cast<double>(took_.size() - 1));
            std::nth_element(took_.begin(), took_.begin() + index, took_.end());
            return static_cast<double>(took_[static_cast<std::size_t>(index)]);
        };
        out.p50 = at(0.5);
        out.p99 = at(0.99);
        return out;
    }

    const std::string post_;
    const std::uint16_t port_;
    Socket epoll_;
    std::vector<Client> clients_;
    std::vector<float> took_;
    std::size_t refused_ = 0, ended_ = 0;
};

/// Somebody who misbehaves until this goes out of scope.
class Nuisance {
public:
    virtual ~Nuisance() = default;
};

/// Connections that send a byte a second, half of them in the head, half in the body. One
/// that was cut off comes back.
class SlowClients final : public Nuisance {
public:
    explicit SlowClients(std::uint16_t port) : port_(port) {
        for (std::size_t i = 0; i < kSlow; ++i) sockets_.push_back(begin(i));
        thread_ = std::thread([this] { run(); });
    }
    ~SlowClients() override {
        stop_ = true;
        thread_.join();
    }

private:
    Socket begin(std::size_t i) const {
        Socket socket = connect_to(port_);
        const std::string_view head =
            i % 2 == 0 ? "POST /webhook HTTP/1.1\r\nHost: a\r\nX-Slow: "
                       : "POST /webhook HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n";
        ::send(socket.fd(), head.data(), head.size(), MSG_NOSIGNAL);
        return socket;
    }
    void run() {
        auto next = std::chrono::steady_clock::now();
        for (std::size_t i = 0; !stop_; i = (i + 1) % kSlow) {
            if (::send(sockets_[i].fd(), "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) sockets_[i] = begin(i);
            next += 1000ms / kSlow;  // a byte a second each, however long the sending takes
            std::this_thread::sleep_until(next);
        }
    }
    const std::uint16_t port_;
    std::vector<Socket> sockets_;
    std::atomic<bool> stop_{false};
    std::thread thread_;
};

class IdleClients final : public Nuisance {
public:
    explicit IdleClients(std::uint16_t port) {
        for (std::size_t i = 0; i < kIdle; ++i) sockets_.push_back(connect_to(port));
    }

private:
    std::vector<Socket> sockets_;
};

/// Threads that push bodies of 100 MB, one after the other, until each is cut off.
class HugeBodies final : public Nuisance {
public:
    explicit HugeBodies(std::uint16_t port) {
        for (std::size_t i = 0; i < kPushers; ++i)
            threads_.emplace_back([this, port, i] {
                while (!stop_) push(connect_to(port), i % 2 == 0);
            });
    }
    ~HugeBodies() override {
        stop_ = true;
        for (std::thread& thread : threads_) thread.join();
    }

private:
    void push(const Socket& socket, bool chunked) const {
        const timeval limit{1, 0};
        ::setsockopt(socket.fd(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        ::setsockopt(socket.fd(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        const std::string framing =
            chunked ? "Transfer-Encoding: chunked" : fmt::format("Content-Length: {}", kHugeBody);
        std::string part = fmt::format("POST /webhook HTTP/1.1\r\nHost: a\r\n{}\r\n\r\n", framing);
        for (std::size_t sent = 0; sent < kHugeBody && !stop_; sent += part.size()) {
            if (::send(socket.fd(), part.data(), part.size(), MSG_NOSIGNAL) < 0) break;
            if (sent == 0)
                part = chunked ? "10000\r\n" + std::string(65536, 'x') + "\r\n" : std::string(65536, 'x');
            // Half of them look for the 413; the others push until they are cut off.
            char answer[512];
            if (chunked && ::recv(socket.fd(), answer, sizeof answer, MSG_DONTWAIT) > 0) break;
        }
    }
    std::atomic<bool> stop_{false};
    std::vector<std::thread> threads_;
};

struct Scene {
    std::string_view name;
    std::function<std::unique_ptr<Nuisance>(std::uint16_t)> begin;
    std::string_view path = "/webhook";
};

const Scene kScenes[] = {
    {"alone", [](std::uint16_t) { return nullptr; }},
    {"500 slow", [](std::uint16_t port) { return std::make_unique<SlowClients>(port); }},
    {"10,000 idle", [](std::uint16_t port) { return std::make_unique<IdleClients>(port); }},
    {"4 x 100 MB", [](std::uint16_t port) { return std::make_unique<HugeBodies>(port); }},
    {"waits 2 ms", [](std::uint16_t) { return nullptr; }, "/wait"},
};

void print(std::size_t connections, const Scene& scene, const Measured& now, const Measured& alone,
           const ServerProcess& server) {
    fmt::print(
        "{:>11} {:<12} {:>9.0f} {:>6.2f} {:>7.1f} {:>8.2f} {:>8.2f} {:>6.2f} {:>8} {:>8} {:>7} {:>8.1f} "
        "{:>7}\n",
        connections, scene.name, now.rate, alone.rate > 0 ? now.rate / alone.rate : 0, now.cost, now.p50,
        now.p99, alone.p99 > 0 ? now.p99 / alone.p99 : 0, now.starved, now.refused, now.ended,
        static_cast<double>(server.status("VmRSS")) / 1024, server.status("Threads"));
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
    const milliseconds time(argc > 1 ? static_cast<long>(std::atof(argv[1]) * 1000) : 2000);
    const int threads = argc > 2 ? std::atoi(argv[2]) : http::Limits{}.threads;
    raise_file_limit();
    fmt::print("{:>11} {:<12} {:>9} {:>6} {:>7} {:>8} {:>8} {:>6} {:>8} {:>8} {:>7} {:>8} {:>7}\n",
               "connections", "beside", "answers/s", "ratio", "cpu µs", "p50 ms", "p99 ms", "ratio",
               "starved", "refused", "ended", "RSS MiB", "threads");
    for (const std::size_t connections : {1u, 16u, 64u, 256u}) {
        Measured alone;
        for (const Scene& scene : kScenes) {
            const ServerProcess server(threads);
            const auto nuisance = scene.begin(server.port());
            const Measured now = Load(server.port(), connections, scene.path).run(time, server);
            if (scene.name == kScenes[0].name) alone = now;
            print(connections, scene, now, alone, server);
        }
    }
}
