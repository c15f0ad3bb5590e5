#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "host/plugin_host/generation.hpp"
#include "host/plugin_host/instance.hpp"

namespace migue::host {

/// Which instance serves each plugin: a table that is never changed, only replaced.
///
/// Publishing and leasing happen under one mutex, so no turn can pick a retired generation
/// and every turn after publish() gets the new one. (An atomic shared_ptr would do as well,
/// but libstdc++ 12's is reported as a race by TSan: H18.) Thread-safe.
class Registry {
public:
    /// Who serves one plugin.
    struct Place {
        std::shared_ptr<Instance> active;
        std::shared_ptr<Instance> canary = nullptr;  ///< serves `percent` of the conversations
        unsigned percent = 0;
    };
    using Table = std::map<std::string, Place>;

    struct Leased {
        std::shared_ptr<Instance> instance;  ///< nullptr: no such plugin
        std::shared_ptr<Lease> lease;        ///< nullptr: it takes no turns (quarantined)
    };

    /// `conversation` decides whether a canary takes it; "" is never its.
    [[nodiscard]] Leased lease(const std::string& plugin, std::string_view conversation = {}) const;
    /// Gives the table that was there before. What is not in the new one is retired.
    [[nodiscard]] std::shared_ptr<const Table> publish(Table table);
    [[nodiscard]] std::shared_ptr<const Table> table() const;

private:
    mutable std::mutex mutex_;
    std::shared_ptr<const Table> table_ = std::make_shared<const Table>();  // guarded by mutex_
};

}  // namespace migue::host
