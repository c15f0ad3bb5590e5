// valijson aborts the process instead of throwing unless told otherwise; nothing else in
// migue includes it, so that both readings can never meet in one program.
#define VALIJSON_USE_EXCEPTIONS 1

#include "host/config/schema_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "host/config/schema_fault.hpp"

namespace migue::host::config {
namespace {

using Json = nlohmann::ordered_json;

/// A schema that valijson has read.
class Checker {
public:
    /// Throws std::exception when the schema is broken.
    explicit Checker(const Json& schema) : document_(nlohmann::json::parse(schema.dump())) {
        valijson::SchemaParser(valijson::SchemaParser::kDraft7)
            .populateSchema(valijson::adapters::NlohmannJsonAdapter(document_), schema_);
    }

    /// Throws std::exception when a pattern in the schema is broken.
    std::vector<SchemaFinding> check(const Json& config) {
        const auto target = nlohmann::json::parse(config.dump());
        valijson::ValidationResults results;
        validator_.validate(schema_, valijson::adapters::NlohmannJsonAdapter(target), &results);
        std::vector<SchemaFinding> findings;
        for (const auto& result : results) {
            SchemaFinding finding{{}, result.description};
            // Each step but the root is in brackets: "[model]".
            for (std::size_t i = 1; i < result.context.size(); ++i) {
                finding.path.push_back(result.context[i].substr(1, result.context[i].size() - 2));
            }
            findings.push_back(std::move(finding));
        }
        return findings;
    }

private:
    const nlohmann::json document_;
    valijson::Schema schema_;
    valijson::Validator validator_;
};

/// Removes members that nothing allows from `config`; false when there were none.
bool erase_unwanted(const std::vector<SchemaFinding>& findings, Json& config) {
    bool is_changed = false;
    for (const SchemaFinding& finding : findings) {
        const std::string member = unwanted_member(finding);
        const Json::json_pointer at(json_pointer(finding.path));
        if (member.empty() || !config.contains(at) || !config[at].is_object()) continue;
        is_changed |= config[at].erase(member) > 0;
    }
    return is_changed;
}

/// valijson names only the first member of a map that nothing allows, so that one is taken
/// away and the rest checked again until no new one is named.
std::vector<SchemaFinding> find_all(Checker& checker, Json config) {
    std::vector<SchemaFinding> all = checker.check(config);
    std::vector<SchemaFinding> latest = all;
    while (erase_unwanted(latest, config)) {
        latest = checker.check(config);
        std::copy_if(latest.begin(), latest.end(), std::back_inserter(all),
                     [](const SchemaFinding& finding) { return !unwanted_member(finding).empty(); });
    }
    return all;
}

Place place_of(const SchemaFinding& finding, const PluginSettings& plugin) {
    if (plugin.source == nullptr) return {"plugins." + plugin.id, 1, 1};
    const std::vector<std::string> unwanted = unwanted_path(finding);
    const Node& node = plugin.source->at_pointer(json_pointer(unwanted.empty() ? finding.path : unwanted));
    const bool has_key = node.key_place().line > 0;
    // A single value is told at the value, all that is about keys at the key.
    const bool is_value = unwanted.empty() && node.kind() == Node::Kind::kScalar;
    return has_key && !is_value ? node.key_place() : node.place();
}

}  // namespace

Result<void> check_against_schema(const PluginSettings& plugin, const Json& schema, const Json& config) {
    std::vector<SchemaFinding> findings;
    try {
        Checker checker(schema);
        findings = find_all(checker, config);
    } catch (const std::exception& exception) {
        return Error{Error::Code::kInvalid,
                     fmt::format("plugin {}: the schema is broken: {}, expected JSON Schema draft 7",
                                 plugin.id, exception.what())};
    }
    using Line = std::tuple<std::size_t, std::size_t, std::string, std::string>;
    std::vector<Line> lines;
    for (const SchemaFinding& finding : findings) {
        if (is_only_wrapper(finding, findings)) continue;
        const Place place = place_of(finding, plugin);
        lines.emplace_back(place.line, place.column, place.file,
                           describe_finding(finding, schema, config, plugin.source.get()));
    }
    std::sort(lines.begin(), lines.end());
    lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
    Faults faults;
    for (const auto& [line, column, file, what] : lines) {
        faults.add({file, line, column}, fmt::format("plugin {}: {}", plugin.id, what));
    }
    if (!faults.empty()) return faults.error();
    return {};
}

}  // namespace migue::host::config
