// What operators see of the plugins.
#include <string>
#include <utility>

#include "host/plugin_host/native_plugin_host_impl.hpp"

namespace migue::host {

namespace {

PluginStatus status_of(const Instance& instance, std::string state) {
    PluginStatus status;
    status.id = instance.entry().id;
    status.version = instance.descriptor().version;
    status.file = instance.entry().file.string();
    status.sha256 = instance.entry().sha256;
    status.state = std::move(state);
    status.build = instance.build_id();
    status.isolation = name_of(instance.entry().isolation);
    status.generation = instance.number();
    status.turns = instance.score().turns;
    status.running = instance.generation().leases();
    for (const Descriptor::Intent& intent : instance.descriptor().intents)
        status.intents.push_back(intent.name);
    return status;
}

/// Of a file that does not run.
PluginStatus status_of(const LockEntry& entry, std::string state, std::string why) {
    PluginStatus status;
    status.id = entry.id;
    status.file = entry.file.string();
    status.sha256 = entry.sha256;
    status.isolation = name_of(entry.isolation);
    status.state = std::move(state);
    status.why = std::move(why);
    return status;
}

}  // namespace

void NativePluginHost::Impl::tell_ends(PluginStatus& status, bool is_lost) const {
    const auto told = supervisor_.told(status.id);
    if (is_lost) status.state = told && told->is_broken_off ? "broken off" : "restarting";
    if (!told) return;
    status.why = "its process ended " + std::to_string(told->ends) + " times and was started again " +
                 std::to_string(told->restarts) + " times; the last time: " + told->why;
}

std::vector<PluginStatus> NativePluginHost::Impl::list() const {
    std::vector<PluginStatus> all;
    const std::lock_guard lock(listing_);
    const auto active = registry_.table();
    for (const auto& [id, place] : *active) {
        all.push_back(status_of(*place.active, "active"));
        if (place.active->is_quarantined()) {
            all.back().state = "quarantined";
            all.back().why = "it let an exception out over the border (O4); a reload tries it again";
        }
        tell_ends(all.back(), !place.active->loss().empty());
        if (place.canary != nullptr) all.push_back(status_of(*place.canary, "canary"));
    }
    for (const Retirement::Item& item : retirement_.list())
        all.push_back(status_of(*item.instance, item.is_abandoned ? "abandoned" : "draining"));
    for (const Swap::Refused& refused : swap_.refused())
        all.push_back(status_of(refused.entry, "refused", refused.why));
    for (const Quarantine::StandIn& each : stand_ins_)
        all.push_back(status_of(each.crashed, "quarantined",
                                each.instead.sha256 == each.crashed.sha256
                                    ? "the host crashed inside it; it serves from a process of its own"
                                    : "the host crashed inside it; the last good file serves instead"));
    return all;
}

}  // namespace migue::host
