#include "host/plugin_host/plugin_config.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "host/config/schema.hpp"
#include "host/config/yaml.hpp"

namespace migue::host {

namespace {

/// The texts that redact() hid: those marked as secret.
void collect_hidden(const nlohmann::json& shown, const nlohmann::json& real, std::vector<std::string>& out) {
    if (real.is_string() && shown != real) out.push_back(real.get<std::string>());
    if (real.is_structured() && shown.type() == real.type() && shown.size() == real.size()) {
        for (auto a = shown.begin(), b = real.begin(); b != real.end(); ++a, ++b) collect_hidden(*a, *b, out);
    } else if (real.is_structured()) {
        // Hidden as a whole: everything in it is secret.
        for (const auto& member : real) collect_hidden(nullptr, member, out);
    }
}

/// The settings with `public_url` filled in where the schema knows it and the section does not.
config::PluginSettings with_public_url(config::PluginSettings settings, std::string_view schema,
                                       std::string_view public_url) {
    if (public_url.empty()) return settings;
    const auto known = nlohmann::json::parse(schema, nullptr, false);
    auto section = nlohmann::json::parse(settings.config_json, nullptr, false);
    if (!known.is_object() || !section.is_object() || section.contains("public_url")) return settings;
    const auto properties = known.find("properties");
    if (properties == known.end() || !properties->contains("public_url")) return settings;
    section["public_url"] = public_url;
    settings.config_json = section.dump();
    return settings;
}

}  // namespace

Result<PluginConfig> read_plugin_config(const config::PluginSettings& settings, std::string_view schema,
                                        std::string_view public_url) {
    auto checked = config::check_plugin_config(with_public_url(settings, schema, public_url), schema);
    if (!checked) return std::move(checked).error();
    PluginConfig config{std::move(checked).value(), {}, {}};
    for (const std::string& address : config::egress_urls(config.json, schema)) {
        auto url = parse_url(address);
        if (!url)
            return Error{Error::Code::kConfig, fmt::format("plugin {}: an address it may call (x-egress): {}",
                                                           settings.id, url.error().what)};
        config.egress.push_back(std::move(url).value());
    }
    const auto real = nlohmann::json::parse(config.json, nullptr, false);
    const auto shown = nlohmann::json::parse(config::redact(config.json, schema), nullptr, false);
    collect_hidden(shown, real, config.secrets);
    return config;
}

std::string place_faults(const config::PluginSettings& settings, const std::vector<ConfigFault>& faults) {
    std::string all;
    for (const ConfigFault& fault : faults) {
        if (!all.empty()) all += '\n';
        if (settings.source != nullptr)
            all += settings.source->at_pointer(fault.pointer).place().text() + ": ";
        all += fmt::format("plugin {}: {}: {}", settings.id,
                           fault.pointer.empty() ? "create() refuses" : fault.pointer, fault.what);
    }
    return all;
}

}  // namespace migue::host
