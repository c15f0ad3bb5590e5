#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// A message as tokens: folded (lower case, no accents), with byte offsets into the original.
namespace scheduling::language {

/// What is read of one message; the rest is left alone.
inline constexpr std::size_t kMaxTextBytes = 4096;

enum class TokenKind : std::uint8_t {
    kWord = 1,
    kNumber,  ///< a run of digits
    kPunct,   ///< one character that is neither letter, digit nor space
    kEmail,
    kPhone,
    kUrl,
    kCode,  ///< letters and digits mixed, a price, a version: never a number to us
};

struct Token {
    std::uint32_t begin = 0, end = 0;  ///< bytes of the original, half-open
    std::uint32_t folded_begin = 0, folded_end = 0;
    TokenKind kind = TokenKind::kPunct;
    bool glued = false;    ///< nothing between it and the token before
    bool capital = false;  ///< a word whose first letter is upper case
    std::int64_t number = -1;
};

/// Tokens and the folded copy they point into.
struct Text {
    std::string_view original;
    std::string folded;
    std::vector<Token> tokens;

    [[nodiscard]] std::string_view word(std::size_t index) const {
        const Token& token = tokens[index];
        return std::string_view(folded).substr(token.folded_begin, token.folded_end - token.folded_begin);
    }
    [[nodiscard]] std::string_view raw(std::size_t index) const {
        return original.substr(tokens[index].begin, tokens[index].end - tokens[index].begin);
    }
};

/// One code point of UTF-8. Bytes that are not UTF-8 come out one by one as U+FFFD.
struct CodePoint {
    char32_t value = 0;
    std::size_t size = 1;
};
[[nodiscard]] CodePoint decode(std::string_view text, std::size_t at);

/// Lower case without accents ("Mañana" -> "manana"), as the lexicons are written.
[[nodiscard]] std::string fold(std::string_view text);

/// Never fails; `text` must outlive the result.
[[nodiscard]] Text tokenize(std::string_view text);

}  // namespace scheduling::language
