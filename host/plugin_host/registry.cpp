#include "host/plugin_host/registry.hpp"

namespace migue::host {

Registry::Leased Registry::lease(const std::string& plugin) const {
    const std::lock_guard lock(mutex_);
    const auto found = table_->find(plugin);
    if (found == table_->end()) return {};
    Lease lease = found->second->generation().acquire();
    return {found->second, lease ? std::make_shared<Lease>(std::move(lease)) : nullptr};
}

std::shared_ptr<const Registry::Table> Registry::publish(Table table) {
    auto fresh = std::make_shared<const Table>(std::move(table));
    const std::lock_guard lock(mutex_);
    for (const auto& [id, instance] : *table_) {
        const auto kept = fresh->find(id);
        if (kept == fresh->end() || kept->second != instance) instance->generation().retire();
    }
    table_.swap(fresh);
    return fresh;
}

std::shared_ptr<const Registry::Table> Registry::table() const {
    const std::lock_guard lock(mutex_);
    return table_;
}

}  // namespace migue::host
