#pragma once
#include <string>
#include <string_view>

namespace smalltalk {

/// The "kind" of a message. What is no such JSON is "text".
[[nodiscard]] std::string read_kind(std::string_view input_json);

/// How a message that is no text is answered.
enum class Answer { kEachTime, kOncePerConversation, kGreeting, kSilence };

struct KindGroup {
    Answer answer;
    std::string_view phrases;  ///< key into the phrase files; empty for silence
};

[[nodiscard]] KindGroup group_of(std::string_view kind) noexcept;

}  // namespace smalltalk
