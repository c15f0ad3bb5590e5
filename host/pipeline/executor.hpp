#pragma once
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <queue>
#include <thread>
#include <vector>

namespace migue::host {

/// A few threads that run tasks, now or after a delay, in the order they are due.
///
/// Thread-safe. Tasks must not throw. A task that is not due yet when stop() is called is
/// dropped: whatever must survive is in the store.
class Executor {
public:
    using Task = std::function<void()>;

    explicit Executor(std::size_t threads);
    Executor(const Executor&) = delete;
    Executor& operator=(const Executor&) = delete;
    ~Executor();  ///< stops

    void post(Task task) { post_after(std::chrono::milliseconds(0), std::move(task)); }
    void post_after(std::chrono::milliseconds delay, Task task);
    /// Runs what is due, waits for it, and takes nothing more.
    void stop();

private:
    struct Entry {
        std::chrono::steady_clock::time_point due;
        std::uint64_t number;
        Task task;
    };
    struct Later {
        bool operator()(const Entry& a, const Entry& b) const noexcept {
            return a.due != b.due ? a.due > b.due : a.number > b.number;
        }
    };
    void run();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::priority_queue<Entry, std::vector<Entry>, Later> queue_;  // guarded by mutex_
    std::uint64_t next_number_ = 0;                                // guarded by mutex_
    bool stopping_ = false;                                        // guarded by mutex_
    std::vector<std::thread> threads_;
};

}  // namespace migue::host
