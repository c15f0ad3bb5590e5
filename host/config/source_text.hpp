#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "host/config/yaml.hpp"

namespace migue::host::config {

/// Why a text cannot be read at all, and the byte where.
struct BadByte {
    std::size_t offset;
    std::string what;
};

/// The first byte that is not UTF-8, or a character that a text file does not have: NUL and
/// the other controls, a byte order mark inside.
[[nodiscard]] std::optional<BadByte> find_bad_byte(std::string_view text);

/// The text without a byte order mark at its begin and with "\n" for "\r\n".
[[nodiscard]] std::string plain_lines(std::string_view text);

/// One file's text: from byte offsets to places, and small looks at what is written there.
/// Not thread-safe (it remembers where it looked last).
class SourceText {
public:
    SourceText(std::string text, std::string_view file) : text_(std::move(text)), file_(file) {}

    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    [[nodiscard]] char at(std::size_t offset) const noexcept {
        return offset < text_.size() ? text_[offset] : '\0';
    }
    /// Columns count characters, not bytes. Offsets that grow from call to call cost the distance only.
    [[nodiscard]] Place place(std::size_t offset) const;
    /// "line:col", to name a second place in a message.
    [[nodiscard]] std::string brief(std::size_t offset) const;

    /// The offset behind the closing quote of the text quoted at `offset`; nullopt when it does
    /// not end in its line.
    [[nodiscard]] std::optional<std::size_t> end_of_quoted(std::size_t offset) const noexcept;
    /// The first quote from `offset` on that begins a text and is not closed in its line.
    [[nodiscard]] std::optional<std::size_t> find_open_quote(std::size_t offset) const noexcept;
    /// The offset of the first character from `offset` on that is no space or tab.
    [[nodiscard]] std::size_t skip_blanks(std::size_t offset) const noexcept;
    /// The last character before `offset` in its line that is no space or tab; '\n' when none is.
    [[nodiscard]] char before(std::size_t offset) const noexcept;

private:
    std::string text_;
    std::string file_;
    mutable std::size_t seen_ = 0, line_ = 1, column_ = 1;
};

}  // namespace migue::host::config
