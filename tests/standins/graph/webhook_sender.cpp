#include "tests/standins/graph/webhook_sender.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/StreamCopier.h>
#include <Poco/URI.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <nlohmann/json.hpp>

namespace migue::standins {

using nlohmann::json;

std::string sign_webhook(std::string_view app_secret, std::string_view body) {
    std::array<unsigned char, 32> digest{};
    unsigned int size = 0;
    HMAC(EVP_sha256(), app_secret.data(), static_cast<int>(app_secret.size()),
         reinterpret_cast<const unsigned char*>(body.data()), body.size(), digest.data(), &size);
    std::string out = "sha256=";
    for (const unsigned char byte : digest) {
        out += "0123456789abcdef"[byte >> 4];
        out += "0123456789abcdef"[byte & 15];
    }
    return out;
}

WebhookAnswer post_webhook_signed(const std::string& url, const std::string& signature,
                                  const std::string& body) {
    const Poco::URI uri(url);
    try {
        Poco::Net::HTTPClientSession session(uri.getHost(), uri.getPort());
        session.setTimeout(Poco::Timespan(20, 0));
        Poco::Net::HTTPRequest request("POST", uri.getPathAndQuery(), "HTTP/1.1");
        request.setContentType("application/json");
        request.setContentLength64(static_cast<Poco::Int64>(body.size()));
        request.set("User-Agent", "facebookexternalua");
        if (!signature.empty()) request.set("X-Hub-Signature-256", signature);
        session.sendRequest(request) << body;
        Poco::Net::HTTPResponse response;
        WebhookAnswer answer;
        Poco::StreamCopier::copyToString(session.receiveResponse(response), answer.body);
        answer.status = static_cast<int>(response.getStatus());
        return answer;
    } catch (const Poco::Exception&) {
        return {};  // no answer, which is what the caller asked about
    }
}

WebhookAnswer post_webhook(const std::string& url, std::string_view app_secret, const std::string& body) {
    return post_webhook_signed(url, sign_webhook(app_secret, body), body);
}

json webhook_message(const WebhookPerson& person, const std::string& wamid, std::int64_t unix_seconds,
                     const json& content) {
    json message = {{"id", wamid}, {"timestamp", std::to_string(unix_seconds)}};
    if (!person.phone.empty()) message["from"] = person.phone;
    if (!person.user_id.empty()) message["from_user_id"] = person.user_id;
    message.update(content);
    return message;
}

namespace {

/// As Meta writes it: \\u escapes, and slashes escaped too.
std::string envelope(const json& value) {
    const json change = {{"value", value}, {"field", "messages"}};
    const json entry = {{"id", "102290129340398"}, {"changes", json::array({change})}};
    const std::string plain =
        json{{"object", "whatsapp_business_account"}, {"entry", json::array({entry})}}.dump(-1, ' ', true);
    std::string out;
    for (const char c : plain) out += c == '/' ? std::string("\\/") : std::string(1, c);
    return out;
}

}  // namespace

std::string status_webhook(const std::string& phone_number_id, const WebhookStatus& status) {
    json element = {
        {"id", status.wamid}, {"status", status.status}, {"timestamp", std::to_string(status.unix_seconds)}};
    const bool is_user_id = status.recipient.find('.') != std::string::npos;
    element[is_user_id ? "recipient_user_id" : "recipient_id"] = status.recipient;
    if (!status.callback_data.empty()) element["biz_opaque_callback_data"] = status.callback_data;
    if (status.status == "sent")
        element["pricing"] = {{"billable", false}, {"pricing_model", "PMP"}, {"category", "service"}};
    if (status.status == "failed")
        element["errors"] = {{{"code", status.code}, {"title", "failed"}, {"message", "failed"}}};
    return envelope(
        {{"messaging_product", "whatsapp"},
         {"metadata", {{"display_phone_number", "15550783881"}, {"phone_number_id", phone_number_id}}},
         {"statuses", json::array({element})}});
}

std::string webhook_body(const WebhookPerson& person, const json& messages) {
    json contact = {{"profile", {{"name", person.name}}}};
    if (!person.phone.empty()) contact["wa_id"] = person.phone;
    if (!person.user_id.empty()) contact["user_id"] = person.user_id;
    return envelope(
        {{"messaging_product", "whatsapp"},
         {"metadata", {{"display_phone_number", "15550783881"}, {"phone_number_id", person.phone_number_id}}},
         {"contacts", json::array({contact})},
         {"messages", messages}});
}

std::string text_webhook(const WebhookPerson& person, const std::string& wamid, std::int64_t unix_seconds,
                         const std::string& text) {
    const json content = {{"type", "text"}, {"text", {{"body", text}}}};
    return webhook_body(person, json::array({webhook_message(person, wamid, unix_seconds, content)}));
}

std::string tap_webhook(const WebhookPerson& person, const std::string& wamid, std::int64_t unix_seconds,
                        const std::string& id, const std::string& title) {
    const json reply = {{"type", "button_reply"}, {"button_reply", {{"id", id}, {"title", title}}}};
    const json content = {{"type", "interactive"}, {"interactive", reply}};
    return webhook_body(person, json::array({webhook_message(person, wamid, unix_seconds, content)}));
}

}  // namespace migue::standins
