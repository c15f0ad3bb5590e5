#include "host/config/schema.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "host/config/schema_check.hpp"
#include "host/config/schema_tree.hpp"

namespace migue::host::config {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kHidden = "***";

bool is_marked(const Json& schema, const char* mark) {
    const auto found = schema.find(mark);
    return found != schema.end() && found->is_boolean() && found->get<bool>();
}

/// Hides the members that no schema speaks of, where at least one says which there are.
class UnknownMembers {
public:
    void look(const Json& schema, Json& value) {
        if (!value.is_object()) return;
        for (auto member = value.begin(); member != value.end(); ++member) {
            const bool is_known = !member_schemas(schema, member.key(), false).empty();
            if (is_known) known_.insert(&*member);
            if (schema.contains("properties")) listed_.insert(&value);
        }
    }

    void hide(Json& value) const {
        if (!value.is_structured()) return;
        const bool is_listed = listed_.contains(&value);
        for (Json& member : value) {
            if (is_listed && !known_.contains(&member)) {
                member = kHidden;
            } else {
                hide(member);
            }
        }
    }

private:
    std::set<const Json*> known_, listed_;
};

}  // namespace

Result<std::string> check_plugin_config(const PluginSettings& plugin, std::string_view schema_json) {
    const Result<Json> schema = read_schema(schema_json);
    if (!schema) return Error(schema.error()).within(fmt::format("plugin {}", plugin.id));
    Json config = Json::parse(plugin.config_json, nullptr, false);
    if (config.is_discarded()) {
        return Error{Error::Code::kInvalid, fmt::format("plugin {}: its settings are not JSON", plugin.id)};
    }
    fill_defaults(*schema, config);
    if (auto checked = check_against_schema(plugin, *schema, config); !checked)
        return std::move(checked).error();
    return config.dump();
}

std::string redact(std::string_view config_json, std::string_view schema_json) {
    Json config = Json::parse(config_json, nullptr, false);
    const Result<Json> schema = read_schema(schema_json);
    if (config.is_discarded() || !schema) return Json(kHidden).dump();
    UnknownMembers unknown;
    walk(*schema, config, [&unknown](const Json& part, Json& value) {
        unknown.look(part, value);
        if (is_marked(part, "x-secret")) value = kHidden;
    });
    unknown.hide(config);
    return config.dump();
}

std::vector<std::string> egress_urls(std::string_view config_json, std::string_view schema_json) {
    std::vector<std::string> urls;
    Json config = Json::parse(config_json, nullptr, false);
    const Result<Json> schema = read_schema(schema_json);
    if (config.is_discarded() || !schema) return urls;
    const auto add = [&urls](const Json& value) {
        if (!value.is_string() || value.get_ref<const std::string&>().empty()) return;
        const auto& url = value.get_ref<const std::string&>();
        if (std::find(urls.begin(), urls.end(), url) == urls.end()) urls.push_back(url);
    };
    walk(*schema, config, [&add](const Json& part, const Json& value) {
        if (!is_marked(part, "x-egress")) return;
        add(value);
        if (!value.is_array()) return;
        for (const Json& item : value) add(item);
    });
    return urls;
}

}  // namespace migue::host::config
