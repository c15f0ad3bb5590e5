#include "host/plugin_host/retirement.hpp"

#include <algorithm>

namespace migue::host {

using std::chrono::steady_clock;

namespace {

/// A process that was killed ends as soon as the kernel gets to it, however much else it has to do.
constexpr std::chrono::seconds kEndsWithin{10};

}  // namespace

void Retirement::add(std::shared_ptr<Instance> instance) {
    instance->generation().retire();
    const std::lock_guard lock(mutex_);
    leaving_.push_back({std::move(instance), steady_clock::now() + limits_.drain});
}

void Retirement::quiesce_new() {
    for (Leaving& leaving : leaving_) {
        if (leaving.is_quiesced) continue;
        leaving.is_quiesced = true;
        leaving.instance->quiesce(leaving.until - steady_clock::now());
    }
}

std::optional<Retirement::TimePoint> Retirement::advance() {
    quiesce_new();
    const TimePoint now = steady_clock::now();
    std::vector<Leaving> staying;
    std::optional<TimePoint> next;
    for (Leaving& leaving : leaving_) {
        if (advance(leaving, now)) continue;
        if (!leaving.is_abandoned) next = std::min(next.value_or(leaving.until), leaving.until);
        staying.push_back(leaving);
    }
    const std::lock_guard lock(mutex_);
    leaving_.swap(staying);
    return next;
}

bool Retirement::advance(Leaving& leaving, TimePoint now) {
    if (leaving.is_abandoned) return false;
    if (leaving.instance->generation().leases() == 0) return close(leaving);
    // Nobody is left in there who could finish anything.
    const bool is_lost = !leaving.instance->loss().empty();
    if (now < leaving.until && (!is_lost || leaving.is_cancelled)) return false;
    if (!leaving.is_cancelled) {
        leaving.is_cancelled = true;
        leaving.until = now + limits_.cancel;
        leaving.instance->cancel_all();
        return false;
    }
    if (!leaving.is_forced && leaving.instance->end_by_force("it did not end what it was doing (G1)")) {
        leaving.is_forced = true;
        leaving.until = now + std::max<std::chrono::milliseconds>(limits_.cancel, kEndsWithin);
        return false;
    }
    leaving.instance->warn("generation abandoned", "it did not end what it was doing; its memory stays (G1)");
    const std::lock_guard lock(mutex_);
    leaving.is_abandoned = true;
    ++abandoned_;
    return false;
}

bool Retirement::close(Leaving& leaving) {
    const std::string generation = std::to_string(leaving.instance->number());
    const bool unloaded = leaving.instance->close();
    if (leaving.instance->is_stuck()) {
        const std::lock_guard lock(mutex_);
        leaving.is_abandoned = true;
        ++abandoned_;
        return false;
    }
    if (!unloaded)
        log_.warn("generation stays mapped after it was closed (H16)",
                  {{"plugin", leaving.instance->entry().id}, {"generation", generation}});
    const std::lock_guard lock(mutex_);
    ++(unloaded ? closed_ : pinned_);
    return true;
}

void Retirement::count(Instance::Leftover leftover) {
    const std::lock_guard lock(mutex_);
    ++(leftover == Instance::Leftover::kPinned ? pinned_ : abandoned_);
}

void Retirement::hurry(TimePoint drain_until) {
    const std::lock_guard lock(mutex_);
    for (Leaving& leaving : leaving_)
        if (!leaving.is_cancelled) leaving.until = std::min(leaving.until, drain_until);
}

void Retirement::finish() {
    for (Leaving& leaving : leaving_) {
        if (leaving.instance->is_stuck() && leaving.is_abandoned) continue;  // let go of before
        if (leaving.instance->generation().leases() == 0)
            static_cast<void>(close(leaving));
        else
            leaving.instance->abandon();
    }
    const std::lock_guard lock(mutex_);
    leaving_.clear();
}

bool Retirement::is_empty() const {
    const std::lock_guard lock(mutex_);
    return std::all_of(leaving_.begin(), leaving_.end(),
                       [](const Leaving& each) { return each.is_abandoned; });
}

bool Retirement::has(const std::string& plugin) const {
    const std::lock_guard lock(mutex_);
    return std::any_of(leaving_.begin(), leaving_.end(), [&](const Leaving& each) {
        return !each.is_abandoned && each.instance->entry().id == plugin;
    });
}

std::vector<Retirement::Item> Retirement::list() const {
    const std::lock_guard lock(mutex_);
    std::vector<Item> items;
    for (const Leaving& each : leaving_) items.push_back({each.instance, each.is_abandoned});
    return items;
}

std::uint64_t Retirement::closed() const {
    const std::lock_guard lock(mutex_);
    return closed_;
}
std::uint64_t Retirement::pinned() const {
    const std::lock_guard lock(mutex_);
    return pinned_;
}
std::uint64_t Retirement::abandoned() const {
    const std::lock_guard lock(mutex_);
    return abandoned_;
}

}  // namespace migue::host
