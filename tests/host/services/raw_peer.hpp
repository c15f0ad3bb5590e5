#pragma once
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace migue::host::test {

/// A server on a loopback port that does with each connection what the test says: the way
/// to be a broken peer, which a real HTTP server refuses to be.
class RawPeer {
public:
    using Script = std::function<void(int socket, int connection)>;

    explicit RawPeer(Script script)
        : script_(std::move(script)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
            ::listen(listener_, 16) != 0 ||
            ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
            throw std::runtime_error("cannot listen on loopback");
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { accept_all(); });
    }
    RawPeer(const RawPeer&) = delete;
    RawPeer& operator=(const RawPeer&) = delete;
    ~RawPeer() {
        stopping_ = true;
        ::shutdown(listener_, SHUT_RDWR);
        thread_.join();
        {
            const std::lock_guard lock(mutex_);
            for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
        }
        for (std::thread& thread : threads_) thread.join();
        for (const int socket : sockets_) ::close(socket);
        ::close(listener_);
    }

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] std::string url(const std::string& target = "/") const {
        return "http://127.0.0.1:" + std::to_string(port_) + target;
    }
    [[nodiscard]] int connections() const noexcept { return connections_; }

    /// Reads until the end of a request without a body; false when the peer is gone.
    static bool read_head(int socket) {
        std::string head;
        char c = 0;
        while (!head.ends_with("\r\n\r\n")) {
            if (::recv(socket, &c, 1, 0) != 1) return false;
            head += c;
        }
        return true;
    }
    static void write(int socket, const std::string& text) {
        (void)!::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
    }
    /// Ends the connection for both sides.
    static void hang_up(int socket) { ::shutdown(socket, SHUT_RDWR); }

private:
    void accept_all() {
        while (!stopping_) {
            const int socket = ::accept(listener_, nullptr, nullptr);
            if (socket < 0) return;
            const std::lock_guard lock(mutex_);
            sockets_.push_back(socket);
            threads_.emplace_back([this, socket, number = ++connections_] { script_(socket, number); });
        }
    }

    const Script script_;
    const int listener_;
    std::uint16_t port_ = 0;
    std::atomic<bool> stopping_{false};
    std::atomic<int> connections_{0};
    std::thread thread_;
    std::mutex mutex_;
    std::vector<int> sockets_;
    std::vector<std::thread> threads_;
};

}  // namespace migue::host::test
