#pragma once
#include <array>
#include <bitset>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
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

    Symbol after = kNoSymbol, all_day = kNoSymbol, aside = kNoSymbol, hourly = kNoSymbol, told = kNoSymbol,
           generic = kNoSymbol, accented = kNoSymbol, pronoun = kNoSymbol, pronoun_ending = kNoSymbol,
           asking = kNoSymbol, has = kNoSymbol, subject_label = kNoSymbol, place_label = kNoSymbol,
           purpose = kNoSymbol, whole_day = kNoSymbol, then = kNoSymbol, kin_ending = kNoSymbol,
           article = kNoSymbol, ask = kNoSymbol, ask_led = kNoSymbol, ask_tail = kNoSymbol,
           ask_end = kNoSymbol, reported = kNoSymbol, name_end = kNoSymbol, before = kNoSymbol,
           clitic = kNoSymbol, comers = kNoSymbol, command = kNoSymbol, correct = kNoSymbol,
           dawny = kNoSymbol, day_before = kNoSymbol, edit = kNoSymbol, evening = kNoSymbol,
           event = kNoSymbol, event_verb = kNoSymbol, floor = kNoSymbol, frame = kNoSymbol,
           greeting_end = kNoSymbol, group = kNoSymbol, honorific = kNoSymbol, invite = kNoSymbol,
           kin = kNoSymbol, lead = kNoSymbol, meet_verb = kNoSymbol, money = kNoSymbol, move_from = kNoSymbol,
           no_guest = kNoSymbol, opens = kNoSymbol, of_group = kNoSymbol, organisation = kNoSymbol,
           past_ending = kNoSymbol, person_and = kNoSymbol, no_place = kNoSymbol, place_in = kNoSymbol,
           place_at = kNoSymbol, place_noun = kNoSymbol, place_preposition = kNoSymbol, polite = kNoSymbol,
           remark = kNoSymbol, remind = kNoSymbol, request = kNoSymbol, second = kNoSymbol, self = kNoSymbol,
           note = kNoSymbol, takes_place = kNoSymbol, short_form = kNoSymbol, small = kNoSymbol,
           something = kNoSymbol, refused = kNoSymbol, surname = kNoSymbol, task = kNoSymbol,
           task_ending = kNoSymbol, title = kNoSymbol, todo = kNoSymbol, verb = kNoSymbol, video = kNoSymbol,
           way_back = kNoSymbol, with = kNoSymbol, with_short = kNoSymbol, with_the = kNoSymbol,
           no_plan = kNoSymbol, saint = kNoSymbol, up_to = kNoSymbol, begins = kNoSymbol, or_word = kNoSymbol,
           before_day = kNoSymbol, aim = kNoSymbol, doing = kNoSymbol, reflexive = kNoSymbol,
           report = kNoSymbol, be_there = kNoSymbol;
};

struct Knowledge {
    Symbols symbols;
    Lexicon lexicon;  ///< the words of time expressions
    Symbols around_symbols;
    AroundClasses around_classes{around_symbols};
    Lexicon around;  ///< the words around them: requests, guests, places; with their own symbols
    Grammar grammar;
    std::bitset<kMostSymbols> roots;       ///< categories that are time expressions on their own
    std::array<Symbol, 128> characters{};  ///< the symbol of a punctuation character
    Symbol not_time_before = kNoSymbol;    ///< "room", "version": the number behind is no time
    Symbol not_time_after = kNoSymbol;     ///< "people", "kg": nor is the number before
    Symbol ordered_noun = kNoSymbol;       ///< "floor": the ordinal before is no day
    Symbol ordered_by_word = kNoSymbol;    ///< "opção": the ordinal word before is no weekday
    Symbol ordinal_word = kNoSymbol;
    Symbol weekday = kNoSymbol, month = kNoSymbol, hour_word = kNoSymbol, of = kNoSymbol;
    Symbol between = kNoSymbol;       ///< of the two hours behind it the second is an end
    Symbol ahead = kNoSymbol;         ///< "before": a length stands before it, no name
    Symbol name_before = kNoSymbol;   ///< "with": behind it April is a person
    Symbol possessive = kNoSymbol;    ///< "her", "mis": the number behind is an age
    Symbol relday_short = kNoSymbol;  ///< "tom": tomorrow, unless it is a person
    Symbol name_behind = kNoSymbol;   ///< "is": before it April is one too
    Symbol weekday_short = kNoSymbol;
    Symbol weekday_plural = kNoSymbol;
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
    Symbol at_hour = kNoSymbol;                                   ///< "at", "a las"
    Symbol half_of_day = kNoSymbol;                               ///< "pm"
    Symbol month_short = kNoSymbol;                               ///< "oct"
    Symbol relative_day = kNoSymbol;                              ///< "tomorrow"
    std::array<Symbol, 3> number_words{};                         ///< "one", "ten", "twenty"
    Symbol number = kNoSymbol;                                    ///< a run of digits
    std::map<std::string, LanguageMask, std::less<>> zone_languages;  ///< from `<language>/zones.txt`
    Symbol sole = kNoSymbol;  ///< what only counts when it is the whole message
    Symbol last = kNoSymbol;  ///< what only counts at the end of the message or before a mark

    /// Reads the embedded data. Throws std::invalid_argument when it is malformed.
    Knowledge();
};

/// The program's own knowledge, built on first use.
[[nodiscard]] const Knowledge& knowledge();

/// The bit of a locale such as "pt-BR"; 0 when unknown.
[[nodiscard]] LanguageMask language_of(std::string_view locale);

/// The bit of the language that most people speak in a time zone such as "America/Sao_Paulo"; 0 when unknown.
[[nodiscard]] LanguageMask language_spoken_in(std::string_view zone);

}  // namespace scheduling::language
