#include "model_client/model_settings.hpp"

#include <nlohmann/json.hpp>

namespace model_client {

namespace {

using nlohmann::json;

constexpr std::string_view kSchema = R"json({
      "type": "object", "additionalProperties": false,
      "required": ["url", "name"],
      "properties": {
        "url": {"type": "string", "pattern": "^https?://[^\\s]+$", "x-egress": true},
        "api_key": {"type": "string", "x-secret": true},
        "name": {"type": "string", "minLength": 1},
        "timeout_ms": {"type": "integer", "minimum": 100, "maximum": 10000, "default": 1200,
          "description": "The longest a turn waits for it; never more than the turn has left"},
        "token_field": {"enum": ["auto", "max_tokens", "max_completion_tokens"], "default": "auto",
          "description": "The request's name for the limit of an answer"},
        "format": {"enum": ["auto", "json_schema", "json_object", "plain"], "default": "auto",
          "description": "How JSON is asked for; auto: the strictest way that the server takes"},
        "answer_tokens": {"type": "integer", "minimum": 50, "maximum": 8000, "default": 300},
        "daily_tokens": {"type": "integer", "minimum": 0, "maximum": 100000000, "default": 30000,
          "description": "Of one person, a day (UTC); beyond it nobody asks the model"},
        "calls_at_once": {"type": "integer", "minimum": 1, "maximum": 64, "default": 4,
          "description": "On this host; what comes on top goes without it"},
        "extra": {"type": "object", "default": {},
          "description": "Added to each request as it is, such as reasoning_effort: none"}
      }
    })json";

ModelSettings read_section(const json& section) {
    using Model = ModelSettings;
    Model model;
    model.url = section.value("url", "");
    while (model.url.ends_with('/')) model.url.pop_back();
    model.api_key = section.value("api_key", "");
    model.name = section.value("name", "");
    model.timeout = std::chrono::milliseconds(section.value("timeout_ms", 1200));
    const std::string field = section.value("token_field", "auto"), format = section.value("format", "auto");
    if (field == "max_tokens") model.token_field = Model::TokenField::kMaxTokens;
    if (field == "max_completion_tokens") model.token_field = Model::TokenField::kMaxCompletionTokens;
    if (format == "json_schema") model.format = Model::Format::kJsonSchema;
    if (format == "json_object") model.format = Model::Format::kJsonObject;
    if (format == "plain") model.format = Model::Format::kPlain;
    model.answer_tokens = section.value("answer_tokens", model.answer_tokens);
    model.daily_tokens = section.value("daily_tokens", model.daily_tokens);
    model.calls_at_once = section.value("calls_at_once", model.calls_at_once);
    model.extra_json = section.value("extra", json::object()).dump();
    return model;
}

/// Members that each request has anyway and that `extra` must leave alone; "" when it does.
std::string taken_member(const json& extra) {
    for (const char* name : {"model", "messages", "stream", "response_format", "max_tokens",
                             "max_completion_tokens", "tools", "functions", "tool_choice", "n"})
        if (extra.contains(name)) return name;
    return {};
}

}  // namespace

std::string_view settings_schema() {
    return kSchema;
}

ModelSettings read_settings(const std::string& section_json,
                            const std::function<void(std::string_view, std::string_view)>& fault) {
    const json section = json::parse(section_json, nullptr, false);
    if (!section.is_object()) return {};
    const std::string taken = taken_member(section.value("extra", json::object()));
    if (!taken.empty()) fault("/extra/" + taken, "is set by migue itself; leave it out");
    return read_section(section);
}

}  // namespace model_client
