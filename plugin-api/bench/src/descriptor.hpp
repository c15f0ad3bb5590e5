#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "migue/plugin.h"

namespace migue::bench {

struct World;

/// A plugin's descriptor, copied.
struct Descriptor {
    std::string id, config_schema;
    std::vector<std::string> required_services, intents;
};

/// What is wrong with an entry or a descriptor, for a host of this header.
[[nodiscard]] std::vector<std::string> entry_faults(const migue_entry& entry);
[[nodiscard]] std::vector<std::string> descriptor_faults(const migue_descriptor* raw, const World& world);
/// Of one without faults.
[[nodiscard]] Descriptor copy_descriptor(const migue_descriptor& raw);

}  // namespace migue::bench
