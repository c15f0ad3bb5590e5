#pragma once
#include <string>
#include <string_view>

namespace migue::host {

/// The host's own ids for somebody seen for the first time: made from the channel's name
/// for them, so that two hosts that meet a person at once agree without asking each other.
/// They stay when the name changes later (`identities` keeps the old and the new).
[[nodiscard]] std::string new_conversation_id(std::string_view channel, std::string_view account,
                                              std::string_view identity);
[[nodiscard]] std::string new_person_id(std::string_view channel, std::string_view identity);

/// What a message is called in logs and traces. Its own id is not fit for them: a wamid holds
/// the sender's phone number in base64.
[[nodiscard]] std::string trace_id_of(std::string_view message_id);

}  // namespace migue::host
