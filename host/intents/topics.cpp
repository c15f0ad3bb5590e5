#include "host/intents/topics.hpp"

#include <algorithm>
#include <cassert>
#include <sstream>

#include "host/intents/stemmer.hpp"
#include "migue_intents_data.embedded.hpp"

namespace migue::host::intents {

namespace {

/// Shorter stems stand for words of different meaning ("livre" and "livro").
std::size_t least_stem(std::string_view locale) {
    return locale.starts_with("en") ? 3 : 5;
}

}  // namespace

Topics Topics::shipped() {
    Topics out;
    for (const char* language : {"es", "en", "pt"}) {
        const auto lines = migue_intents_data::embedded(std::string("data/topics/") + language + ".txt");
        assert(lines);
        out.add(language, *lines);
    }
    return out;
}

Topics::Set Topics::of(std::string_view bare_word, std::string_view stem, std::string_view locale) const {
    const auto words = words_.find(locale.substr(0, 2));
    if (words == words_.end()) return 0;
    if (const auto found = words->second.find(bare_word); found != words->second.end()) return found->second;
    if (stem.size() < least_stem(locale)) return 0;
    const auto found = words->second.find(stem);
    return found == words->second.end() ? 0 : found->second;
}

void Topics::add(std::string_view locale, std::string_view lines) {
    Stemmer stemmer(locale);
    Words& words = words_[std::string(locale)];
    std::istringstream in{std::string(lines)};
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with('#')) continue;
        std::istringstream fields(line);
        std::string word;
        fields >> word;
        const Set bit = Set{1} << number_of(word);
        while (fields >> word) {
            words[word] |= bit;
            if (const std::string stem(stemmer.stem(word)); stem != word && stem.size() >= least_stem(locale))
                words[stem] |= bit;
        }
    }
}

std::size_t Topics::number_of(std::string_view name) {
    const auto found = std::ranges::find(names_, name);
    if (found != names_.end()) return static_cast<std::size_t>(found - names_.begin());
    assert(names_.size() < kMost);
    names_.emplace_back(name);
    return names_.size() - 1;
}

}  // namespace migue::host::intents
