#pragma once
#include <cstdint>
#include <string_view>

#include "host/intents/text.hpp"
#include "host/intents/word_table.hpp"

namespace migue::host::intents {

/// Words that stand for something: for their kind, where it says more than the word
/// (weekdays, months, first names), or for the full spelling of what chats shorten.
/// Immutable after construction: thread-safe.
class WordClasses {
public:
    /// `data`: lines of what is stood for and its words, without accents. '#' begins a comment.
    /// The classes are views into `data`, which must outlive this.
    explicit WordClasses(std::string_view data);
    /// The list of kinds that is compiled in.
    [[nodiscard]] static WordClasses shipped();

    /// "day", "month", "name" … or "" for a word that stands for itself. Valid as long as `data`.
    [[nodiscard]] std::string_view of(std::string_view bare_word) const;
    /// The same of a token's word.
    [[nodiscard]] std::string_view of(const Token& token) const {
        const std::string_view* found = classes_.find(token.bare, token.hash);
        return found == nullptr ? std::string_view{} : *found;
    }

private:
    WordTable<std::string_view> classes_;
};

}  // namespace migue::host::intents
