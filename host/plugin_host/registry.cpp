#include "host/plugin_host/registry.hpp"

namespace migue::host {

Registry::Leased Registry::lease(const std::string& plugin, std::string_view conversation) const {
    const std::lock_guard lock(mutex_);
    const auto found = table_->find(plugin);
    if (found == table_->end()) return {};
    const Place& place = found->second;
    if (place.canary != nullptr && !conversation.empty() && is_in_canary(conversation, place.percent))
        // One that takes no turns any more is about to be sent back: the active one answers.
        if (Lease lease = place.canary->generation().acquire())
            return {place.canary, std::make_shared<Lease>(std::move(lease))};
    Lease lease = place.active->generation().acquire();
    return {place.active, lease ? std::make_shared<Lease>(std::move(lease)) : nullptr};
}

std::shared_ptr<const Registry::Table> Registry::publish(Table table) {
    auto fresh = std::make_shared<const Table>(std::move(table));
    const std::lock_guard lock(mutex_);
    for (const auto& [id, place] : *table_) {
        const auto kept = fresh->find(id);
        for (const auto& instance : {place.active, place.canary})
            if (instance != nullptr && (kept == fresh->end() ||
                                        (kept->second.active != instance && kept->second.canary != instance)))
                instance->generation().retire();
    }
    table_.swap(fresh);
    return fresh;
}

std::shared_ptr<const Registry::Table> Registry::table() const {
    const std::lock_guard lock(mutex_);
    return table_;
}

}  // namespace migue::host
