#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "host/plugin_host/loader.hpp"
#include "host/plugin_host/lock_file.hpp"
#include "host/plugin_host/registry.hpp"
#include "host/plugin_host/retirement.hpp"

namespace migue::host {

/// From what is loaded to what the lock file says, all or nothing.
///
/// Control thread only.
class Swap {
public:
    struct Limits {
        std::size_t max_pinned = 200;
        std::size_t max_abandoned = 3;
    };
    /// Waits until no generation of that plugin is on its way out any more.
    using AwaitRetired = std::function<void(const std::string& plugin)>;

    Swap(Loader& loader, Registry& registry, Retirement& retirement, std::mutex& listing, Limits limits)
        : loader_(loader), registry_(registry), retirement_(retirement), listing_(listing), limits_(limits) {}

    /// `only`: the one plugin that may change; "" for all.
    [[nodiscard]] Result<void> run(const LockFile& lock, const std::string& only,
                                   const AwaitRetired& await_retired);

private:
    struct Plan {
        std::vector<const LockEntry*> to_load;
        std::vector<std::string> to_remove;
    };
    [[nodiscard]] static Plan plan(const LockFile& lock, const Registry::Table& active,
                                   const std::string& only);
    [[nodiscard]] Result<std::vector<std::shared_ptr<Instance>>> load_all(const Plan& plan,
                                                                          const Registry::Table& active);
    void publish(const Plan& plan, std::vector<std::shared_ptr<Instance>> candidates,
                 const Registry::Table& active);

    Loader& loader_;
    Registry& registry_;
    Retirement& retirement_;
    std::mutex& listing_;  // so that nobody sees a generation in neither or both of the lists
    const Limits limits_;
};

}  // namespace migue::host
