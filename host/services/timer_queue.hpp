#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>

namespace migue::host {

/// Calls things later, on one thread of its own. Delays pass in real time, also where the
/// clock that plugins read was moved.
///
/// Thread-safe. Actions must not wait and must not throw.
class TimerQueue {
public:
    using Action = std::function<void()>;

    TimerQueue();
    TimerQueue(const TimerQueue&) = delete;
    TimerQueue& operator=(const TimerQueue&) = delete;
    ~TimerQueue();  ///< what is still pending is dropped

    /// Never 0.
    std::uint64_t start(std::chrono::nanoseconds delay, Action action);
    /// True: it will not be called. False: it was called, is being called, or is unknown.
    bool cancel(std::uint64_t id);

private:
    using Key = std::pair<std::chrono::steady_clock::time_point, std::uint64_t>;
    void run();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<Key, Action> actions_;                // guarded by mutex_
    std::unordered_map<std::uint64_t, Key> keys_;  // guarded by mutex_
    std::uint64_t next_id_ = 1;                    // guarded by mutex_
    bool stopping_ = false;                        // guarded by mutex_
    std::thread thread_;
};

}  // namespace migue::host
