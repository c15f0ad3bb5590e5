#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "host/intents/router.hpp"
#include "host/store/message.hpp"

/// "Did you mean …?": what the host itself asks when it cannot tell which of its routes a
/// message is for. Each button carries the message along, so that a tap on it, also days
/// later, is that message with its intent told; nothing about it is kept.
namespace migue::host {

/// Stands where taps name a plugin. No plugin has this id: theirs have no '-'.
inline constexpr std::string_view kDidYouMean = "did-you-mean";

/// The question about `decision.doubt`; nothing where there is no doubt, where fewer than two
/// choices have a title in the language, or where the text is too long for a button to carry.
[[nodiscard]] std::optional<Reply> did_you_mean(const intents::Decision& decision,
                                                const intents::Router& router, const InboundMessage& message,
                                                std::string_view locale, std::string_view otherwise);

/// What a tap on such a button stands for.
struct ChosenWish {
    std::string intent;
    std::string text;  ///< as the person wrote it then
    std::int64_t sent_unix_ms = 0;
};
/// Of a tap's id as it is on the wire; nothing when it is no such tap.
[[nodiscard]] std::optional<ChosenWish> read_chosen_wish(std::string_view tap);

}  // namespace migue::host
