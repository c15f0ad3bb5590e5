#include <algorithm>

#include "language/words.hpp"
#include "understanding/around.hpp"

/// Where it is: "en la sala 3", "at 450 Sutter St", "…, martes 6pm colegio San José".
namespace scheduling {
namespace {

using language::Symbol;
using language::TokenKind;

/// "Av. Paulista", "St. Anne's": the full stop of a word that is cut short.
bool is_short_form(const Around& around, std::uint32_t stop) {
    constexpr std::size_t kLongest = 4;
    const bool unit = stop > 1 && around.reading.text.word(stop - 1).size() == 1 &&
                      around.phrase(stop - 2, around.classes.floor) > 0;  // "torre B. Asisten …"
    if (!unit && stop > 0 && around.phrase(stop - 1, around.classes.short_form) == 1) return true;
    return !unit && stop > 0 && stop + 1 < around.size() &&
           around.reading.text.word(stop - 1).size() <= kLongest && around.reading.text.tokens[stop].glued &&
           around.reading.text.tokens[stop + 1].capital;
}

/// "… Pollo Campero zona 10", "… piso 3": where in a town or a house.
bool is_numbered_part(const Around& around, std::uint32_t at) {
    const std::uint32_t number = at + around.phrase(at, around.classes.floor);
    return number > at && number < around.size() && around.is_free(number) &&
           around.reading.text.tokens[number].kind == language::TokenKind::kNumber;
}

/// "SQ317", "BA0284": two letters of a line and a number of two digits and more.
bool is_flight(std::string_view word) {
    constexpr std::size_t kLetters = 2, kShortest = 4, kLongest = 6;
    if (word.size() < kShortest || word.size() > kLongest) return false;
    for (std::size_t k = 0; k < word.size(); ++k) {
        const char c = word[k];
        if (k < kLetters ? c < 'A' || c > 'Z' : c < '0' || c > '9') return false;
    }
    return true;
}

/// "The Crown", "St Fintan's", "Juan Valdez del Parque 93", "126 Northpoint Dr": where a name ends that
/// stands for itself, up to a mark, a time or the message's end; `at` when none does.
std::uint32_t proper_end(const Around& around, std::uint32_t at) {
    constexpr std::uint32_t kMostWords = 6;
    const auto& tokens = around.reading.text.tokens;
    const auto& classes = around.classes;
    const auto is_name = [&](std::uint32_t k) {
        return k < around.size() && around.is_free(k) && around.is_word(k) && tokens[k].capital &&
               around.phrase(k, classes.group) == 0 && around.phrase(k, classes.remark) == 0 &&
               around.phrase(k, classes.polite) == 0 && around.phrase(k, classes.money) == 0 &&
               (k > at || around.phrase(k, classes.frame) == 0) &&
               around.phrase(k, classes.subject_label) == 0 && (k > at || event_size(around, k) == 0) &&
               !(k > at && around.starts_line(k));
    };
    // "LATAM 3304", "UA 1093", "SQ317": a flight or an order.
    const auto is_code = [&](std::uint32_t k) {
        const std::string_view word = around.slice(k, k + 1);
        if (tokens[k].kind == TokenKind::kCode) return is_flight(word);
        return std::all_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; }) &&
               k + 1 < around.size() && tokens[k + 1].kind == TokenKind::kNumber;
    };
    const bool marked = at > 0 && around.punctuation(at - 1) == ',';
    const bool house = tokens[at].kind == TokenKind::kNumber &&
                       (around.reading.text.word(at).size() > 1 || marked);  // "…, 9 Ash Lane"
    std::uint32_t end = house ? at + 1 : at;
    if (!is_name(end) || is_code(end)) return at;
    while (end < around.size() && around.is_free(end) && end - at < kMostWords) {
        const bool joint = around.phrase(end, classes.of_group) == 1 && end > at && is_name(end + 1);
        const bool behind =
            end > at && around.is_word(end) && (tokens[end].glued || tokens[end].kind == TokenKind::kNumber);
        const bool mark =
            tokens[end].glued && !around.is_word(end) && is_name(end + 1) && tokens[end + 1].glued;
        const bool stop = end > at && around.punctuation(end) == '.' && is_short_form(around, end);
        const bool small_noun = end > at && around.is_word(end) &&
                                around.phrase(end, classes.place_noun) > 0;  // "Domingo church"
        const bool code = end > at && tokens[end].kind == TokenKind::kCode;  // "E 98th St"
        // "Porto's"; "Archie's getting an award" goes on with a small word and is no name
        const bool whose = end > at && around.punctuation(end) == '\'' && tokens[end].glued &&
                           end + 1 < around.size() && around.is_word(end + 1) && tokens[end + 1].glued;
        if (!is_name(end) && !joint && !behind && !mark && !stop && !small_noun && !code && !whose) break;
        ++end;
    }
    const bool noted = end < around.size() && end > at &&
                       (around.phrase(end, classes.note) > 0 || around.phrase(end, classes.self) > 0 ||
                        around.phrase(end, classes.with) > 0 || is_numbered_part(around, end));
    const bool closed = end == around.size() || !around.is_word(end) || around.roles[end] == Role::kTime ||
                        around.starts_line(end) || noted;
    const bool label = end < around.size() && around.punctuation(end) == ':';
    return closed && !label ? end : at;
}

/// A preposition with what it leads to, where only a place can follow: right behind the time ("las 8 en la
/// losa", "3pm in class 7B").
bool is_in_behind_time(const Around& around, std::uint32_t at, std::uint32_t begin) {
    const std::uint32_t behind =
        at > 1 && around.punctuation(at - 1) == ',' ? at - 1 : at;  // "1 pm, en la vet"
    if (behind == 0 || around.roles[behind - 1] != Role::kTime) return false;
    const auto& classes = around.classes;
    if (around.phrase(at, classes.place_in) == 0 || around.phrase(at, classes.no_place) > 0) return false;
    return around.is_word(begin) && around.phrase(begin, classes.small) == 0 &&
           around.phrase(begin, classes.video) == 0 && event_size(around, begin) == 0 &&
           around.reading.text.tokens[begin].kind == TokenKind::kWord;
}

/// "… table for 7, Gus's": the last words of a message, behind a comma. Who signs it is none ("saludos,
/// Ana").
bool is_closing_name(const Around& around, std::uint32_t at) {
    if (at < 2 || around.starts_line(at)) return false;
    const char mark = around.punctuation(at - 1);
    if (mark != ',' && mark != '(') return false;
    const bool signs = around.roles[at - 2] == Role::kCommand || !around.is_word(at - 2) ||
                       around.phrase(at - 2, around.classes.remark) > 0 ||
                       around.phrase(at - 2, around.classes.greeting_end) > 0;
    const bool timed = std::any_of(around.roles.begin(), around.roles.begin() + at,
                                   [](Role role) { return role == Role::kTime; });
    if (signs || !timed) return false;
    const auto ends_part = [&](std::uint32_t end) {
        return end == around.size() || around.punctuation(end) == ',' || around.punctuation(end) == '.' ||
               around.punctuation(end) == ')' || around.starts_line(end);
    };
    // "…, sala grande", "…, maternidade Lucrécia Paim"
    const std::uint32_t noun = around.phrase(at, around.classes.place_noun);
    const bool told = at + noun < around.size() && around.phrase(at + noun, around.classes.opens) > 0;
    if (noun > 0 && !told && event_size(around, at) <= noun && around.phrase(at, around.classes.note) == 0)
        return true;
    const bool article =
        around.phrase(at, around.classes.kin) == 1 && at + 1 < around.size() && around.is_free(at + 1);
    const std::uint32_t named = article ? proper_end(around, at + 1) : at;
    if (article && named > at + 1 && ends_part(named) &&
        (around.reading.language & language::kCapitalMonths) != 0)
        return true;  // ", the Tollington"
    const std::uint32_t end = proper_end(around, at);
    return end > at && (end == around.size() || (end - at > 1 && ends_part(end)));
}

/// A place named behind the time needs no preposition: "martes 6pm colegio San José", "2pm salón 301",
/// "at 4, Lincoln Center".
bool is_place_behind_time(const Around& around, std::uint32_t at) {
    if (at == 0) return false;
    const char mark = around.punctuation(at - 1);
    const std::uint32_t last = (mark == ',' || mark == '-') && at > 1 ? at - 2 : at - 1;
    const bool with_guest =
        mark == ',' && (around.roles[last] == Role::kGuest || around.roles[last] == Role::kInvitee);
    if (around.roles[last] != Role::kTime && !with_guest) return false;
    if (std::none_of(around.roles.begin(), around.roles.begin() + last, is_title_role)) return false;
    const Symbol noun = around.classes.place_noun;
    if (const std::uint32_t size = around.phrase(at, noun); size > 0) {
        const std::uint32_t behind = at + size;  // "…, shop shuts at 5" tells of it
        return mark != ',' || behind >= around.size() || around.phrase(behind, around.classes.opens) == 0;
    }
    if (!around.is_free(at)) return false;
    if (proper_end(around, at) > at) return true;
    const std::uint32_t article =
        around.phrase(at, around.classes.kin);  // "his office", "the Grand Ballroom"
    if (article > 0 && at + article < around.size() && around.is_free(at + article)) {
        if (around.phrase(at + article, noun) > 0 || proper_end(around, at + article) > at + article)
            return true;
        at += article;
    }
    // "21h allianz parque": one word that is none of ours before the noun, and nothing behind it.
    const bool named = mark == '\0' && around.is_word(at) && at + 1 < around.size() &&
                       around.words[at] == language::Lexicon::kUnknown && around.is_free(at + 1) &&
                       around.phrase(at + 1, noun) > 0 &&
                       at + 1 + around.phrase(at + 1, noun) == around.size();
    if (named) return true;
    const bool house = around.reading.text.tokens[at].kind == TokenKind::kNumber;  // "221 Baker Street"
    if (house && (at + 1 >= around.size() || !around.reading.text.tokens[at + 1].capital)) return false;
    if (!house && !around.reading.text.tokens[at].capital) return false;
    for (std::uint32_t end = at + 1; end < around.size() && around.is_free(end) && end - at < 8; ++end) {
        if (around.phrase(end, noun) > 0) return true;
        const bool glued = around.reading.text.tokens[end].glued;  // "St Mary's Church"
        if (!around.reading.text.tokens[end].capital && !glued) return false;
    }
    return false;
}

/// A word that no class of ours holds by itself: a name as soon as it stands where only a name can.
bool is_unheard(const Around& around, std::uint32_t at) {
    const auto& token = around.reading.text.tokens[at];
    if (!around.is_free(at) || token.kind != TokenKind::kWord || token.capital) return false;
    const auto word = around.words[at];
    if (word == language::Lexicon::kUnknown) return true;
    const auto node = around.knowledge.around.next(language::Lexicon::kRoot, word);
    if (!node) return true;
    const auto& entries = around.knowledge.around.entries(*node);
    return std::none_of(entries.begin(), entries.end(), [&](const auto& entry) {
        return (entry.language & around.reading.language) != 0 && entry.symbol != around.classes.no_guest &&
               entry.symbol != around.classes.surname && entry.symbol != around.classes.short_form;
    });
}

/// The languages in which a place stands without a preposition behind the hour; elsewhere "en", "na" lead to
/// it.
constexpr language::LanguageMask kNamesAlone = 2;

/// "in the big conference room", "en su oficina": a noun of place behind what describes it.
bool noun_follows(const Around& around, std::uint32_t begin) {
    constexpr std::uint32_t kMostWords = 3;
    const Symbol noun = around.classes.place_noun, small = around.classes.small, with = around.classes.with;
    for (std::uint32_t at = begin; at < around.size() && at <= begin + kMostWords; ++at) {
        if (!around.is_free(at) || !around.is_word(at)) return false;
        if (around.phrase(at, noun) > 0) return true;
        const bool whose = at == begin && around.phrase(at, around.classes.kin) > 0;  // "at my place"
        if (!whose && (around.phrase(at, small) > 0 || around.phrase(at, with) > 0)) return false;
    }
    return false;
}

/// "bar Manolo", "depto 1204", "court 3": a noun of place with its name or number, behind the title's words.
bool is_named_place(const Around& around, std::uint32_t at) {
    const std::uint32_t size = around.phrase(at, around.classes.place_noun);
    std::uint32_t name = at + size;
    const bool apart = at > 0 && around.is_free(at - 1) && around.phrase(at - 1, around.classes.small) == 0 &&
                       around.phrase(at - 1, around.classes.kin) == 0;  // "visita a la casa de …" is no place
    if (size > 0 && apart && name + 1 < around.size() && around.is_free(name) && around.is_free(name + 1) &&
        around.phrase(name, around.classes.of_group) == 1 && around.reading.text.tokens[name + 1].capital)
        ++name;  // "posto de saúde da Vila Nova"
    if (size == 0 || name >= around.size() || !around.is_free(name) || !around.is_word(name)) return false;
    // "concierto de Café Tacvba": a name in capitals behind an event and "of" is the event's.
    if (at > 1 && event_size(around, at - 2) == 1 && around.reading.text.tokens[at].capital &&
        around.reading.text.tokens[name].capital && around.phrase(at - 1, around.classes.of_group, true) == 1)
        return false;
    if (at > 0 && around.phrase(at - 1, around.classes.purpose, true) == 1) return false;  // "por lo del IVA"
    const auto& token = around.reading.text.tokens[name];
    if (!token.capital && token.kind != TokenKind::kNumber) return false;
    constexpr std::size_t kShortest = 3;  // "AV 8523" is a flight
    if (token.kind == TokenKind::kNumber && around.reading.text.word(at).size() < kShortest) return false;
    for (std::uint32_t k = at > 3 ? at - 3 : 0; k < at; ++k)  // "open house 412 Maple"
        if (around.is_free(k) && k + event_size(around, k) > at) return false;
    for (std::uint32_t k = 0; k < at; ++k)
        if (around.is_title(k) && around.is_word(k) && around.phrase(k, around.classes.small) == 0 &&
            around.phrase(k, around.classes.article) == 0)
            return true;
    return false;
}

/// "HQ, 5th floor", "Hall 2, 4th floor": what a comma joins to a place.
std::uint32_t place_continues(const Around& around, std::uint32_t comma) {
    if (comma + 1 >= around.size() || around.punctuation(comma) != ',' || !around.is_free(comma))
        return comma;
    const Symbol noun = around.classes.place_noun, floor = around.classes.floor;
    std::uint32_t end = comma;
    // "Level 3, 40 Wickham Tce": a house with its street.
    if (around.is_free(comma + 1) && around.reading.text.tokens[comma + 1].kind == TokenKind::kNumber) {
        const std::uint32_t street = proper_end(around, comma + 1);
        if (street > comma + 1) return street;
    }
    // "San Agustin church, reception after": what follows is an event.
    if (event_size(around, comma + 1) > 0 && around.phrase(comma + 1, floor) == 0 &&
        comma + 2 < around.size() && around.phrase(comma + 2, floor) == 0 &&
        around.reading.text.tokens[comma + 2].kind != TokenKind::kNumber)
        return comma;
    for (std::uint32_t at = comma + 1; at < around.size() && at <= comma + 4; ++at) {
        if (!around.is_free(at) || around.punctuation(at) == ',') break;
        const auto& here = around.reading.text.tokens[at];
        const bool named = here.capital || here.glued || here.kind == TokenKind::kNumber || at == comma + 1;
        if (!named && around.phrase(at, floor) == 0 && around.phrase(at, noun) == 0)
            break;  // "conta da empresa"
        if (around.phrase(at, noun) > 0 || around.phrase(at, floor) > 0) {
            end = at + 1;
            const auto& tokens = around.reading.text.tokens;
            const auto goes_on = [&](std::uint32_t k) {  // "Av. Rivadavia 5400", "Safari Park Hotel"
                if (k >= around.size() || !around.is_free(k)) return false;
                if (around.punctuation(k) == '.') return is_short_form(around, k);
                const bool number = tokens[k].kind == TokenKind::kNumber;
                return around.is_word(k) && (tokens[k].capital || number) &&
                       around.phrase(k, around.classes.remark) == 0;
            };
            if (goes_on(end) && around.phrase(at, floor) == 0) {
                while (goes_on(end) && end - comma < 9) ++end;
                return end;
            }
            const bool numbered =
                end < around.size() && around.is_free(end) && around.is_word(end) &&
                (tokens[end].kind != TokenKind::kWord ||
                 (tokens[end].capital && around.reading.text.word(end).size() == 1));  // "bloco C"
            if (numbered) ++end;
            while (numbered && end < around.size() && around.is_free(end) && around.is_word(end) &&
                   around.reading.text.tokens[end].glued)  // "salón 4B"
                ++end;
            return end;
        }
    }
    return end;
}

/// What is said behind a place: "… finca luego", "… en su despacho puede?", "estudio del Neto: Lari".
bool ends_place(const Around& around, std::uint32_t begin, std::uint32_t end) {
    constexpr std::string_view kMarks = "?!:";
    if (const char mark = around.punctuation(end);
        mark != '\0' && kMarks.find(mark) != std::string_view::npos)
        return true;
    const bool speaker = around.reading.text.word(end).size() == 1 &&
                         around.phrase(end, around.classes.frame) > 0;  // "… in Katy I told him"
    if (end == begin || (around.reading.text.tokens[end].capital && !speaker)) return false;
    const auto& classes = around.classes;
    // "la farmacia a buscar los remedios"
    if (around.phrase(end, classes.aim) == 1 && end + 1 < around.size() && around.is_free(end + 1) &&
        begins_task(around, end + 1))
        return true;
    return around.phrase(end, classes.then) > 0 || around.phrase(end, classes.frame) > 0 ||
           around.phrase(end, classes.note) > 0 || around.phrase(end, classes.self) > 0 ||
           around.phrase(end, classes.comers) > 0 || around.phrase(end, classes.money) > 0 ||
           around.phrase(end, classes.opens) > 0;  // "… at the walk in fasting from midnight"
}

std::uint32_t place_end(const Around& around, std::uint32_t begin) {
    const Symbol with = around.classes.with, small = around.classes.small, purpose = around.classes.purpose;
    std::uint32_t end = begin;
    while (end < around.size() && around.is_free(end) && around.phrase(end, with) == 0 &&
           (end == begin || around.phrase(end, purpose) == 0) && around.punctuation(end) != ',' &&
           (around.punctuation(end) != '.' || is_short_form(around, end)) && around.punctuation(end) != ';' &&
           (around.phrase(end, around.classes.remark) == 0 || around.reading.text.tokens[end].capital ||
            around.reading.text.word(end) == "e") &&
           request_size(around, end, false) == 0 && around.punctuation(end) != '(' &&
           !ends_place(around, begin, end) && end - begin < 8)
        ++end;
    for (std::uint32_t at = begin + 1; at + 1 < end; ++at)  // "Guarulhos e eu tenho que buscar"
        if (around.phrase(at, around.classes.person_and) > 0 && !around.reading.text.tokens[at + 1].capital)
            end = at;
    const auto is_name = [&](std::uint32_t at) {        // "Room A"
        return around.reading.text.tokens[at].capital;  // "Room A", "igreja da Sé"
    };
    const auto ends_noun = [&](std::uint32_t at) {  // "the walk in"
        return at > begin + 1 && around.phrase(at - 2, around.classes.place_noun) == 2;
    };
    while (end > begin + 1 && !is_name(end - 1) && !ends_noun(end) &&
           (around.phrase(end - 1, small) == 1 || !around.is_word(end - 1)))
        --end;
    return end < around.size() ? place_continues(around, end) : end;
}

/// "5 a side tonight 8 powerleague", "makan fri 7.30pm tampines hub w the boys": words that mean nothing else
/// right behind the hour say where it is. Returns where they end, `at` when they do not.
std::uint32_t unheard_end(const Around& around, std::uint32_t at) {
    constexpr std::uint32_t kMostWords = 4;
    constexpr std::size_t kShortest = 3;
    const auto& classes = around.classes;
    const bool comma = at > 1 && around.punctuation(at - 1) == ',';
    const std::uint32_t time_end = comma ? at - 1 : at;
    if ((around.reading.language & kNamesAlone) == 0 || time_end == 0 ||
        around.roles[time_end - 1] != Role::kTime || !is_unheard(around, at))
        return at;
    const auto& times = around.reading.expressions;
    const bool hour = std::any_of(times.begin(), times.end(), [&](const language::Expression& time) {
        return time.end_token == time_end && time.value.has_clock() && !time.value.has(language::kPartOnly);
    });
    bool titled = false;
    for (std::uint32_t k = 0; k < at; ++k)
        titled = titled || (around.is_title(k) && around.is_word(k) && around.phrase(k, classes.small) == 0 &&
                            around.phrase(k, classes.article) == 0 && around.phrase(k, classes.frame) == 0);
    if (!hour || !titled) return at;
    std::uint32_t end = at;
    bool name = false;
    for (; end < around.size() && end - at < kMostWords; ++end) {
        if (end > at && around.is_free(end) && around.phrase(end, classes.person_and) == 1 &&
            end + 1 < around.size() && is_unheard(around, end + 1))
            continue;  // "toni and guy"
        if (!is_unheard(around, end) || around.phrase(end, classes.place_noun) > 0) break;
        name = name || around.reading.text.word(end).size() >= kShortest;
    }
    if (!name) return at;
    if (end == around.size()) return comma ? at : end;
    if (const std::uint32_t noun = around.phrase(end, classes.place_noun); noun > 0 && around.is_free(end)) {
        const std::uint32_t behind = end + noun;  // "broadmeadow courts all of term 4"
        const auto& tokens = around.reading.text.tokens;
        const bool begins_name = behind < around.size() && around.is_free(behind) &&
                                 (tokens[behind].kind == TokenKind::kNumber || tokens[behind].capital);
        return begins_name ? at : behind;  // "muhurat flat 704"
    }
    if (around.phrase(end, classes.place_preposition) > 0 && end + 1 < around.size() &&
        around.reading.text.tokens[end + 1].capital)
        return place_end(around, at);  // "goals in Wembley"
    // "specsavers on the high street": a noun of place behind a little word and an article
    std::uint32_t noun = end;
    for (int words = 0; words < 2 && noun < around.size() && around.is_free(noun) &&
                        (around.phrase(noun, classes.small) == 1 || around.phrase(noun, classes.kin) == 1);
         ++words)
        ++noun;
    if (noun > end && noun < around.size() && around.is_free(noun) &&
        around.phrase(noun, classes.place_noun) > 0)
        return noun + around.phrase(noun, classes.place_noun);
    if (comma) return at;
    const bool closed = !around.is_word(end) || around.starts_line(end) ||
                        around.roles[end] == Role::kCommand || around.phrase(end, classes.with) > 0 ||
                        around.phrase(end, classes.self) > 0 || around.phrase(end, classes.note) > 0 ||
                        around.phrase(end, classes.command) > 0;
    return closed ? end : at;
}

}  // namespace

namespace {

/// "sala 2 mañana a las 10 para la revisión": what is booked is where, and what for is the title. Marks both;
/// "" when nothing of the kind is said.
std::string booked_room(Around& around) {
    std::uint32_t first = 0;
    while (first < around.size() && (!around.is_title(first) || !around.is_word(first) ||
                                     around.phrase(first, around.classes.article) == 1))
        ++first;
    if (first == around.size() || !around.is_free(first)) return {};
    const std::uint32_t size = around.phrase(first, around.classes.place_noun), number = first + size;
    if (size == 0 || number >= around.size() || !around.is_free(number) ||
        around.reading.text.tokens[number].kind != TokenKind::kNumber)
        return {};
    std::uint32_t purpose = number + 1;
    while (purpose < around.size() && around.roles[purpose] == Role::kTime) ++purpose;
    if (purpose + 1 >= around.size() || !around.is_free(purpose) ||
        around.phrase(purpose, around.classes.purpose) != 1 || !around.is_title(purpose + 1))
        return {};
    std::string place(around.slice(first, number + 1));
    around.mark(first, number + 1, Role::kPlace);
    around.mark(purpose, purpose + 1, Role::kDropped);
    return place;
}

}  // namespace

std::string find_place(Around& around) {
    if (std::string room = booked_room(around); !room.empty()) return room;
    const Symbol preposition = around.classes.place_preposition, noun = around.classes.place_noun;
    const Symbol small = around.classes.small, place_only = around.classes.place_at;
    for (std::uint32_t at = 0; at < around.size(); ++at) {
        if (!around.is_free(at)) continue;
        if (const std::uint32_t other = around.phrase(at, around.classes.no_place);
            other > 1 && !around.reading.text.tokens[at + other - 1].capital) {
            at += other - 1;  // "en ayunas"
            continue;
        }
        auto size = around.phrase(at, preposition);
        const std::uint32_t label = around.phrase(at, around.classes.place_label);
        const bool labelled =
            label > 0 && at + label < around.size() && around.punctuation(at + label) == ':';
        if (labelled) size = label + 1;
        std::uint32_t begin = at + size;
        if (begin >= around.size() || !around.is_free(begin)) continue;
        const std::uint32_t unheard = size == 0 ? unheard_end(around, at) : at;
        if (unheard > at) {
            const std::string place(around.slice(at, unheard));
            around.mark(at, unheard, Role::kPlace);
            return place;
        }
        // "en El Corte Inglés": an article with a capital belongs to the name.
        const auto& tokens = around.reading.text.tokens;
        const bool named_so = (around.reading.language & language::kCapitalMonths) == 0 && !labelled;
        if (named_so && size > 1 && tokens[begin - 1].capital && !tokens[at].capital && tokens[begin].capital)
            --begin;
        if (size == 0 && !is_place_behind_time(around, at) && !is_named_place(around, at) &&
            !is_closing_name(around, at))
            continue;
        const bool says_place = around.phrase(at, place_only) > 0 && around.is_word(begin) &&
                                around.phrase(begin, small) == 0 &&
                                around.reading.text.tokens[begin].kind == TokenKind::kWord;
        const bool street = around.reading.text.tokens[begin].kind == TokenKind::kNumber &&
                            begin + 1 < around.size() && around.reading.text.tokens[begin + 1].capital;
        const bool proper = around.reading.text.tokens[begin].capital || around.phrase(begin, noun) > 0 ||
                            says_place || street || labelled || (size == 0 && noun_follows(around, begin)) ||
                            (size == 0 && around.phrase(begin, around.classes.kin) == 1 &&
                             begin + 1 < around.size() && proper_end(around, begin + 1) > begin + 1) ||
                            (size > 0 && noun_follows(around, begin)) || is_in_behind_time(around, at, begin);
        const bool whose = size > 0 && around.phrase(begin, around.classes.group) == 1 &&
                           begin + 1 < around.size() && around.reading.text.tokens[begin + 1].capital;
        if (!proper && !whose) continue;  // "na tia Mercedes"
        const std::uint32_t end = place_end(around, begin);
        const std::string place(around.slice(begin, end));
        around.mark(at, end, Role::kPlace);
        return place;
    }
    return {};
}

}  // namespace scheduling
