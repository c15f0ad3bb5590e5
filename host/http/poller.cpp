#include "host/http/poller.hpp"

#include <sys/eventfd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace migue::host::http {

Poller::Poller() : epoll_(::epoll_create1(EPOLL_CLOEXEC)), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    epoll_event event{};
    event.events = EPOLLIN;
    if (!epoll_ || !wake_ || ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event) != 0)
        throw std::system_error(errno, std::generic_category(), "epoll");
}

bool Poller::arm(int socket, bool known, For what, void* owner) noexcept {
    epoll_event event{};
    event.events = (what == For::kRead ? EPOLLIN | EPOLLRDHUP : EPOLLOUT) | EPOLLONESHOT;
    event.data.ptr = owner;
    return ::epoll_ctl(epoll_.get(), known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event) == 0;
}

void Poller::wake() noexcept {
    const std::uint64_t one = 1;
    // Fails only when the count is full, and then a wake-up is already on its way.
    [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
}

std::span<void* const> Poller::wait(std::chrono::milliseconds limit) {
    const int count = ::epoll_wait(epoll_.get(), events_.data(), kAtOnce,
                                   limit.count() < 0 ? -1 : static_cast<int>(limit.count()));
    std::size_t ready = 0;
    for (int i = 0; i < count; ++i) {
        void* owner = events_[static_cast<std::size_t>(i)].data.ptr;
        if (owner != nullptr) {
            ready_[ready++] = owner;
            continue;
        }
        std::uint64_t wakes = 0;
        [[maybe_unused]] const auto got = ::read(wake_.get(), &wakes, sizeof wakes);
    }
    return {ready_.data(), ready};
}

}  // namespace migue::host::http
