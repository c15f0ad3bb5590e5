#include "schema_check.hpp"

#include <exception>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace migue::bench {

namespace {

/// valijson's "<root>[a][0]" as the JSON pointer "/a/0".
std::string to_pointer(const std::vector<std::string>& context) {
    std::string pointer;
    for (std::size_t i = 1; i < context.size(); ++i)
        pointer += "/" + context[i].substr(1, context[i].size() - 2);
    return pointer;
}

std::string to_line(const std::string& pointer, const std::string& what) {
    return pointer.empty() ? what : pointer + ": " + what;
}

void fill(const nlohmann::json& schema, nlohmann::json& value) {
    const auto properties = schema.find("properties");
    if (properties == schema.end() || !properties->is_object() || !value.is_object()) return;
    for (const auto& [name, below] : properties->items()) {
        if (!below.is_object()) continue;
        if (!value.contains(name) && below.contains("default")) value[name] = below["default"];
        if (value.contains(name)) fill(below, value[name]);
    }
}

}  // namespace

std::string with_defaults(const std::string& schema_text, const std::string& config_text) {
    const nlohmann::json schema = nlohmann::json::parse(schema_text, nullptr, false);
    nlohmann::json config = nlohmann::json::parse(config_text, nullptr, false);
    if (!schema.is_object() || !config.is_object()) return config_text;
    fill(schema, config);
    return config.dump();
}

std::vector<std::string> schema_faults(const std::string& schema_text, const std::string& config_text) {
    const nlohmann::json schema_json = nlohmann::json::parse(schema_text, nullptr, false);
    if (!schema_json.is_object()) return {"config_schema: is not a JSON object"};
    const nlohmann::json config_json = nlohmann::json::parse(config_text, nullptr, false);
    if (!config_json.is_object()) return {"the config is not a JSON object"};
    std::vector<std::string> faults;
    try {
        valijson::Schema schema;
        valijson::SchemaParser(valijson::SchemaParser::kDraft7)
            .populateSchema(valijson::adapters::NlohmannJsonAdapter(schema_json), schema);
        valijson::ValidationResults results;
        const valijson::adapters::NlohmannJsonAdapter config(config_json);
        if (valijson::Validator().validate(schema, config, &results)) return {};
        for (valijson::ValidationResults::Error error; results.popError(error);)
            faults.push_back(to_line(to_pointer(error.context), error.description));
    } catch (const std::exception& failure) {
        faults.push_back(std::string("config_schema: ") + failure.what());
    }
    return faults;
}

}  // namespace migue::bench
