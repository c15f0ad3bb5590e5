#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace migue::host::whatsapp {

/// The longest text that is taken from a message, in code points: WhatsApp's own limit.
inline constexpr std::size_t kMaxText = 4096;

/// What a message says, channel-neutral.
struct Content {
    std::string kind;
    std::string text;
    nlohmann::json input = nlohmann::json::object();  ///< members of input_json beside "kind"
    bool expects_answer = true;
    bool known = true;  ///< false: a kind nobody has told us about yet, kept by its name
};

/// Reads one element of messages[] by its type; nothing when it lacks what its type promises.
[[nodiscard]] std::optional<Content> decode_content(const nlohmann::json& message);

}  // namespace migue::host::whatsapp
