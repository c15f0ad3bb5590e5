#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace scheduling {

/// Lower case, without accents and punctuation, words separated by one space: the form in
/// which typed answers are compared.
[[nodiscard]] std::string fold(std::string_view text);

[[nodiscard]] std::vector<std::string> words_of(std::string_view folded);

/// Every word of the one text is in the other.
[[nodiscard]] bool is_within(std::string_view text, std::string_view other);

/// At most that many characters; a longer text ends with an ellipsis.
[[nodiscard]] std::string shorten(std::string_view text, std::size_t characters);

/// With a capital first letter, if it is one of a to z.
[[nodiscard]] std::string capitalised(std::string text);

/// In UTF-16 units, the larger of the two ways in which WhatsApp may be counting: an emoji is two.
[[nodiscard]] std::size_t count_characters(std::string_view text) noexcept;

}  // namespace scheduling
