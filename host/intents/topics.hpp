#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "host/intents/text.hpp"
#include "host/intents/word_table.hpp"

namespace migue::host::intents {

/// What words are about ("erase", "borra" and "desmarca": undo), so that a sentence with
/// words that no example has can still be understood, and languages learn from each other.
/// Immutable after construction: thread-safe.
class Topics {
public:
    /// At most this many topics; a word may have several.
    static constexpr std::size_t kMost = 64;
    using Set = std::uint64_t;  ///< bit by topic

    /// Of the lists that are compiled in. Words are kept as stems.
    [[nodiscard]] static Topics shipped();

    using Words = WordTable<Set>;

    /// A language's; nullptr for one that no list is of. Valid as long as this object.
    [[nodiscard]] const Words* words_of(std::string_view locale) const;
    /// Of a word and its stem in a language, whose words_of() `words` are; 0 for none.
    [[nodiscard]] static Set of(const Words* words, const Token& word, std::string_view stem,
                                std::string_view locale);
    [[nodiscard]] Set of(std::string_view bare_word, std::string_view stem, std::string_view locale) const {
        return of(words_of(locale), {TokenClass::kWord, word_hash(bare_word), bare_word, bare_word}, stem,
                  locale);
    }
    [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }

private:
    void add(std::string_view locale, std::string_view topic, std::string_view word);
    [[nodiscard]] std::size_t number_of(std::string_view name);

    std::vector<std::string> names_;
    std::map<std::string, Words, std::less<>> words_;  // by language
};

}  // namespace migue::host::intents
