#include "host/plugin_host/canary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace migue::host {

namespace {

using std::chrono::microseconds;

// Fewer failures than these say nothing: one person's odd message is no reason.
constexpr std::uint64_t kFewestFailures = 3;
constexpr double kMoreFailures = 0.05;
// Times of fewer turns than these are not compared.
constexpr std::uint64_t kFewestTurns = 20;
constexpr microseconds kSlower{50'000};

std::size_t bucket_of(std::uint64_t value) noexcept {
    if (value < 4) return value;
    const auto octave = static_cast<std::size_t>(std::bit_width(value)) - 3;
    return std::min((octave + 1) * 4 + static_cast<std::size_t>((value >> octave) & 3), Score::kBuckets - 1);
}

std::uint64_t upper_bound_of(std::size_t bucket) noexcept {
    if (bucket < 4) return bucket;
    const std::size_t octave = bucket / 4 - 1;
    return ((4 + bucket % 4 + 1) << octave) - 1;
}

double failure_rate(const Score& score) noexcept {
    return score.turns == 0 ? 0 : static_cast<double>(score.failed) / static_cast<double>(score.turns);
}

}  // namespace

void Score::add(bool has_failed, std::chrono::nanoseconds took) noexcept {
    ++turns;
    failed += has_failed ? 1 : 0;
    const auto count = std::chrono::duration_cast<microseconds>(took).count();
    ++times[bucket_of(count < 0 ? 0 : static_cast<std::uint64_t>(count))];
}

Score Score::since(const Score& before) const noexcept {
    Score difference = *this;
    difference.turns -= before.turns;
    difference.failed -= before.failed;
    for (std::size_t i = 0; i < kBuckets; ++i) difference.times[i] -= before.times[i];
    return difference;
}

microseconds Score::percentile(unsigned percent) const noexcept {
    const std::uint64_t wanted = (turns * percent + 99) / 100;
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < kBuckets; ++i) {
        seen += times[i];
        if (seen >= wanted && seen > 0) return microseconds(static_cast<std::int64_t>(upper_bound_of(i)));
    }
    return microseconds(0);
}

bool is_in_canary(std::string_view conversation, unsigned percent) noexcept {
    std::uint64_t hash = 14695981039346656037u;  // FNV-1a: std::hash may differ between builds
    for (const char c : conversation) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
    hash ^= hash >> 32;
    return hash % 100 < percent;
}

CanaryVerdict judge_canary(const LockEntry::Canary& plan, std::chrono::nanoseconds elapsed,
                           const Score& active, const Score& canary) {
    using Kind = CanaryVerdict::Kind;
    if (canary.failed >= kFewestFailures && failure_rate(canary) > failure_rate(active) + kMoreFailures)
        return {Kind::kSendBack, fmt::format("{} of its {} turns failed, of the active generation's {} of {}",
                                             canary.failed, canary.turns, active.failed, active.turns)};
    const bool is_over = canary.turns >= plan.turns || elapsed >= std::chrono::seconds(plan.seconds);
    if (!is_over) return {};
    const microseconds slow = canary.percentile(95);
    const microseconds usual = active.percentile(95);
    if (canary.turns >= kFewestTurns && active.turns >= kFewestTurns && slow > 2 * usual + kSlower)
        return {Kind::kSendBack,
                fmt::format("95 of 100 of its turns took up to {} ms, of the active generation's {} ms",
                            slow.count() / 1000, usual.count() / 1000)};
    return {Kind::kPromote, {}};
}

}  // namespace migue::host
