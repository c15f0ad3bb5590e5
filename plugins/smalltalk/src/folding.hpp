#pragma once
#include <string>
#include <string_view>

namespace smalltalk {

/// Lower case, without accents and punctuation, words separated by one space: the form in
/// which words are compared.
[[nodiscard]] std::string fold(std::string_view text);

/// The folded phrase stands in the folded text as whole words.
[[nodiscard]] bool has_phrase(std::string_view folded_text, std::string_view folded_phrase);

}  // namespace smalltalk
