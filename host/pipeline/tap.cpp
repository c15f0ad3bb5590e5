#include "host/pipeline/tap.hpp"

#include <nlohmann/json.hpp>
#include <utility>

namespace migue::host {

using Json = nlohmann::json;

Reply with_plugin_in_ids(Reply reply, std::string_view plugin) {
    const char* list = reply.kind == "buttons" ? "buttons" : reply.kind == "list" ? "rows" : nullptr;
    if (list == nullptr) return reply;
    Json body = Json::parse(reply.body_json);
    for (Json& item : body[list]) item["id"] = std::string(plugin) + ":" + item["id"].get<std::string>();
    reply.body_json = body.dump();
    return reply;
}

Input read_input(const std::string& input_json) {
    Input input;
    Json json = Json::parse(input_json, nullptr, false);
    if (!json.is_object()) json = Json{{"kind", "text"}};
    input.kind = json.value("kind", "text");
    if (const auto tap = json.find("tap"); tap != json.end() && tap->is_string()) {
        input.tap = tap->get<std::string>();
        const std::size_t colon = input.tap.find(':');
        if (colon != std::string::npos) *tap = input.tap.substr(colon + 1);
    }
    if (const auto quoted = json.find("quoted"); quoted != json.end() && quoted->is_string())
        input.quoted = quoted->get<std::string>();
    // The host's own word: nobody else may say it.
    json.erase("quoted_message");
    input.input_json = json.dump();
    return input;
}

std::string with_quoted_message(const std::string& input_json, const std::string& message_id) {
    Json json = Json::parse(input_json);
    json["quoted_message"] = message_id;
    return json.dump();
}

}  // namespace migue::host
