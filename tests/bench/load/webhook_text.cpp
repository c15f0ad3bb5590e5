#include "tests/bench/load/webhook_text.hpp"

#include <fmt/format.h>

#include <ctime>
#include <nlohmann/json.hpp>
#include <utility>

namespace migue::load {

namespace {

std::string quoted(std::string_view text) {
    return nlohmann::json(text).dump();
}

}  // namespace

WebhookText::WebhookText(std::string_view app_secret, std::string phone_number_id, std::uint32_t run)
    : signature_(app_secret), phone_number_id_(std::move(phone_number_id)), run_(run) {}

std::string WebhookText::phone(std::uint64_t person) {
    return fmt::format("5255{:08}", person);
}

std::string WebhookText::message_id(std::uint64_t number) const {
    return fmt::format("wamid.HBgMNTI1NTEyMzQ1Njc4FQIAEhg{:08X}{:012X}AA==", run_, number);
}

std::string WebhookText::envelope(std::string_view value) const {
    return fmt::format(
        R"({{"object":"whatsapp_business_account","entry":[{{"id":"102290129340398","changes":[{{"value":{{)"
        R"("messaging_product":"whatsapp","metadata":{{"display_phone_number":"15550783881",)"
        R"("phone_number_id":"{}"}},{}}},"field":"messages"}}]}}]}})",
        phone_number_id_, value);
}

std::string WebhookText::message(std::string_view id, std::uint64_t person, std::string_view text) const {
    const std::string from = phone(person);
    return envelope(fmt::format(
        R"("contacts":[{{"profile":{{"name":"Mar\u00eda L\u00f3pez"}},"wa_id":"{}"}}],)"
        R"("messages":[{{"from":"{}","id":"{}","timestamp":"{}","type":"text","text":{{"body":{}}}}}])",
        from, from, id, std::time(nullptr), quoted(text)));
}

std::string WebhookText::tap(std::string_view id, std::uint64_t person, std::string_view button,
                             std::string_view title) const {
    const std::string from = phone(person);
    return envelope(fmt::format(
        R"("contacts":[{{"profile":{{"name":"Mar\u00eda L\u00f3pez"}},"wa_id":"{}"}}],)"
        R"("messages":[{{"from":"{}","id":"{}","timestamp":"{}","type":"interactive","interactive":)"
        R"({{"type":"button_reply","button_reply":{{"id":{},"title":{}}}}}}}])",
        from, from, id, std::time(nullptr), quoted(button), quoted(title)));
}

std::string WebhookText::status(std::string_view wamid, std::string_view name, std::string_view state,
                                std::string_view phone) const {
    return envelope(
        fmt::format(R"("statuses":[{{"id":"{}","status":"{}","timestamp":"{}","recipient_id":"{}",)"
                    R"("biz_opaque_callback_data":{},"pricing":{{"billable":false,"pricing_model":"PMP",)"
                    R"("category":"service","type":"free_customer_service"}}}}])",
                    wamid, state, std::time(nullptr), phone, quoted(name)));
}

}  // namespace migue::load
