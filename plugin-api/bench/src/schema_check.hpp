#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace migue::bench {

/// The config with the schema's defaults where keys are absent, at the top and in every map
/// that is there: what create() gets. A config or schema that is no JSON stays as it is.
[[nodiscard]] std::string with_defaults(const std::string& schema, const std::string& config);

/// Faults of a config against its JSON Schema, "<pointer>: <what>". Also those of the schema.
[[nodiscard]] std::vector<std::string> schema_faults(const std::string& schema, const std::string& config);

}  // namespace migue::bench
