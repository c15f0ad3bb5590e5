#include "host/channels/whatsapp/encode.hpp"

#include <nlohmann/json.hpp>

#include "host/channels/whatsapp/incoming_json.hpp"
#include "host/store/identity.hpp"

namespace migue::host::whatsapp {

namespace {

using nlohmann::json;

/// Of a template's parameter. Meta counts the whole body, and knows only its own part.
constexpr std::size_t kMaxParameter = 700;

Error invalid(std::string what) {
    return {Error::Code::kInvalid, std::move(what)};
}

json interactive(const char* type, const json& body, json action) {
    return {{"type", "interactive"},
            {"interactive",
             {{"type", type}, {"body", {{"text", body.at("text")}}}, {"action", std::move(action)}}}};
}

json encode_buttons(const json& body) {
    json buttons = json::array();
    for (const json& button : body.at("buttons")) buttons.push_back({{"type", "reply"}, {"reply", button}});
    return interactive("button", body, {{"buttons", std::move(buttons)}});
}

json encode_list(const json& body) {
    json section = {{"rows", body.at("rows")}};
    return interactive("list", body,
                       {{"button", body.at("button")}, {"sections", json::array({std::move(section)})}});
}

json encode_link(const json& body) {
    return interactive(
        "cta_url", body,
        {{"name", "cta_url"}, {"parameters", {{"display_text", body.at("title")}, {"url", body.at("url")}}}});
}

json encode_document(const json& body) {
    return {{"type", "document"},
            {"document",
             {{"id", body.at("media")}, {"filename", body.at("file_name")}, {"caption", body.at("text")}}}};
}

json encode_fitted(const FittedReply& reply) {
    if (reply.kind == "buttons") return encode_buttons(reply.body);
    if (reply.kind == "list") return encode_list(reply.body);
    if (reply.kind == "link") return encode_link(reply.body);
    if (reply.kind == "document") return encode_document(reply.body);
    return {{"type", "text"}, {"text", {{"body", reply.body.at("text")}, {"preview_url", false}}}};
}

/// Graph refuses line breaks, tabs and runs of spaces inside a parameter.
std::string one_line(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool is_space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
        if (!is_space)
            out += c;
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
    }
    return out;
}

std::string sent_form(std::string number, const std::vector<NumberForm>& forms) {
    const std::string digits = number.substr(number.starts_with('+') ? 1 : 0);
    for (const NumberForm& form : forms)
        if (digits.size() == form.digits && digits.starts_with(form.inbound))
            return "+" + form.sent + digits.substr(form.inbound.size());
    return "+" + digits;
}

/// Who gets it, and the name by which statuses tell of it.
Result<void> add_envelope(const OutboundReply& reply, const EncodeRules& rules, json& message) {
    message["messaging_product"] = "whatsapp";
    message["recipient_type"] = "individual";
    message["biz_opaque_callback_data"] = reply_name(reply);
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

Result<std::string> encode(const OutboundReply& reply, const EncodeRules& rules) {
    auto fitted = fit(reply.reply);
    if (!fitted) return std::move(fitted).error().within("encode a reply of kind " + reply.reply.kind);
    json message = encode_fitted(*fitted);
    if (auto added = add_envelope(reply, rules, message); !added) return added.error();
    // A job's turn answers no message of WhatsApp's, so there is nothing to quote.
    if (rules.quote_answered && reply.message_id.starts_with("wamid."))
        message["context"] = {{"message_id", reply.message_id}};
    return message.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<std::string> encode_template(const OutboundReply& reply, const EncodeRules& rules,
                                    const config::MessageTemplate& message_template) {
    auto fitted = fit(reply.reply);
    if (!fitted) return std::move(fitted).error().within("encode a reply of kind " + reply.reply.kind);
    const json parameter = {{"type", "text"},
                            {"text", shortened(one_line(plain_text(*fitted)), kMaxParameter)}};
    const json component = {{"type", "body"}, {"parameters", json::array({parameter})}};
    json message = {{"type", "template"},
                    {"template",
                     {{"name", message_template.name},
                      {"language", {{"code", message_template.language}}},
                      {"components", json::array({component})}}}};
    if (auto added = add_envelope(reply, rules, message); !added) return added.error();
    return message.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string encode_read(std::string_view message_id, bool typing) {
    json body = {{"messaging_product", "whatsapp"}, {"status", "read"}, {"message_id", message_id}};
    if (typing) body["typing_indicator"] = {{"type", "text"}};
    return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace migue::host::whatsapp
