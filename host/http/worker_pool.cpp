#include "host/http/worker_pool.hpp"

#include <Poco/Exception.h>
#include <Poco/Thread.h>

#include <algorithm>
#include <thread>
#include <utility>

namespace migue::host::http {

namespace {

/// Handlers decode JSON and touch the store; deep recursion is not theirs to do.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kStackSize = 2 * 1024 * 1024;
#else
constexpr int kStackSize = 256 * 1024;
#endif
constexpr std::chrono::seconds kIdleTime{5};
/// A job that took longer has waited for something, or for a processor.
constexpr std::chrono::microseconds kLong{200};
/// One long job weighs as much as so many short ones.
constexpr int kLongWeight = 8;
constexpr int kMostlyLong = 4 * kLongWeight;

}  // namespace

struct WorkerPool::Worker {
    Poco::Thread thread;
    std::condition_variable wake;
    bool woken = false;
};

WorkerPool::WorkerPool(Size size, std::function<void()> held_back)
    // One more than may shake hands, so that a flood of handshakes cannot hold every thread.
    : size_{std::max(2, size.threads), std::max<std::size_t>(1, size.queue)},
      handshakes_at_once_(
          std::clamp(static_cast<int>(std::thread::hardware_concurrency()) / 2, 1, size_.threads - 1)),
      held_back_(std::move(held_back)) {
    workers_.reserve(static_cast<std::size_t>(size_.threads));
}

WorkerPool::~WorkerPool() {
    stop();
}

bool WorkerPool::submit(Kind kind, Job job) {
    const Lock lock(mutex_);
    auto& queue = kind == Kind::kRequest ? requests_ : handshakes_;
    const std::size_t free = static_cast<std::size_t>(size_.threads) - busy_;
    if (kind == Kind::kRequest && queue.size() >= size_.queue + free) return false;
    queue.push_back(std::move(job));
    if (wake_one() || !workers_.empty()) return true;
    queue.pop_back();
    return false;
}

/// At most one is on its way at a time; who arrives wakes the next when there is more to do.
/// So a burst of short requests wakes few threads, and one that waits in its handler keeps
/// nobody from being served.
bool WorkerPool::wake_one(bool anyway) {
    if (waking_ || !has_work()) return true;
    if (!anyway && is_crowded()) {
        tell_ |= !holds_back_.exchange(true);
        return true;
    }
    if (idle_.empty()) return waking_ = add_worker();
    Worker& next = *idle_.back();
    idle_.pop_back();
    next.woken = waking_ = true;
    next.wake.notify_one();
    return true;
}

bool WorkerPool::is_crowded() const {
    static const std::size_t kProcessors = std::max(2u, std::thread::hardware_concurrency());
    return long_jobs_ < kMostlyLong && workers_.size() - idle_.size() >= kProcessors;
}

void WorkerPool::learn(std::chrono::nanoseconds took) {
    long_jobs_ = std::clamp(long_jobs_ + (took > kLong ? kLongWeight : -1), 0, 2 * kMostlyLong);
}

void WorkerPool::nudge() {
    const Lock lock(mutex_);
    if (begun_ == begun_at_nudge_) wake_one(true);
    begun_at_nudge_ = begun_;
    holds_back_ = has_work();
}

bool WorkerPool::add_worker() {
    if (workers_.size() >= static_cast<std::size_t>(size_.threads)) return false;
    auto worker = std::make_unique<Worker>();
    worker->thread.setStackSize(kStackSize);
    try {
        worker->thread.startFunc([this, self = worker.get()] { work(*self); });
    } catch (const Poco::Exception&) {
        return false;  // no thread to be had now: those there are go on
    }
    workers_.push_back(std::move(worker));
    return true;
}

bool WorkerPool::has_work() const {
    return !requests_.empty() || (!handshakes_.empty() && handshaking_ < handshakes_at_once_);
}

bool WorkerPool::take(Job& job, Kind& kind) {
    if (!has_work()) return false;
    const bool handshake = !handshakes_.empty() && handshaking_ < handshakes_at_once_;
    kind = handshake ? Kind::kHandshake : Kind::kRequest;
    handshaking_ += handshake ? 1 : 0;
    auto& queue = handshake ? handshakes_ : requests_;
    job = std::move(queue.front());
    queue.pop_front();
    return true;
}

void WorkerPool::work(Worker& self) {
    Lock lock(mutex_);
    waking_ = false;
    while (true) {
        Job job;
        Kind kind{};
        if (!take(job, kind)) {
            if (stopping_ || !wait_for_work(self, lock)) break;
            continue;
        }
        wake_one();
        ++busy_;
        ++begun_;
        const bool tell = std::exchange(tell_, false);
        lock.unlock();
        if (tell) held_back_();
        const auto begin = std::chrono::steady_clock::now();
        job();
        job = nullptr;
        const auto took = std::chrono::steady_clock::now() - begin;
        lock.lock();
        learn(took);
        --busy_;
        if (kind == Kind::kHandshake) --handshaking_;
    }
    leave(self);
}

bool WorkerPool::wait_for_work(Worker& self, Lock& lock) {
    self.woken = false;
    idle_.push_back(&self);
    if (self.wake.wait_for(lock, kIdleTime, [&] { return self.woken; })) {
        waking_ = false;
        return true;
    }
    std::erase(idle_, &self);
    return false;
}

void WorkerPool::leave(Worker& self) {
    const auto here =
        std::find_if(workers_.begin(), workers_.end(), [&](const auto& one) { return one.get() == &self; });
    finished_.push_back(std::move(*here));
    workers_.erase(here);
    gone_.notify_all();
}

bool WorkerPool::reap() {
    Workers finished;
    bool some = false;
    {
        const Lock lock(mutex_);
        finished.swap(finished_);
        some = !workers_.empty();
    }
    for (const auto& worker : finished) worker->thread.join();
    return some;
}

void WorkerPool::stop() {
    {
        Lock lock(mutex_);
        stopping_ = true;
        for (Worker* worker : idle_) {
            worker->woken = true;
            worker->wake.notify_one();
        }
        idle_.clear();
        gone_.wait(lock, [this] { return workers_.empty(); });
    }
    reap();
}

std::size_t WorkerPool::threads() const {
    const Lock lock(mutex_);
    return workers_.size();
}
std::size_t WorkerPool::queued() const {
    const Lock lock(mutex_);
    return requests_.size();
}
std::size_t WorkerPool::busy() const {
    const Lock lock(mutex_);
    return busy_;
}

}  // namespace migue::host::http
