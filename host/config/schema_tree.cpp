#include "host/config/schema_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <regex>

namespace migue::host::config {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kMaxNodes = 100'000;

constexpr std::string_view kHoldsSchema[] = {
    "items", "additionalItems", "additionalProperties", "not", "if", "then",
    "else",  "contains",        "propertyNames"};
constexpr std::string_view kHoldsSchemaList[] = {"allOf", "anyOf", "oneOf", "items"};
constexpr std::string_view kHoldsSchemaMap[] = {"properties", "patternProperties", "dependencies"};

template <std::size_t N>
bool is_one_of(std::string_view key, const std::string_view (&keys)[N]) {
    return std::find(std::begin(keys), std::end(keys), key) != std::end(keys);
}

/// Replaces references, schema by schema; values such as `enum` and `default` stay as they are.
class Expander {
public:
    explicit Expander(const Json& root) : root_(root) {}

    Json expand(const Json& schema) {
        if (++nodes_ > kMaxNodes) return fail("it grows beyond reason when its references are followed");
        if (depth_ == kMaxDepth) return fail("it is nested too deep");
        if (!schema.is_object() || !fault_.empty()) return schema;
        ++depth_;
        const auto reference = schema.find("$ref");
        const bool is_reference = reference != schema.end() && reference->is_string();
        Json result =
            is_reference ? expand_reference(schema, reference->get<std::string>()) : expand_object(schema);
        --depth_;
        return result;
    }

    [[nodiscard]] const std::string& fault() const noexcept { return fault_; }

private:
    Json fail(std::string what) {
        if (fault_.empty()) fault_ = std::move(what);
        return Json();
    }

    Json expand_reference(const Json& schema, const std::string& reference) {
        if (!reference.starts_with('#'))
            return fail(fmt::format("$ref \"{}\" leads outside of it", reference));
        if (std::find(active_.begin(), active_.end(), reference) != active_.end()) {
            return fail(fmt::format("$ref \"{}\" leads back to itself", reference));
        }
        const Json* target = nullptr;
        try {
            target = &root_.at(Json::json_pointer(reference.substr(1)));
        } catch (const Json::exception&) {
            return fail(fmt::format("$ref \"{}\" leads nowhere", reference));
        }
        active_.push_back(reference);
        Json result = expand(*target);
        active_.pop_back();
        if (!result.is_object()) return result;
        for (const auto& [key, value] : schema.items()) {
            if (key == "default" || key.starts_with("x-")) result[key] = value;
        }
        return result;
    }

    Json expand_object(const Json& schema) {
        Json result = Json::object();
        for (const auto& [key, value] : schema.items()) {
            if (key == "definitions") continue;  // nothing refers there any more
            const bool is_list = value.is_array() && is_one_of(key, kHoldsSchemaList);
            const bool is_map = value.is_object() && is_one_of(key, kHoldsSchemaMap);
            if (is_list || is_map) {
                Json& children = result[key] = value;
                for (Json& child : children) child = expand(child);
            } else {
                result[key] = is_one_of(key, kHoldsSchema) ? expand(value) : value;
            }
        }
        return result;
    }

    const Json& root_;
    std::vector<std::string> active_;
    std::size_t depth_ = 0;
    std::size_t nodes_ = 0;
    std::string fault_;
};

bool matches(const std::string& pattern, std::string_view key) {
    try {
        return std::regex_search(key.begin(), key.end(), std::regex(pattern));
    } catch (const std::regex_error&) {
        return false;  // a schema with such a pattern is refused by check_plugin_config()
    }
}

const Json* object_at(const Json& schema, const char* key) {
    const auto found = schema.find(key);
    return found != schema.end() && found->is_object() ? &*found : nullptr;
}

void add_key_schemas(const Json& schema, std::string_view key, std::vector<const Json*>& found) {
    const std::size_t before = found.size();
    if (const Json* properties = object_at(schema, "properties")) {
        if (const auto own = properties->find(std::string(key)); own != properties->end())
            found.push_back(&*own);
    }
    if (const Json* patterns = object_at(schema, "patternProperties")) {
        for (const auto& [pattern, child] : patterns->items()) {
            if (matches(pattern, key)) found.push_back(&child);
        }
    }
    if (found.size() > before) return;
    if (const Json* others = object_at(schema, "additionalProperties")) found.push_back(others);
}

void add_index_schemas(const Json& schema, std::size_t index, std::vector<const Json*>& found) {
    const auto items = schema.find("items");
    if (items == schema.end()) return;
    if (items->is_object()) {
        found.push_back(&*items);
    } else if (items->is_array() && index < items->size()) {
        found.push_back(&(*items)[index]);
    } else if (const Json* others = object_at(schema, "additionalItems")) {
        found.push_back(others);
    }
}

/// `schema` and all that speak of the same value: branches, conditions.
void add_alternatives(const Json& schema, std::vector<const Json*>& found) {
    if (!schema.is_object()) return;
    found.push_back(&schema);
    for (const char* key : {"allOf", "anyOf", "oneOf"}) {
        const auto branches = schema.find(key);
        if (branches == schema.end() || !branches->is_array()) continue;
        for (const Json& branch : *branches) add_alternatives(branch, found);
    }
    for (const char* key : {"then", "else"}) {
        if (const Json* branch = object_at(schema, key)) add_alternatives(*branch, found);
    }
}

}  // namespace

Result<Json> read_schema(std::string_view schema_json) {
    const auto broken = [](std::string_view what) {
        return Error{Error::Code::kInvalid,
                     fmt::format("the schema is broken: {}, expected JSON Schema draft 7", what)};
    };
    if (schema_json.empty()) return Json::object();
    const Json schema = Json::parse(schema_json, nullptr, false);
    if (schema.is_discarded()) return broken("it is not JSON");
    if (!schema.is_object()) return broken("it is not a JSON object");
    Expander expander(schema);
    Json expanded = expander.expand(schema);
    if (!expander.fault().empty()) return broken(expander.fault());
    return expanded;
}

std::vector<const Json*> member_schemas(const Json& schema, std::string_view member, bool is_index) {
    std::size_t index = 0;
    if (is_index) std::from_chars(member.data(), member.data() + member.size(), index);
    std::vector<const Json*> alternatives;
    add_alternatives(schema, alternatives);
    std::vector<const Json*> found;
    for (const Json* alternative : alternatives) {
        if (is_index) {
            add_index_schemas(*alternative, index, found);
        } else {
            add_key_schemas(*alternative, member, found);
        }
    }
    return found;
}

void fill_defaults(const Json& schema, Json& value) {
    if (const auto branches = schema.find("allOf"); branches != schema.end() && branches->is_array()) {
        for (const Json& branch : *branches) {
            if (branch.is_object()) fill_defaults(branch, value);
        }
    }
    if (value.is_array()) {
        const Json* items = object_at(schema, "items");
        for (Json& item : value) {
            if (items != nullptr) fill_defaults(*items, item);
        }
    }
    const Json* properties = object_at(schema, "properties");
    if (!value.is_object() || properties == nullptr) return;
    for (const auto& [key, child] : properties->items()) {
        if (!child.is_object()) continue;
        if (!value.contains(key) && child.contains("default")) value[key] = child["default"];
        if (value.contains(key)) fill_defaults(child, value[key]);
    }
}

void walk(const Json& schema, Json& value, const Visit& visit) {
    std::vector<const Json*> alternatives;
    add_alternatives(schema, alternatives);
    for (const Json* alternative : alternatives) visit(*alternative, value);
    if (!value.is_structured()) return;
    for (auto member = value.begin(); member != value.end(); ++member) {
        std::vector<const Json*> found;
        for (const Json* alternative : alternatives) {
            if (value.is_object()) {
                add_key_schemas(*alternative, member.key(), found);
            } else {
                add_index_schemas(*alternative, static_cast<std::size_t>(member - value.begin()), found);
            }
        }
        for (const Json* child : found) walk(*child, *member, visit);
    }
}

}  // namespace migue::host::config
