#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "host/config/yaml.hpp"

namespace migue::host::config {

/// One thing that valijson found: the way from the root, and its words.
struct SchemaFinding {
    std::vector<std::string> path;  ///< keys and indexes
    std::string description;
};

/// The member of the object at `path` that nothing allows; "" when the finding is another one.
[[nodiscard]] std::string unwanted_member(const SchemaFinding& finding);

/// The key that should not be there, as a path; empty when the finding is about a value.
[[nodiscard]] std::vector<std::string> unwanted_path(const SchemaFinding& finding);

/// Says that something deeper is wrong, and where: no news if that was found too.
[[nodiscard]] bool is_only_wrapper(const SchemaFinding& finding, const std::vector<SchemaFinding>& all);

/// What is wrong and what was expected, in an operator's words. Repeats no value.
/// `schema` and `config` are the whole ones; `node` is the section in the YAML file or null.
[[nodiscard]] std::string describe_finding(const SchemaFinding& finding, const nlohmann::ordered_json& schema,
                                           const nlohmann::ordered_json& config, const Node* node);

[[nodiscard]] std::string json_pointer(const std::vector<std::string>& path);

}  // namespace migue::host::config
