#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

/// The other half of Meta: signs webhooks and brings them.
namespace migue::standins {

/// The value of X-Hub-Signature-256 for these bytes.
[[nodiscard]] std::string sign_webhook(std::string_view app_secret, std::string_view body);

struct WebhookAnswer {
    int status = 0;  ///< 0: no answer
    std::string body;
};

/// POSTs the bytes to "http://host:port/path", signed.
[[nodiscard]] WebhookAnswer post_webhook(const std::string& url, std::string_view app_secret,
                                         const std::string& body);
/// The same with a signature of the caller's; "" sends none.
[[nodiscard]] WebhookAnswer post_webhook_signed(const std::string& url, const std::string& signature,
                                                const std::string& body);

/// Who writes, and to which number.
struct WebhookPerson {
    std::string phone = "15550100001";  ///< "": a person without a visible number
    std::string user_id = {};           ///< "": the time before user ids
    std::string name = "Ana Test";
    std::string phone_number_id = "106540352242922";
};

/// One element of messages[]: common members filled in, `content` merged over them
/// ({"type":"text","text":{"body":"hola"}}).
[[nodiscard]] nlohmann::json webhook_message(const WebhookPerson& person, const std::string& wamid,
                                             std::int64_t unix_seconds, const nlohmann::json& content);
/// A body around elements of messages[], written as Meta writes it (escapes, "\/").
[[nodiscard]] std::string webhook_body(const WebhookPerson& person, const nlohmann::json& messages);

/// What Meta tells about a message that was sent through the Graph API.
struct WebhookStatus {
    std::string wamid, status;       ///< sent, delivered, read, played, failed
    std::string recipient;           ///< digits, or a user id
    std::string callback_data = {};  ///< what was sent along; "": nothing was
    int code = 0;                    ///< of a failed one
    std::int64_t unix_seconds = 0;
};
[[nodiscard]] std::string status_webhook(const std::string& phone_number_id, const WebhookStatus& status);

/// Shorthands for the commonest bodies.
[[nodiscard]] std::string text_webhook(const WebhookPerson& person, const std::string& wamid,
                                       std::int64_t unix_seconds, const std::string& text);
[[nodiscard]] std::string tap_webhook(const WebhookPerson& person, const std::string& wamid,
                                      std::int64_t unix_seconds, const std::string& id,
                                      const std::string& title);

}  // namespace migue::standins
