#pragma once
#include <array>
#include <chrono>
#include <span>

#include <sys/epoll.h>

#include "host/http/file_descriptor.hpp"

namespace migue::host::http {

/// Waits for many sockets at once (epoll). Each must be armed again after it was reported, so
/// that one who has taken a socket is its only user until then. arm() and wake() may be
/// called by any thread, wait() by one.
class Poller {
public:
    enum class For { kRead = 1, kWrite };

    Poller();  ///< throws std::system_error when the process has no descriptor left
    Poller(const Poller&) = delete;
    Poller& operator=(const Poller&) = delete;

    /// Reports `owner` once. `known`: the socket was armed before. False: no memory for it.
    [[nodiscard]] bool arm(int socket, bool known, For what, void* owner) noexcept;
    /// Ends a wait(), or the next one.
    void wake() noexcept;

    /// The owners whose sockets are ready, at most 256; none after wake() or `limit`. A
    /// negative limit: no limit. Valid until the next call.
    [[nodiscard]] std::span<void* const> wait(std::chrono::milliseconds limit);

private:
    static constexpr int kAtOnce = 256;
    const FileDescriptor epoll_, wake_;
    std::array<epoll_event, kAtOnce> events_;
    std::array<void*, kAtOnce> ready_;
};

}  // namespace migue::host::http
