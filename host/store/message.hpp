#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What the pipeline and its channels speak about. Plain values.
namespace migue::host {

/// One message of a person, as a channel hands it in: channel-neutral.
struct InboundMessage {
    std::string channel;     ///< "whatsapp", "chat"
    std::string account;     ///< the business number's id; "" where a channel has none
    std::string message_id;  ///< the channel's own; a second one with the same id is a repetition
    /// Who it is, each "kind:name", the steadiest kind first: business-scoped user id, then
    /// phone number. At least one. The conversation is found by the first that is known, but
    /// a name of the first kind is one person's alone: somebody with a new one who comes with
    /// the phone number of a person who has another is somebody else (numbers are given out
    /// again), and the number is theirs from then on.
    std::vector<std::string> identities;
    /// The channel says that all these names are one person's (a number or id was changed).
    bool renamed = false;
    std::string address_json;   ///< what the channel needs to answer: {"to":"+57…"}
    std::string kind = "text";  ///< text, tap, image, audio, …: PLUGIN_ABI input_json
    std::string text;           ///< what was typed, or a tap's title
    std::string input_json;     ///< migue_request.input_json, complete
    std::string locale;         ///< when the channel knows it, else ""
    std::string region;         ///< ISO 3166-1 alpha-2, else ""
    std::int64_t sent_unix_ms = 0;
    bool expects_answer = true;  ///< false: kept, in order, and left at that (a reaction)
};

/// A channel-neutral reply: kind and body as in plugin.h, migue_call.reply.
struct Reply {
    std::string kind;
    std::string body_json;
};

/// What a channel can show.
struct ChannelLimits {
    std::size_t buttons = 3;
    std::size_t button_title = 20;
    std::size_t list_rows = 10;
    std::size_t row_title = 24;
    std::size_t row_description = 72;
    std::size_t text = 4096;
    std::size_t body = 1024;  ///< text of a message with buttons
};

}  // namespace migue::host
