#pragma once
#include <nlohmann/json_fwd.hpp>

#include "host/config/settings.hpp"

namespace migue::host::config {

/// Checks `config` against a schema without references. The error holds every fault with its
/// place in `plugin.source`; kInvalid when the schema itself is broken.
[[nodiscard]] Result<void> check_against_schema(const PluginSettings& plugin,
                                                const nlohmann::ordered_json& schema,
                                                const nlohmann::ordered_json& config);

}  // namespace migue::host::config
