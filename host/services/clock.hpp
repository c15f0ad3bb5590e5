#pragma once
#include <cstdint>

namespace migue::host {

/// Time as everything in the host reads it, so that tests and `migue dev` can move it.
/// Thread-safe.
class Clock {
public:
    Clock() = default;
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;
    virtual ~Clock() = default;
    [[nodiscard]] virtual std::uint64_t monotonic_ns() const = 0;
    [[nodiscard]] virtual std::int64_t unix_ms() const = 0;
};

class SystemClock final : public Clock {
public:
    [[nodiscard]] std::uint64_t monotonic_ns() const override;
    [[nodiscard]] std::int64_t unix_ms() const override;
};

}  // namespace migue::host
