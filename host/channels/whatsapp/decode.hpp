#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/store/message.hpp"

namespace migue::host::whatsapp {

/// News about a message we sent.
struct StatusUpdate {
    std::string channel_message_id;  ///< our wamid
    std::string status;              ///< sent, delivered, read, played, failed
    std::string callback_data;       ///< what we sent along with it, or ""
    int error_code = 0;              ///< of a failed one
    std::int64_t unix_ms = 0;
};

/// What else a webhook held; each is normal life and answered with 200.
struct DecodeCounts {
    std::uint64_t unreadable = 0;     ///< the body as a whole: no JSON, or not about WhatsApp
    std::uint64_t unusable = 0;       ///< elements without what their type promises
    std::uint64_t unknown_kinds = 0;  ///< messages of a type nobody knows yet: kept, by its name
    std::uint64_t groups = 0;         ///< messages inside groups: left out
    std::uint64_t foreign = 0;        ///< messages and statuses of another business number: left out
    std::uint64_t other_fields = 0;   ///< changes about anything but messages
    std::uint64_t errors = 0;         ///< errors that Meta reports on its own
};

struct Decoded {
    std::vector<InboundMessage> messages;  ///< in the order of the payload
    std::vector<StatusUpdate> statuses;
    DecodeCounts counts;
};

/// Reads a webhook body. Walks every entry, change and message; an element that cannot be
/// used is counted and never takes its neighbours with it. Pure; throws nothing but
/// std::bad_alloc.
[[nodiscard]] Decoded decode(std::string_view body, std::string_view our_phone_number_id);

}  // namespace migue::host::whatsapp
