#pragma once
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace migue::host {

/// The one thread on which plugins are loaded, made, quiesced, destroyed and unloaded: so
/// [control] functions never overlap (T1), and destructors of images run where they may.
/// Thread-safe.
class ControlThread {
public:
    /// Looks after what takes time; run after every task and every poke(). Says when it
    /// wants to be run again at the latest.
    using Tick = std::function<std::optional<std::chrono::steady_clock::time_point>()>;

    explicit ControlThread(Tick tick);
    ControlThread(const ControlThread&) = delete;
    ControlThread& operator=(const ControlThread&) = delete;
    ~ControlThread();

    /// Waits until the task has run. Never from the control thread.
    void run(const std::function<void()>& task);
    /// Something changed that tick() wants to see. Must not be called from tick().
    void poke();
    /// On the control thread, inside a task: waits until somebody pokes, at most that long.
    void wait_for_poke(std::chrono::steady_clock::time_point until);

private:
    struct Task {
        const std::function<void()>* run;
        bool is_done = false;
    };
    void loop();

    const Tick tick_;
    std::mutex mutex_;
    std::condition_variable changed_;  // for the thread
    std::condition_variable done_;     // for those who wait for their task
    std::deque<Task*> tasks_;          // guarded by mutex_
    bool poked_ = false;               // guarded by mutex_
    bool stopping_ = false;            // guarded by mutex_
    std::thread thread_;
};

/// Pokes a control thread for those that may outlive it: what a plugin still held when it
/// was abandoned comes back at any time. Thread-safe.
class Doorbell {
public:
    void connect(ControlThread* thread);  ///< nullptr: nobody listens any more
    void ring();

private:
    std::mutex mutex_;
    ControlThread* thread_ = nullptr;  // guarded by mutex_
};

}  // namespace migue::host
