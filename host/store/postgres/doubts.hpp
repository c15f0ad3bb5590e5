#pragma once
#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

namespace migue::host::postgres {

/// Keys of calls whose answer was lost and could not be had by calling again. What they did may
/// still come to light: claim() asks for the work that came to this host by them. Remembered for
/// a while, and not without end. Thread-safe.
class Doubts {
public:
    void add(const std::vector<std::int64_t>& keys);
    [[nodiscard]] std::vector<std::int64_t> keys();

private:
    std::mutex mutex_;
    std::deque<std::pair<std::int64_t, std::chrono::steady_clock::time_point>> keys_;  // guarded by mutex_
};

/// A key for one call, never drawn twice. Thread-safe.
[[nodiscard]] std::int64_t new_key();

}  // namespace migue::host::postgres
