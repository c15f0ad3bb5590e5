#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dialogue/state.hpp"
#include "migue/cpp/result.hpp"
#include "understanding/draft.hpp"

/// How typed words choose what was shown: the twin of every button. The words of all
/// languages count at once, because people mix them. Immutable.
namespace scheduling {

class Answers {
public:
    [[nodiscard]] static migue::Result<Answers> load();

    /// The option that the text chooses, by its number, its label or its role; or none.
    [[nodiscard]] std::optional<std::size_t> choose(std::string_view text,
                                                    const std::vector<Option>& options) const;
    /// The text is nothing but a number from 1 on: "2".
    [[nodiscard]] static std::optional<std::size_t> bare_number(std::string_view text);

    /// The whole folded text is one of the phrases of this list.
    [[nodiscard]] bool is(std::string_view list, std::string_view text) const;
    /// The text is made of phrases of this list and of the words of `soft`, one of the list at least: "ok
    /// done", "yep that's it".
    [[nodiscard]] bool is_made_of(std::string_view list, std::string_view soft, std::string_view text) const;
    /// The thing that a verb does, as it stands in a calendar: "almuerzo" of "almorzar"; nothing for others.
    [[nodiscard]] std::optional<std::string> noun_of(std::string_view verb) const;
    /// One of the text's words is on this list.
    [[nodiscard]] bool has_word(std::string_view list, std::string_view text) const;

    /// One of the list's phrases stands in the text, as whole words.
    [[nodiscard]] bool mentions(std::string_view list, std::string_view text) const;
    /// What of the folded text stands behind the first of the list's phrases in it; or nothing.
    [[nodiscard]] std::optional<std::string> behind(std::string_view list, std::string_view text) const;
    /// The IANA zone of a place, by its name in any of the languages: "Tokio", "new york".
    [[nodiscard]] std::optional<std::string> zone_of(std::string_view place) const;

    /// The words that are left when times and the words of this list are taken out, folded.
    [[nodiscard]] std::vector<std::string> left_over(std::string_view text,
                                                     const std::vector<TimeMention>& times,
                                                     std::string_view list) const;

    /// The text only moves or sizes what is on the table: times and little words.
    [[nodiscard]] bool is_time_edit(std::string_view text, const std::vector<TimeMention>& times) const;

    /// What follows the longest phrase of this list that the text begins with, as written:
    /// "olvida a Luis" is "Luis" after the list "forget_words".
    [[nodiscard]] std::optional<std::string> after_lead(std::string_view list, std::string_view text) const;
    /// The text as written, without the longest of the list's phrases that it begins with.
    [[nodiscard]] std::string without_lead(std::string_view list, std::string_view text) const;
    /// One of the list's phrases stands in the text.
    [[nodiscard]] bool has_phrase(std::string_view list, std::string_view text) const;

private:
    std::map<std::string, std::set<std::string>, std::less<>> lists_;
    std::vector<std::set<std::string>> ordinals_;
    std::map<std::string, std::string, std::less<>> nouns_;  ///< folded verb to noun
    std::map<std::string, std::string, std::less<>> zones_;  ///< folded place to zone
};

}  // namespace scheduling
