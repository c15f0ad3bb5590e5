#include <algorithm>

#include "language/words.hpp"

/// Words of time inside names: people, streets, places, feasts. They are no times there.
namespace scheduling::language {
namespace {

constexpr std::size_t kLongestName = 8;

}  // namespace

/// "café da manhã", "good evening", "movie night": names with words of time in them.
void Words::bury_names() {
    for (std::size_t at = 0; at < text_.tokens.size(); ++at) {
        if (!knowledge_.around.may_begin(knowledge_.around.find(text_.word(at)), knowledge_.no_time))
            continue;
        Lexicon::NodeId node = Lexicon::kRoot;
        std::size_t named = at;
        for (std::size_t end = at; end < text_.tokens.size() && end - at < kLongestName; ++end) {
            const auto next = knowledge_.around.next(node, knowledge_.around.find(text_.word(end)));
            if (!next) break;
            node = *next;
            for (const LexiconEntry& entry : knowledge_.around.entries(node))
                if (entry.symbol == knowledge_.no_time && (entry.language & language_) != 0) named = end + 1;
        }
        std::fill(dead_.begin() + at, dead_.begin() + named, true);
    }
}

/// The tokens are a phrase of this class of `around.txt`, the longest from there on.
bool Words::is_around(std::size_t begin, std::size_t end, Symbol wanted) const {
    constexpr std::size_t kLongestPhrase = 6;
    const Lexicon& around = knowledge_.around;
    const Lexicon::WordId first = around.find(text_.word(begin));
    if (!around.may_begin(first, wanted)) return false;
    // A word that only another language knows is taken for that one's.
    const bool foreign = !text_.tokens[begin].capital && (around.languages(first) & language_) == 0;
    const LanguageMask spoken = foreign ? kEveryLanguage : language_;
    std::size_t longest = begin;
    Lexicon::NodeId node = Lexicon::kRoot;
    for (std::size_t at = begin; at < text_.tokens.size() && at - begin < kLongestPhrase; ++at) {
        const auto next = around.next(node, around.find(text_.word(at)));
        if (!next) break;
        node = *next;
        for (const LexiconEntry& entry : around.entries(node))
            if (entry.symbol == wanted && (entry.language & spoken) != 0) longest = at + 1;
    }
    return longest == end;
}

/// "with", "w/", "Mr": nothing but a name stands behind them.
bool Words::leads_to_person(std::size_t begin, std::size_t end) const {
    const AroundClasses& classes = knowledge_.around_classes;
    for (const Symbol lead : {classes.with, classes.with_the, classes.with_short, classes.honorific})
        if (is_around(begin, end, lead)) return true;
    return false;
}

bool Words::is_name_due(std::size_t at) const {
    constexpr std::size_t kLongestLead = 3;
    for (std::size_t back = 1; back <= std::min(at, kLongestLead); ++back)
        if (leads_to_person(at - back, at)) return true;
    const AroundClasses& classes = knowledge_.around_classes;
    const bool capital = at > 0 && text_.tokens[at].capital;
    if (capital && (language_ & kCapitalMonths) == 0 && is_around(at - 1, at, classes.place_noun))
        return true;  // "rua Domingos de Morais"
    return capital && at > 2 && is_around(at - 1, at, classes.person_and) && text_.tokens[at - 2].capital &&
           is_name_due(at - 2);  // "com Sol e Domingos"
}

/// "con Domingo", "com o Domingos": a weekday that is also a first name, where only a person can stand.
bool Words::is_person_day(std::size_t at) const {
    if (at == 0 || !has_class(words_[at], knowledge_.name_day)) return false;
    const auto may_lead = [&](std::size_t k) {
        return has_class(words_[k], knowledge_.name_before) || leads_to_person(k, k + 1);
    };
    if (is_name_due(at) || may_lead(at - 1)) return true;
    const bool article = has_class(words_[at - 1], knowledge_.name_article);
    if (!article) return false;
    const bool plural =
        text_.tokens[at].capital && has_class(words_[at], knowledge_.name_plural);  // "o Domingos"
    return plural || (at > 1 && may_lead(at - 2));
}

/// "3pm", "3:30", "3-4pm".
bool Words::begins_hour(std::size_t at) const {
    const auto size = text_.tokens.size();
    if (at + 1 >= size || text_.tokens[at].kind != TokenKind::kNumber) return false;
    const bool range =
        at + 2 < size && character(at + 1) == '-' && text_.tokens[at + 2].kind == TokenKind::kNumber;
    const std::size_t behind = at + (range ? 3 : 1);
    return behind < size && (character(behind) == ':' || has_class(words_[behind], knowledge_.half_of_day));
}

/// "w/ Jun 3-4pm": behind "with" a month is a person when the number behind it is an hour.
bool Words::is_person_month(std::size_t at) const {
    if (!text_.tokens[at].capital || at == 0) return false;
    // In Spanish and Portuguese no day stands behind its month: "con Abril el 2".
    const bool day_first = (language_ & kCapitalMonths) == 0;
    if (!day_first && !begins_hour(at + 1)) return false;
    if (!has_class(words_[at], knowledge_.month) && !has_class(words_[at], knowledge_.month_short))
        return false;
    const std::size_t with = character(at - 1) == '/' && at > 1 ? at - 2 : at - 1;
    return has_class(words_[with], knowledge_.name_before);
}

void Words::bury_people() {
    for (std::size_t at = 0; at < text_.tokens.size(); ++at)
        if (is_person_day(at) || is_person_month(at)) dead_[at] = true;
}

/// "18 de Julio 1234": a street called by a date, with its house number, which is no year.
void Words::bury_dated_streets() {
    for (std::size_t at = 0; at + 3 < text_.tokens.size(); ++at) {
        const Token &day = text_.tokens[at], &house = text_.tokens[at + 3];
        const bool numbers =
            day.kind == TokenKind::kNumber && house.kind == TokenKind::kNumber && !house.glued;
        const bool year = house.number >= 1900 && house.number <= 2150;
        if (!numbers || house.number < 100 || year || !text_.tokens[at + 2].capital ||
            (language_ & kCapitalMonths) != 0 || !has_class(words_[at + 1], knowledge_.of) ||
            !has_class(words_[at + 2], knowledge_.month))
            continue;
        std::fill(dead_.begin() + static_cast<std::ptrdiff_t>(at),
                  dead_.begin() + static_cast<std::ptrdiff_t>(at) + 4, true);
    }
}

/// "hospital Doce de Octubre", "plaza 25 de Mayo": a place called by a date, in capitals as names are. In
/// digits it may be the day, unless another one is said.
void Words::bury_dated_places() {
    if ((language_ & kCapitalMonths) != 0) return;
    const auto is_day_word = [&](std::size_t at) {
        return has_class(words_[at], knowledge_.weekday) || has_class(words_[at], knowledge_.relative_day) ||
               has_class(words_[at], knowledge_.day_word) || has_class(words_[at], knowledge_.month);
    };
    for (std::size_t at = 1; at + 2 < text_.tokens.size(); ++at) {
        const Token &day = text_.tokens[at], &month = text_.tokens[at + 2];
        const bool named = month.capital && has_class(words_[at + 1], knowledge_.of) &&
                           has_class(words_[at + 2], knowledge_.month) &&
                           is_around(at - 1, at, knowledge_.around_classes.place_noun);
        const bool digits = day.kind == TokenKind::kNumber;
        const auto& in_words = knowledge_.number_words;
        const bool said = std::any_of(in_words.begin(), in_words.end(),
                                      [&](Symbol word) { return has_class(words_[at], word); });
        if (!named || (!digits && !(day.capital && said))) continue;
        bool another_day = false;
        for (std::size_t other = 0; other < text_.tokens.size() && !another_day; ++other)
            another_day = (other + 1 < at || other > at + 2) && is_day_word(other);
        if (digits && !another_day) continue;
        std::fill(dead_.begin() + static_cast<std::ptrdiff_t>(at),
                  dead_.begin() + static_cast<std::ptrdiff_t>(at) + 3, true);
    }
}

/// "culto domingo 10 e 18h", "aula terça 9h e 15h": two hours, and no minutes joined to the first.
void Words::part_hours() {
    const auto is_number = [&](std::size_t k) { return text_.tokens[k].kind == TokenKind::kNumber; };
    const auto is_mark = [&](std::size_t k) {
        return k < text_.tokens.size() && text_.tokens[k].glued && text_.word(k) == "h";
    };
    for (std::size_t at = 1; at + 2 < text_.tokens.size(); ++at) {
        if (!is_number(at + 1) || !is_mark(at + 2) || text_.word(at).size() != 1) continue;
        if (at + 3 < text_.tokens.size() && is_number(at + 3) && text_.tokens[at + 3].glued) continue;
        const std::size_t first = is_mark(at - 1) && at > 1 ? at - 2 : at - 1;
        const std::int64_t hour = text_.tokens[at + 1].number;
        bool is_range = false;  // "entre 14h e 16h", "entre as 14 e 16h"
        for (std::size_t k = first; k-- > 0 && first - k <= 2;)
            is_range = is_range || has_class(words_[k], knowledge_.between);
        if (!is_range && is_number(first) && text_.tokens[first].number < hour && hour <= 24 &&
            is_around(at, at + 1, knowledge_.around_classes.person_and))
            dead_[at] = true;
    }
}

/// "rua 25 de março": the month goes with its number.
void Words::bury_street_name(std::size_t at) {
    if (at + 1 >= text_.tokens.size() || !has_class(words_[at], knowledge_.of) ||
        !has_class(words_[at + 1], knowledge_.month))
        return;
    dead_[at] = dead_[at + 1] = true;
}

/// "a Tres Cruces", "en Cuatro Caminos": a number in words with capitals, as names are written.
void Words::bury_number_names() {
    if ((language_ & kCapitalMonths) != 0) return;
    const auto& in_words = knowledge_.number_words;
    for (std::size_t at = 1; at + 1 < text_.tokens.size(); ++at) {
        const Token &number = text_.tokens[at], &name = text_.tokens[at + 1];
        const bool capitals = number.capital && name.capital && name.kind == TokenKind::kWord &&
                              !name.glued && text_.tokens[at - 1].kind == TokenKind::kWord &&
                              !text_.tokens[at - 1].capital;
        if (!capitals || words_[at + 1] != Lexicon::kUnknown) continue;
        if (std::any_of(in_words.begin(), in_words.end(),
                        [&](Symbol word) { return has_class(words_[at], word); }))
            dead_[at] = true;
    }
}

}  // namespace scheduling::language
