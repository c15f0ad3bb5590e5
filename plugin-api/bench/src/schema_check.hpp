#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace migue::bench {

/// Faults of a config against its JSON Schema, "<pointer>: <what>". Also those of the schema.
[[nodiscard]] std::vector<std::string> schema_faults(const std::string& schema, const std::string& config);

}  // namespace migue::bench
