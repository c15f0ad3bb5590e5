#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Chat text made comparable: lower case, with and without accents, elongations
/// ("holaaaa") undone, cut into words; what varies from message to message (hours,
/// dates, amounts, addresses) marked with its class.
namespace migue::host::intents {

enum class TokenClass : std::uint8_t {
    kWord = 1,
    kNumber,  ///< 3, 25
    kBig,     ///< four digits and more: years, phone numbers, amounts
    kTime,    ///< 14h, 12:30, 3pm
    kDate,    ///< 3/4, 2026-11-23, 1st
    kEmail,
    kLink,
    kQuestion,  ///< a question mark
    kSymbol,    ///< an emoji or another sign worth knowing
};

struct Token {
    TokenClass type = TokenClass::kWord;
    std::string word;  ///< lower case, accents kept
    std::string bare;  ///< the same without accents
};

/// At most this many tokens of one message are looked at: a page of text says what it
/// wants at its beginning, and the time to classify stays bounded.
inline constexpr std::size_t kMaxTokens = 128;

/// Malformed UTF-8 is skipped, never an error.
[[nodiscard]] std::vector<Token> tokenize(std::string_view text);

/// The words of a text without accents, separated by one space: what keywords compare.
[[nodiscard]] std::string folded(std::string_view text);

}  // namespace migue::host::intents
