#include "tests/bench/load/stream.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace migue::load {

namespace {

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

int new_socket() {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) throw std::system_error(errno, std::generic_category(), "socket");
    return fd;
}

void send_at_once(int fd) {
    const int one = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

}  // namespace

std::shared_ptr<Stream> Stream::connect(EventLoop& loop, std::uint16_t port, Handlers handlers) {
    const int fd = new_socket();
    const sockaddr_in address = loopback(port);
    // A refusal comes as an event, as it does for a slow one.
    (void)::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    return take(loop, fd, std::move(handlers));
}

std::shared_ptr<Stream> Stream::take(EventLoop& loop, int fd, Handlers handlers) {
    send_at_once(fd);
    return std::shared_ptr<Stream>(new Stream(loop, fd, std::move(handlers)));
}

Stream::Stream(EventLoop& loop, int fd, Handlers handlers)
    : loop_(loop), fd_(fd), handlers_(std::move(handlers)) {
    loop_.watch(fd_, EPOLLIN, *this);
}

Stream::~Stream() {
    close();
}

void Stream::close() {
    if (fd_ < 0) return;
    loop_.forget(fd_, *this);
    ::close(std::exchange(fd_, -1));
}

void Stream::write(std::string_view bytes) {
    if (fd_ < 0) return;
    waiting_ += bytes;
    if (!wants_write_) send_waiting();
}

void Stream::send_waiting() {
    std::size_t sent = 0;
    while (sent < waiting_.size()) {
        const ssize_t count = ::send(fd_, waiting_.data() + sent, waiting_.size() - sent, MSG_NOSIGNAL);
        // A failure shows as an event, too: one place deals with it.
        if (count < 0) break;
        sent += static_cast<std::size_t>(count);
    }
    waiting_.erase(0, sent);
    if (const bool more = !waiting_.empty(); more != wants_write_) {
        wants_write_ = more;
        loop_.change(fd_, more ? EPOLLIN | EPOLLOUT : EPOLLIN, *this);
    }
}

void Stream::receive() {
    std::array<char, 64 * 1024> bytes;  // NOLINT(*-member-init): recv writes it
    for (;;) {
        const ssize_t count = ::recv(fd_, bytes.data(), bytes.size(), 0);
        if (count > 0) {
            received_.append(bytes.data(), static_cast<std::size_t>(count));
            if (static_cast<std::size_t>(count) == bytes.size()) continue;
        }
        const bool ended = count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR);
        if (!received_.empty()) handlers_.data(received_);
        if (ended && fd_ >= 0) fail();
        return;
    }
}

void Stream::fail() {
    close();
    handlers_.gone();
}

void Stream::on_events(std::uint32_t events) {
    const auto self = shared_from_this();  // a handler may let go of it
    if ((events & EPOLLOUT) != 0 && (events & EPOLLERR) == 0) send_waiting();
    if ((events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0) receive();
}

Listener::Listener(EventLoop& loop, std::function<void(int)> accepted)
    : loop_(loop), accepted_(std::move(accepted)), fd_(new_socket()) {
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (::bind(fd_, reinterpret_cast<const sockaddr*>(&address), size) != 0 || ::listen(fd_, 4096) != 0 ||
        ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        throw std::system_error(errno, std::generic_category(), "listen");
    port_ = ntohs(address.sin_port);
    loop_.watch(fd_, EPOLLIN, *this);
}

Listener::~Listener() {
    loop_.forget(fd_, *this);
    ::close(fd_);
}

void Listener::on_events(std::uint32_t) {
    for (;;) {
        const int fd = ::accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) return;
        accepted_(fd);
    }
}

}  // namespace migue::load
