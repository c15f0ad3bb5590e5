#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "host/intents/word_table.hpp"

namespace migue::host::intents {

/// The words a model knows, by language, and the one that an unknown word most likely was
/// meant to be. Immutable after construction: thread-safe.
class Spelling {
public:
    struct Word {
        std::string bare;         ///< lower case, no accents
        std::uint32_t count = 1;  ///< how common it is: the commonest wins
    };
    using Words = std::map<std::string, std::vector<Word>, std::less<>>;  ///< by language

    explicit Spelling(Words words);

    /// The known word one slip away (a letter swapped with the next, lost, added or mistaken;
    /// never the first one), or "" when the word is known, short, or like no other. Valid as
    /// long as this object.
    [[nodiscard]] std::string_view repaired(std::string_view bare_word, std::string_view locale) const {
        return repaired(bare_word, word_hash(bare_word), index_of(locale));
    }

    class Index;
    /// A language's; nullptr for one without words. Valid as long as this object.
    [[nodiscard]] const Index* index_of(std::string_view locale) const;
    /// The same as above; `hash` is the word's word_hash().
    [[nodiscard]] static std::string_view repaired(std::string_view bare_word, std::uint32_t hash,
                                                   const Index* index);
    [[nodiscard]] const Words& words() const noexcept { return words_; }

    Spelling(const Spelling&) = delete;
    Spelling& operator=(const Spelling&) = delete;
    ~Spelling();

private:
    Words words_;
    std::map<std::string, Index, std::less<>> indices_;
};

}  // namespace migue::host::intents
