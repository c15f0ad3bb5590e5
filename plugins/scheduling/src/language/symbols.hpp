#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace scheduling::language {

/// A word class of the lexicons or a category of the grammar, as a small number.
using Symbol = std::uint16_t;
inline constexpr Symbol kNoSymbol = 0;
/// How many there may be, with kNoSymbol; tables by symbol have this size.
inline constexpr std::size_t kMostSymbols = 320;

/// Bits: which language an entry or a rule belongs to.
using LanguageMask = std::uint8_t;
inline constexpr LanguageMask kEveryLanguage = 0xFF;

/// Names of symbols, numbered from 1 as they are met while the data files are read.
class Symbols {
public:
    /// Throws std::length_error past kMostSymbols: the data files are part of the program.
    Symbol intern(std::string_view name);
    [[nodiscard]] Symbol find(std::string_view name) const;
    [[nodiscard]] std::string_view name(Symbol symbol) const { return names_[symbol]; }
    [[nodiscard]] std::size_t size() const { return names_.size(); }

private:
    std::vector<std::string> names_{std::string()};
    std::unordered_map<std::string, Symbol> index_;
};

}  // namespace scheduling::language
