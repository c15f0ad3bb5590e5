#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "host/store/records.hpp"

namespace migue::host {

/// The host's own ids for somebody seen for the first time: made from the channel's name
/// for them, so that two hosts that meet a person at once agree without asking each other.
/// They stay when the name changes later (`identities` keeps the old and the new).
[[nodiscard]] std::string new_conversation_id(std::string_view channel, std::string_view account,
                                              std::string_view identity);
[[nodiscard]] std::string new_person_id(std::string_view channel, std::string_view identity);

/// Whether the person wrote this: what the channel itself says about them does not begin a
/// new 24 hours.
[[nodiscard]] inline bool opens_window(const InboundMessage& message) {
    return message.kind != "system";
}

/// How a reply is named towards a channel that tells how it fared: without a phone number,
/// short, and never given twice, also when the store is made anew.
[[nodiscard]] std::string reply_name(const OutboundReply& reply);
struct ReplyName {
    std::string conversation_id;
    std::int64_t sequence = 0, created_unix_ms = 0;
};
/// Nothing when it is no name of ours.
[[nodiscard]] std::optional<ReplyName> read_reply_name(std::string_view name);

/// What a message is called in logs and traces. Its own id is not fit for them: a wamid holds
/// the sender's phone number in base64.
[[nodiscard]] std::string trace_id_of(std::string_view message_id);

}  // namespace migue::host
