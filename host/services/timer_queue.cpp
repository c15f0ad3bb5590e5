#include "host/services/timer_queue.hpp"

#include <algorithm>

namespace migue::host {

using std::chrono::steady_clock;

namespace {
/// Far enough for anybody, and small enough that adding it to now cannot overflow.
constexpr std::chrono::nanoseconds kLongest = std::chrono::hours(24 * 365 * 10);
}  // namespace

TimerQueue::TimerQueue() : thread_([this] { run(); }) {}

TimerQueue::~TimerQueue() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        changed_.notify_one();
    }
    thread_.join();
}

std::uint64_t TimerQueue::start(std::chrono::nanoseconds delay, Action action) {
    const auto due = steady_clock::now() + std::clamp(delay, std::chrono::nanoseconds(0), kLongest);
    const std::lock_guard lock(mutex_);
    const Key key{due, next_id_++};
    const bool is_first = actions_.empty() || key < actions_.begin()->first;
    actions_.emplace(key, std::move(action));
    keys_.emplace(key.second, key);
    if (is_first) changed_.notify_one();
    return key.second;
}

bool TimerQueue::cancel(std::uint64_t id) {
    Action dropped;  // declared before the lock: destroyed without it
    const std::lock_guard lock(mutex_);
    const auto found = keys_.find(id);
    if (found == keys_.end()) return false;
    const auto action = actions_.find(found->second);
    dropped = std::move(action->second);
    actions_.erase(action);
    keys_.erase(found);
    return true;
}

void TimerQueue::run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        if (actions_.empty()) {
            changed_.wait(lock);
            continue;
        }
        const auto first = actions_.begin();
        if (first->first.first > steady_clock::now()) {
            const auto due = first->first.first;
            changed_.wait_until(lock, due);
            continue;
        }
        Action action = std::move(first->second);
        keys_.erase(first->first.second);
        actions_.erase(first);
        lock.unlock();
        action();
        action = nullptr;
        lock.lock();
    }
}

}  // namespace migue::host
