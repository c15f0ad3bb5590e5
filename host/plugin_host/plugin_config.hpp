#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "host/config/settings.hpp"
#include "host/plugin_host/instance.hpp"
#include "host/services/url.hpp"
#include "migue/cpp/result.hpp"

namespace migue::host {

/// A plugin's settings as the host needs them.
struct PluginConfig {
    std::string json;                  ///< checked, with the schema's defaults
    std::vector<Url> egress;           ///< x-egress: where it may connect to (O7)
    std::vector<std::string> secrets;  ///< values of x-secret
};

/// Checks the section against the plugin's schema; every fault at once, with file:line:col.
/// A plugin whose schema has a `public_url` gets `public_url` there unless its section says
/// another: a turn does not carry it.
[[nodiscard]] Result<PluginConfig> read_plugin_config(const config::PluginSettings& settings,
                                                      std::string_view schema,
                                                      std::string_view public_url = {});

/// What create() reported, one a line, with the place of each in the file (O5).
[[nodiscard]] std::string place_faults(const config::PluginSettings& settings,
                                       const std::vector<ConfigFault>& faults);

}  // namespace migue::host
