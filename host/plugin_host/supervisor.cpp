#include "host/plugin_host/supervisor.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migue::host {

using std::chrono::steady_clock;

Supervisor::Supervisor(Limits limits, const Registry& registry, Restart restart, Log& log,
                       MetricsSink* metrics)
    : limits_(limits), registry_(registry), restart_(std::move(restart)), log_(log), metrics_(metrics) {}

std::optional<Supervisor::TimePoint> Supervisor::advance() {
    std::optional<TimePoint> next;
    const auto table = registry_.table();
    for (const auto& [plugin, place] : *table) {
        if (place.active->loss().empty()) continue;
        const TimePoint now = steady_clock::now();
        const auto known = records_.find(plugin);
        if (known == records_.end() || known->second.generation != place.active->number())
            note_end(plugin, *place.active, now);
        if (records_.at(plugin).next <= now) try_restart(plugin);
        // A new one is looked at when it ends: that pokes the control thread.
        const auto after = registry_.table()->find(plugin)->second.active;
        if (!after->loss().empty()) {
            const TimePoint due = after == place.active ? records_.at(plugin).next : now;
            next = std::min(next.value_or(due), due);
        }
    }
    return next;
}

void Supervisor::note_end(const std::string& plugin, const Instance& instance, TimePoint now) {
    {
        const std::lock_guard lock(mutex_);
        Record& record = records_[plugin];
        record.generation = instance.number();
        record.told.why = instance.loss();
        ++record.told.ends;
        forget_old_ends(record, now);
        if (record.ends.empty()) record.attempts = 0;
        record.ends.push_back(now);
        plan_next(record, now);
    }
    count(plugin, "ends");
    if (records_.at(plugin).told.is_broken_off)
        log_.error("the plugin's process keeps ending; it is started again rarely",
                   {{"plugin", plugin}, {"why", instance.loss()}});
}

void Supervisor::forget_old_ends(Record& record, TimePoint now) const {
    while (!record.ends.empty() && record.ends.front() + limits_.window < now) record.ends.pop_front();
}

void Supervisor::plan_next(Record& record, TimePoint now) const {
    record.told.is_broken_off = record.ends.size() >= limits_.most_ends || now < record.on_trial_until;
    std::chrono::milliseconds pause{0};
    if (record.attempts > 0) {
        const std::size_t doublings = std::min<std::size_t>(record.attempts - 1, 20);
        pause = std::min(limits_.first_pause * (1u << doublings), limits_.longest_pause);
    }
    if (record.told.is_broken_off) pause = std::max(pause, limits_.window);
    record.next = now + pause;
}

void Supervisor::try_restart(const std::string& plugin) {
    const auto restarted = restart_(plugin);
    {
        const std::lock_guard lock(mutex_);
        Record& record = records_.at(plugin);
        ++record.attempts;
        if (restarted) {
            ++record.told.restarts;
            if (record.told.is_broken_off) record.on_trial_until = steady_clock::now() + limits_.window;
            record.told.is_broken_off = false;
        } else {
            // As good as an end: the others need the control thread too, and a try may take its time.
            const TimePoint over = steady_clock::now();
            if (record.told.is_broken_off) record.on_trial_until = over + limits_.window;
            forget_old_ends(record, over);
            record.ends.push_back(over);
            plan_next(record, over);
        }
    }
    if (restarted) {
        count(plugin, "restarts");
        return log_.info("the plugin's process was started again", {{"plugin", plugin}});
    }
    log_.error("the plugin's process cannot be started again",
               {{"plugin", plugin}, {"why", restarted.error().what}});
}

void Supervisor::count(const std::string& plugin, const char* what) const {
    if (metrics_ == nullptr) return;
    const std::string name = fmt::format("migue_process_{}_{}", what, plugin);
    metrics_->record(metrics_->series(MetricsSink::Kind::kCounter, name), 1);
}

std::optional<Supervisor::Told> Supervisor::told(const std::string& plugin) const {
    const std::lock_guard lock(mutex_);
    const auto found = records_.find(plugin);
    if (found == records_.end()) return std::nullopt;
    return found->second.told;
}

}  // namespace migue::host
