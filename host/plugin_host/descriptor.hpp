#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "migue/cpp/result.hpp"
#include "migue/plugin.h"

namespace migue::host {

/// What a plugin is, copied out of its image (O3) and checked.
struct Descriptor {
    struct Intent {
        std::string name, summary;
    };
    std::string id, version, config_schema;
    std::vector<std::string> required_services;
    std::vector<Intent> intents;
    std::uint32_t max_concurrency = 1;
    std::uint32_t state_write = 0, state_read_min = 0, state_read_max = 0;

    [[nodiscard]] bool reads_state(std::uint32_t version_) const noexcept {
        return version_ >= state_read_min && version_ <= state_read_max;
    }
};

/// Copies an entry, checking V2 and V3. kUnsupported names both versions.
[[nodiscard]] Result<migue_entry> read_entry(const void* symbol);

/// Copies and checks a descriptor. Wherever the plugin points, nothing faults (C9); every
/// fault is told at once.
[[nodiscard]] Result<Descriptor> read_descriptor(const migue_descriptor* raw);

/// Copies an instance that create() made. Only handle and destroy must be there.
[[nodiscard]] Result<migue_plugin> read_plugin(const migue_plugin* raw);

/// Well-formed UTF-8 without NUL.
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

}  // namespace migue::host
