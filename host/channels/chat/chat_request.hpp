#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "host/http/server.hpp"
#include "migue/cpp/result.hpp"

/// What the chat API takes, checked. Errors are kInvalid and say which field, and what was
/// expected; they never repeat what was sent.
namespace migue::host::chat {

/// A whole message is far below this: text 4096, tap 256, title 256 bytes.
inline constexpr std::size_t kMaxBody = 32u * 1024;

struct ChatMessage {
    std::string id;    ///< made by the page; the same id is the same message
    std::string text;  ///< what was typed, or the title of what was tapped
    std::optional<std::string> tap;
    std::string quoted;  ///< message_id of the line that this one replies to, or ""
};

/// {"id","text"}, with "quoted" when it replies to a line, or {"id","tap","title"}; nothing else in it.
[[nodiscard]] Result<ChatMessage> parse_message(std::string_view body);

/// [a-z0-9-]{1,64}
[[nodiscard]] Result<std::string> parse_person(std::string_view name);

struct ReadRequest {
    std::int64_t after = 0;
    std::chrono::milliseconds wait{0};
};
[[nodiscard]] Result<ReadRequest> parse_read(const http::Request& request);

}  // namespace migue::host::chat
