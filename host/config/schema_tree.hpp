#pragma once
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "migue/cpp/result.hpp"

/// JSON Schema as a tree to walk along with a value.
namespace migue::host::config {

/// The schema with each `$ref` replaced by what it names, so that walks need no look-ups and
/// end. Beside a `$ref`, `default` and `x-…` of its own win. Refused: references to other
/// documents, to nothing, or in a circle; nesting beyond 64; schemas that grow beyond reason.
[[nodiscard]] Result<nlohmann::ordered_json> read_schema(std::string_view schema_json);

/// Adds `default`s to `value` where keys are absent; see check_plugin_config().
void fill_defaults(const nlohmann::ordered_json& schema, nlohmann::ordered_json& value);

/// The schemas that speak of a value's member (its key, or its index as a number) when
/// `schema` speaks of the value.
[[nodiscard]] std::vector<const nlohmann::ordered_json*> member_schemas(const nlohmann::ordered_json& schema,
                                                                        std::string_view member,
                                                                        bool is_index);

/// Calls `visit` for `value` and all below it, each with every schema that speaks of it.
using Visit = std::function<void(const nlohmann::ordered_json& schema, nlohmann::ordered_json& value)>;
void walk(const nlohmann::ordered_json& schema, nlohmann::ordered_json& value, const Visit& visit);

}  // namespace migue::host::config
