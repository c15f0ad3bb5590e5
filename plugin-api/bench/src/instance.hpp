#pragma once
#include <memory>
#include <string>
#include <vector>

#include "descriptor.hpp"
#include "migue/plugin.h"
#include "world.hpp"

namespace migue::bench {

/// One instance of the plugin, from create() to destroy().
class Instance {
public:
    /// Throws Fault with every reason.
    Instance(World& world, const migue_entry& entry, const std::string& config_json);
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;
    ~Instance();

    [[nodiscard]] migue_plugin* raw() const noexcept { return raw_; }
    [[nodiscard]] const migue_plugin& api() const noexcept { return api_; }
    [[nodiscard]] const Descriptor& descriptor() const noexcept { return descriptor_; }
    /// What it offers under this id, or null.
    template <typename T>
    [[nodiscard]] const T* extension(const char* id) const {
        return api_.extension == nullptr ? nullptr : static_cast<const T*>(api_.extension(raw_, id));
    }

private:
    /// Gives the config with its defaults.
    [[nodiscard]] std::string describe(const migue_entry& entry, const std::string& given_config);
    void create(const migue_entry& entry, const std::string& config_json);
    void settle();
    void destroy() noexcept;

    World& world_;
    HostTable& host_;
    Descriptor descriptor_;
    migue_plugin* raw_ = nullptr;
    migue_plugin api_{};
};

}  // namespace migue::bench
