#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace migue::host {

/// A few threads that run tasks in the order they came. Threads are started as they are
/// needed, up to the limit, and stay.
///
/// post() is thread-safe; everything else belongs to the owner.
class TaskPool {
public:
    /// Must not throw: an exception ends the program.
    using Task = std::function<void()>;

    explicit TaskPool(std::size_t max_threads, std::size_t max_queued = 100'000);
    TaskPool(const TaskPool&) = delete;
    TaskPool& operator=(const TaskPool&) = delete;
    ~TaskPool();  ///< as stop()

    /// False: the queue is full or the pool was stopped; the task was dropped.
    [[nodiscard]] bool post(Task task);
    /// Runs what is queued, then ends the threads. Never from one of them.
    void stop();
    /// As stop(), for threads that may never come back: does not wait. Whatever their tasks
    /// hold stays alive with them.
    void abandon();

private:
    struct State;
    static void run(const std::shared_ptr<State>& state);
    std::shared_ptr<State> state_;
};

}  // namespace migue::host
