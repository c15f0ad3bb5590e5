#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
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

    [[nodiscard]] std::optional<NodeId> next(NodeId node, WordId word) const {
        if (node == kRoot) {
            const NodeId first = word < first_steps_.size() ? first_steps_[word] : kRoot;
            return first == kRoot ? std::nullopt : std::optional(first);
        }
        if (!nodes_[node].has_steps) return std::nullopt;  // the end of nearly every phrase
        const NodeId found = steps_.data()[step_place(node, word)].to;
        return found == kRoot ? std::nullopt : std::optional(found);
    }
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
        bool has_steps = false;
    };
    struct Step {
        NodeId from = kRoot;
        WordId word = kUnknown;
        NodeId to = kRoot;  ///< kRoot: the place is free
    };

    void load_line(LanguageMask language, std::string_view line, Symbols& symbols);
    void add_phrase(LanguageMask language, std::string_view phrase, const LexiconEntry& entry,
                    bool forgiving);
    WordId intern(std::string_view folded);
    /// Where the step is, or would be.
    [[nodiscard]] std::size_t step_place(NodeId from, WordId word) const {
        const std::size_t mask = steps_.size() - 1;
        std::uint32_t hash = (from * 0x9e3779b1U) ^ (word * 0x85ebca6bU);
        hash ^= hash >> 15U;
        std::size_t at = hash & mask;
        const Step* const steps = steps_.data();
        while (steps[at].to != kRoot && (steps[at].from != from || steps[at].word != word))
            at = (at + 1) & mask;
        return at;
    }
    /// The node behind `from`, made when there is none.
    NodeId make_step(NodeId from, WordId word);
    /// Makes room for the words that are known, and as many again.
    void index_words();
    void index_slips(WordId word);
    std::int32_t number_of(std::string_view text);

    std::vector<Word> words_{Word{}};
    /// The hashes of the words, apart from the words: most of what people say is in no lexicon, and is known
    /// to be in none by one look. A power of two of places, at most half taken.
    struct Place {
        std::uint32_t hash = 0;
        WordId word = kUnknown;
    };
    std::vector<Place> index_ = std::vector<Place>(64);
    std::vector<Node> nodes_{Node{}};
    /// From node to node, in one table: a look costs one line of memory. A power of two of places, at most
    /// half taken.
    std::vector<Step> steps_ = std::vector<Step>(1024);
    std::size_t step_count_ = 0;
    std::vector<NodeId> first_steps_{kRoot};  ///< by word: the node behind the root; kRoot when there is none
    std::vector<std::uint64_t> begun_;        ///< by word: a bit for each class that a phrase from it on has
    /// The words in which slips are forgiven, each under the hashes of itself and of itself without each of
    /// its letters: one list a hash's upper bits, each in the order in which the words came.
    static constexpr unsigned kSlipBits = 12;
    std::vector<std::vector<Place>> slips_ = std::vector<std::vector<Place>>(std::size_t{1} << kSlipBits);
    std::vector<std::string> portable_, foreign_, forgiving_;
    std::vector<std::string> zones_;
};

}  // namespace scheduling::language
