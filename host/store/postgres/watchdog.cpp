#include "host/store/postgres/watchdog.hpp"

#include <sys/socket.h>

namespace migue::host::postgres {

Watchdog::Watchdog() : thread_([this] { run(); }) {}

Watchdog::~Watchdog() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

std::shared_ptr<Watchdog> Watchdog::shared() {
    static std::mutex mutex;
    static std::weak_ptr<Watchdog> current;  // guarded by mutex
    const std::lock_guard lock(mutex);
    auto watchdog = current.lock();
    if (!watchdog) current = watchdog = std::make_shared<Watchdog>();
    return watchdog;
}

Watchdog::Guard Watchdog::watch(int socket, Deadline deadline) {
    const std::lock_guard lock(mutex_);
    const Key key{deadline, ++last_};
    const auto placed = sockets_.emplace(key, socket).first;
    // Only a deadline before all others changes how long the thread sleeps.
    if (placed == sockets_.begin()) changed_.notify_one();
    return {*this, key};
}

void Watchdog::run() {
    std::unique_lock lock(mutex_);
    while (!is_stopping_) {
        if (sockets_.empty()) {
            changed_.wait(lock);
            continue;
        }
        const auto first = sockets_.begin();
        const Deadline until = first->first.first;
        if (until > std::chrono::steady_clock::now()) {
            changed_.wait_until(lock, until);
            continue;
        }
        // Under the lock: once its guard is gone the number may be another socket's.
        ::shutdown(first->second, SHUT_RDWR);
        sockets_.erase(first);
    }
}

bool Watchdog::Guard::disarm() {
    if (!is_armed_) return has_shut_;
    is_armed_ = false;
    const std::lock_guard lock(watchdog_.mutex_);
    has_shut_ = watchdog_.sockets_.erase(key_) == 0;
    return has_shut_;
}

}  // namespace migue::host::postgres
