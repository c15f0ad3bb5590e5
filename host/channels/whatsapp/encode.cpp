#include "host/channels/whatsapp/encode.hpp"

#include <Poco/DigestEngine.h>
#include <Poco/SHA2Engine.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "host/channels/whatsapp/incoming_json.hpp"
#include "host/channels/whatsapp/text_size.hpp"

namespace migue::host::whatsapp {

namespace {

using nlohmann::json;

constexpr std::size_t kMaxCallbackData = 512;
constexpr std::size_t kMaxButtonId = 256;
constexpr std::size_t kMaxRowId = 200;
constexpr std::size_t kMaxListButton = 20;
constexpr std::size_t kMaxLinkTitle = 20;
constexpr std::string_view kEllipsis = "\u2026";

Error invalid(std::string what) {
    return {Error::Code::kInvalid, std::move(what)};
}

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

/// The text of a member, checked against its limit. The pipeline has counted code points;
/// what only exceeds the limit when counted in UTF-16 (emoji) is cut with an ellipsis rather
/// than lost.
Result<std::string> limited(const json& object, const char* key, std::size_t limit) {
    const std::string_view text = text_in(object, key);
    if (is_blank(text)) return invalid(fmt::format("\"{}\" is missing or blank", key));
    if (const auto size = code_points(text); size > limit)
        return invalid(fmt::format("\"{}\" has {} characters, at most {} are allowed", key, size, limit));
    if (utf16_units(text) <= limit) return std::string(text);
    return std::string(first_utf16_units(text, limit - 1)) + std::string(kEllipsis);
}

/// Ids come back unchanged, so they are never cut; and they are counted in bytes.
Result<std::string> id_of(const json& object, std::size_t limit, std::set<std::string>& seen) {
    std::string id(text_in(object, "id"));
    if (is_blank(id)) return invalid("an \"id\" is missing or blank");
    if (id.size() > limit)
        return invalid(fmt::format("an \"id\" has {} bytes, at most {} are allowed", id.size(), limit));
    if (!seen.insert(id).second) return invalid("an \"id\" is used twice");
    return id;
}

Result<const json*> items_of(const json& body, const char* key, std::size_t limit) {
    const json* items = array_in(body, key);
    if (!items || items->empty() || items->size() > limit)
        return invalid(fmt::format("\"{}\" must hold 1 to {} entries", key, limit));
    return items;
}

json interactive(const char* type, std::string text, json action) {
    return {{"type", "interactive"},
            {"interactive",
             {{"type", type}, {"body", {{"text", std::move(text)}}}, {"action", std::move(action)}}}};
}

Result<json> encode_text(const json& body) {
    auto text = limited(body, "text", channel_limits().text);
    if (!text) return text.error();
    return json{{"type", "text"}, {"text", {{"body", *std::move(text)}, {"preview_url", false}}}};
}

Result<json> encode_buttons(const json& body) {
    const auto limits = channel_limits();
    auto text = limited(body, "text", limits.body);
    if (!text) return text.error();
    const auto items = items_of(body, "buttons", limits.buttons);
    if (!items) return items.error();
    std::set<std::string> ids, titles;
    json buttons = json::array();
    for (const json& item : **items) {
        auto id = id_of(item, kMaxButtonId, ids);
        if (!id) return id.error();
        auto title = limited(item, "title", limits.button_title);
        if (!title) return title.error();
        if (!titles.insert(*title).second) return invalid("two buttons have the same \"title\"");
        buttons.push_back(
            {{"type", "reply"}, {"reply", {{"id", *std::move(id)}, {"title", *std::move(title)}}}});
    }
    return interactive("button", *std::move(text), {{"buttons", std::move(buttons)}});
}

Result<json> encode_row(const json& item, std::set<std::string>& ids) {
    const auto limits = channel_limits();
    auto id = id_of(item, kMaxRowId, ids);
    if (!id) return id.error();
    auto title = limited(item, "title", limits.row_title);
    if (!title) return title.error();
    json row = {{"id", *std::move(id)}, {"title", *std::move(title)}};
    if (is_blank(text_in(item, "description"))) return row;
    auto description = limited(item, "description", limits.row_description);
    if (!description) return description.error();
    row["description"] = *std::move(description);
    return row;
}

Result<json> encode_list(const json& body) {
    const auto limits = channel_limits();
    auto text = limited(body, "text", limits.body);
    if (!text) return text.error();
    auto button = limited(body, "button", kMaxListButton);
    if (!button) return button.error();
    const auto items = items_of(body, "rows", limits.list_rows);
    if (!items) return items.error();
    std::set<std::string> ids;
    json rows = json::array();
    for (const json& item : **items) {
        auto row = encode_row(item, ids);
        if (!row) return row.error();
        rows.push_back(*std::move(row));
    }
    json section = {{"rows", std::move(rows)}};
    return interactive("list", *std::move(text),
                       {{"button", *std::move(button)}, {"sections", json::array({std::move(section)})}});
}

Result<json> encode_link(const json& body) {
    auto text = limited(body, "text", channel_limits().body);
    if (!text) return text.error();
    auto title = limited(body, "title", kMaxLinkTitle);
    if (!title) return title.error();
    const std::string_view url = text_in(body, "url");
    if (!url.starts_with("https://") && !url.starts_with("http://"))
        return invalid("\"url\" is no http or https address");
    return interactive(
        "cta_url", *std::move(text),
        {{"name", "cta_url"}, {"parameters", {{"display_text", *std::move(title)}, {"url", url}}}});
}

Result<json> encode_body(const Reply& reply) {
    const json body = json::parse(reply.body_json, nullptr, false);
    if (!body.is_object()) return invalid("the body is no JSON object");
    if (reply.kind == "text") return encode_text(body);
    if (reply.kind == "buttons") return encode_buttons(body);
    if (reply.kind == "list") return encode_list(body);
    if (reply.kind == "link") return encode_link(body);
    return invalid("the kind is none that WhatsApp can show");
}

std::string sent_form(std::string number, const std::vector<NumberForm>& forms) {
    const std::string digits = number.substr(number.starts_with('+') ? 1 : 0);
    for (const NumberForm& form : forms)
        if (digits.size() == form.digits && digits.starts_with(form.inbound))
            return "+" + form.sent + digits.substr(form.inbound.size());
    return "+" + digits;
}

Result<void> add_address(const OutboundReply& reply, const EncodeRules& rules, json& message) {
    const json address = json::parse(reply.address_json, nullptr, false);
    const auto to = text_in(address, "to");
    const auto recipient = text_in(address, "recipient");
    if (!to.empty()) {
        message["to"] = sent_form(std::string(to), rules.number_forms);
    } else if (!recipient.empty()) {
        message["recipient"] = recipient;
    } else {
        return invalid("the address holds neither \"to\" nor \"recipient\"");
    }
    return {};
}

}  // namespace

std::vector<NumberForm> usual_number_forms() {
    return {{"521", "52", 13}, {"549", "54", 13}};
}

ChannelLimits channel_limits() noexcept {
    return {};
}

std::string callback_data(const OutboundReply& reply) {
    std::string name = fmt::format("{}/{}/{}", reply.conversation_id, reply.message_id, reply.ordinal);
    if (code_points(name) <= kMaxCallbackData) return name;
    Poco::SHA2Engine hash(Poco::SHA2Engine::SHA_256);
    hash.update(name);
    return "sha256:" + Poco::DigestEngine::digestToHex(hash.digest());
}

Result<std::string> encode(const OutboundReply& reply, const EncodeRules& rules) {
    auto message = encode_body(reply.reply);
    if (!message) return std::move(message).error().within("encode a reply of kind " + reply.reply.kind);
    (*message)["messaging_product"] = "whatsapp";
    (*message)["recipient_type"] = "individual";
    if (auto added = add_address(reply, rules, *message); !added) return added.error();
    (*message)["biz_opaque_callback_data"] = callback_data(reply);
    // A job's turn answers no message of WhatsApp's, so there is nothing to quote.
    if (rules.quote_answered && reply.message_id.starts_with("wamid."))
        (*message)["context"] = {{"message_id", reply.message_id}};
    return message->dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string encode_read(std::string_view message_id, bool typing) {
    json body = {{"messaging_product", "whatsapp"}, {"status", "read"}, {"message_id", message_id}};
    if (typing) body["typing_indicator"] = {{"type", "text"}};
    return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace migue::host::whatsapp
