#include "language/symbols.hpp"

#include <stdexcept>

namespace scheduling::language {

Symbol Symbols::intern(std::string_view name) {
    const auto [found, is_new] = index_.try_emplace(std::string(name), static_cast<Symbol>(names_.size()));
    if (!is_new) return found->second;
    if (names_.size() == kMostSymbols)
        throw std::length_error("language data: more than " + std::to_string(kMostSymbols - 1) + " symbols");
    names_.emplace_back(name);
    return found->second;
}

Symbol Symbols::find(std::string_view name) const {
    const auto found = index_.find(std::string(name));
    return found == index_.end() ? kNoSymbol : found->second;
}

}  // namespace scheduling::language
