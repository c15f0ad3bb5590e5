#pragma once
#include <array>
#include <bitset>
#include <cstdint>
#include <string_view>

#include "language/grammar.hpp"
#include "language/lexicon.hpp"
#include "language/symbols.hpp"

/// All language data, compiled once and then only read: safe to share between threads.
namespace scheduling::language {

struct LanguageInfo {
    std::string_view code;  ///< "es"
    LanguageMask bit;
    std::string_view meeting;  ///< the title of "something with Pedro"
    std::string_view with;     ///< for titles: "w/ Pedro"
};

/// One entry a folder of data; a new language is a new line here and a new folder.
inline constexpr LanguageInfo kLanguages[] = {
    {"es", 1, "Reunión", "con"}, {"en", 2, "Meeting", "with"}, {"pt", 4, "Reunião", "com"}};

/// The word classes of `<language>/around.txt` and `wish.txt` (docs/language.md, "The formats").
struct AroundClasses {
    explicit AroundClasses(Symbols& symbols);

    Symbol all_day, aside, hourly, told, generic, accented, pronoun, pronoun_ending, asking, has,
        subject_label, place_label, purpose, whole_day, then, kin_ending, article, ask, ask_led, ask_tail,
        before, clitic, command, correct, dawny, day_before, edit, evening, event, event_verb, floor, frame,
        group, honorific, invite, kin, lead, money, move_from, no_guest, of_group, organisation, person_and,
        no_place, place_in, place_at, place_noun, place_preposition, polite, remark, remind, request, second,
        small, something, refused, surname, task, task_ending, title, todo, verb, video, with, with_short,
        with_the;
};

struct Knowledge {
    Symbols symbols;
    Lexicon lexicon;  ///< the words of time expressions
    Symbols around_symbols;
    AroundClasses around_classes{around_symbols};
    Lexicon around;  ///< the words around them: requests, guests, places; with their own symbols
    Grammar grammar;
    std::bitset<256> roots;                ///< categories that are time expressions on their own
    std::array<Symbol, 128> characters{};  ///< the symbol of a punctuation character
    Symbol not_time_before = kNoSymbol;    ///< "room", "version": the number behind is no time
    Symbol not_time_after = kNoSymbol;     ///< "people", "kg": nor is the number before
    Symbol ordered_noun = kNoSymbol;       ///< "floor": the ordinal before is no day
    Symbol ordered_by_word = kNoSymbol;    ///< "opção": the ordinal word before is no weekday
    Symbol ordinal_word = kNoSymbol;
    Symbol weekday = kNoSymbol, month = kNoSymbol, hour_word = kNoSymbol, of = kNoSymbol;
    Symbol ahead = kNoSymbol;        ///< "before": a length stands before it, no name
    Symbol name_before = kNoSymbol;  ///< "with": behind it April is a person
    Symbol name_behind = kNoSymbol;  ///< "is": before it April is one too
    Symbol weekday_short = kNoSymbol;
    Symbol name_day = kNoSymbol;      ///< a weekday that is also a first name: "domingo"
    Symbol name_plural = kNoSymbol;   ///< … whose form is a plural: "domingos"
    Symbol name_article = kNoSymbol;  ///< "o", "do": before a person
    Symbol also = kNoSymbol;          ///< "and"
    Symbol day_word = kNoSymbol, the = kNoSymbol, on = kNoSymbol, period = kNoSymbol;
    Symbol no_time = kNoSymbol;  ///< around: names with words of time in them
    Symbol ordinal_mark_feminine = kNoSymbol;
    Symbol ordinal_mark = kNoSymbol;                              ///< "th", "º"
    Symbol street_before = kNoSymbol, street_behind = kNoSymbol;  ///< "calle", "Road"
    Symbol month_code = kNoSymbol;                                ///< a month with its day glued on: "oct2"
    Symbol city = kNoSymbol;                                      ///< "Lisbon"
    Symbol half_of_day = kNoSymbol;                               ///< "pm"
    Symbol month_short = kNoSymbol;                               ///< "oct"
    Symbol number = kNoSymbol;                                    ///< a run of digits
    Symbol sole = kNoSymbol;  ///< what only counts when it is the whole message

    /// Reads the embedded data. Throws std::invalid_argument when it is malformed.
    Knowledge();
};

/// The program's own knowledge, built on first use.
[[nodiscard]] const Knowledge& knowledge();

/// The bit of a locale such as "pt-BR"; 0 when unknown.
[[nodiscard]] LanguageMask language_of(std::string_view locale);

}  // namespace scheduling::language
