#include "host/intents/topics.hpp"

#include <algorithm>
#include <cassert>

#include "host/intents/stemmer.hpp"
#include "host/intents/word_lists.hpp"

namespace migue::host::intents {

namespace {

/// Shorter stems stand for words of different meaning ("livre" and "livro").
std::size_t least_stem(std::string_view locale) {
    return locale.starts_with("en") ? 3 : 5;
}

}  // namespace

Topics Topics::shipped() {
    Topics out;
    read_word_lists("topics", [&](std::string_view language, std::string_view name, std::string_view word) {
        out.add(language, name, word);
    });
    return out;
}

const Topics::Words* Topics::words_of(std::string_view locale) const {
    const auto words = words_.find(locale.substr(0, 2));
    return words == words_.end() ? nullptr : &words->second;
}

Topics::Set Topics::of(const Words* words, const Token& word, std::string_view stem,
                       std::string_view locale) {
    if (words == nullptr) return 0;
    if (const Set* found = words->find(word.bare, word.hash)) return *found;
    if (stem.size() < least_stem(locale) || stem == word.bare) return 0;
    const Set* found = words->find(stem);
    return found == nullptr ? 0 : *found;
}

void Topics::add(std::string_view locale, std::string_view topic, std::string_view word) {
    Words& words = words_[std::string(locale)];
    const Set bit = Set{1} << number_of(topic);
    words.add(word) |= bit;
    Stemmer stemmer(locale);
    if (const std::string stem(stemmer.stem(word)); stem != word && stem.size() >= least_stem(locale))
        words.add(stem) |= bit;
}

std::size_t Topics::number_of(std::string_view name) {
    const auto found = std::ranges::find(names_, name);
    if (found != names_.end()) return static_cast<std::size_t>(found - names_.begin());
    assert(names_.size() < kMost);
    names_.emplace_back(name);
    return names_.size() - 1;
}

}  // namespace migue::host::intents
