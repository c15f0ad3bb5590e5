#include "host/config/schema_fault.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "host/config/scalar.hpp"
#include "host/config/schema_tree.hpp"

namespace migue::host::config {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kUnwanted = "Object contains a property that could not be validated";
constexpr std::string_view kMissing = "Missing required property '";
constexpr std::string_view kMissingOther = "Missing dependency '";
constexpr std::string_view kType = "Value type not permitted";
constexpr std::string_view kConst = "Failed to match expected value";
constexpr std::string_view kBranch = "Failed to validate against child schema #";
constexpr std::string_view kKey = "Failed to validate against schema associated with";
constexpr std::string_view kItem = "Failed to validate item #";

/// The text between the first and the last single quote.
std::string quoted_part(const std::string& description, std::size_t from) {
    const std::size_t begin = description.find('\'', from);
    const std::size_t end = description.rfind('\'');
    if (begin == std::string::npos || end <= begin) return {};
    return description.substr(begin + 1, end - begin - 1);
}

bool is_about_forms(std::string_view description) {
    return description.starts_with("Failed to validate against any schemas allowed by anyOf") ||
           description.starts_with("Failed to validate against any child schemas allowed by oneOf") ||
           description.starts_with("Failed to validate against exactly one child schema");
}

/// Where the reasons of a finding are that only says "something in there is wrong".
std::optional<std::vector<std::string>> wrapped_path(const SchemaFinding& finding) {
    std::vector<std::string> path = finding.path;
    if (finding.description.starts_with(kItem)) {
        const std::size_t digits = finding.description.find_first_not_of("0123456789", kItem.size());
        path.push_back(finding.description.substr(kItem.size(), digits - kItem.size()));
        return path;
    }
    if (!finding.description.starts_with(kKey)) return std::nullopt;
    if (finding.description.find("property name") != std::string::npos) {
        path.push_back(quoted_part(finding.description, kKey.size()));
    }
    return path;
}

std::string shown_path(const std::vector<std::string>& path) {
    return path.empty() ? "the section" : fmt::format("\"{}\"", fmt::join(path, "."));
}

/// The value at `path`, or null, and the schemas that speak of it.
struct Spot {
    const Json* value = nullptr;
    std::vector<const Json*> schemas;
};

Spot find_spot(const std::vector<std::string>& path, const Json& schema, const Json& config) {
    Spot spot{&config, {&schema}};
    for (const std::string& step : path) {
        const bool is_index = spot.value->is_array();
        std::vector<const Json*> next;
        for (const Json* part : spot.schemas) {
            for (const Json* child : member_schemas(*part, step, is_index)) next.push_back(child);
        }
        const Json::json_pointer here("/" + json_pointer({step}).substr(1));
        if (!spot.value->contains(here)) return {};
        spot = {&spot.value->at(here), std::move(next)};
    }
    return spot;
}

/// The first of the schemas' values for this keyword, or null.
const Json* keyword(const Spot& spot, const char* name) {
    for (const Json* schema : spot.schemas) {
        if (!schema->is_object()) continue;
        if (const auto found = schema->find(name); found != schema->end()) return &*found;
    }
    return nullptr;
}

std::string_view type_in_words(std::string_view type) {
    constexpr std::pair<std::string_view, std::string_view> kWords[] = {
        {"string", "a text"},         {"integer", "a whole number"}, {"number", "a number"},
        {"boolean", "true or false"}, {"object", "a map"},           {"array", "a list"},
        {"null", "nothing"},
    };
    for (const auto& [name, words] : kWords) {
        if (name == type) return words;
    }
    return type;
}

std::string_view kind_in_words(const Json& value) {
    if (value.is_number_integer()) return type_in_words("integer");
    return type_in_words(value.type_name());
}

std::string allowed_types(const Spot& spot) {
    const Json* type = keyword(spot, "type");
    if (type == nullptr) return "another form";
    if (type->is_string()) return std::string(type_in_words(type->get<std::string>()));
    std::vector<std::string_view> words;
    for (const Json& one : *type) {
        if (one.is_string()) words.push_back(type_in_words(one.get_ref<const std::string&>()));
    }
    return fmt::format("{}", fmt::join(words, " or "));
}

std::string describe_type(const std::string& path, const Spot& spot, const Node* node) {
    const std::string allowed = allowed_types(spot);
    const bool is_plain = node != nullptr && node->kind() == Node::Kind::kScalar && !node->quoted();
    const bool is_quoted = node != nullptr && node->kind() == Node::Kind::kScalar && node->quoted();
    std::string hint;
    if (is_plain && allowed == "a text") hint = "; put it in quotes";
    if (is_quoted && read_plain_scalar(node->scalar()).kind != PlainScalar::Kind::kText)
        hint = "; write it without quotes";
    const std::string_view kind = spot.value->is_null() ? "empty" : kind_in_words(*spot.value);
    return fmt::format("{} is {}, expected {}{}", path, kind, allowed, hint);
}

std::string describe_choice(const std::string& path, const Spot& spot) {
    std::vector<std::string> choices;
    if (const Json* values = keyword(spot, "enum"); values != nullptr && values->is_array()) {
        for (const Json& value : *values)
            choices.push_back(value.is_string() ? value.get<std::string>() : value.dump());
    }
    const std::string near = spot.value->is_string() ? nearest(spot.value->get<std::string>(), choices) : "";
    const std::string hint = near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near);
    return fmt::format("{} is none of the possible values, expected one of: {}{}", path,
                       fmt::join(choices, ", "), hint);
}

/// What the branches of anyOf or oneOf allow, as far as it is a type or a value.
std::string describe_forms(const std::string& path, const Spot& spot) {
    std::vector<std::string> forms;
    for (const char* name : {"anyOf", "oneOf"}) {
        const Json* branches = keyword(spot, name);
        if (branches == nullptr || !branches->is_array()) continue;
        for (const Json& branch : *branches) {
            const Spot form{spot.value, {&branch}};
            const Json* value = keyword(form, "const");
            const bool is_text = value != nullptr && value->is_string();
            forms.push_back(value == nullptr ? allowed_types(form)
                            : is_text        ? value->get<std::string>()
                                             : value->dump());
        }
    }
    return fmt::format("{} fits none of the possible forms, or several, expected one of: {}", path,
                       fmt::join(forms, ", "));
}

std::string describe_unwanted(const SchemaFinding& finding, const std::string& member, const Spot& spot) {
    std::vector<std::string> known;
    for (const Json* schema : spot.schemas) {
        const auto properties = schema->find("properties");
        if (properties == schema->end() || !properties->is_object()) continue;
        for (const auto& [key, child] : properties->items()) known.push_back(key);
    }
    const std::vector<std::string> path = unwanted_path(finding);
    const std::string near = nearest(member, known);
    const std::string hint = !near.empty()   ? fmt::format("did you mean \"{}\"?", near)
                             : known.empty() ? "expected none here"
                                             : fmt::format("expected one of: {}", fmt::join(known, ", "));
    return fmt::format("unknown key {}, {}", shown_path(path), hint);
}

/// Keywords with one number or text, as in "is out of range, expected at least 3".
std::string describe_limit(const std::string& path, const SchemaFinding& finding, const Spot& spot) {
    struct Limit {
        std::string_view finding;
        const char* keyword;
        std::string_view words;
    };
    constexpr Limit kLimits[] = {
        {"Expected number greater than or equal to", "minimum", "is too small, expected at least {}"},
        {"Expected number greater than", "exclusiveMinimum", "is too small, expected more than {}"},
        {"Expected number less than or equal to", "maximum", "is too big, expected at most {}"},
        {"Expected number less than", "exclusiveMaximum", "is too big, expected less than {}"},
        {"String should be no fewer", "minLength", "is too short, expected at least {} characters"},
        {"String should be no more", "maxLength", "is too long, expected at most {} characters"},
        {"Array should contain no fewer", "minItems", "has too few entries, expected at least {}"},
        {"Array should contain no more", "maxItems", "has too many entries, expected at most {}"},
        {"Object should have no fewer", "minProperties", "has too few keys, expected at least {}"},
        {"Object should have no more", "maxProperties", "has too many keys, expected at most {}"},
        {"Failed to match regex", "pattern", "does not have the right form, expected a match of {}"},
        {"Failed to match expected value", "const", "is not the one possible value, expected {}"},
        {"Value should be a multiple", "multipleOf", "does not fit, expected a multiple of {}"},
        {"String should be a valid", "format", "does not have the right form, expected a {}"},
    };
    for (const Limit& limit : kLimits) {
        if (!std::string_view(finding.description).starts_with(limit.finding)) continue;
        const Json* value = keyword(spot, limit.keyword);
        const std::string shown = value == nullptr     ? "another"
                                  : value->is_string() ? value->get<std::string>()
                                                       : value->dump();
        return fmt::format("{} {}", path, fmt::format(fmt::runtime(limit.words), shown));
    }
    return fmt::format("{} does not fit ({}), expected what the plugin's schema says", path,
                       finding.description);
}

}  // namespace

std::string json_pointer(const std::vector<std::string>& path) {
    std::string pointer;
    for (const std::string& step : path) {
        pointer += '/';
        for (const char c : step) pointer += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    }
    return pointer;
}

std::string unwanted_member(const SchemaFinding& finding) {
    if (!finding.description.starts_with(kUnwanted)) return {};
    return quoted_part(finding.description, finding.description.find("constraints: "));
}

std::vector<std::string> unwanted_path(const SchemaFinding& finding) {
    if (auto inside = wrapped_path(finding)) return *std::move(inside);
    const std::string member = unwanted_member(finding);
    if (member.empty()) return {};
    std::vector<std::string> path = finding.path;
    path.push_back(member);
    return path;
}

bool is_only_wrapper(const SchemaFinding& finding, const std::vector<SchemaFinding>& all) {
    // A branch of anyOf or oneOf that does not fit: what the branches allow is told once.
    if (finding.description.starts_with(kBranch)) return true;
    const bool is_branch_leaf =
        finding.description.starts_with(kType) || finding.description.starts_with(kConst);
    if (is_branch_leaf) {
        return std::any_of(all.begin(), all.end(), [&](const SchemaFinding& other) {
            return is_about_forms(other.description) && other.path == finding.path;
        });
    }
    const auto below = wrapped_path(finding);
    return below && std::any_of(all.begin(), all.end(), [&](const SchemaFinding& other) {
               return &other != &finding && other.path.size() >= below->size() &&
                      std::equal(below->begin(), below->end(), other.path.begin());
           });
}

std::string describe_finding(const SchemaFinding& finding, const Json& schema, const Json& config,
                             const Node* node) {
    const Spot spot = find_spot(finding.path, schema, config);
    const std::string path = shown_path(finding.path);
    const std::string& description = finding.description;
    if (description.starts_with(kMissing) || description.starts_with(kMissingOther)) {
        return fmt::format("the key \"{}\" is missing in {}, expected it there", quoted_part(description, 0),
                           path);
    }
    const std::string member = unwanted_member(finding);
    if (!member.empty()) return describe_unwanted(finding, member, spot);
    const Node* at = node == nullptr ? nullptr : &node->at_pointer(json_pointer(finding.path));
    if (spot.value != nullptr && description.starts_with(kType)) return describe_type(path, spot, at);
    if (spot.value != nullptr && description.starts_with("Failed to match against any enum")) {
        return describe_choice(path, spot);
    }
    if (spot.value != nullptr && is_about_forms(description)) return describe_forms(path, spot);
    if (const auto inside = wrapped_path(finding)) {
        return fmt::format("{} cannot be here, expected it to be absent", shown_path(*inside));
    }
    return describe_limit(path, finding, spot);
}

}  // namespace migue::host::config
