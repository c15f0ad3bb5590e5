#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "host/config/settings.hpp"
#include "migue/cpp/result.hpp"

/// A plugin's section against the JSON Schema (draft 7) that the plugin brings. References
/// stay inside the schema and never lead back to themselves. "" stands for the schema that
/// accepts everything.
namespace migue::host::config {

/// The section as JSON, with the schema's `default`s where keys are absent: at the top and in
/// every map that is there. An absent map stays absent, unless it has a default of its own:
/// for a plugin "not there" may mean "off".
///
/// The error holds every fault, one a line, with its place in the YAML file and without any
/// value. kConfig when the section is wrong, kInvalid when the schema itself is.
[[nodiscard]] Result<std::string> check_plugin_config(const PluginSettings& plugin,
                                                      std::string_view schema_json);

/// The configuration for people to see: values marked `x-secret` are "***", and so are those
/// the schema does not know, as they may be a secret under a misspelt name. Only "***" when
/// one of the two cannot be read.
[[nodiscard]] std::string redact(std::string_view config_json, std::string_view schema_json);

/// The texts marked `x-egress` (in a list so marked, each text), each once, in the schema's order: where the
/// plugin may connect to. Give it what check_plugin_config() gave, so that defaults count.
[[nodiscard]] std::vector<std::string> egress_urls(std::string_view config_json,
                                                   std::string_view schema_json);

}  // namespace migue::host::config
