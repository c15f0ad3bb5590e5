#include "host/pipeline/executor.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

namespace migue::host {

namespace {

using Lock = std::unique_lock<std::mutex>;

}  // namespace

Executor::Executor(Options options) : options_(options) {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < options_.least; ++i) start_thread();
}

Executor::~Executor() {
    stop();
}

void Executor::post_after(std::chrono::milliseconds delay, Task task) {
    const auto due = std::chrono::steady_clock::now() + delay;
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    const bool is_next = queue_.empty() || due < queue_.top().due;
    queue_.push({due, next_number_++, std::move(task)});
    if (delay <= std::chrono::milliseconds(0))
        get_help();
    else if (is_next && timed_)
        timer_.notify_one();
    else if (!timed_)
        get_help();  // somebody has to watch the time
}

void Executor::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        work_.notify_all();
        timer_.notify_all();
    }
    std::vector<pthread_t> left;
    {
        const std::lock_guard lock(mutex_);
        left = std::exchange(threads_, {});
        left.insert(left.end(), ended_.begin(), ended_.end());
        ended_.clear();
    }
    join(left);
}

std::size_t Executor::threads() const {
    const std::lock_guard lock(mutex_);
    return threads_.size();
}

void* Executor::enter(void* executor) {
    static_cast<Executor*>(executor)->run();
    return nullptr;
}

/// Wakes or starts a thread for what is queued. With the mutex held.
void Executor::get_help() {
    if (idle_ > 0)
        work_.notify_one();
    else if (timed_)
        timer_.notify_one();
    else if (threads_.size() < options_.most && !stopping_)
        start_thread();
}

/// With the mutex held.
void Executor::start_thread() {
    join(std::exchange(ended_, {}));  // they are past their last use of the mutex
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, options_.stack_bytes);
    pthread_t thread{};
    const int fault = pthread_create(&thread, &attributes, &Executor::enter, this);
    pthread_attr_destroy(&attributes);
    if (fault == 0)
        threads_.push_back(thread);
    else if (threads_.size() < options_.least)
        throw std::system_error(fault, std::generic_category(), "start a thread");
}

void Executor::join(const std::vector<pthread_t>& threads) {
    for (const pthread_t thread : threads) pthread_join(thread, nullptr);
}

Executor::Wake Executor::wait(Lock& lock) {
    const bool has_later = !queue_.empty();
    if (has_later && queue_.top().due <= std::chrono::steady_clock::now()) return Wake::kRun;
    if (stopping_) return Wake::kEnd;
    if (has_later && !timed_) {
        timed_ = true;
        const auto due = queue_.top().due;  // a copy: the queue changes meanwhile
        timer_.wait_until(lock, due);
        timed_ = false;
        return Wake::kLookAgain;
    }
    ++idle_;
    const bool in_time = work_.wait_for(lock, options_.idle_limit) == std::cv_status::no_timeout;
    --idle_;
    // What was posted just as the time was over, and what nobody watches, is this one's.
    const bool wanted = !queue_.empty() && (!timed_ || queue_.top().due <= std::chrono::steady_clock::now());
    return in_time || wanted || threads_.size() <= options_.least ? Wake::kLookAgain : Wake::kEnd;
}

void Executor::run() {
    Lock lock(mutex_);
    for (;;) {
        const Wake wake = wait(lock);
        if (wake == Wake::kEnd) break;
        if (wake == Wake::kLookAgain) continue;
        // The queue gives only const access to its top; the entry is popped right after.
        Task task = std::move(const_cast<Entry&>(queue_.top()).task);
        queue_.pop();
        if (!queue_.empty() && (!timed_ || queue_.top().due <= std::chrono::steady_clock::now())) get_help();
        lock.unlock();
        task();
        task = {};  // what it holds is let go of outside the lock
        lock.lock();
    }
    const auto self = std::find_if(threads_.begin(), threads_.end(), [](pthread_t thread) {
        return pthread_equal(thread, pthread_self()) != 0;
    });
    if (self == threads_.end()) return;  // stop() has taken it to join it
    ended_.push_back(*self);
    threads_.erase(self);
}

}  // namespace migue::host
