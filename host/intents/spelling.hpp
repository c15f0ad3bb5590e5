#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

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
    [[nodiscard]] std::string_view repaired(std::string_view bare_word, std::string_view locale) const;
    [[nodiscard]] const Words& words() const noexcept { return words_; }

private:
    /// Every word under its own hash and that of itself without each of its letters.
    struct Index {
        const std::vector<Word>* words = nullptr;
        std::vector<std::pair<std::uint32_t, std::uint32_t>> entries;  ///< hash, word; by hash
    };

    Words words_;
    std::map<std::string, Index, std::less<>> indices_;
};

}  // namespace migue::host::intents
