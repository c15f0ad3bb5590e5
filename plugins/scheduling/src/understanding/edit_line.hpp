#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "language/text.hpp"
#include "understanding/draft.hpp"
#include "understanding/edit_words.hpp"

/// A message as the reader of edits goes through it.
namespace scheduling {

/// A length that was said: "hora y media", "two days", "un mes".
struct Amount {
    std::chrono::minutes minutes{0};
    int months = 0;
};

/// The words of a message, without apostrophes; what has been understood of them is marked `used`. `text` and
/// `moment` must outlive it. A range is [begin, end), in words.
class Line {
public:
    Line(std::string_view text, const Moment& moment, const EditWords& words);

    [[nodiscard]] std::size_t size() const { return folded_.size(); }
    [[nodiscard]] std::string_view word(std::size_t at) const { return folded_[at]; }
    /// The words, for EditWords and Phrasing; punctuation is one of its characters.
    [[nodiscard]] const std::vector<std::string_view>& words() const { return folded_; }
    [[nodiscard]] bool is_mark(std::size_t at) const;  ///< punctuation
    [[nodiscard]] bool is_address(std::size_t at) const;
    [[nodiscard]] bool is_capital(std::size_t at) const { return tokens_[at].capital; }
    [[nodiscard]] bool is_glued(std::size_t at) const { return tokens_[at].glued; }

    [[nodiscard]] bool is_used(std::size_t at) const { return used_[at]; }
    void use(std::size_t begin, std::size_t end);
    [[nodiscard]] bool has_unused(std::size_t begin, std::size_t end) const;

    [[nodiscard]] std::size_t match(std::string_view list, std::size_t at, std::size_t end) const;
    [[nodiscard]] VerbForm verb(std::size_t at, std::size_t end) const;
    [[nodiscard]] VerbForm told(std::size_t at, std::size_t end) const {
        return knowledge_.told(folded_, at, end);
    }
    [[nodiscard]] const EditWords& knowledge() const { return knowledge_; }

    /// The bytes of the range as written, without marks around them.
    [[nodiscard]] std::string slice(std::size_t begin, std::size_t end) const;
    /// What the unused words of the range say of times. A number that stands alone is an hour.
    [[nodiscard]] Understanding times(std::size_t begin, std::size_t end,
                                      std::string_view intent = "reschedule_meeting") const;
    /// The same, where a weekday in the plural names one day: "fridays".
    [[nodiscard]] Understanding times_of_day(std::size_t begin, std::size_t end) const;
    /// The same; and uses the words of each time.
    [[nodiscard]] Understanding take_times(std::size_t begin, std::size_t end);
    /// Which words of the range belong to times, of those that are unused.
    [[nodiscard]] std::vector<bool> time_words(const Understanding& read, std::size_t begin,
                                               std::size_t end) const;
    /// A part of the day that stands alone ("to the afternoon"), as understand() reads it.
    [[nodiscard]] Understanding part_of_day(std::size_t at) const;
    /// A number of a day of a month, when the unused words of the range are that and nothing else; 0 else.
    [[nodiscard]] int number(std::size_t begin, std::size_t end) const;
    /// The whole range is a length.
    [[nodiscard]] std::optional<Amount> amount(std::size_t begin, std::size_t end) const;

private:
    [[nodiscard]] std::string unused_text(std::size_t begin, std::size_t end) const;

    std::string_view text_;
    const Moment& moment_;
    const EditWords& knowledge_;
    language::Text read_;
    std::vector<language::Token> tokens_;
    std::vector<std::string_view> folded_;
    std::vector<bool> used_;
};

}  // namespace scheduling
