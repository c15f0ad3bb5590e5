#include "host/channels/whatsapp/pacer.hpp"

#include <algorithm>
#include <cmath>

namespace migue::host::whatsapp {

namespace {

constexpr double kSecond = 1e9;
constexpr std::uint64_t kNsPerMs = 1'000'000;
/// Of the pace: so much may go at once after a rest. Graph counts by the second.
constexpr double kBurst = 0.05;
/// Half the pace is whole again after about a minute.
constexpr double kRecoveryPerSecond = 1.0116;
constexpr double kLeastShare = 1.0 / 64;
/// Many calls in flight learn of the same refusal.
constexpr std::uint64_t kOneRefusalNs = 1'000'000'000;

/// People that nobody cleans up for, and the pause between two clean-ups.
constexpr std::size_t kFew = 1024;
constexpr std::uint64_t kLookPauseNs = 1'000'000'000;

std::int64_t whole_ms(std::uint64_t ns) {
    return static_cast<std::int64_t>((ns + kNsPerMs - 1) / kNsPerMs);
}

}  // namespace

Permit Pacer::take(std::uint64_t person, std::uint64_t now_ns) {
    if (options_.per_second == 0) return {};
    const std::lock_guard lock(mutex_);
    const std::uint64_t lent = (options_.person_burst - 1) * options_.person_ns;
    const auto found = people_.find(person);
    const std::uint64_t paid_back = found == people_.end() ? now_ns : std::max(found->second, now_ns);
    if (paid_back > now_ns + lent) return {Permit::Kind::kPersonWaits, whole_ms(paid_back - now_ns - lent)};
    if (found != people_.end()) {
        found->second = paid_back + options_.person_ns;
    } else {
        forget_the_idle(now_ns);
        if (people_.size() < options_.most_people) people_.emplace(person, now_ns + options_.person_ns);
    }
    const double pace = pace_at(now_ns);
    const auto interval = static_cast<std::uint64_t>(kSecond / pace);
    const auto burst = static_cast<std::uint64_t>(std::max(0.0, std::floor(pace * kBurst) - 1)) * interval;
    next_ns_ = std::max(next_ns_, now_ns > burst ? now_ns - burst : 0);
    const std::uint64_t at = next_ns_;
    next_ns_ += interval;
    return {Permit::Kind::kGo, at > now_ns ? whole_ms(at - now_ns) : 0};
}

void Pacer::slow_down(std::uint64_t now_ns) {
    const std::lock_guard lock(mutex_);
    if (options_.per_second == 0 || (slowed_ns_ != 0 && now_ns < slowed_ns_ + kOneRefusalNs)) return;
    const double share = pace_at(now_ns) / static_cast<double>(options_.per_second);
    slowed_to_ = std::max(kLeastShare, share / 2);
    slowed_ns_ = now_ns;
}

void Pacer::exhaust(std::uint64_t person, std::uint64_t now_ns) {
    if (options_.per_second == 0) return;
    const std::lock_guard lock(mutex_);
    const std::uint64_t lent = (options_.person_burst - 1) * options_.person_ns;
    if (people_.size() < options_.most_people || people_.contains(person))
        people_[person] = std::max(people_[person], now_ns + lent);
}

double Pacer::pace(std::uint64_t now_ns) const {
    const std::lock_guard lock(mutex_);
    return pace_at(now_ns);
}

double Pacer::pace_at(std::uint64_t now_ns) const {
    const auto full = static_cast<double>(options_.per_second);
    if (slowed_ns_ == 0) return full;
    const double seconds = static_cast<double>(now_ns - std::min(now_ns, slowed_ns_)) / kSecond;
    return std::max(1.0, full * std::min(1.0, slowed_to_ * std::pow(kRecoveryPerSecond, seconds)));
}

/// Who has paid all back is as good as unknown.
void Pacer::forget_the_idle(std::uint64_t now_ns) {
    if (people_.size() < std::min(kFew, options_.most_people) || now_ns < next_look_ns_) return;
    std::erase_if(people_, [&](const auto& each) { return each.second <= now_ns; });
    next_look_ns_ = now_ns + kLookPauseNs;
}

}  // namespace migue::host::whatsapp
