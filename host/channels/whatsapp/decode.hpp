#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/store/message.hpp"
#include "host/store/records.hpp"

namespace migue::host::whatsapp {

/// What else a webhook held; each is normal life and answered with 200.
struct DecodeCounts {
    std::uint64_t unreadable = 0;      ///< the body as a whole: no JSON, or not about WhatsApp
    std::uint64_t unusable = 0;        ///< elements without what their type promises
    std::uint64_t unknown_kinds = 0;   ///< messages of a type nobody knows yet: kept, by its name
    std::uint64_t groups = 0;          ///< messages inside groups: left out
    std::uint64_t other_statuses = 0;  ///< statuses of a name nobody knows yet: left out
    std::uint64_t foreign = 0;         ///< messages and statuses of another business number: left out
    std::uint64_t other_fields = 0;    ///< changes about anything but messages
    std::uint64_t errors = 0;          ///< errors that Meta reports on its own
};

struct Decoded {
    std::vector<InboundMessage> messages;  ///< in the order of the payload
    std::vector<Delivery> statuses;        ///< reply_name "": sent by somebody else, or without one
    DecodeCounts counts;
};

/// Reads a webhook body. Walks every entry, change and message; an element that cannot be
/// used is counted and never takes its neighbours with it. Pure; throws nothing but
/// std::bad_alloc.
[[nodiscard]] Decoded decode(std::string_view body, std::span<const std::string> our_phone_number_ids);

}  // namespace migue::host::whatsapp
