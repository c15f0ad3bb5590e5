#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>

namespace migue::host {

/// Whether this host can be sure that the conversations it holds are still its own: while its
/// last sign of life is younger than the lease, with a margin for what is under way. A
/// process that was stopped for a while finds out here, before it sends a reply that another
/// host has sent meanwhile. Sure until the first sign of life. Thread-safe.
class Holding {
public:
    explicit Holding(std::chrono::milliseconds lease)
        : lease_ns_(static_cast<std::uint64_t>(std::chrono::nanoseconds(lease * 4 / 5).count())) {}

    /// `said_ns`: before the sign of life was sent.
    void renewed(std::uint64_t said_ns) noexcept { renewed_ns_ = said_ns; }
    [[nodiscard]] bool is_sure(std::uint64_t now_ns) const noexcept {
        const std::uint64_t renewed_ns = renewed_ns_;
        return renewed_ns == 0 || now_ns < renewed_ns + lease_ns_;
    }

private:
    const std::uint64_t lease_ns_;
    std::atomic<std::uint64_t> renewed_ns_{0};
};

}  // namespace migue::host
