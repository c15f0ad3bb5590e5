#include "host/plugin_host/control_thread.hpp"

namespace migue::host {

ControlThread::ControlThread(Tick tick) : tick_(std::move(tick)), thread_([this] { loop(); }) {}

ControlThread::~ControlThread() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        changed_.notify_one();
    }
    thread_.join();
}

void ControlThread::run(const std::function<void()>& task) {
    Task mine{&task};
    std::unique_lock lock(mutex_);
    tasks_.push_back(&mine);
    changed_.notify_one();
    done_.wait(lock, [&] { return mine.is_done; });
}

void ControlThread::poke() {
    const std::lock_guard lock(mutex_);
    poked_ = true;
    changed_.notify_one();
}

void ControlThread::wait_for_poke(std::chrono::steady_clock::time_point until) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, until, [this] { return poked_; });
    poked_ = false;
}

void Doorbell::connect(ControlThread* thread) {
    const std::lock_guard lock(mutex_);
    thread_ = thread;
}

void Doorbell::ring() {
    const std::lock_guard lock(mutex_);
    if (thread_ != nullptr) thread_->poke();
}

void ControlThread::loop() {
    std::unique_lock lock(mutex_);
    while (!stopping_ || !tasks_.empty()) {
        Task* task = nullptr;
        if (!tasks_.empty()) {
            task = tasks_.front();
            tasks_.pop_front();
        }
        poked_ = false;
        lock.unlock();
        if (task != nullptr) (*task->run)();
        const auto again = tick_();
        lock.lock();
        if (task != nullptr) {
            task->is_done = true;
            done_.notify_all();
        }
        const auto is_due = [this] { return stopping_ || poked_ || !tasks_.empty(); };
        if (again)
            changed_.wait_until(lock, *again, is_due);
        else
            changed_.wait(lock, is_due);
    }
}

}  // namespace migue::host
