#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
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
    std::uint32_t hash = 0;  ///< word_hash() of `bare`
    std::string_view word;   ///< lower case, accents kept
    std::string_view bare;   ///< the same without accents
};

/// At most this many tokens of one message are looked at: a page of text says what it
/// wants at its beginning, and the time to classify stays bounded.
inline constexpr std::size_t kMaxTokens = 128;

/// A text cut once, for all who ask about its words. Owns what the tokens point to.
class Tokens {
public:
    [[nodiscard]] std::span<const Token> all() const noexcept { return tokens_; }
    [[nodiscard]] auto begin() const noexcept { return tokens_.begin(); }
    [[nodiscard]] auto end() const noexcept { return tokens_.end(); }
    [[nodiscard]] std::size_t size() const noexcept { return tokens_.size(); }
    [[nodiscard]] bool empty() const noexcept { return tokens_.empty(); }
    [[nodiscard]] const Token& operator[](std::size_t at) const { return tokens_[at]; }
    [[nodiscard]] const Token& front() const { return tokens_.front(); }

private:
    friend class Tokenizer;
    std::unique_ptr<char[]> bytes_;  // not a string: moving one may move what it holds
    std::vector<Token> tokens_;
};

/// Malformed UTF-8 is skipped, never an error.
[[nodiscard]] Tokens tokenize(std::string_view text);

/// The words of a text without accents, separated by one space: what keywords compare.
[[nodiscard]] std::string folded(std::span<const Token> tokens);
[[nodiscard]] inline std::string folded(std::string_view text) {
    return folded(tokenize(text).all());
}

}  // namespace migue::host::intents
