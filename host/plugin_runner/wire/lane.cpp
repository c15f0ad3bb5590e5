#include "host/plugin_runner/wire/lane.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace migue::wire {

namespace {

using std::chrono::steady_clock;

constexpr std::size_t kHeader = 8;
constexpr std::size_t kPiece = std::size_t{64} << 10;  // a size is believed as far as bytes come

Error gone() {
    return {Error::Code::kUnavailable, "the other end is gone"};
}

}  // namespace

Lane::~Lane() {
    if (socket_ >= 0) ::close(socket_);
}

void Lane::shut_down() noexcept {
    ::shutdown(socket_, SHUT_RDWR);
}

Result<void> Lane::wait(short what, TimePoint deadline) const {
    for (;;) {
        int left = -1;
        if (deadline != TimePoint::max()) {
            const auto time =
                std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now()).count();
            if (time <= 0) return Error{Error::Code::kDeadline, "the other end says nothing"};
            left = static_cast<int>(std::min<long>(time, 1'000'000));
        }
        pollfd waiting{socket_, what, 0};
        const int ready = ::poll(&waiting, 1, left);
        if (ready > 0) return {};
        if (ready < 0 && errno != EINTR) return gone();
    }
}

Result<void> Lane::send(Kind kind, const Writer& body, TimePoint deadline) {
    const std::string& bytes = body.bytes();
    if (bytes.size() > kMaxBody) return Error{Error::Code::kInternal, "over 40 MiB in one message"};
    const auto size = static_cast<std::uint32_t>(bytes.size());
    const auto code = static_cast<std::uint16_t>(kind);
    outgoing_.assign(kHeader, '\0');
    std::memcpy(outgoing_.data(), &size, sizeof size);
    std::memcpy(outgoing_.data() + sizeof size, &code, sizeof code);
    outgoing_ += bytes;
    std::string_view rest = outgoing_;
    while (!rest.empty()) {
        const ssize_t sent = ::send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) {
            rest.remove_prefix(static_cast<std::size_t>(sent));
            continue;
        }
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK) return gone();
        if (auto ready = wait(POLLOUT, deadline); !ready) return ready;
    }
    if (outgoing_.capacity() > kPiece) outgoing_ = {};
    return {};
}

Result<void> Lane::read_to(std::size_t wanted, TimePoint deadline) {
    while (incoming_.size() < wanted) {
        if (auto ready = wait(POLLIN, deadline); !ready) return ready;
        const std::size_t before = incoming_.size();
        incoming_.resize(before + std::max<std::size_t>(std::min(wanted - before, kPiece), 4096));
        const ssize_t got =
            ::recv(socket_, incoming_.data() + before, incoming_.size() - before, MSG_DONTWAIT);
        incoming_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        if (got == 0) return gone();
        if (got < 0 && errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK) return gone();
    }
    return {};
}

Result<Frame> Lane::receive(TimePoint deadline) {
    if (auto read = read_to(kHeader, deadline); !read) return std::move(read).error();
    std::uint32_t size = 0;
    std::uint16_t code = 0;
    std::uint16_t zero = 0;
    std::memcpy(&size, incoming_.data(), sizeof size);
    std::memcpy(&code, incoming_.data() + sizeof size, sizeof code);
    std::memcpy(&zero, incoming_.data() + sizeof size + sizeof code, sizeof zero);
    if (size > kMaxBody || zero != 0) return Error{Error::Code::kInvalid, "a frame with a bad header"};
    if (auto read = read_to(kHeader + size, deadline); !read) return std::move(read).error();
    Frame frame{static_cast<Kind>(code), {}};
    if (incoming_.size() == kHeader + size) {
        incoming_.erase(0, kHeader);
        frame.body = std::exchange(incoming_, {});
        return frame;
    }
    frame.body = incoming_.substr(kHeader, size);
    incoming_.erase(0, kHeader + size);
    return frame;
}

}  // namespace migue::wire
