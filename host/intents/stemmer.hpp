#pragma once
#include <cstdint>
#include <string_view>

#include "host/intents/word_table.hpp"

namespace migue::host::intents {

/// A Snowball stemmer of its thread: used where it was made, and not kept. Cheap to make: one for each text.
class Stemmer {
public:
    /// "es", "pt-BR" …; a language without a stemmer leaves words as they are.
    explicit Stemmer(std::string_view locale);
    /// Valid until the next call of any stemmer of the language in this thread.
    [[nodiscard]] std::string_view stem(std::string_view word) { return stem(word, word_hash(word)); }
    /// The same; `hash` is the word's word_hash().
    [[nodiscard]] std::string_view stem(std::string_view word, std::uint32_t hash);

private:
    class Kept;
    /// One a thread and language: to make one costs as much as to stem several words.
    static Kept* kept_for(std::string_view language);

    Kept* const kept_;  ///< the thread's; nullptr for none
};

}  // namespace migue::host::intents
