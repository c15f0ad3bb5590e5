#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace model_client {

/// Stops asking a model that does not answer: after five faults within a minute nobody asks
/// for a minute, then one question tries again. Times are of a monotonic clock. Thread-safe.
class CircuitBreaker {
public:
    static constexpr std::size_t kFaults = 5;
    static constexpr std::uint64_t kWindowNs = 60'000'000'000, kOpenNs = 60'000'000'000;

    /// Whether to ask now. After a pause only the first caller is let through until its
    /// outcome is known, at most for another pause.
    [[nodiscard]] bool lets_through(std::uint64_t now_ns);
    void succeeded();
    void failed(std::uint64_t now_ns);
    /// Nobody asks before then: the server said when to come back, or that we may not.
    void pause_until(std::uint64_t until_ns);

private:
    std::mutex mutex_;
    // all guarded by mutex_
    std::array<std::uint64_t, kFaults> faults_{};  ///< the last ones, a ring; 0: none
    std::size_t next_ = 0;
    std::uint64_t closed_until_ = 0;  ///< nobody is let through before
    bool on_trial_ = false;           ///< it was closed, and no good answer has come since
};

}  // namespace model_client
