#include "host/intents/senses.hpp"

#include <algorithm>

#include "host/intents/stemmer.hpp"
#include "host/intents/word_lists.hpp"

namespace migue::host::intents {

namespace {

/// Shorter stems stand for words of different meaning.
std::size_t least_stem(std::string_view locale) {
    return locale.starts_with("en") ? 3 : 4;
}

/// FNV-1a of a sense's name; never 0, which stands for no feature.
std::uint32_t hash_of(std::string_view name) {
    std::uint32_t hash = 0x811c9dc5U;
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193U;
    return hash | 1U;
}

void add_once(std::vector<std::uint32_t>& senses, std::uint32_t sense) {
    if (std::ranges::find(senses, sense) == senses.end()) senses.push_back(sense);
}

}  // namespace

Senses Senses::shipped() {
    Senses out;
    read_word_lists("senses", [&](std::string_view language, std::string_view name, std::string_view word) {
        out.add(language, name, word);
    });
    return out;
}

void Senses::add(std::string_view locale, std::string_view name, std::string_view word) {
    Language& language = languages_[std::string(locale)];
    const std::uint32_t sense = hash_of(name);
    add_once(language.words.add(word), sense);
    Stemmer stemmer(locale);
    if (const std::string stem(stemmer.stem(word)); stem.size() >= least_stem(locale))
        add_once(language.stems.add(stem), sense);
}

const Senses::Language* Senses::words_of(std::string_view locale) const {
    const auto language = languages_.find(locale.substr(0, 2));
    return language == languages_.end() ? nullptr : &language->second;
}

std::span<const std::uint32_t> Senses::of(const Language* language, const Token& word,
                                          std::string_view stem) {
    if (language == nullptr) return {};
    const auto& [words, stems] = *language;
    if (const auto* found = words.find(word.bare, word.hash)) return *found;
    const auto* found = stems.find(stem);
    return found == nullptr ? std::span<const std::uint32_t>{} : *found;
}

}  // namespace migue::host::intents
