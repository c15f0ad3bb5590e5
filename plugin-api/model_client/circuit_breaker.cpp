#include "model_client/circuit_breaker.hpp"

#include <algorithm>

namespace model_client {

bool CircuitBreaker::lets_through(std::uint64_t now_ns) {
    const std::lock_guard lock(mutex_);
    if (now_ns < closed_until_) return false;
    if (on_trial_) closed_until_ = now_ns + kOpenNs;  // one at a time, until succeeded()
    return true;
}

void CircuitBreaker::succeeded() {
    const std::lock_guard lock(mutex_);
    faults_.fill(0);
    on_trial_ = false;
    closed_until_ = 0;
}

void CircuitBreaker::failed(std::uint64_t now_ns) {
    const std::lock_guard lock(mutex_);
    faults_[next_] = std::max<std::uint64_t>(now_ns, 1);
    next_ = (next_ + 1) % kFaults;
    const auto recent = std::count_if(faults_.begin(), faults_.end(), [now_ns](std::uint64_t at) {
        return at != 0 && at + kWindowNs > now_ns;
    });
    if (on_trial_ || static_cast<std::size_t>(recent) == kFaults) {
        closed_until_ = std::max(closed_until_, now_ns + kOpenNs);
        on_trial_ = true;
    }
}

void CircuitBreaker::pause_until(std::uint64_t until_ns) {
    const std::lock_guard lock(mutex_);
    closed_until_ = std::max(closed_until_, until_ns);
    on_trial_ = true;
}

}  // namespace model_client
