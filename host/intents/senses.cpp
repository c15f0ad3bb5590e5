#include "host/intents/senses.hpp"

#include <algorithm>
#include <cassert>
#include <sstream>

#include "host/intents/stemmer.hpp"
#include "migue_intents_data.embedded.hpp"

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
    for (const char* language : {"es", "en", "pt"}) {
        const auto lines = migue_intents_data::embedded(std::string("data/senses/") + language + ".txt");
        assert(lines);
        out.add(language, *lines);
    }
    return out;
}

void Senses::add(std::string_view locale, std::string_view lines) {
    Stemmer stemmer(locale);
    Language& language = languages_[std::string(locale)];
    std::istringstream in{std::string(lines)};
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with('#')) continue;
        std::istringstream fields(line);
        std::string word;
        fields >> word;
        const std::uint32_t sense = hash_of(word);
        while (fields >> word) {
            add_once(language.words[word], sense);
            if (const std::string stem(stemmer.stem(word)); stem.size() >= least_stem(locale))
                add_once(language.stems[stem], sense);
        }
    }
}

std::span<const std::uint32_t> Senses::of(std::string_view bare_word, std::string_view stem,
                                          std::string_view locale) const {
    const auto language = languages_.find(locale.substr(0, 2));
    if (language == languages_.end()) return {};
    const auto& [words, stems] = language->second;
    if (const auto found = words.find(bare_word); found != words.end()) return found->second;
    const auto found = stems.find(stem);
    return found == stems.end() ? std::span<const std::uint32_t>{} : found->second;
}

}  // namespace migue::host::intents
