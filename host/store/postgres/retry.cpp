#include "host/store/postgres/retry.hpp"

#include <algorithm>
#include <random>
#include <thread>

namespace migue::host::postgres {

Backoff::Backoff(const RetryRule& rule) : step_(rule.first), most_(rule.most) {}

std::chrono::microseconds Backoff::next() {
    thread_local std::minstd_rand random{std::random_device{}()};
    const auto whole = std::min(step_, most_);
    step_ = std::min(step_ * 2, most_);
    std::uniform_int_distribution<std::int64_t> spread(whole.count() / 2,
                                                       std::max<std::int64_t>(whole.count(), 1));
    return std::chrono::microseconds(spread(random));
}

bool wait_before_retry(Backoff& backoff, Deadline deadline) {
    const auto until = std::chrono::steady_clock::now() + backoff.next();
    if (until >= deadline) return false;
    std::this_thread::sleep_until(until);
    return true;
}

}  // namespace migue::host::postgres
