#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "host/plugin_host/lock_file.hpp"

namespace migue::host {

/// How the turns of one generation went: how many, how many failed, how long they took.
struct Score {
    /// Four buckets an octave of microseconds: a quantile is right to a fifth.
    static constexpr std::size_t kBuckets = 128;
    std::uint64_t turns = 0;
    std::uint64_t failed = 0;
    std::array<std::uint64_t, kBuckets> times{};

    void add(bool has_failed, std::chrono::nanoseconds took) noexcept;
    /// What came since `before`, an earlier score of the same generation.
    [[nodiscard]] Score since(const Score& before) const noexcept;
    /// Upper bound of the time that so many of a hundred turns kept within; zero without turns.
    [[nodiscard]] std::chrono::microseconds percentile(unsigned percent) const noexcept;
};

/// A score that many threads add to.
class ScoreBoard {
public:
    void add(bool has_failed, std::chrono::nanoseconds took) {
        const std::lock_guard lock(mutex_);
        score_.add(has_failed, took);
    }
    [[nodiscard]] Score score() const {
        const std::lock_guard lock(mutex_);
        return score_;
    }

private:
    mutable std::mutex mutex_;
    Score score_;  // guarded by mutex_
};

/// Whether a conversation belongs to the part that a canary serves; the same answer in every
/// process, so that a conversation stays with its generation.
[[nodiscard]] bool is_in_canary(std::string_view conversation, unsigned percent) noexcept;

struct CanaryVerdict {
    enum class Kind { kGoOn = 1, kPromote, kSendBack };
    Kind kind = Kind::kGoOn;
    std::string why;  ///< of kSendBack
};

/// What becomes of a canary after `elapsed`, from what both generations did since it began.
/// Sent back: as soon as its turns fail clearly more often than the active one's, or at the
/// end, if the slowest in twenty are clearly slower.
[[nodiscard]] CanaryVerdict judge_canary(const LockEntry::Canary& plan, std::chrono::nanoseconds elapsed,
                                         const Score& active, const Score& canary);

}  // namespace migue::host
