#include "host/config/source_text.hpp"

#include <fmt/format.h>

#include <cstdint>

namespace migue::host::config {
namespace {

struct Character {
    char32_t value = 0;
    std::size_t size = 0;  ///< 0: these bytes are not UTF-8
};

constexpr Character kNotUtf8{};

Character decode(std::string_view text, std::size_t offset) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[offset + i]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80) return {lead, 1};
    const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || offset + size > text.size()) return kNotUtf8;
    char32_t value = lead & (0x7Fu >> size);
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return kNotUtf8;
        value = (value << 6) | (byte(i) & 0x3Fu);
    }
    const bool is_overlong = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
    const bool is_surrogate = value >= 0xD800 && value <= 0xDFFF;
    if (is_overlong || is_surrogate || value > 0x10FFFF) return kNotUtf8;
    return {value, size};
}

bool is_unprintable(char32_t c) {
    if (c < 0x20) return c != '\t' && c != '\n';
    return (c >= 0x7F && c <= 0x9F) || c == 0xFEFF || c == 0xFFFE || c == 0xFFFF;
}

}  // namespace

std::optional<BadByte> find_bad_byte(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const Character c = decode(text, i);
        if (c.size == 0) return BadByte{i, "this byte is not UTF-8, expected a UTF-8 text file"};
        if (is_unprintable(c.value)) {
            return BadByte{
                i, fmt::format("the character U+{:04X} has no place in this file, expected printable text",
                               static_cast<std::uint32_t>(c.value))};
        }
        i += c.size;
    }
    return std::nullopt;
}

std::string plain_lines(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    std::string lines;
    lines.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
        lines += text[i];
    }
    return lines;
}

Place SourceText::place(std::size_t offset) const {
    if (offset > text_.size()) offset = text_.size();
    if (offset < seen_) seen_ = 0, line_ = 1, column_ = 1;
    for (; seen_ < offset; ++seen_) {
        const auto byte = static_cast<unsigned char>(text_[seen_]);
        if (byte == '\n') {
            ++line_;
            column_ = 1;
        } else if ((byte & 0xC0) != 0x80) {
            ++column_;
        }
    }
    // Inside a character: the column of the character, which was counted at its lead byte.
    const bool is_inside =
        offset < text_.size() && (static_cast<unsigned char>(text_[offset]) & 0xC0) == 0x80;
    return {file_, line_, is_inside ? column_ - 1 : column_};
}

std::string SourceText::brief(std::size_t offset) const {
    const Place at = place(offset);
    return fmt::format("{}:{}", at.line, at.column);
}

std::optional<std::size_t> SourceText::end_of_quoted(std::size_t offset) const noexcept {
    const char quote = at(offset);
    for (std::size_t i = offset + 1; i < text_.size() && text_[i] != '\n'; ++i) {
        if (quote == '"' && text_[i] == '\\') {
            if (at(i + 1) == '\n') return std::nullopt;
            ++i;
        } else if (text_[i] == quote) {
            if (quote == '"' || at(i + 1) != '\'') return i + 1;
            ++i;  // '' is one quote inside
        }
    }
    return std::nullopt;
}

std::optional<std::size_t> SourceText::find_open_quote(std::size_t offset) const noexcept {
    constexpr std::string_view kBeforeText = "\n[{,:-?";
    for (std::size_t i = offset; i < text_.size(); ++i) {
        if (text_[i] == '#' && (i == 0 || skip_blanks(i - 1) == i || text_[i - 1] == '\n')) {
            const std::size_t end = text_.find('\n', i);
            if (end == std::string::npos) return std::nullopt;
            i = end;
        } else if ((text_[i] == '"' || text_[i] == '\'') &&
                   kBeforeText.find(before(i)) != std::string_view::npos) {
            const auto end = end_of_quoted(i);
            if (!end) return i;
            i = *end - 1;
        }
    }
    return std::nullopt;
}

std::size_t SourceText::skip_blanks(std::size_t offset) const noexcept {
    while (at(offset) == ' ' || at(offset) == '\t') ++offset;
    return offset;
}

char SourceText::before(std::size_t offset) const noexcept {
    while (offset > 0 && (text_[offset - 1] == ' ' || text_[offset - 1] == '\t')) --offset;
    return offset == 0 ? '\n' : text_[offset - 1];
}

}  // namespace migue::host::config
