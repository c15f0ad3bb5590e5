#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "host/channels/whatsapp/signature.hpp"

namespace migue::load {

/// Webhook bodies as Meta writes them, and their signatures.
class WebhookText {
public:
    /// `run` makes the ids of this run's messages its own.
    WebhookText(std::string_view app_secret, std::string phone_number_id, std::uint32_t run);

    /// "525500000042" for 42: a person's number, at most 8 digits of it.
    [[nodiscard]] static std::string phone(std::uint64_t person);
    [[nodiscard]] std::string message_id(std::uint64_t number) const;
    [[nodiscard]] std::string message(std::string_view id, std::uint64_t person, std::string_view text) const;
    /// A button that was pressed.
    [[nodiscard]] std::string tap(std::string_view id, std::uint64_t person, std::string_view button,
                                  std::string_view title) const;
    /// State: "sent", "delivered", "read". `name` and `wamid` are the reply's.
    [[nodiscard]] std::string status(std::string_view wamid, std::string_view name, std::string_view state,
                                     std::string_view phone) const;
    [[nodiscard]] std::string sign(std::string_view body) const { return signature_.sign(body); }

private:
    [[nodiscard]] std::string envelope(std::string_view value) const;

    host::whatsapp::SignatureCheck signature_;
    std::string phone_number_id_;
    std::uint32_t run_;
};

}  // namespace migue::load
