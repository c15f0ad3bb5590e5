#include "egress.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace migue::bench {

namespace {

using nlohmann::json;

struct Address {
    std::string origin;  ///< scheme, host and port; lower case
    std::string_view path;
};

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

Address split(std::string_view url) {
    const std::size_t host = url.find("://");
    if (host == std::string_view::npos) return {};
    const std::size_t end = std::min(url.find_first_of("/?#", host + 3), url.size());
    std::string origin(url.substr(0, end));
    std::transform(origin.begin(), origin.end(), origin.begin(), lower);
    if (origin.starts_with("https://") && origin.ends_with(":443")) origin.resize(origin.size() - 4);
    if (origin.starts_with("http://") && origin.ends_with(":80")) origin.resize(origin.size() - 3);
    const std::string_view rest = url.substr(end);
    return {std::move(origin), rest.substr(0, std::min(rest.find_first_of("?#"), rest.size()))};
}

void add_texts(const json& value, std::vector<std::string>& out) {
    if (value.is_string()) out.push_back(value.get<std::string>());
    if (!value.is_array()) return;
    for (const json& item : value)
        if (item.is_string()) out.push_back(item.get<std::string>());
}

void collect(const json& schema, const json& value, std::vector<std::string>& out) {
    if (!schema.is_object()) return;
    if (schema.value("x-egress", false)) add_texts(value, out);
    if (const auto properties = schema.find("properties"); properties != schema.end() && value.is_object())
        for (const auto& [name, below] : properties->items())
            if (value.contains(name)) collect(below, value.at(name), out);
    if (const auto items = schema.find("items"); items != schema.end() && value.is_array())
        for (const json& item : value) collect(*items, item, out);
}

}  // namespace

std::vector<std::string> egress_addresses(const std::string& schema, const std::string& config) {
    std::vector<std::string> addresses;
    collect(json::parse(schema, nullptr, false), json::parse(config, nullptr, false), addresses);
    return addresses;
}

bool is_web_address(std::string_view url) {
    const Address address = split(url);
    const std::size_t scheme = address.origin.starts_with("https://")  ? 8
                               : address.origin.starts_with("http://") ? 7
                                                                       : 0;
    if (scheme == 0 || address.origin.size() == scheme) return false;
    if (address.origin.find('@') != std::string::npos ||
        url.find_first_of("# \t\r\n") != std::string_view::npos)
        return false;
    return (std::string(address.path) + "/").find("/../") == std::string::npos;
}

bool is_allowed(const std::vector<std::string>& addresses, std::string_view url) {
    const Address asked = split(url);
    return std::any_of(addresses.begin(), addresses.end(), [&](const std::string& one) {
        Address allowed = split(one);
        while (allowed.path.ends_with('/')) allowed.path.remove_suffix(1);
        if (allowed.origin != asked.origin || !asked.path.starts_with(allowed.path)) return false;
        const std::string_view rest = asked.path.substr(allowed.path.size());
        return rest.empty() || rest.starts_with('/');
    });
}

}  // namespace migue::bench
