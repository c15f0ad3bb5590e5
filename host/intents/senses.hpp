#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/intents/text.hpp"
#include "host/intents/word_table.hpp"

namespace migue::host::intents {

/// Words that say much the same ("declined", "rejected", "refused"), far narrower than topics:
/// what an example says in one word is understood in another. Where examples are few it is
/// worth more than anything else. Immutable after construction: thread-safe.
class Senses {
public:
    /// Knows no word.
    Senses() = default;
    /// Of the lists that are compiled in. Words are kept as stems.
    [[nodiscard]] static Senses shipped();

    using Words = WordTable<std::vector<std::uint32_t>>;
    struct Language {
        Words words;
        Words stems;
    };

    /// What is known of a language; nullptr for nothing. Valid as long as this object.
    [[nodiscard]] const Language* words_of(std::string_view locale) const;
    /// The senses of a word with this stem, each a hash of its name, without duplicates; empty for none.
    /// Valid as long as this object.
    [[nodiscard]] static std::span<const std::uint32_t> of(const Language* language, const Token& word,
                                                           std::string_view stem);
    [[nodiscard]] std::span<const std::uint32_t> of(std::string_view bare_word, std::string_view stem,
                                                    std::string_view locale) const {
        return of(words_of(locale), {TokenClass::kWord, word_hash(bare_word), bare_word, bare_word}, stem);
    }

private:
    void add(std::string_view locale, std::string_view name, std::string_view word);

    std::map<std::string, Language, std::less<>> languages_;
};

}  // namespace migue::host::intents
