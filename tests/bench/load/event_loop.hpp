#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

namespace migue::load {

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;

/// Sockets and timers of one run, on the thread that calls run_until(): load, Graph and
/// proxies share it and so one clock, and take little of the machine from who is measured.
class EventLoop {
public:
    /// Told about a descriptor's epoll events. May be destroyed while it is being told, if it
    /// keeps itself alive until it returns.
    class Watcher {
    public:
        Watcher() = default;
        Watcher(const Watcher&) = delete;
        Watcher& operator=(const Watcher&) = delete;
        virtual ~Watcher() = default;
        virtual void on_events(std::uint32_t events) = 0;
    };

    EventLoop();
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;
    ~EventLoop();

    void watch(int fd, std::uint32_t events, Watcher& watcher);
    void change(int fd, std::uint32_t events, Watcher& watcher);
    /// Before the descriptor is closed. `watcher` is not told anything any more.
    void forget(int fd, const Watcher& watcher);

    void at(TimePoint when, std::function<void()> action);
    void after(std::chrono::nanoseconds delay, std::function<void()> action) {
        at(Clock::now() + delay, std::move(action));
    }
    /// Serves until `done` says so, asked after each round. False: the deadline came first.
    bool run_until(const std::function<bool()>& done, TimePoint deadline);
    void run_for(std::chrono::nanoseconds time) {
        run_until([] { return false; }, Clock::now() + time);
    }

private:
    struct Timer {
        TimePoint when;
        std::uint64_t order;  // of two at the same time the older one comes first
        std::function<void()> action;
        bool operator>(const Timer& other) const {
            return when != other.when ? when > other.when : order > other.order;
        }
    };
    void wait(TimePoint limit);
    void run_due_timers();

    int epoll_ = -1;
    std::uint64_t next_order_ = 0;
    std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;
    std::vector<Watcher*> round_;  // told in this round, or nullptr when forgotten meanwhile
};

}  // namespace migue::load
