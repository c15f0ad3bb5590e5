#include "host/plugin_host/swap.hpp"

#include <fmt/format.h>

namespace migue::host {

namespace {

/// G4: conversations must not be left with a state nobody can read.
Result<void> check_state(const Instance& candidate, const Registry::Table& active) {
    const auto before = active.find(candidate.entry().id);
    if (before == active.end()) return {};
    const std::uint32_t written = before->second->descriptor().state_write;
    if (candidate.descriptor().reads_state(written)) return {};
    return Error{
        Error::Code::kConflict,
        fmt::format("plugin {}: the new file reads state versions {} to {}, the active one writes {} (G4)",
                    candidate.entry().id, candidate.descriptor().state_read_min,
                    candidate.descriptor().state_read_max, written)};
}

/// Several faults as one error, one a line; the code is that of the first.
class AllFaults {
public:
    void add(const Error& error) {
        if (what_.empty()) code_ = error.code;
        what_ += (what_.empty() ? "" : "\n") + error.what;
    }
    [[nodiscard]] bool empty() const noexcept { return what_.empty(); }
    [[nodiscard]] Error error() const { return {code_, what_}; }

private:
    Error::Code code_ = Error::Code::kInternal;
    std::string what_;
};

}  // namespace

Swap::Plan Swap::plan(const LockFile& lock, const Registry::Table& active, const std::string& only) {
    const auto concerned = [&](const std::string& id) { return only.empty() || only == id; };
    Plan plan;
    for (const LockEntry& entry : lock.entries) {
        const auto found = active.find(entry.id);
        const bool is_same = found != active.end() && entry.loads_like(found->second->entry()) &&
                             !found->second->is_quarantined();
        if (concerned(entry.id) && !is_same) plan.to_load.push_back(&entry);
    }
    for (const auto& [id, instance] : active)
        if (concerned(id) && lock.find(id) == nullptr) plan.to_remove.push_back(id);
    return plan;
}

Result<void> Swap::run(const LockFile& lock, const std::string& only, const AwaitRetired& await_retired) {
    const std::shared_ptr<const Registry::Table> active = registry_.table();
    if (!only.empty() && lock.find(only) == nullptr && active->find(only) == active->end())
        return Error{Error::Code::kInvalid, "no plugin " + only + " in the lock file"};
    const Plan wanted = plan(lock, *active, only);
    if (wanted.to_load.empty() && wanted.to_remove.empty()) return {};
    if (retirement_.pinned() > limits_.max_pinned || retirement_.abandoned() > limits_.max_abandoned)
        return Error{Error::Code::kState, fmt::format("{} generations stay mapped and {} were abandoned "
                                                      "(G2): restart the host before the next swap",
                                                      retirement_.pinned(), retirement_.abandoned())};
    // G1: at most two generations of a plugin serve or drain.
    for (const LockEntry* entry : wanted.to_load) await_retired(entry->id);
    auto candidates = load_all(wanted, *active);
    if (!candidates) return std::move(candidates).error();
    publish(wanted, std::move(candidates).value(), *active);
    return {};
}

Result<std::vector<std::shared_ptr<Instance>>> Swap::load_all(const Plan& plan,
                                                              const Registry::Table& active) {
    AllFaults faults;
    std::vector<std::shared_ptr<Instance>> candidates;
    for (const LockEntry* entry : plan.to_load) {
        auto candidate = loader_.load(*entry);
        if (!candidate) {
            faults.add(candidate.error());
            continue;
        }
        candidates.push_back(std::move(candidate).value());
        if (auto good = check_state(*candidates.back(), active); !good) faults.add(good.error());
    }
    // Tables change only when the whole set can run.
    for (std::size_t i = 0; faults.empty() && i < candidates.size(); ++i)
        if (auto migrated = candidates[i]->migrate(); !migrated)
            faults.add(Error(migrated.error()).within("plugin " + candidates[i]->entry().id));
    if (faults.empty()) return candidates;
    for (const auto& candidate : candidates) candidate->discard();
    return faults.error();
}

void Swap::publish(const Plan& plan, std::vector<std::shared_ptr<Instance>> candidates,
                   const Registry::Table& active) {
    Registry::Table next = active;
    std::vector<std::shared_ptr<Instance>> leaving;
    for (const std::string& id : plan.to_remove) {
        leaving.push_back(next.at(id));
        next.erase(id);
    }
    for (auto& candidate : candidates) {
        std::shared_ptr<Instance>& place = next[candidate->entry().id];
        if (place != nullptr) leaving.push_back(place);
        place = std::move(candidate);
    }
    {
        const std::lock_guard lock(listing_);
        static_cast<void>(registry_.publish(std::move(next)));
        for (auto& instance : leaving) retirement_.add(std::move(instance));
    }
    retirement_.quiesce_new();
}

}  // namespace migue::host
