#include "host/channels/chat/chat_request.hpp"

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <set>

namespace migue::host::chat {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxText = 4096;
constexpr std::size_t kMaxTap = 256;
constexpr std::size_t kMaxTitle = 256;
constexpr std::size_t kMaxName = 64;
constexpr std::size_t kMaxQuoted = 512;
constexpr std::int64_t kMaxWaitMs = 25000;

Error invalid(std::string what) {
    return {Error::Code::kInvalid, std::move(what)};
}

bool is_one_of(char c, std::string_view more) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || more.find(c) != std::string_view::npos;
}

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

/// Characters, not bytes: WhatsApp counts so. The text is valid UTF-8 by now.
std::size_t length(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

Result<json> parse_object(std::string_view body) {
    std::set<std::string> keys;
    bool repeated = false;
    const auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
        if (event == json::parse_event_t::key && depth == 1)
            repeated |= !keys.insert(parsed.get<std::string>()).second;
        return true;
    };
    json object = json::parse(body, watch, false);
    if (object.is_discarded() || !object.is_object())
        return invalid("body: not a JSON object in UTF-8, expected {\"id\":…,\"text\":…}");
    if (repeated) return invalid("body: a key is there twice, expected each once");
    return object;
}

Result<void> check_keys(const json& object, std::initializer_list<std::string_view> allowed) {
    for (const auto& item : object.items())
        if (std::find(allowed.begin(), allowed.end(), item.key()) == allowed.end())
            return invalid("body: unknown key, expected {\"id\",\"text\"} or {\"id\",\"tap\",\"title\"}");
    return {};
}

Result<std::string> text_field(const json& object, const char* key, std::size_t limit) {
    const std::string name = key;
    const auto found = object.find(key);
    if (found == object.end()) return invalid(name + ": missing, expected a text");
    if (!found->is_string()) return invalid(name + ": is no text, expected one in quotes");
    std::string text = found->get<std::string>();
    if (is_blank(text)) return invalid(name + ": is empty, expected at least one character");
    if (length(text) > limit)
        return invalid(name + ": too long, expected at most " + std::to_string(limit) + " characters");
    return text;
}

Result<std::string> message_id(const json& object) {
    auto id = text_field(object, "id", kMaxName);
    if (!id) return id;
    const bool plain = std::all_of(id->begin(), id->end(),
                                   [](char c) { return is_one_of(c, "-_") || (c >= 'A' && c <= 'Z'); });
    if (!plain) return invalid("id: has other characters than A-Z a-z 0-9 - _");
    return id;
}

Result<std::int64_t> number(const http::Request& request, std::string_view name, std::int64_t largest) {
    const std::string_view text = request.query_value(name);
    if (text.empty()) return std::int64_t{0};
    std::int64_t value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc{} || end != text.data() + text.size() || value < 0 || value > largest)
        return invalid(std::string(name) + ": expected a whole number from 0 to " + std::to_string(largest));
    return value;
}

}  // namespace

Result<ChatMessage> parse_message(std::string_view body) {
    if (body.size() > kMaxBody)
        return invalid("body: too large, expected at most " + std::to_string(kMaxBody) + " bytes");
    const auto object = parse_object(body);
    if (!object) return object.error();
    const bool is_tap = object->contains("tap");
    const auto known =
        is_tap ? check_keys(*object, {"id", "tap", "title"}) : check_keys(*object, {"id", "text", "quoted"});
    if (!known) return known.error();
    auto id = message_id(*object);
    if (!id) return id.error();
    if (!is_tap) {
        auto text = text_field(*object, "text", kMaxText);
        if (!text) return text.error();
        if (!object->contains("quoted")) return ChatMessage{std::move(*id), std::move(*text), {}, {}};
        auto quoted = text_field(*object, "quoted", kMaxQuoted);
        if (!quoted) return quoted.error();
        return ChatMessage{std::move(*id), std::move(*text), {}, std::move(*quoted)};
    }
    auto tap = text_field(*object, "tap", kMaxTap);
    if (!tap) return tap.error();
    auto title = text_field(*object, "title", kMaxTitle);
    if (!title) return title.error();
    return ChatMessage{std::move(*id), std::move(*title), std::move(*tap), {}};
}

Result<std::string> parse_person(std::string_view name) {
    const bool plain = std::all_of(name.begin(), name.end(), [](char c) { return is_one_of(c, "-"); });
    if (name.empty() || name.size() > kMaxName || !plain)
        return invalid("person: expected 1 to 64 characters of a-z 0-9 -");
    return std::string(name);
}

Result<ReadRequest> parse_read(const http::Request& request) {
    const auto after = number(request, "after", INT64_MAX);
    if (!after) return after.error();
    const auto wait = number(request, "wait", kMaxWaitMs);
    if (!wait) return wait.error();
    return ReadRequest{*after, std::chrono::milliseconds(*wait)};
}

}  // namespace migue::host::chat
