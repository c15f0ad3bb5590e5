#include "host/intents/spelling.hpp"

#include <algorithm>
#include <utility>

namespace migue::host::intents {
namespace {

/// Shorter words are one slip away from too many others.
constexpr std::size_t kLeastLetters = 4;

/// FNV-1a of the word without the letter at `left_out` (npos: of the whole word).
std::uint32_t hash_without(std::string_view word, std::size_t left_out) {
    std::uint32_t hash = 0x811c9dc5U;
    for (std::size_t i = 0; i < word.size(); ++i)
        if (i != left_out) hash = (hash ^ static_cast<unsigned char>(word[i])) * 0x01000193U;
    return hash;
}

/// Are they one slip apart? They share their first letter and differ.
bool one_slip_apart(std::string_view a, std::string_view b) {
    if (a.size() > b.size()) std::swap(a, b);
    if (b.size() - a.size() > 1) return false;
    std::size_t at = 0;
    while (at < a.size() && a[at] == b[at]) ++at;
    if (a.size() < b.size()) return a.substr(at) == b.substr(at + 1);
    if (a.substr(at + 1) == b.substr(at + 1)) return true;
    return at + 1 < a.size() && a[at] == b[at + 1] && a[at + 1] == b[at] &&
           a.substr(at + 2) == b.substr(at + 2);
}

}  // namespace

Spelling::Spelling(Words words) : words_(std::move(words)) {
    for (auto& [locale, known] : words_) {
        std::ranges::sort(known, {}, &Word::bare);
        Index& index = indices_[locale];
        index.words = &known;
        for (std::uint32_t id = 0; id < known.size(); ++id) {
            const std::string& word = known[id].bare;
            if (word.size() < kLeastLetters) continue;
            index.entries.emplace_back(hash_without(word, std::string::npos), id);
            for (std::size_t i = 1; i < word.size(); ++i)
                index.entries.emplace_back(hash_without(word, i), id);
        }
        std::ranges::sort(index.entries);
    }
}

std::string_view Spelling::repaired(std::string_view bare_word, std::string_view locale) const {
    if (bare_word.size() < kLeastLetters) return {};
    const auto found = indices_.find(locale.substr(0, 2));
    if (found == indices_.end()) return {};
    const auto& [words, entries] = found->second;
    if (std::ranges::binary_search(*words, bare_word, {}, &Word::bare)) return {};
    const Word* best = nullptr;
    const auto look = [&](std::uint32_t hash) {
        auto at =
            std::ranges::lower_bound(entries, hash, {}, &std::pair<std::uint32_t, std::uint32_t>::first);
        for (; at != entries.end() && at->first == hash; ++at) {
            const Word& word = (*words)[at->second];
            if (word.bare[0] != bare_word[0] || !one_slip_apart(word.bare, bare_word)) continue;
            if (best == nullptr || word.count > best->count) best = &word;
        }
    };
    look(hash_without(bare_word, std::string::npos));
    for (std::size_t i = 1; i < bare_word.size(); ++i) look(hash_without(bare_word, i));
    return best == nullptr ? std::string_view{} : std::string_view(best->bare);
}

}  // namespace migue::host::intents
