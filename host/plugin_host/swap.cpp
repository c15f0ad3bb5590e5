#include "host/plugin_host/swap.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migue::host {

namespace {

/// G4: conversations must not be left with a state nobody can read.
Result<void> check_state(const Instance& candidate, const Registry::Table& active) {
    const auto before = active.find(candidate.entry().id);
    if (before == active.end()) return {};
    const Descriptor& now = before->second.active->descriptor();
    const Descriptor& next = candidate.descriptor();
    if (!next.reads_state(now.state_write))
        return Error{
            Error::Code::kConflict,
            fmt::format(
                "plugin {}: the new file reads state versions {} to {}, the active one writes {} (G4)",
                candidate.entry().id, next.state_read_min, next.state_read_max, now.state_write)};
    if (candidate.entry().canary && !now.reads_state(next.state_write))
        return Error{
            Error::Code::kConflict,
            fmt::format("plugin {}: no canary, as there would be no way back: the new file writes state "
                        "version {}, the active one reads {} to {} (G4); leave `canary` out of its entry",
                        candidate.entry().id, next.state_write, now.state_read_min, now.state_read_max)};
    return {};
}

constexpr std::chrono::milliseconds kLookAtCanaries{100};

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

Swap::Plan Swap::plan(const LockFile& lock, const Registry::Table& active, const std::string& only) const {
    const auto concerned = [&](const std::string& id) { return only.empty() || only == id; };
    Plan plan;
    for (const LockEntry& entry : lock.entries) {
        if (!concerned(entry.id)) continue;
        const auto found = active.find(entry.id);
        if (found == active.end()) {
            plan.to_load.push_back(&entry);
            continue;
        }
        const Registry::Place& place = found->second;
        if (entry.loads_like(place.active->entry()) && !place.active->is_quarantined()) {
            if (place.canary != nullptr) plan.to_send_back.push_back(entry.id);
            continue;
        }
        if (place.canary != nullptr && entry.loads_like(place.canary->entry())) continue;  // under way
        const auto returned = sent_back_.find(entry.id);
        // Not again by itself; a reload of this plugin, or another lock file, does.
        if (only.empty() && lock.text == wanted_.text && returned != sent_back_.end() &&
            returned->second == entry.sha256)
            continue;
        plan.to_load.push_back(&entry);
    }
    for (const auto& [id, place] : active)
        if (concerned(id) && lock.find(id) == nullptr) plan.to_remove.push_back(id);
    return plan;
}

Result<void> Swap::run(const LockFile& lock, const Request& request) {
    const auto active = parts_.registry.table();
    if (!request.only.empty() && lock.find(request.only) == nullptr && !active->contains(request.only))
        return Error{Error::Code::kInvalid, "no plugin " + request.only + " in the lock file"};
    const Plan wanted = plan(lock, *active, request.only);
    const bool is_whole = request.only.empty();
    if (wanted.is_empty()) {
        if (is_whole) settle(lock, request.is_as_named);
        return {};
    }
    if (auto room = make_room(wanted, request); !room) return room;
    // From here on a host that dies starts from the last good lock file.
    if (is_whole && !request.with_what_works)
        warn_if(parts_.history.begin_trial(lock), "the lock file could not be marked as on trial");
    auto candidates = load_all(wanted, *parts_.registry.table(), request.with_what_works);
    if (!candidates) {
        if (is_whole) warn_if(parts_.history.end_trial(), "the mark of the trial could not be removed");
        return std::move(candidates).error();
    }
    publish(wanted, std::move(candidates).value());
    if (is_whole) settle(lock, request.is_as_named && refused_.empty());
    return {};
}

Result<void> Swap::restart(const std::string& plugin) {
    Registry::Table next = *parts_.registry.table();
    Registry::Place& place = next.at(plugin);
    auto candidate = parts_.loader.load_again(*place.active);
    if (!candidate) return std::move(candidate).error();
    const auto before = std::exchange(place.active, std::move(candidate).value());
    publish(std::move(next), {before});
    return {};
}

Result<void> Swap::make_room(const Plan& plan, const Request& request) {
    for (const std::string& id : plan.to_send_back)
        send_back(id, "the lock file names the active file again");
    if (plan.to_load.empty()) return {};
    const Retirement& retirement = parts_.retirement;
    if (retirement.pinned() > limits_.max_pinned || retirement.abandoned() > limits_.max_abandoned)
        return Error{Error::Code::kState, fmt::format("{} generations stay mapped and {} were abandoned "
                                                      "(G2): restart the host before the next swap",
                                                      retirement.pinned(), retirement.abandoned())};
    // G1: at most two generations of a plugin serve or drain.
    for (const LockEntry* entry : plan.to_load) {
        if (trials_.contains(entry->id)) send_back(entry->id, "the lock file names another file");
        request.await_retired(entry->id);
    }
    return {};
}

Result<std::shared_ptr<Instance>> Swap::load(const LockEntry& entry, const Registry::Table& active,
                                             bool with_what_works) {
    const auto before = active.find(entry.id);
    auto candidate =
        parts_.loader.load(entry, before == active.end() ? nullptr : before->second.active.get());
    if (candidate) {
        auto good = check_state(**candidate, active);
        if (good) return candidate;
        (*candidate)->discard();
        candidate = std::move(good).error();
    }
    if (!with_what_works) return candidate;
    {
        const std::lock_guard lock(parts_.listing);
        refused_.push_back({entry, candidate.error().what});
    }
    parts_.log.error("a plugin cannot be loaded; the others serve",
                     {{"plugin", entry.id}, {"why", candidate.error().what}});
    const auto last = parts_.history.find_good(entry.id);
    if (!last || last->loads_like(entry)) return candidate;
    auto fallback = parts_.loader.load(*last, nullptr);
    if (fallback)
        parts_.log.warn("the plugin's last good file serves instead",
                        {{"plugin", entry.id}, {"sha256", last->sha256}});
    return fallback;
}

Result<Swap::Candidates> Swap::load_all(const Plan& plan, const Registry::Table& active,
                                        bool with_what_works) {
    AllFaults faults;
    Candidates candidates;
    {
        const std::lock_guard lock(parts_.listing);
        std::erase_if(refused_, [&](const Refused& each) {
            return std::any_of(plan.to_load.begin(), plan.to_load.end(),
                               [&](const LockEntry* entry) { return entry->id == each.entry.id; });
        });
    }
    for (const LockEntry* entry : plan.to_load) {
        auto candidate = load(*entry, active, with_what_works);
        if (candidate)
            candidates.push_back(std::move(candidate).value());
        else if (!with_what_works)
            faults.add(candidate.error());
    }
    // Tables change only when the whole set can run.
    for (auto each = candidates.begin(); faults.empty() && each != candidates.end();) {
        auto migrated = (*each)->migrate();
        if (migrated) {
            ++each;
            continue;
        }
        const Error fault = Error(migrated.error()).within("plugin " + (*each)->entry().id);
        if (!with_what_works) {
            faults.add(fault);
            break;
        }
        {
            const std::lock_guard lock(parts_.listing);
            refused_.push_back({(*each)->entry(), fault.what});
        }
        parts_.log.error("a plugin cannot be loaded; the others serve",
                         {{"plugin", (*each)->entry().id}, {"why", fault.what}});
        (*each)->discard();
        each = candidates.erase(each);
    }
    if (faults.empty()) return candidates;
    for (const auto& candidate : candidates) candidate->discard();
    return faults.error();
}

void Swap::publish(const Plan& plan, Candidates candidates) {
    Registry::Table next = *parts_.registry.table();
    std::vector<std::shared_ptr<Instance>> leaving;
    for (const std::string& id : plan.to_remove) {
        const Registry::Place& place = next.at(id);
        leaving.push_back(place.active);
        if (place.canary != nullptr) leaving.push_back(place.canary);
        trials_.erase(id);
        next.erase(id);
    }
    for (auto& candidate : candidates) {
        const LockEntry& entry = candidate->entry();
        Registry::Place& place = next[entry.id];
        const bool has_way_back = place.active != nullptr && !place.active->is_quarantined();
        if (entry.canary && has_way_back) {
            begin_trial(entry, *place.active, *candidate);
            place.percent = entry.canary->percent;
            place.canary = std::move(candidate);
            continue;
        }
        if (place.active != nullptr) leaving.push_back(place.active);
        place.active = std::move(candidate);
    }
    publish(std::move(next), std::move(leaving));
}

void Swap::publish(Registry::Table next, std::vector<std::shared_ptr<Instance>> leaving) {
    {
        const std::lock_guard lock(parts_.listing);
        static_cast<void>(parts_.registry.publish(std::move(next)));
        for (auto& instance : leaving) parts_.retirement.add(std::move(instance));
    }
    parts_.retirement.quiesce_new();
}

void Swap::begin_trial(const LockEntry& entry, const Instance& active, const Instance& canary) {
    trials_[entry.id] = {*entry.canary, std::chrono::steady_clock::now(), active.score(), canary.score()};
    parts_.log.info("a new generation serves a part of the conversations",
                    {{"plugin", entry.id},
                     {"generation", std::to_string(canary.number())},
                     {"percent", std::to_string(entry.canary->percent)}});
}

std::optional<Swap::TimePoint> Swap::advance() {
    const TimePoint now = std::chrono::steady_clock::now();
    const auto trials = trials_;
    const auto active = parts_.registry.table();
    for (const auto& [id, trial] : trials) {
        const Registry::Place& place = active->at(id);
        if (place.canary->is_quarantined()) {
            send_back(id, "it let an exception out over the border (O4)");
            continue;
        }
        const CanaryVerdict verdict =
            judge_canary(trial.plan, now - trial.begun, place.active->score().since(trial.active),
                         place.canary->score().since(trial.canary));
        if (verdict.kind == CanaryVerdict::Kind::kPromote) promote(id);
        if (verdict.kind == CanaryVerdict::Kind::kSendBack) send_back(id, verdict.why);
    }
    if (trials_.empty()) return std::nullopt;
    return now + kLookAtCanaries;
}

void Swap::promote(const std::string& plugin) {
    Registry::Table next = *parts_.registry.table();
    Registry::Place& place = next.at(plugin);
    const std::shared_ptr<Instance> before =
        std::exchange(place.active, std::exchange(place.canary, nullptr));
    place.percent = 0;
    parts_.log.info("the canary serves all conversations",
                    {{"plugin", plugin}, {"generation", std::to_string(place.active->number())}});
    trials_.erase(plugin);
    publish(std::move(next), {before});
    settle(wanted_, refused_.empty() && sent_back_.empty());
}

void Swap::send_back(const std::string& plugin, const std::string& why) {
    Registry::Table next = *parts_.registry.table();
    Registry::Place& place = next.at(plugin);
    const std::shared_ptr<Instance> canary = std::exchange(place.canary, nullptr);
    place.percent = 0;
    sent_back_[plugin] = canary->entry().sha256;
    parts_.log.error("the canary was sent back; the active generation serves all conversations",
                     {{"plugin", plugin}, {"generation", std::to_string(canary->number())}, {"why", why}});
    trials_.erase(plugin);
    publish(std::move(next), {canary});
}

void Swap::settle(const LockFile& lock, bool is_whole) {
    if (lock.text != wanted_.text) sent_back_.clear();
    wanted_ = lock;
    if (!trials_.empty() || !sent_back_.empty()) return;  // on trial, or it did not prove itself
    if (is_whole)
        record_good(lock);
    else
        warn_if(parts_.history.end_trial(), "the mark of the trial could not be removed");
}

void Swap::record_good(const LockFile& lock) {
    const auto active = parts_.registry.table();
    for (const auto& [id, place] : *active)
        if (place.active->file() != nullptr)
            warn_if(parts_.history.keep(*place.active->file()), "a good plugin file could not be kept");
    warn_if(parts_.history.record_good(lock), "the good lock file could not be kept");
}

void Swap::warn_if(const Result<void>& done, std::string_view what) const {
    if (!done) parts_.log.warn(what, {{"why", done.error().what}});
}

}  // namespace migue::host
