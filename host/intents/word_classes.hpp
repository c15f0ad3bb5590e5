#pragma once
#include <cstdint>
#include <string_view>
#include <unordered_map>

namespace migue::host::intents {

/// Words of which the kind says more than the word: weekdays, months, first names …
/// Immutable after construction: thread-safe.
class WordClasses {
public:
    /// `data`: lines of a class name and its words, without accents. '#' begins a comment.
    /// The words are views into `data`, which must outlive this.
    explicit WordClasses(std::string_view data);
    /// The list that is compiled in.
    [[nodiscard]] static WordClasses shipped();

    /// "day", "month", "name" … or "" for a word that stands for itself.
    [[nodiscard]] std::string_view of(std::string_view bare_word) const;

private:
    std::unordered_map<std::string_view, std::string_view> classes_;
};

}  // namespace migue::host::intents
