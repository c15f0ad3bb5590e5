#include "tests/host/store/lossy_proxy.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace migue::host::test {

namespace {

constexpr int kLookMs = 20;  // at is_stopping_

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int connect_to(std::uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(port);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
    ::close(fd);
    return -1;
}

/// "" when the other side is gone.
std::string receive(int fd) {
    std::array<char, 1 << 16> buffer{};
    const ssize_t size = ::recv(fd, buffer.data(), buffer.size(), 0);
    return size > 0 ? std::string(buffer.data(), static_cast<std::size_t>(size)) : std::string();
}

bool send_all(int fd, const std::string& bytes) {
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t size = ::send(fd, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
        if (size <= 0) return false;
        done += static_cast<std::size_t>(size);
    }
    return true;
}

}  // namespace

LossyProxy::LossyProxy(std::uint16_t server_port) : server_port_(server_port) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
        ::listen(listener_, 64) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        throw std::runtime_error("the proxy cannot listen");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { listen(); });
}

LossyProxy::~LossyProxy() {
    is_stopping_ = true;
    thread_.join();
    for (std::thread& carrier : carriers_) carrier.join();
    ::close(listener_);
}

void LossyProxy::lose_answer_to(const std::string& words, bool then_gone) {
    const std::lock_guard lock(mutex_);
    words_ = words;
    then_gone_ = then_gone;
}

void LossyProxy::listen() {
    while (!is_stopping_) {
        pollfd ready{listener_, POLLIN, 0};
        if (::poll(&ready, 1, kLookMs) != 1) continue;
        const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (client < 0) continue;
        if (is_gone_)
            ::close(client);
        else
            carriers_.emplace_back([this, client] { carry(client); });
    }
}

bool LossyProxy::is_the_one(const std::string& bytes) {
    const std::lock_guard lock(mutex_);
    if (words_.empty() || bytes.find(words_) == std::string::npos) return false;
    words_.clear();
    if (then_gone_) is_gone_ = true;
    return true;
}

void LossyProxy::carry(int client) {
    const int server = connect_to(server_port_);
    bool loses = false;
    while (!is_stopping_ && server >= 0) {
        if (is_gone_ && !loses) break;
        std::array<pollfd, 2> ready{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
        if (::poll(ready.data(), ready.size(), kLookMs) <= 0) continue;
        if (ready[0].revents != 0) {
            const std::string bytes = receive(client);
            if (bytes.empty()) break;
            loses = loses || is_the_one(bytes);
            if (!send_all(server, bytes)) break;
        }
        if (ready[1].revents != 0) {
            const std::string bytes = receive(server);
            if (loses) ++lost_;  // the statement has been carried out
            if (bytes.empty() || loses || !send_all(client, bytes)) break;
        }
    }
    ::close(client);
    if (server >= 0) ::close(server);
}

}  // namespace migue::host::test
