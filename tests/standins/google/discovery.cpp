#include "tests/standins/google/discovery.hpp"

#include <algorithm>
#include <cctype>
#include <regex>

#include "google_data.embedded.hpp"

namespace migue::standins {

namespace {

using nlohmann::json;

int hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::vector<std::string> split(std::string_view text, char at) {
    std::vector<std::string> parts;
    for (;;) {
        const std::size_t end = text.find(at);
        parts.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

bool is_instant(const std::string& text) {
    static const std::regex kInstant(
        R"(\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d\d:\d\d)?)");
    return std::regex_match(text, kInstant);
}

std::string text_fault(const json& schema, const std::string& text, const std::string& where) {
    if (const auto known = schema.find("enum"); known != schema.end())
        if (std::find(known->begin(), known->end(), text) == known->end())
            return where + ": '" + text + "' is none of its values";
    const std::string format = schema.value("format", "");
    if (format == "date-time" && !is_instant(text)) return where + ": no RFC 3339 time";
    static const std::regex kDay(R"(\d{4}-\d\d-\d\d)");
    if (format == "date" && !std::regex_match(text, kDay)) return where + ": no day like 2026-11-24";
    const std::string type = schema.value("type", "string");
    if (type == "boolean" && text != "true" && text != "false") return where + ": no boolean";
    if (type != "integer") return {};
    static const std::regex kNumber("-?[0-9]{1,12}");
    if (!std::regex_match(text, kNumber)) return where + ": no integer";
    const long long number = std::stoll(text);
    const bool low =
        schema.contains("minimum") && number < std::stoll(schema.at("minimum").get<std::string>());
    const bool high =
        schema.contains("maximum") && number > std::stoll(schema.at("maximum").get<std::string>());
    return low || high ? where + ": out of range" : std::string();
}

}  // namespace

std::string percent_decode(std::string_view text, bool plus_is_space) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
            hex_digit(text[i + 2]) >= 0) {
            out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
            i += 2;
        } else {
            out += plus_is_space && text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

std::string percent_encode(std::string_view text) {
    static constexpr char kHex[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0 ||
            std::string_view("-._~").find(c) != std::string_view::npos) {
            out += c;
            continue;
        }
        out += '%';
        out += kHex[static_cast<unsigned char>(c) >> 4];
        out += kHex[static_cast<unsigned char>(c) & 15];
    }
    return out;
}

Fields read_fields(std::string_view text) {
    Fields fields;
    for (const std::string& pair : split(text, '&')) {
        if (pair.empty()) continue;
        const std::size_t equals = std::min(pair.find('='), pair.size());
        fields.emplace_back(percent_decode(pair.substr(0, equals), true),
                            equals < pair.size() ? percent_decode(pair.substr(equals + 1), true) : "");
    }
    return fields;
}

std::string field(const Fields& fields, std::string_view name) {
    for (const auto& [key, value] : fields)
        if (key == name) return value;
    return {};
}

const Discovery& Discovery::get() {
    static const Discovery document;
    return document;
}

Discovery::Discovery() : document_(json::parse(*google_data::embedded("calendar.v3.json"))) {}

std::optional<ApiCall> Discovery::find(std::string_view http_method, std::string_view path) const {
    const std::vector<std::string> given = split(path, '/');
    for (const auto& [resource, below] : document_.at("resources").items())
        for (const auto& [name, method] : below.at("methods").items()) {
            const std::vector<std::string> wanted = split(method.at("path").get<std::string>(), '/');
            if (method.at("httpMethod") != http_method || wanted.size() != given.size()) continue;
            ApiCall call{resource + "." + name, {}, &method};
            bool fits = true;
            for (std::size_t i = 0; i < wanted.size() && fits; ++i) {
                if (wanted[i].starts_with('{'))
                    call.path.emplace_back(wanted[i].substr(1, wanted[i].size() - 2),
                                           percent_decode(given[i], false));
                else
                    fits = wanted[i] == given[i];
            }
            if (fits) return call;
        }
    return std::nullopt;
}

std::string Discovery::query_fault(const ApiCall& call, const Fields& query) const {
    const json empty = json::object();
    const json& own = call.method->contains("parameters") ? call.method->at("parameters") : empty;
    for (auto given = query.begin(); given != query.end(); ++given) {
        const auto& [name, value] = *given;
        const json* schema = own.contains(name) ? &own.at(name) : nullptr;
        if (schema == nullptr && document_.at("parameters").contains(name))
            schema = &document_.at("parameters").at(name);
        if (schema == nullptr || schema->value("location", "") != "query")
            return name + ": no parameter of " + call.name;
        if (std::string fault = text_fault(*schema, value, name); !fault.empty()) return fault;
        const bool twice =
            std::any_of(query.begin(), given, [&](const auto& other) { return other.first == name; });
        if (twice && !schema->value("repeated", false)) return name + ": given twice";
    }
    for (const auto& [name, schema] : own.items())
        if (schema.value("required", false) && schema.value("location", "") == "query" &&
            field(query, name).empty())
            return name + ": required";
    return {};
}

std::string Discovery::body_fault(const ApiCall& call, const json& body) const {
    if (!call.method->contains("request")) return {};
    return value_fault(call.method->at("request"), body, "");
}

std::string Discovery::value_fault(const json& given_schema, const json& value,
                                   const std::string& where) const {
    const json& schema = given_schema.contains("$ref")
                             ? document_.at("schemas").at(given_schema.at("$ref").get<std::string>())
                             : given_schema;
    const std::string type = schema.value("type", "any");
    if (value.is_null()) return {};  // takes a field away
    if (type == "object") {
        if (!value.is_object()) return where + ": no object";
        for (const auto& [name, below] : value.items()) {
            const std::string at = where + "/" + name;
            const bool known = schema.contains("properties") && schema.at("properties").contains(name);
            if (!known && !schema.contains("additionalProperties")) return at + ": unknown field";
            const json& next = known ? schema.at("properties").at(name) : schema.at("additionalProperties");
            if (next.value("readOnly", false)) return at + ": read only";
            if (std::string fault = value_fault(next, below, at); !fault.empty()) return fault;
        }
        return {};
    }
    if (type == "array") {
        if (!value.is_array()) return where + ": no array";
        for (std::size_t i = 0; i < value.size(); ++i)
            if (std::string fault =
                    value_fault(schema.at("items"), value[i], where + "/" + std::to_string(i));
                !fault.empty())
                return fault;
        return {};
    }
    if (type == "boolean") return value.is_boolean() ? "" : where + ": no boolean";
    if (type == "integer") return value.is_number_integer() ? "" : where + ": no integer";
    if (type == "string")
        return value.is_string() ? text_fault(schema, value.get<std::string>(), where)
                                 : where + ": no string";
    return {};
}

bool Discovery::is_covered(const ApiCall& call, const std::vector<std::string>& scopes,
                           bool owns_calendar) const {
    for (const auto& wanted : call.method->at("scopes")) {
        const std::string name = wanted;
        if (name.find(".owned") != std::string::npos && !owns_calendar) continue;
        if (std::find(scopes.begin(), scopes.end(), name) != scopes.end()) return true;
    }
    return false;
}

}  // namespace migue::standins
