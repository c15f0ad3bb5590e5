#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/channels/whatsapp/fit.hpp"
#include "host/config/settings.hpp"
#include "host/pipeline/channel.hpp"
#include "migue/cpp/result.hpp"

namespace migue::host::whatsapp {

/// How numbers are written when we send: a prefix of the inbound digits and what stands for
/// it. The inbound id stays the identity; only the form sent changes.
struct NumberForm {
    std::string inbound, sent;
    std::size_t digits = 0;  ///< the whole inbound number; another length is left alone
};

/// Mexico and Argentina: inbound ids carry a mobile digit that the API's own list of test
/// recipients does not know (131030).
[[nodiscard]] std::vector<NumberForm> usual_number_forms();

struct EncodeRules {
    std::vector<NumberForm> number_forms = usual_number_forms();
    bool quote_answered = false;  ///< show the answered message above each reply
};

/// The JSON body of POST /messages for a reply, made to fit Graph's limits (fit.hpp). kInvalid
/// when the reply or its address cannot be sent: what is wrong, never the text itself.
[[nodiscard]] Result<std::string> encode(const OutboundReply& reply, const EncodeRules& rules);

/// The same for a person who did not write for a day: what the reply says, as the one
/// parameter of an approved template's body.
[[nodiscard]] Result<std::string> encode_template(const OutboundReply& reply, const EncodeRules& rules,
                                                  const config::MessageTemplate& message_template);

/// The body that marks a message as read and, when asked, shows "typing" until the answer
/// comes, or for 25 seconds.
[[nodiscard]] std::string encode_read(std::string_view message_id, bool typing);

}  // namespace migue::host::whatsapp
