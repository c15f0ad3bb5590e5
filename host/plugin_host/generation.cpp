#include "host/plugin_host/generation.hpp"

namespace migue::host {

Lease::~Lease() {
    if (generation_ != nullptr) generation_->release();
}

Lease Generation::acquire() {
    const std::lock_guard lock(mutex_);
    if (retired_) return {};
    ++leases_;
    return Lease(shared_from_this());
}

void Generation::retire() {
    const std::lock_guard lock(mutex_);
    retired_ = true;
}

bool Generation::drain(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    retired_ = true;
    return idle_.wait_until(lock, deadline, [this] { return leases_ == 0; });
}

bool Generation::is_retired() const {
    const std::lock_guard lock(mutex_);
    return retired_;
}

std::size_t Generation::leases() const {
    const std::lock_guard lock(mutex_);
    return leases_;
}

void Generation::release() noexcept {
    const std::lock_guard lock(mutex_);
    if (--leases_ != 0) return;
    // Notified under the lock: after the last lease the waiter may destroy *this.
    idle_.notify_all();
    if (retired_ && on_idle_) on_idle_();
}

}  // namespace migue::host
