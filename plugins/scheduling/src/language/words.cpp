#include "language/words.hpp"

#include <algorithm>
#include <array>

namespace scheduling::language {

Words::Words(const Knowledge& knowledge, const Text& text, LanguageMask preferred, LanguageMask local)
    : knowledge_(knowledge), text_(text) {
    find_words();
    language_ = choose_language(preferred, local);
    find_dead_numbers();
    bury_names();
    bury_people();
    bury_dated_streets();
    bury_dated_places();
    bury_number_names();
    part_hours();
}

void Words::find_words() {
    words_.resize(text_.tokens.size());
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] = knowledge_.lexicon.find(text_.word(i));
}

/// The locale's language, or the one of the place, unless the words themselves speak more for another.
LanguageMask Words::choose_language(LanguageMask preferred, LanguageMask local) const {
    std::array<int, 3> votes{};
    for (std::size_t i = 0; i < words_.size(); ++i) {
        if (text_.tokens[i].kind != TokenKind::kWord || words_[i] == Lexicon::kUnknown) continue;
        const LanguageMask known = knowledge_.lexicon.languages(words_[i]);
        const int weight = std::has_single_bit(known) ? 3 : 1;
        for (std::size_t k = 0; k < votes.size(); ++k)
            if (known & kLanguages[k].bit) votes[k] += weight;
    }
    for (std::size_t k = 0; k < votes.size(); ++k) {
        if (preferred & kLanguages[k].bit) votes[k] += 4;
        if (local & kLanguages[k].bit) votes[k] += 2;
    }
    const auto best = std::max_element(votes.begin(), votes.end()) - votes.begin();
    return kLanguages[best].bit;
}

/// Written with a capital inside a sentence, where days and months are not ("con Mariana").
bool Words::is_name(std::size_t at) const {
    return text_.tokens[at].capital && at > 0 && text_.tokens[at - 1].kind == TokenKind::kWord &&
           !text_.tokens[at - 1].capital && (language_ & kCapitalMonths) == 0;
}

bool Words::begins_place_name(std::size_t at) const {
    const std::size_t size = text_.tokens.size();
    if (at + 2 >= size || !has_class(words_[at + 1], knowledge_.of)) return false;
    const AroundClasses& classes = knowledge_.around_classes;
    const bool is_place = is_around(at, at + 1, classes.place_noun);
    const bool named = text_.tokens[at + 2].capital && words_[at + 2] == Lexicon::kUnknown;
    if (named && (is_place || is_name(at))) return true;
    if (!is_place) return false;
    std::size_t owner = at + 2;
    while (owner + 1 < size && is_around(owner, owner + 1, classes.kin)) ++owner;  // "do meu tio"
    return is_around(owner, owner + 1, classes.group);
}

/// The message's language has the word by itself ("friday" only stands in Spanish's "black friday").
bool Words::is_native_word(Lexicon::WordId word) const {
    if ((knowledge_.lexicon.languages(word) & language_) == 0) return false;
    const auto node = knowledge_.lexicon.next(Lexicon::kRoot, word);
    if (!node) return true;  // only in KNOWN, or inside other phrases
    const auto& entries = knowledge_.lexicon.entries(*node);
    return entries.empty() || std::any_of(entries.begin(), entries.end(), [&](const LexiconEntry& entry) {
               return (entry.language & language_) != 0;
           });
}

char Words::character(std::size_t at) const {
    const Token& token = text_.tokens[at];
    return token.kind == TokenKind::kPunct ? text_.folded[token.folded_begin] : '\0';
}

bool Words::is_chain_mark(std::size_t at) const {
    const char c = character(at);
    return c == '.' || c == '/' || c == ':' || c == '-' || c == ',';
}

/// Numbers glued together by marks ("1.10.30", "10.1") are read whole or not at all; those of
/// prices, measures, versions and rooms are no times.
void Words::find_dead_numbers() {
    dead_.assign(text_.tokens.size(), false);
    for (std::size_t begin = 0; begin < text_.tokens.size();) {
        if (text_.tokens[begin].kind != TokenKind::kNumber) {
            ++begin;
            continue;
        }
        std::size_t end = begin + 1;
        while (end + 1 < text_.tokens.size() && is_chain_mark(end) && text_.tokens[end].glued &&
               text_.tokens[end + 1].glued && text_.tokens[end + 1].kind == TokenKind::kNumber)
            end += 2;
        if (is_no_time(begin, end)) {
            std::fill(dead_.begin() + begin, dead_.begin() + end, true);
            bury_street_name(end);
        }
        begin = end;
    }
}

/// "farmacia 24 horas", "24 Hour Fitness", "24/7": always open, no length and no date.
bool Words::is_always_open(std::size_t begin, std::size_t end) const {
    if (text_.tokens[begin].number != 24 || end >= text_.tokens.size() + 1) return false;
    const auto size = text_.tokens.size();
    if (end == begin + 3)
        return character(begin + 1) == '/' && text_.tokens[begin + 2].number == 7 &&
               (begin == 0 || !(has_class(words_[begin - 1], knowledge_.the) ||
                                has_class(words_[begin - 1], knowledge_.day_word) ||
                                has_class(words_[begin - 1], knowledge_.on)));
    if (end != begin + 1 || end >= size || !has_class(words_[end], knowledge_.hour_word)) return false;
    if (end + 1 < size && has_class(words_[end + 1], knowledge_.ahead)) return false;
    const bool behind_noun = begin > 0 && text_.tokens[begin - 1].kind == TokenKind::kWord &&
                             words_[begin - 1] == Lexicon::kUnknown;
    const bool before_name = end + 1 < size && text_.tokens[end + 1].capital;
    return behind_noun || before_name;
}

/// "14 Marlow Road", "Rua das Flores 45": the noun of a street, with its name in capitals between.
bool Words::is_house_number(std::size_t begin, std::size_t end) const {
    constexpr std::size_t kLongestStreet = 5;
    const auto named = [&](std::size_t at) {
        return text_.tokens[at].kind == TokenKind::kWord &&
               (text_.tokens[at].capital || has_class(words_[at], knowledge_.of));
    };
    for (std::size_t at = end; at < text_.tokens.size() && at - end < kLongestStreet && named(at); ++at)
        if (at > end && has_class(words_[at], knowledge_.street_behind)) return true;
    for (std::size_t at = begin; at-- > 0 && begin - at <= kLongestStreet;) {
        if (has_class(words_[at], knowledge_.street_before)) return at + 1 < begin;
        if (!named(at)) return false;
    }
    return false;
}

/// A capital glued to a number: a unit is never written so, but for hours ("8H", "5P", "12M") and moments
/// ("14T09Z").
bool Words::is_label_letter(std::size_t at) const {
    const std::string_view raw = text_.raw(at);
    constexpr std::string_view kOfHours = "HAPMTZ";
    return text_.tokens[at].glued && raw.size() == 1 && raw[0] >= 'A' && raw[0] <= 'Z' &&
           kOfHours.find(raw[0]) == std::string_view::npos;
}

/// "10:30", "4h50", "6am".
bool Words::is_clock_chain(std::size_t begin, std::size_t end) const {
    if (end == begin + 1 && end < text_.tokens.size() && text_.tokens[end].glued &&
        has_class(words_[end], knowledge_.half_of_day))
        return true;
    if (end == begin + 1)
        return end + 1 < text_.tokens.size() && text_.tokens[end].glued && text_.word(end) == "h" &&
               text_.tokens[end + 1].glued && text_.tokens[end + 1].kind == TokenKind::kNumber;
    return end == begin + 3 && character(begin + 1) == ':' &&
           text_.tokens[begin + 2].end - text_.tokens[begin + 2].begin == 2;
}

/// "the 3rd, quarter to 4": the quarter is one of an hour.
bool Words::counts_minutes(std::size_t at) const {
    if (at + 2 >= text_.tokens.size() || text_.word(at) != "quarter") return false;
    const std::string_view behind = text_.word(at + 1);
    return behind == "to" || behind == "past" || behind == "till" || behind == "after";
}

/// "1650 3ro B", "3ro A viernes": a capital that stands alone behind an ordinal; those that are words where
/// nobody writes in capitals and no article follows.
bool Words::is_door_letter(std::size_t at) const {
    const std::string_view raw = text_.raw(at);
    if (raw.size() != 1 || raw[0] < 'A' || raw[0] > 'Z') return false;
    constexpr std::string_view kWords = "AEOYI";
    if (kWords.find(raw[0]) == std::string_view::npos || at + 1 == text_.tokens.size() ||
        text_.tokens[at + 1].kind == TokenKind::kPunct)
        return true;
    const char ending = text_.raw(at - 1).front();
    return (language_ & kCapitalMonths) == 0 && ending >= 'a' && ending <= 'z' &&
           !has_class(words_[at + 1], knowledge_.the);
}

/// "Eilidh's 30th ceilidh", "her 40th", "sus 15": what somebody has by a number is an age or a turn. "My 3pm"
/// is an hour.
bool Words::is_of_someone(std::size_t begin, std::size_t end) const {
    if (end != begin + 1 || !has_class(words_[begin - 1], knowledge_.possessive)) return false;
    if ((language_ & kCapitalMonths) == 0) {
        constexpr std::int64_t kLeastAge = 13;
        const bool alone = end == text_.tokens.size() || (!text_.tokens[end].glued && character(end) == '\0');
        return alone && text_.tokens[begin].number >= kLeastAge &&
               (end == text_.tokens.size() || !has_class(words_[end], knowledge_.half_of_day));
    }
    return end < text_.tokens.size() && text_.tokens[end].glued &&
           has_class(words_[end], knowledge_.ordinal_mark);
}

/// "parcial de Análisis 2 el 23/9 a las 19", "Inglés 3 el viernes 8:30": the number of a name with a capital,
/// where a day follows and the hour is said elsewhere.
bool Words::is_numbered_name(std::size_t begin, std::size_t end) const {
    const auto& tokens = text_.tokens;
    if (end != begin + 1 || begin < 2 || end >= tokens.size() || tokens[begin].glued || tokens[end].glued ||
        tokens[begin].number > 9)
        return false;
    const Token& name = tokens[begin - 1];
    if (name.kind != TokenKind::kWord || !name.capital || words_[begin - 1] != Lexicon::kUnknown)
        return false;
    const bool day_follows =
        has_class(words_[end], knowledge_.the) || has_class(words_[end], knowledge_.on) ||
        has_class(words_[end], knowledge_.weekday) || has_class(words_[end], knowledge_.relative_day);
    if (!day_follows) return false;
    for (std::size_t hour = end + 1; hour < tokens.size(); ++hour)
        if (tokens[hour].kind == TokenKind::kNumber &&
            (begins_hour(hour) || has_class(words_[hour - 1], knowledge_.at_hour)))
            return true;
    return false;
}

bool Words::is_no_time(std::size_t begin, std::size_t end) const {
    if (is_always_open(begin, end) || (end == begin + 1 && is_house_number(begin, end))) return true;
    if (begin > 0) {
        const Token& before = text_.tokens[begin - 1];
        const char c = character(begin - 1);
        if (c == '$' || c == '#') return true;
        if (text_.tokens[begin].glued && before.kind != TokenKind::kPunct && before.kind != TokenKind::kWord)
            return true;
        std::size_t name = begin - 1;  // "Version: 1.2", "sala 3", "Tel. 5"
        if ((c == ':' || c == '.') && name > 0) --name;
        const bool month = end + 1 < text_.tokens.size() && has_class(words_[end], knowledge_.of) &&
                           has_class(words_[end + 1], knowledge_.month);
        if (c == ':' && month) return false;  // "proyecto de grado: 15 de marzo"
        // "bus 10:30" leaves then; a version or a room is not written so.
        if (name == begin - 1 && is_clock_chain(begin, end)) return false;
        if (has_class(words_[name], knowledge_.not_time_before)) return true;
        if (is_of_someone(begin, end) || is_numbered_name(begin, end)) return true;
    }
    if (end < text_.tokens.size()) {
        const Token& after = text_.tokens[end];
        if (after.glued && after.kind == TokenKind::kWord && words_[end] == Lexicon::kUnknown) return true;
        if (is_label_letter(end)) return true;  // "4D", "14B"
        const bool ordinal = after.glued && (has_class(words_[end], knowledge_.ordinal_mark) ||
                                             has_class(words_[end], knowledge_.ordinal_mark_feminine));
        if (ordinal && end + 1 < text_.tokens.size() &&
            ((has_class(words_[end + 1], knowledge_.ordered_noun) && !counts_minutes(end + 1)) ||
             is_label_letter(end + 1) || is_door_letter(end + 1)))
            return true;  // "2nd floor", "3ºB"
        // "at 450 Sutter St"
        const bool house_number =
            end == begin + 1 && text_.tokens[begin].end - text_.tokens[begin].begin >= 3 && !after.glued &&
            after.capital && after.kind == TokenKind::kWord && words_[end] == Lexicon::kUnknown && begin > 0;
        if (house_number) return true;
        const char c = character(end);
        if (c == '%' || c == '$' || has_class(words_[end], knowledge_.not_time_after)) return true;
    }
    return false;
}

bool Words::has_class(Lexicon::WordId word, Symbol symbol) const {
    if (!knowledge_.lexicon.may_begin(word, symbol)) return false;
    const auto node = knowledge_.lexicon.next(Lexicon::kRoot, word);
    if (!node) return false;
    const auto& entries = knowledge_.lexicon.entries(*node);
    return std::any_of(entries.begin(), entries.end(), [&](const LexiconEntry& entry) {
        return entry.symbol == symbol && (entry.language & language_) != 0;
    });
}

}  // namespace scheduling::language
