#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "language/symbols.hpp"
#include "language/text.hpp"
#include "language/value.hpp"

/// Words and phrases of all languages, each with its class and value. Filled once from the
/// data files `<language>/lexicon.txt`, then only read.
///
/// A line is `class [value]: phrase, phrase, …`; `#` begins a comment. Phrases are folded
/// and cut like messages. A line whose class ends in `!` holds slips: a slip in them is not forgiven again.
/// Directives: `@portable classes…` (understood inside messages in another language too), `@foreign classes…`
/// (understood only there) and `@typos classes…` (one slip of the finger is forgiven).
namespace scheduling::language {

struct LexiconEntry {
    LanguageMask language = 0;
    Symbol symbol = kNoSymbol;
    bool portable = false;
    bool foreign = false;
    Value value;
};

class Lexicon {
public:
    using WordId = std::uint32_t;
    using NodeId = std::uint32_t;
    static constexpr WordId kUnknown = 0;
    static constexpr NodeId kRoot = 0;

    /// Throws std::invalid_argument naming the line when the data is malformed.
    void load(LanguageMask language, std::string_view data, Symbols& symbols);

    [[nodiscard]] WordId find(std::string_view folded) const;
    /// The known word that `folded` differs from by one slip, if there is exactly one meant.
    [[nodiscard]] WordId find_misspelt(std::string_view folded, LanguageMask language) const;
    /// Which languages know the word, alone or inside a phrase.
    [[nodiscard]] LanguageMask languages(WordId word) const { return words_[word].languages; }

    [[nodiscard]] std::optional<NodeId> next(NodeId node, WordId word) const;
    [[nodiscard]] const std::vector<LexiconEntry>& entries(NodeId node) const { return nodes_[node].entries; }

    /// False when no phrase of this class begins with the word, in whatever language. True may be wrong: this
    /// is the cheap question to ask before walking along the words.
    [[nodiscard]] bool may_begin(WordId word, Symbol symbol) const {
        return word < begun_.size() && (begun_[word] >> (symbol % 64U) & 1U) != 0;
    }

    [[nodiscard]] const std::vector<std::string>& zones() const { return zones_; }

private:
    struct Word {
        std::string text;
        LanguageMask languages = 0;
        LanguageMask forgiving = 0;  ///< languages in which slips in it are forgiven
    };
    struct Node {
        std::vector<LexiconEntry> entries;
    };

    void load_line(LanguageMask language, std::string_view line, Symbols& symbols);
    void add_phrase(LanguageMask language, std::string_view phrase, const LexiconEntry& entry,
                    bool forgiving);
    WordId intern(std::string_view folded);
    /// Makes room for the words that are known, and as many again.
    void index_words();
    void index_slips(WordId word);
    std::int32_t number_of(std::string_view text);

    std::vector<Word> words_{Word{}};
    /// Lets a word be looked up without copying it.
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    template <typename T>
    using WordMap = std::unordered_map<std::string, T, Hash, std::equal_to<>>;

    /// The hashes of the words, apart from the words: most of what people say is in no lexicon, and is known
    /// to be in none by one look. A power of two of places, at most half taken.
    struct Place {
        std::uint32_t hash = 0;
        WordId word = kUnknown;
    };
    std::vector<Place> index_ = std::vector<Place>(64);
    std::vector<Node> nodes_{Node{}};
    std::unordered_map<std::uint64_t, NodeId> steps_;
    std::vector<NodeId> first_steps_{kRoot};  ///< by word: the node behind the root; kRoot when there is none
    std::vector<std::uint64_t> begun_;        ///< by word: a bit for each class that a phrase from it on has
    WordMap<std::vector<WordId>> slips_;
    std::vector<std::string> portable_, foreign_, forgiving_;
    std::vector<std::string> zones_;
};

}  // namespace scheduling::language
