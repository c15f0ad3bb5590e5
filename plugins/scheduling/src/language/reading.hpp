#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "language/algebra.hpp"
#include "language/symbols.hpp"
#include "language/text.hpp"

/// A message read once: its tokens and its time expressions. Pure and thread-safe.
namespace scheduling::language {

struct Expression {
    std::uint32_t begin_token = 0, end_token = 0;
    std::size_t begin = 0, finish = 0;  ///< bytes of the original
    std::string_view words;             ///< those bytes
    Value value;
    std::vector<Value> others;  ///< other readings of the same words, equally good
};

struct Reading {
    Text text;
    std::vector<Expression> expressions;
    LanguageMask language = 0;  ///< the one the message was read in
    std::uint64_t steps = 0;    ///< pattern steps: what the work is bounded by
};

/// `text` must outlive the result.
[[nodiscard]] Reading read(std::string_view text, std::string_view locale, const Context& context);

}  // namespace scheduling::language
