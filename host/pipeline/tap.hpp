#pragma once
#include <string>
#include <string_view>

#include "host/store/message.hpp"

/// Ids of buttons and rows on the wire carry the plugin that offered them ("scheduling:undo"),
/// so that a tap finds its way back, also weeks later. Plugins see their own ids only.
namespace migue::host {

/// The reply with "<plugin>:" before each of its ids. The body is valid for its kind.
[[nodiscard]] Reply with_plugin_in_ids(Reply reply, std::string_view plugin);

/// What a message says about itself in input_json.
struct Input {
    std::string kind = "text";
    std::string tap;         ///< with the plugin's prefix; "" when it is no tap
    std::string quoted;      ///< the channel's id of the message this one replies to, or ""
    std::string input_json;  ///< for the plugin: the prefix is taken away
};
/// `input_json` as stored. Something that is no object is read as a plain text.
[[nodiscard]] Input read_input(const std::string& input_json);

/// With "quoted_message": the message that the quoted one answered, or is.
[[nodiscard]] std::string with_quoted_message(const std::string& input_json, const std::string& message_id);

}  // namespace migue::host
