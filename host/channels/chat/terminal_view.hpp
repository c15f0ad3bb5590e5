#pragma once
#include <iosfwd>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migue::host::chat {

/// How a conversation looks in a terminal: replies with their buttons and rows numbered, so
/// that "2" taps the second. Control characters of a reply never reach the terminal.
/// Not thread-safe.
class TerminalView {
public:
    struct Choice {
        std::string id, title;
    };

    TerminalView(std::ostream& out, bool colours) : out_(out), colours_(colours) {}

    /// A reply of the bot, as the chat API gives it: {"kind","body"}. Its choices replace
    /// those of the reply before.
    void show_reply(const nlohmann::json& line);
    void show_notice(std::string_view text);
    void show_prompt();

    /// What a bare number stands for, while the last reply offered that many choices.
    [[nodiscard]] std::optional<Choice> choice_for(std::string_view typed) const;

private:
    void show_choices(const nlohmann::json& items);
    [[nodiscard]] std::string painted(std::string_view code, std::string_view text) const;

    std::ostream& out_;
    const bool colours_;
    std::vector<Choice> choices_;
};

}  // namespace migue::host::chat
