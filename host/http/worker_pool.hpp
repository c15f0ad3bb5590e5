#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace Poco {
class Thread;
}

namespace migue::host::http {

/// Threads that run jobs; made when they are needed, gone when they had nothing to do for a
/// while. Thread-safe; jobs must not throw.
///
/// Jobs that wait (for a commit, say) each get a thread at once, up to the limit. While all
/// recent jobs were short, more threads than processors would only cost switches: then a few
/// serve the queue.
class WorkerPool {
public:
    using Job = std::function<void()>;
    enum class Kind {
        kRequest = 1,  ///< may wait for something
        kHandshake     ///< burns the processor, never waits: only a few at once, the rest queued
    };
    struct Size {
        int threads;        ///< at most
        std::size_t queue;  ///< requests that wait while all threads are taken, at most
    };

    /// `held_back` is called when jobs begin to be held back, by one of the threads.
    WorkerPool(Size size, std::function<void()> held_back);
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;
    ~WorkerPool();  ///< stops

    /// False: the queue is full, or there is no thread and none can be made.
    [[nodiscard]] bool submit(Kind kind, Job job);
    /// Some jobs wait although a thread could be had: nudge() in a millisecond.
    [[nodiscard]] bool holds_back() const noexcept { return holds_back_.load(std::memory_order_relaxed); }
    /// Brings in a thread when no job has been begun since the last nudge.
    void nudge();
    /// Frees what is left of threads that have gone; call now and then. Whether any are there.
    bool reap();
    /// Runs what is queued, then ends the threads. Nothing may be submitted any more.
    void stop();

    [[nodiscard]] std::size_t threads() const;
    [[nodiscard]] std::size_t queued() const;
    [[nodiscard]] std::size_t busy() const;

private:
    struct Worker;
    using Workers = std::vector<std::unique_ptr<Worker>>;
    using Lock = std::unique_lock<std::mutex>;

    void work(Worker& self);
    bool take(Job& job, Kind& kind);
    [[nodiscard]] bool has_work() const;
    bool wait_for_work(Worker& self, Lock& lock);
    bool wake_one(bool anyway = false);
    [[nodiscard]] bool is_crowded() const;
    void learn(std::chrono::nanoseconds took);
    bool add_worker();
    void leave(Worker& self);

    const Size size_;
    const int handshakes_at_once_;
    const std::function<void()> held_back_;
    mutable std::mutex mutex_;
    // All below is guarded by mutex_.
    std::condition_variable gone_;
    std::deque<Job> requests_, handshakes_;
    Workers workers_, finished_;
    std::vector<Worker*> idle_;  // the last one to have worked is woken first: the others may go
    int handshaking_ = 0;
    std::size_t busy_ = 0;
    int long_jobs_ = 0;  // a score: up with each long job, down with each short one
    std::uint64_t begun_ = 0, begun_at_nudge_ = 0;
    std::atomic<bool> holds_back_{false};  // read without the mutex
    bool tell_ = false;                    // held_back_ is due
    bool waking_ = false;                  // one has been woken or made and has not arrived yet
    bool stopping_ = false;
};

}  // namespace migue::host::http
