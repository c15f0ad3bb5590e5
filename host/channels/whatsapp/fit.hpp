#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "host/store/message.hpp"
#include "migue/cpp/result.hpp"

namespace migue::host::whatsapp {

/// What Graph lets a business send.
[[nodiscard]] ChannelLimits channel_limits() noexcept;

/// A reply within Graph's limits.
struct FittedReply {
    std::string kind;  ///< text, buttons, list, link or document
    nlohmann::json body;
};

/// Makes a reply fit, so that the person gets something they can use: more than 3 buttons
/// become a list, more than 10 rows or none a text, long titles end in an ellipsis, long
/// texts after a whole sentence. Ids come back unchanged, so they are never cut. kInvalid
/// when nothing useful is left: what is wrong, never the text itself.
[[nodiscard]] Result<FittedReply> fit(const Reply& reply);

/// The text itself, or its beginning up to a sentence, a word or a character, with an
/// ellipsis; never more than so many UTF-16 units.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t limit);

/// What the reply says, as one text.
[[nodiscard]] std::string plain_text(const FittedReply& reply);

}  // namespace migue::host::whatsapp
