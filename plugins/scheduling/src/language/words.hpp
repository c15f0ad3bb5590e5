#pragma once
#include <cstdint>
#include <vector>

#include "language/knowledge.hpp"
#include "language/text.hpp"

namespace scheduling::language {

/// The languages that write months with a capital.
inline constexpr LanguageMask kCapitalMonths = 2;

/// The tokens of a message as the lexicons know them: its language, and which tokens are no times whatever
/// else they look like (prices, room numbers, streets, names). Refers to the knowledge and the text it was
/// made of.
class Words {
public:
    Words(const Knowledge& knowledge, const Text& text, LanguageMask preferred, LanguageMask local);

    [[nodiscard]] LanguageMask language() const { return language_; }
    [[nodiscard]] Lexicon::WordId operator[](std::size_t at) const { return words_[at]; }
    [[nodiscard]] bool is_dead(std::size_t at) const { return dead_[at]; }
    /// Written with a capital inside a sentence, where days and months are not ("con Mariana").
    [[nodiscard]] bool is_name(std::size_t at) const;
    /// "na Quinta da Bacalhôa", "na quinta do avô": an estate, and whose it is.
    [[nodiscard]] bool begins_place_name(std::size_t at) const;
    /// The message's language has the word by itself ("friday" only stands in Spanish's "black friday").
    [[nodiscard]] bool is_native_word(Lexicon::WordId word) const;
    /// Behind "with", "Mr", or "and" after such a name: a weekday or a month there is a person.
    [[nodiscard]] bool is_name_due(std::size_t at) const;
    [[nodiscard]] bool is_chain_mark(std::size_t at) const;
    [[nodiscard]] bool has_class(Lexicon::WordId word, Symbol symbol) const;

private:
    void find_words();
    /// The locale's language unless the words themselves speak more for another.
    [[nodiscard]] LanguageMask choose_language(LanguageMask preferred, LanguageMask local) const;
    [[nodiscard]] char character(std::size_t at) const;
    /// Numbers glued together by marks ("1.10.30", "10.1") are read whole or not at all; those of
    /// prices, measures, versions and rooms are no times.
    void find_dead_numbers();
    /// "café da manhã", "good evening", "movie night": names with words of time in them.
    void bury_names();
    void bury_people();
    void bury_dated_streets();
    void bury_dated_places();
    void bury_number_names();
    void part_hours();
    [[nodiscard]] bool leads_to_person(std::size_t begin, std::size_t end) const;
    [[nodiscard]] bool is_around(std::size_t begin, std::size_t end, Symbol wanted) const;
    [[nodiscard]] bool is_person_day(std::size_t at) const;
    [[nodiscard]] bool is_person_month(std::size_t at) const;
    [[nodiscard]] bool begins_hour(std::size_t at) const;
    /// "rua 25 de março": the month goes with its number.
    void bury_street_name(std::size_t at);
    /// "farmacia 24 horas", "24 Hour Fitness", "24/7": always open, no length and no date.
    [[nodiscard]] bool is_always_open(std::size_t begin, std::size_t end) const;
    /// "14 Marlow Road", "Rua das Flores 45": the noun of a street, with its name in capitals between.
    [[nodiscard]] bool is_house_number(std::size_t begin, std::size_t end) const;
    [[nodiscard]] bool is_label_letter(std::size_t at) const;
    [[nodiscard]] bool counts_minutes(std::size_t at) const;
    [[nodiscard]] bool is_door_letter(std::size_t at) const;
    [[nodiscard]] bool is_clock_chain(std::size_t begin, std::size_t end) const;
    [[nodiscard]] bool is_of_someone(std::size_t begin, std::size_t end) const;
    [[nodiscard]] bool is_numbered_name(std::size_t begin, std::size_t end) const;
    [[nodiscard]] bool is_no_time(std::size_t begin, std::size_t end) const;

    const Knowledge& knowledge_;
    const Text& text_;
    LanguageMask language_ = 0;
    std::vector<Lexicon::WordId> words_;
    std::vector<bool> dead_;
};

}  // namespace scheduling::language
