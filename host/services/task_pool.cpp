#include "host/services/task_pool.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>

namespace migue::host {

struct TaskPool::State {
    State(std::size_t max_threads_, std::size_t max_queued_)
        : max_threads(max_threads_), max_queued(max_queued_) {}
    const std::size_t max_threads, max_queued;
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<Task> tasks;            // guarded by mutex
    std::vector<std::thread> threads;  // guarded by mutex
    std::size_t waiting = 0;           // guarded by mutex
    bool stopping = false;             // guarded by mutex
};

TaskPool::TaskPool(std::size_t max_threads, std::size_t max_queued)
    : state_(std::make_shared<State>(max_threads, max_queued)) {}

TaskPool::~TaskPool() {
    stop();
}

bool TaskPool::post(Task task) {
    const std::lock_guard lock(state_->mutex);
    if (state_->stopping || state_->tasks.size() >= state_->max_queued) return false;
    state_->tasks.push_back(std::move(task));
    if (state_->waiting < state_->tasks.size() && state_->threads.size() < state_->max_threads)
        state_->threads.emplace_back([state = state_] { run(state); });
    else
        state_->changed.notify_one();
    return true;
}

void TaskPool::stop() {
    std::vector<std::thread> threads;
    {
        const std::lock_guard lock(state_->mutex);
        state_->stopping = true;
        state_->changed.notify_all();
        threads.swap(state_->threads);
    }
    for (std::thread& thread : threads) thread.join();
}

void TaskPool::abandon() {
    std::vector<std::thread> threads;
    {
        const std::lock_guard lock(state_->mutex);
        state_->stopping = true;
        state_->changed.notify_all();
        threads.swap(state_->threads);
    }
    for (std::thread& thread : threads) thread.detach();
}

void TaskPool::run(const std::shared_ptr<State>& state) {
    std::unique_lock lock(state->mutex);
    for (;;) {
        ++state->waiting;
        state->changed.wait(lock, [&] { return state->stopping || !state->tasks.empty(); });
        --state->waiting;
        if (state->tasks.empty()) return;
        Task task = std::move(state->tasks.front());
        state->tasks.pop_front();
        lock.unlock();
        task();
        task = nullptr;  // what it holds goes without the lock
        lock.lock();
    }
}

}  // namespace migue::host
