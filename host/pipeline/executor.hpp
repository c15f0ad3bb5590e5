#pragma once
#include <pthread.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <queue>
#include <vector>

namespace migue::host {

/// Threads that run tasks, now or after a delay, in the order they are due.
///
/// There are always `least` of them. While all are busy and more is due, others are started,
/// up to `most`; they end when they were idle for a while. So tasks that wait for a network
/// get a thread each, and a quiet host keeps only a few.
///
/// Thread-safe. Tasks must not throw. A task that is not due yet when stop() is called is
/// dropped: whatever must survive is in the store.
class Executor {
public:
    using Task = std::function<void()>;

    struct Options {
        std::size_t least = 1;
        std::size_t most = 1;  ///< not below `least`
        std::chrono::milliseconds idle_limit{10'000};
        std::size_t stack_bytes = 512 * 1024;
    };

    /// Always so many.
    explicit Executor(std::size_t threads)
        : Executor(Options{.least = threads, .most = threads, .stack_bytes = 2 * 1024 * 1024}) {}
    explicit Executor(Options options);
    Executor(const Executor&) = delete;
    Executor& operator=(const Executor&) = delete;
    ~Executor();  ///< stops

    void post(Task task) { post_after(std::chrono::milliseconds(0), std::move(task)); }
    void post_after(std::chrono::milliseconds delay, Task task);
    /// Runs what is due, waits for it, and takes nothing more.
    void stop();

    /// Threads there are now.
    [[nodiscard]] std::size_t threads() const;

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
    enum class Wake { kRun = 1, kLookAgain, kEnd };

    static void* enter(void* executor);
    void run();
    [[nodiscard]] Wake wait(std::unique_lock<std::mutex>& lock);
    void get_help();
    void start_thread();
    void join(const std::vector<pthread_t>& threads);

    const Options options_;
    mutable std::mutex mutex_;
    std::condition_variable work_;                                 // for idle threads
    std::condition_variable timer_;                                // for the one that waits for a due time
    std::priority_queue<Entry, std::vector<Entry>, Later> queue_;  // guarded by mutex_
    std::uint64_t next_number_ = 0;                                // guarded by mutex_
    std::size_t idle_ = 0;                                         // guarded by mutex_
    bool timed_ = false;                                           // guarded by mutex_: one waits on timer_
    bool stopping_ = false;                                        // guarded by mutex_
    std::vector<pthread_t> threads_, ended_;                       // guarded by mutex_
};

}  // namespace migue::host
