#pragma once
#include <cstddef>
#include <string_view>

#include "migue/cpp/result.hpp"

namespace migue {

/// What a channel can show. The defaults are WhatsApp's. Sizes are in UTF-16 units, the
/// larger of the two ways in which WhatsApp may be counting: an emoji is two.
struct ReplyLimits {
    std::size_t buttons = 3;
    std::size_t button_title = 20;  ///< also the button of a list and the title of a link
    std::size_t list_rows = 10;
    std::size_t row_title = 24;
    std::size_t row_description = 72;
    std::size_t text = 4096;
    std::size_t body = 1024;  ///< text of a message with buttons, a list or a link
    std::size_t button_id = 256;
    std::size_t row_id = 200;
    std::size_t url = 2000;
    std::size_t media_id = 100;
    std::size_t file_name = 120;
};

/// Whether a reply (migue_call.reply) is well formed and within the limits. Host and plugin
/// bench refuse with it, so what passes a plugin's tests passes the host.
///
/// kUnsupported: the kind is unknown. kInvalid: `what` names the first fault by its JSON
/// pointer, with what was found and expected, and never cites the reply's text.
[[nodiscard]] Result<void> check_reply(std::string_view kind, std::string_view body_json,
                                       const ReplyLimits& limits = {});

}  // namespace migue
