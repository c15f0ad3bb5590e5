#include "tests/bench/load/event_loop.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

namespace migue::load {

namespace {

void control(int epoll, int operation, int fd, std::uint32_t events, EventLoop::Watcher& watcher) {
    epoll_event event{};
    event.events = events;
    event.data.ptr = &watcher;
    if (::epoll_ctl(epoll, operation, fd, &event) != 0)
        throw std::system_error(errno, std::generic_category(), "epoll_ctl");
}

}  // namespace

EventLoop::EventLoop() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (epoll_ < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
}

EventLoop::~EventLoop() {
    // Timers may own what forgets descriptors of this loop.
    timers_ = {};
    ::close(epoll_);
}

void EventLoop::watch(int fd, std::uint32_t events, Watcher& watcher) {
    control(epoll_, EPOLL_CTL_ADD, fd, events, watcher);
}

void EventLoop::change(int fd, std::uint32_t events, Watcher& watcher) {
    control(epoll_, EPOLL_CTL_MOD, fd, events, watcher);
}

void EventLoop::forget(int fd, const Watcher& watcher) {
    ::epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
    std::replace(round_.begin(), round_.end(), const_cast<Watcher*>(&watcher),
                 static_cast<Watcher*>(nullptr));
}

void EventLoop::at(TimePoint when, std::function<void()> action) {
    timers_.push({when, next_order_++, std::move(action)});
}

bool EventLoop::run_until(const std::function<bool()>& done, TimePoint deadline) {
    while (!done()) {
        if (Clock::now() >= deadline) return false;
        wait(timers_.empty() ? deadline : std::min(deadline, timers_.top().when));
        run_due_timers();
    }
    return true;
}

void EventLoop::wait(TimePoint limit) {
    const auto left = std::max(limit - Clock::now(), Clock::duration::zero());
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
    const timespec patience{seconds.count(), (left - seconds).count()};
    std::array<epoll_event, 512> events{};
    const int count =
        ::epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &patience, nullptr);
    if (count < 0 && errno != EINTR) throw std::system_error(errno, std::generic_category(), "epoll_wait");
    round_.clear();
    for (int i = 0; i < count; ++i)
        round_.push_back(static_cast<Watcher*>(events[static_cast<std::size_t>(i)].data.ptr));
    for (std::size_t i = 0; i < round_.size(); ++i)
        if (round_[i] != nullptr) round_[i]->on_events(events[i].events);
    round_.clear();
}

void EventLoop::run_due_timers() {
    const TimePoint now = Clock::now();
    while (!timers_.empty() && timers_.top().when <= now) {
        const std::function<void()> action = std::move(const_cast<Timer&>(timers_.top()).action);
        timers_.pop();
        action();
    }
}

}  // namespace migue::load
