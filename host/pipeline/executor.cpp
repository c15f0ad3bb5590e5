#include "host/pipeline/executor.hpp"

#include <utility>

namespace migue::host {

Executor::Executor(std::size_t threads) {
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

Executor::~Executor() {
    stop();
}

void Executor::post_after(std::chrono::milliseconds delay, Task task) {
    const auto due = std::chrono::steady_clock::now() + delay;
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) return;
        queue_.push({due, next_number_++, std::move(task)});
    }
    changed_.notify_one();
}

void Executor::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_)
        if (thread.joinable()) thread.join();
}

void Executor::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        if (queue_.empty()) {
            if (stopping_) return;
            changed_.wait(lock);
            continue;
        }
        const auto due = queue_.top().due;
        if (due > std::chrono::steady_clock::now()) {
            if (stopping_) return;
            changed_.wait_until(lock, due);
            continue;
        }
        // The queue gives only const access to its top; the entry is popped right after.
        Task task = std::move(const_cast<Entry&>(queue_.top()).task);
        queue_.pop();
        lock.unlock();
        task();
        task = {};  // what it holds is let go of outside the lock
        lock.lock();
    }
}

}  // namespace migue::host
