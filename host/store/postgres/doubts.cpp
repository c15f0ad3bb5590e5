#include "host/store/postgres/doubts.hpp"

#include <random>

namespace migue::host::postgres {

namespace {
// A statement that was sent and not heard of is over by then, also on a server that stood still.
constexpr std::chrono::minutes kKept{5};
constexpr std::size_t kMost = 10'000;
}  // namespace

void Doubts::add(const std::vector<std::int64_t>& keys) {
    const auto now = std::chrono::steady_clock::now();
    const std::lock_guard lock(mutex_);
    for (const std::int64_t key : keys) keys_.emplace_back(key, now);
    while (keys_.size() > kMost) keys_.pop_front();
}

std::vector<std::int64_t> Doubts::keys() {
    const auto now = std::chrono::steady_clock::now();
    const std::lock_guard lock(mutex_);
    while (!keys_.empty() && now - keys_.front().second > kKept) keys_.pop_front();
    std::vector<std::int64_t> keys;
    keys.reserve(keys_.size());
    for (const auto& [key, since] : keys_) keys.push_back(key);
    return keys;
}

std::int64_t new_key() {
    thread_local std::mt19937_64 chance{[] {
        std::random_device device;
        std::seed_seq seed{device(), device(), device(), device()};
        return std::mt19937_64(seed);
    }()};
    return static_cast<std::int64_t>(chance());
}

}  // namespace migue::host::postgres
