#pragma once
#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace migue::host {

/// Counts calls whose answer is still to come, so that whoever is called back can wait for
/// the last one before it goes away. Thread-safe.
class Outstanding {
public:
    void begin() {
        const std::lock_guard lock(mutex_);
        ++count_;
    }
    void end() {
        const std::lock_guard lock(mutex_);
        // Notified under the lock: after the last one the waiter may destroy *this.
        if (--count_ == 0) none_.notify_all();
    }
    void wait() {
        std::unique_lock lock(mutex_);
        none_.wait(lock, [this] { return count_ == 0; });
    }

private:
    std::mutex mutex_;
    std::condition_variable none_;
    std::size_t count_ = 0;  // guarded by mutex_
};

}  // namespace migue::host
