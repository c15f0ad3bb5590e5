#include "tests/standins/model/request_rules.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>

#include "tests/standins/loopback/form.hpp"

namespace migue::standins {

namespace {

using nlohmann::json;
using Profile = ModelOptions::Profile;

constexpr std::string_view kOpenAiFields[] = {"model",
                                              "messages",
                                              "temperature",
                                              "stream",
                                              "max_tokens",
                                              "top_p",
                                              "seed",
                                              "response_format",
                                              "reasoning_effort",
                                              "max_completion_tokens",
                                              "store",
                                              "metadata",
                                              "n",
                                              "stop",
                                              "user",
                                              "logit_bias",
                                              "logprobs",
                                              "top_logprobs",
                                              "tools",
                                              "tool_choice",
                                              "service_tier",
                                              "verbosity",
                                              "presence_penalty",
                                              "modalities",
                                              "frequency_penalty",
                                              "stream_options",
                                              "audio",
                                              "prediction",
                                              "function_call",
                                              "parallel_tool_calls",
                                              "functions",
                                              "prompt_cache_key"};

RequestFault bad(std::string message, std::string param = {}, std::string code = {}) {
    return {400, std::move(message), std::move(param), std::move(code)};
}

bool is_name(const std::string& name) {
    return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '_' || c == '-';
    });
}

/// OpenAI's strict subset: closed objects, every property required, none of the value limits.
std::string strict_fault(const json& schema, const std::string& where) {
    if (!schema.is_object()) return where + " is no object";
    for (const char* no : {"default", "minimum", "maximum", "maxLength", "minLength", "pattern", "minItems",
                           "maxItems", "allOf", "oneOf", "not"})
        if (schema.contains(no)) return where + ": '" + no + "' is not permitted";
    const json type = schema.value("type", json());
    if (type == "object") {
        if (schema.value("additionalProperties", json()) != false)
            return where + ": 'additionalProperties' is required to be supplied and to be false";
        const json properties = schema.value("properties", json::object());
        const json required = schema.value("required", json::array());
        for (const auto& [name, property] : properties.items()) {
            if (std::find(required.begin(), required.end(), name) == required.end())
                return where + ": 'required' must include every key in properties, missing '" + name + "'";
            if (auto inner = strict_fault(property, where + "." + name); !inner.empty()) return inner;
        }
    }
    if (type == "array") return strict_fault(schema.value("items", json()), where + "[]");
    return {};
}

bool asks_for_json(const json& body) {
    return std::any_of(body.at("messages").begin(), body.at("messages").end(), [](const json& message) {
        std::string text = message.at("content").get<std::string>();
        std::transform(text.begin(), text.end(), text.begin(),
                       [](unsigned char c) { return std::tolower(c); });
        return text.find("json") != std::string::npos;
    });
}

RequestFault schema_fault(const ModelOptions& options, const json& format) {
    if (!options.takes_json_schema) {
        if (options.profile == Profile::kLlamaCpp)
            return bad("Either \"json_schema\" or \"grammar\" can be specified, but not both");
        return bad(
            "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.",
            "response_format");
    }
    const json schema = format.value("json_schema", json());
    if (!schema.is_object() || !schema.contains("schema"))
        return bad("Missing required parameter: 'response_format.json_schema'.",
                   "response_format.json_schema");
    if (options.profile != Profile::kOpenAi) return {};
    if (!is_name(schema.value("name", "")))
        return bad("Invalid 'response_format.json_schema.name': string does not match pattern.",
                   "response_format.json_schema.name");
    if (!schema.value("strict", false)) return {};
    const std::string fault = strict_fault(schema.at("schema"), "schema");
    if (fault.empty()) return {};
    return bad("Invalid schema for response_format: " + fault, "response_format", "invalid_json_schema");
}

RequestFault format_fault(const ModelOptions& options, const json& body, std::vector<std::string>& ignored) {
    const auto format = body.find("response_format");
    if (format == body.end()) return {};
    if (!format->is_object() || !format->contains("type") || !format->at("type").is_string())
        return bad("Invalid type for 'response_format': expected an object with 'type'.", "response_format");
    const std::string type = format->at("type");
    if (type == "json_schema") {
        if (!options.takes_json_schema && options.profile == Profile::kOllama) {
            ignored.push_back("response_format json_schema");
            return {};
        }
        return schema_fault(options, *format);
    }
    if (type == "json_object") {
        if (!options.takes_json_object)
            return bad("'response_format' of type 'json_object' is not supported.", "response_format");
        if (options.profile == Profile::kOpenAi && !asks_for_json(body))
            return bad("'messages' must contain the word 'json' in some form.", "messages");
        return {};
    }
    if (type == "text") return {};
    if (options.profile != Profile::kOllama)
        return bad("Invalid value for 'response_format.type'.", "response_format.type");
    ignored.push_back("response_format type " + type);
    return {};
}

RequestFault messages_fault(const json& body) {
    const auto messages = body.find("messages");
    if (messages == body.end() || !messages->is_array() || messages->empty())
        return bad("Invalid type for 'messages': expected an array of objects.", "messages");
    for (const json& message : *messages) {
        if (!message.is_object() || !message.contains("role") || !message.contains("content"))
            return bad("Invalid 'messages': role and content are required.", "messages");
        const json& role = message.at("role");
        if (role != "system" && role != "user" && role != "assistant" && role != "developer")
            return bad("Invalid value for 'messages.role'.", "messages");
        if (!message.at("content").is_string())
            return bad("Invalid type for 'messages.content'.", "messages");
        for (const auto& [name, value] : message.items())
            if (name != "role" && name != "content" && name != "name")
                return bad("Unrecognized field in 'messages': " + name, "messages");
    }
    return {};
}

RequestFault limit_fault(const ModelOptions& options, const json& body, std::vector<std::string>& ignored) {
    for (const char* name : {"max_tokens", "max_completion_tokens"}) {
        const auto limit = body.find(name);
        if (limit == body.end()) continue;
        if (!limit->is_number_integer() || limit->get<std::int64_t>() < 1)
            return bad(std::string("Invalid type for '") + name + "': expected a positive integer.", name);
        if (options.wants_completion_tokens && std::string_view(name) == "max_tokens")
            return bad(
                "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
                "'max_completion_tokens' instead.",
                "max_tokens", "unsupported_parameter");
        if (options.profile == Profile::kOllama && std::string_view(name) == "max_completion_tokens")
            ignored.push_back("max_completion_tokens");
    }
    return {};
}

}  // namespace

std::string error_body(Profile profile, const RequestFault& fault) {
    json error{{"message", fault.message}};
    const auto text_or_null = [](const std::string& text) { return text.empty() ? json() : json(text); };
    if (profile == Profile::kVllm) {
        error["type"] = fault.status == 404 ? "NotFoundError" : "BadRequestError";
        error["param"] = text_or_null(fault.param);
        error["code"] = fault.status;
    } else if (profile == Profile::kLlamaCpp) {
        error["type"] = fault.status == 503 ? "unavailable_error" : "invalid_request_error";
        error["code"] = fault.status;
    } else {
        error["type"] = fault.status == 404 && profile == Profile::kOllama ? "not_found_error"
                        : fault.status >= 500                              ? "api_error"
                                                                           : "invalid_request_error";
        error["param"] = text_or_null(fault.param);
        error["code"] = text_or_null(fault.code);
    }
    return json{{"error", error}}.dump();
}

RequestFault chat_fault(const ModelOptions& options, const json& body, std::vector<std::string>& ignored) {
    if (!body.is_object()) return bad("We could not parse the JSON body of your request.");
    for (const auto& [name, value] : body.items()) {
        if (std::find(std::begin(kOpenAiFields), std::end(kOpenAiFields), name) != std::end(kOpenAiFields))
            continue;
        const bool own = options.profile != Profile::kOpenAi &&
                         (name == "chat_template_kwargs" || name == "reasoning_format" || name == "grammar");
        if (own) continue;
        if (options.profile == Profile::kOpenAi)
            return bad("Unrecognized request argument supplied: " + name, name);
        ignored.push_back(name);
    }
    if (!body.contains("model") || !body.at("model").is_string())
        return bad("you must provide a model parameter", "model");
    const std::string model = body.at("model");
    if (options.profile != Profile::kLlamaCpp && model != options.model) {
        const std::string pull = options.profile == Profile::kOllama ? ", try pulling it first" : "";
        return {404, "The model '" + model + "' does not exist" + pull, "model", "model_not_found"};
    }
    if (auto fault = messages_fault(body); fault.status != 0) return fault;
    const json temperature = body.value("temperature", json(1));
    if (!temperature.is_number() || temperature < 0 || temperature > 2)
        return bad("Invalid 'temperature': expected a number from 0 to 2.", "temperature");
    if (!body.value("stream", json(false)).is_boolean()) return bad("Invalid type for 'stream'.", "stream");
    if (body.value("stream", false)) ignored.emplace_back("stream: this stand-in does not stream");
    if (auto fault = limit_fault(options, body, ignored); fault.status != 0) return fault;
    return format_fault(options, body, ignored);
}

bool read_audio_form(std::string_view content_type, std::string_view body, AudioForm& form) {
    auto parts = read_form(content_type, body);
    if (!parts) return false;
    form.file = (*parts)["file"].value;
    form.file_name = (*parts)["file"].file_name;
    form.file_type = (*parts)["file"].type;
    form.model = (*parts)["model"].value;
    form.language = (*parts)["language"].value;
    form.format = (*parts)["response_format"].value;
    return true;
}

RequestFault audio_fault(const ModelOptions& options, const AudioForm& form) {
    constexpr std::size_t kMostBytes = 25UL * 1024 * 1024;
    if (form.file.empty()) return bad("Missing required parameter: 'file'.", "file");
    if (form.model.empty()) return bad("Missing required parameter: 'model'.", "model");
    if (form.model != options.transcriber)
        return {404, "The model '" + form.model + "' does not exist", "model", "model_not_found"};
    if (form.file.size() > kMostBytes) return {413, "Maximum content size limit exceeded", "file", {}};
    static constexpr std::array<std::string_view, 9> kTypes{".flac", ".mp3", ".mp4", ".mpeg", ".mpga",
                                                            ".m4a",  ".ogg", ".wav", ".webm"};
    const bool known = std::any_of(kTypes.begin(), kTypes.end(),
                                   [&](std::string_view type) { return form.file_name.ends_with(type); });
    const bool no_ogg = options.profile == Profile::kLlamaCpp && form.file_name.ends_with(".ogg");
    if (!known || no_ogg) return bad("Unsupported file format", "file");
    if (form.language.size() != 2 && !form.language.empty()) return bad("Invalid 'language'.", "language");
    if (!form.format.empty() && form.format != "json")
        return bad("response_format '" + form.format + "' is not compatible with model", "response_format");
    return {};
}

}  // namespace migue::standins
