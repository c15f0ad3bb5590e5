#include <algorithm>

#include "understanding/around.hpp"

namespace scheduling {
namespace {

using language::Symbol;
using language::TokenKind;

/// The first letter upper case, also when it has an accent.
std::string capitalized(std::string text) {
    if (text.empty()) return text;
    const auto first = static_cast<unsigned char>(text[0]);
    if (first >= 'a' && first <= 'z') text[0] = static_cast<char>(first - 32);
    if (first == 0xC3 && text.size() > 1) {
        const auto second = static_cast<unsigned char>(text[1]);
        if (second >= 0xA0 && second <= 0xBE && second != 0xB7) text[1] = static_cast<char>(second - 32);
    }
    return text;
}

bool is_title_role(Role role) {
    return role == Role::kFree || role == Role::kTitle || role == Role::kGuest;
}

bool is_word_like(const Around& around, std::uint32_t at) {
    return around.reading.text.tokens[at].kind != TokenKind::kPunct;
}

}  // namespace

void drop_commands(Around& around, bool edits, std::uint32_t begin) {
    const Symbol small = around.classes.small, edit = around.classes.edit;
    const Symbol command = around.classes.command, polite = around.classes.polite,
                 article = around.classes.article, title = around.classes.title, todo = around.classes.todo;
    const auto command_size = [&](std::uint32_t at) {
        const auto size = std::max(around.phrase(at, command), edits ? around.phrase(at, edit) : 0u);
        return around.phrase(at, title) > size ? 0u : size;  // "book club" asks for nothing
    };
    for (std::uint32_t at = begin; at < around.size(); ++at) {
        if (!around.is_free(at)) continue;
        const auto size = std::max(around.phrase(at, polite), around.phrase(at, around.classes.whole_day));
        if (size > 0) around.mark(at, at + size, Role::kCommand);
    }
    bool after_command = begin > 0;
    for (std::uint32_t at = begin; at < around.size();) {
        if (!around.is_free(at)) {
            if (around.roles[at] != Role::kTime && around.roles[at] != Role::kCommand) return;
            ++at;
            continue;
        }
        if (around.phrase(at, todo) > 0) {  // what is to be remembered is the title, whatever it begins with
            around.mark(at, at + around.phrase(at, todo), Role::kCommand);
            return;
        }
        const auto size = std::max(command_size(at), request_size(around, at, true));
        const bool joined = at + size < around.size() && around.punctuation(at + size) == '-';
        if (size > 0 && !joined) {
            around.mark(at, at + size, Role::kCommand);
            after_command = true;
            at += size;
        } else if (!is_word_like(around, at) || (after_command && around.phrase(at, article) > 0) ||
                   (at + 1 < around.size() && around.roles[at + 1] == Role::kTime &&
                    around.phrase(at, small) == 1)) {
            around.mark(at, at + 1, Role::kCommand);
            ++at;
        } else {
            return;
        }
    }
}

namespace {

/// Prepositions left hanging before what was taken away, and calendar phrases.
void drop_small_words(Around& around) {
    const Symbol small = around.classes.small, article = around.classes.article;
    for (std::uint32_t at = around.size(); at-- > 0;) {
        if (!around.is_free(at)) continue;
        const bool at_end = at + 1 == around.size() || !is_title_role(around.roles[at + 1]);
        const bool at_begin = at == 0 || !is_title_role(around.roles[at - 1]);
        const bool hanging = around.phrase(at, small) == 1 ||
                             (at_end && around.phrase(at, around.classes.purpose) == 1) ||
                             around.phrase(at, article) == 1 || !is_word_like(around, at);
        const bool closes = around.punctuation(at) == ')' || around.punctuation(at) == '"';
        if (hanging && !closes && (at_end || (at_begin && !is_word_like(around, at))))
            around.mark(at, at + 1, Role::kDropped);
    }
    // And behind what was taken away, up to the title's first word.
    for (std::uint32_t at = 0; at < around.size(); ++at) {
        if (!is_title_role(around.roles[at])) continue;
        if (!around.is_free(at) || (around.phrase(at, small) != 1 && is_word_like(around, at))) break;
        around.mark(at, at + 1, Role::kDropped);
    }
}

/// "cita SUNAT viernes 8.20am ticket 1145", "asado el sábado trae hielo": behind the title and its time
/// stands what is only good to know, where no word joins it to the title.
void drop_notes(Around& around) {
    const auto is_content = [&](std::uint32_t at) {
        return around.is_free(at) && is_word_like(around, at) &&
               around.phrase(at, around.classes.small) == 0 && around.phrase(at, around.classes.article) == 0;
    };
    std::uint32_t time_begin = 0, time_end = around.size();
    while (time_begin < around.size() && around.roles[time_begin] != Role::kTime) ++time_begin;
    while (time_end > time_begin && around.roles[time_end - 1] != Role::kTime) --time_end;
    bool names_thing = false;
    for (std::uint32_t at = 0; at < time_begin; ++at)
        names_thing = names_thing || (is_content(at) && around.phrase(at, around.classes.generic) == 0);
    if (!names_thing || time_end == around.size()) return;
    std::uint32_t at = time_end;
    while (at < around.size() && around.is_free(at) && !is_word_like(around, at)) ++at;
    const bool joined =
        at >= around.size() || !is_content(at) || around.phrase(at, around.classes.with) > 0 ||
        around.phrase(at, around.classes.purpose) > 0 ||
        around.phrase(at, around.classes.subject_label) > 0 || around.reading.text.tokens[at].capital;
    if (joined) return;
    for (; at < around.size() && around.is_free(at) && around.phrase(at, around.classes.with) == 0; ++at)
        around.mark(at, at + 1, Role::kDropped);
}

/// Brackets whose inside or partner was taken away.
void drop_lone_brackets(std::string& title) {
    const std::size_t open = title.find('('), close = title.find(')');
    const bool paired = open != std::string::npos && close != std::string::npos && open < close;
    if (paired && title.find_first_not_of(" ()", open) < close) return;
    std::erase_if(title, [](char c) { return c == '(' || c == ')'; });
    while (title.find("  ") != std::string::npos) title.erase(title.find("  "), 1);
}

const language::LanguageInfo& language_of(const Around& around) {
    return *std::find_if(std::begin(language::kLanguages), std::end(language::kLanguages),
                         [&](const auto& info) { return (info.bit & around.reading.language) != 0; });
}

std::string joined(const Around& around) {
    const Symbol short_with = around.classes.with_short, with = around.classes.with;
    const Symbol small = around.classes.small, article = around.classes.article;
    std::string title;
    for (std::uint32_t at = 0; at < around.size(); ++at) {
        if (!is_title_role(around.roles[at])) continue;
        if (const auto size = around.phrase(at, short_with, true); size > 0 && !title.empty()) {
            title += ' ';
            title += language_of(around).with;  // "w/ Sam"
            at += size - 1;
            continue;
        }
        const bool glued =
            at > 0 && is_title_role(around.roles[at - 1]) && around.reading.text.tokens[at].glued;
        if (!title.empty() && !glued) title += ' ';
        const bool name = around.roles[at] == Role::kGuest && around.phrase(at, small, true) != 1 &&
                          around.phrase(at, article, true) != 1 && around.phrase(at, with, true) == 0 &&
                          around.phrase(at, around.classes.person_and, true) == 0 &&
                          around.phrase(at, around.classes.honorific, true) == 0;
        title +=
            name ? capitalized(std::string(around.slice(at, at + 1))) : std::string(around.slice(at, at + 1));
    }
    constexpr std::string_view kEdge = " ,.;:!?-\"'";
    drop_lone_brackets(title);
    while (!title.empty() && kEdge.find(title.back()) != std::string_view::npos) title.pop_back();
    const std::size_t begin = title.find_first_not_of(kEdge);
    return begin == std::string::npos ? std::string() : title.substr(begin);
}

}  // namespace

Around::Around(const language::Reading& read)
    : reading(read),
      knowledge(language::knowledge()),
      classes(knowledge.around_classes),
      roles(read.text.tokens.size(), Role::kFree) {
    words.reserve(roles.size());
    for (std::size_t at = 0; at < roles.size(); ++at)
        words.push_back(knowledge.around.find(read.text.word(at)));
    for (const auto& expression : read.expressions)
        mark(expression.begin_token, expression.end_token, Role::kTime);
    // "té con la abuela": with its accent another word than without ("te pido").
    for (std::uint32_t at = 0; at < size(); ++at)
        if (slice(at, at + 1).size() > read.text.word(at).size() &&
            is_of(read.text.word(at), classes.accented))
            words[at] = language::Lexicon::kUnknown;
}

std::uint32_t Around::phrase(std::uint32_t at, Symbol wanted, bool any_role) const {
    if (wanted == language::kNoSymbol || at >= size() || !knowledge.around.may_begin(words[at], wanted))
        return 0;
    std::uint32_t longest = 0;
    auto node = language::Lexicon::kRoot;
    for (std::uint32_t end = at; end < size() && end - at < 6; ++end) {
        const auto next = knowledge.around.next(node, words[end]);
        if (!next || (!any_role && end > at && !is_free(end))) break;
        node = *next;
        for (const auto& entry : knowledge.around.entries(node))
            if (entry.symbol == wanted && (entry.language & reading.language) != 0) longest = end - at + 1;
    }
    return longest;
}

char Around::punctuation(std::uint32_t at) const {
    const auto& token = reading.text.tokens[at];
    return token.kind == TokenKind::kPunct ? reading.text.folded[token.folded_begin] : '\0';
}

void Around::mark(std::uint32_t begin, std::uint32_t end, Role role) {
    std::fill(roles.begin() + begin, roles.begin() + std::min(end, size()), role);
}

std::string_view Around::slice(std::uint32_t begin, std::uint32_t end) const {
    const auto& tokens = reading.text.tokens;
    return reading.text.original.substr(tokens[begin].begin, tokens[end - 1].end - tokens[begin].begin);
}

bool Around::is_of(std::string_view folded, Symbol wanted) const {
    const auto node = knowledge.around.next(language::Lexicon::kRoot, knowledge.around.find(folded));
    if (!node || wanted == language::kNoSymbol) return false;
    const auto& entries = knowledge.around.entries(*node);
    return std::any_of(entries.begin(), entries.end(), [&](const auto& entry) {
        return entry.symbol == wanted && (entry.language & reading.language) != 0;
    });
}

std::optional<std::uint32_t> Around::find(Symbol wanted) const {
    for (std::uint32_t at = 0; at < size(); ++at)
        if (phrase(at, wanted, true) > 0) return at;
    return std::nullopt;
}

namespace {

/// A place named behind the time needs no preposition: "martes 6pm colegio San José", "2pm salón 301",
/// "at 4, Lincoln Center".
bool is_place_behind_time(const Around& around, std::uint32_t at) {
    if (at == 0) return false;
    const char mark = around.punctuation(at - 1);
    const std::uint32_t last = (mark == ',' || mark == '-') && at > 1 ? at - 2 : at - 1;
    if (around.roles[last] != Role::kTime) return false;
    if (std::none_of(around.roles.begin(), around.roles.begin() + last, is_title_role)) return false;
    const Symbol noun = around.classes.place_noun;
    if (around.phrase(at, noun) > 0) return true;
    if (!around.is_free(at)) return false;
    const std::uint32_t article =
        around.phrase(at, around.classes.kin);  // "his office", "the Grand Ballroom"
    if (article > 0 && at + article < around.size() && around.is_free(at + article)) {
        if (around.phrase(at + article, noun) > 0) return true;
        at += article;
    }
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

/// "in the big conference room", "en su oficina": a noun of place behind what describes it.
bool noun_follows(const Around& around, std::uint32_t begin) {
    constexpr std::uint32_t kMostWords = 3;
    const Symbol noun = around.classes.place_noun, small = around.classes.small, with = around.classes.with;
    for (std::uint32_t at = begin; at < around.size() && at <= begin + kMostWords; ++at) {
        if (!around.is_free(at) || !is_word_like(around, at)) return false;
        if (around.phrase(at, noun) > 0) return true;
        const bool whose = at == begin && around.phrase(at, around.classes.kin) > 0;  // "at my place"
        if (!whose && (around.phrase(at, small) > 0 || around.phrase(at, with) > 0)) return false;
    }
    return false;
}

/// "bar Manolo", "depto 1204", "court 3": a noun of place with its name or number, behind the title's words.
bool is_named_place(const Around& around, std::uint32_t at) {
    const std::uint32_t size = around.phrase(at, around.classes.place_noun), name = at + size;
    if (size == 0 || name >= around.size() || !around.is_free(name) || !is_word_like(around, name))
        return false;
    const auto& token = around.reading.text.tokens[name];
    if (!token.capital && token.kind != TokenKind::kNumber) return false;
    constexpr std::size_t kShortest = 3;  // "AV 8523" is a flight
    if (token.kind == TokenKind::kNumber && around.reading.text.word(at).size() < kShortest) return false;
    for (std::uint32_t k = 0; k < at; ++k)
        if (is_title_role(around.roles[k]) && is_word_like(around, k) &&
            around.phrase(k, around.classes.small) == 0 && around.phrase(k, around.classes.article) == 0)
            return true;
    return false;
}

/// "HQ, 5th floor", "Hall 2, 4th floor": what a comma joins to a place.
std::uint32_t place_continues(const Around& around, std::uint32_t comma) {
    if (comma + 1 >= around.size() || around.punctuation(comma) != ',' || !around.is_free(comma))
        return comma;
    const Symbol noun = around.classes.place_noun, floor = around.classes.floor;
    std::uint32_t end = comma;
    for (std::uint32_t at = comma + 1; at < around.size() && at <= comma + 4; ++at) {
        if (!around.is_free(at) || around.punctuation(at) == ',') break;
        if (around.phrase(at, noun) > 0 || around.phrase(at, floor) > 0) {
            end = at + 1;
            const bool numbered = end < around.size() && around.is_free(end) &&
                                  around.reading.text.tokens[end].kind != TokenKind::kWord &&
                                  is_word_like(around, end);
            if (numbered) ++end;
            while (numbered && end < around.size() && around.is_free(end) && is_word_like(around, end) &&
                   around.reading.text.tokens[end].glued)  // "salón 4B"
                ++end;
            return end;
        }
    }
    return end;
}

/// "Av. Paulista": the full stop of a word that is cut short.
bool is_short_form(const Around& around, std::uint32_t stop) {
    constexpr std::size_t kLongest = 4;
    return stop > 0 && stop + 1 < around.size() && around.reading.text.word(stop - 1).size() <= kLongest &&
           around.reading.text.tokens[stop].glued && around.reading.text.tokens[stop + 1].capital;
}

std::uint32_t place_end(const Around& around, std::uint32_t begin) {
    const Symbol with = around.classes.with, small = around.classes.small, purpose = around.classes.purpose;
    std::uint32_t end = begin;
    while (end < around.size() && around.is_free(end) && around.phrase(end, with) == 0 &&
           (end == begin || around.phrase(end, purpose) == 0) && around.punctuation(end) != ',' &&
           (around.punctuation(end) != '.' || is_short_form(around, end)) && around.punctuation(end) != ';' &&
           (around.phrase(end, around.classes.remark) == 0 || around.reading.text.tokens[end].capital ||
            around.reading.text.word(end) == "e") &&
           request_size(around, end, false) == 0 && around.punctuation(end) != '(' && end - begin < 8)
        ++end;
    for (std::uint32_t at = begin + 1; at + 1 < end; ++at)  // "Guarulhos e eu tenho que buscar"
        if (around.phrase(at, around.classes.person_and) > 0 && !around.reading.text.tokens[at + 1].capital)
            end = at;
    const auto is_name = [&](std::uint32_t at) {  // "Room A"
        return around.reading.text.tokens[at].capital && around.reading.text.word(at).size() == 1;
    };
    while (end > begin + 1 && !is_name(end - 1) &&
           (around.phrase(end - 1, small) == 1 || !is_word_like(around, end - 1)))
        --end;
    return end < around.size() ? place_continues(around, end) : end;
}

}  // namespace

std::string find_place(Around& around) {
    const Symbol preposition = around.classes.place_preposition, noun = around.classes.place_noun;
    const Symbol small = around.classes.small, place_only = around.classes.place_at;
    for (std::uint32_t at = 0; at < around.size(); ++at) {
        if (!around.is_free(at)) continue;
        auto size = around.phrase(at, preposition);
        const std::uint32_t label = around.phrase(at, around.classes.place_label);
        const bool labelled =
            label > 0 && at + label < around.size() && around.punctuation(at + label) == ':';
        if (labelled) size = label + 1;
        const std::uint32_t begin = at + size;
        if (begin >= around.size() || !around.is_free(begin)) continue;
        if (size == 0 && !is_place_behind_time(around, at) && !is_named_place(around, at)) continue;
        const bool says_place = around.phrase(at, place_only) > 0 && is_word_like(around, begin) &&
                                around.phrase(begin, small) == 0 &&
                                around.reading.text.tokens[begin].kind == TokenKind::kWord;
        const bool street = around.reading.text.tokens[begin].kind == TokenKind::kNumber &&
                            begin + 1 < around.size() && around.reading.text.tokens[begin + 1].capital;
        const bool proper = around.reading.text.tokens[begin].capital || around.phrase(begin, noun) > 0 ||
                            says_place || street || labelled || (size == 0 && noun_follows(around, begin)) ||
                            (size > 0 && noun_follows(around, begin));
        if (!proper) continue;
        const std::uint32_t end = place_end(around, begin);
        const std::string place(around.slice(begin, end));
        around.mark(at, end, Role::kPlace);
        return place;
    }
    return {};
}

bool find_video(Around& around) {
    const Symbol video = around.classes.video;
    bool found = false;
    for (std::uint32_t at = 0; at < around.size(); ++at) {
        if (!around.is_free(at)) continue;
        const auto size = around.phrase(at, video);
        if (size == 0) continue;
        found = true;
        // The title itself when it comes first ("videollamada con Ana") or names a noun ("Zoom call").
        const std::uint32_t next = at + size;
        const bool names_noun = next < around.size() && around.is_free(next) && is_word_like(around, next) &&
                                around.phrase(next, around.classes.small) == 0 &&
                                around.phrase(next, around.classes.with) == 0;
        const bool with_guest = next < around.size() && (around.roles[next] == Role::kGuest ||
                                                         around.phrase(next, around.classes.with) > 0);
        const bool is_title = std::none_of(around.roles.begin(), around.roles.begin() + at, is_title_role) &&
                              (around.reading.text.word(at).size() > 6 || names_noun || with_guest);
        if (!is_title) around.mark(at, at + size, Role::kVideo);
        at += size - 1;
    }
    return found;
}

namespace {

/// What stands in quotation marks, when it is all of the title's words; "" else.
std::string quoted_title(const Around& around) {
    std::uint32_t open = around.size(), close = around.size();
    for (std::uint32_t at = 0; at < around.size(); ++at) {
        if (around.punctuation(at) != '"') continue;
        (open == around.size() ? open : close) = at;
    }
    if (close == around.size() || close < open + 2 || close - open > 24) return {};
    for (std::uint32_t at = open + 1; at < close; ++at)
        if (!is_title_role(around.roles[at])) return {};
    return std::string(around.slice(open + 1, close));
}

}  // namespace

std::string make_title(Around& around) {
    if (auto quoted = quoted_title(around); !quoted.empty()) return capitalized(std::move(quoted));
    keep_title_clause(around);
    drop_notes(around);
    drop_small_words(around);
    const auto first = std::find_if(around.roles.begin(), around.roles.end(), is_title_role);
    if (first == around.roles.end()) return {};
    const auto at = static_cast<std::uint32_t>(first - around.roles.begin());
    std::string title;
    std::uint32_t skipped = 0;
    if (around.roles[at] == Role::kFree) skipped = around.phrase(at, around.classes.something);
    const std::uint32_t next = at + skipped;
    const bool bare_guest = next < around.size() && around.roles[next] == Role::kGuest;
    if (skipped > 0 &&
        (bare_guest || std::none_of(around.roles.begin() + next, around.roles.end(), is_title_role)))
        around.mark(at, next, Role::kDropped);
    title = joined(around);
    if (bare_guest && around.roles[at] != Role::kFree) {
        const auto short_with = around.phrase(next, around.classes.with_short, true);
        if (short_with > 0 && title.starts_with(around.slice(next, next + short_with)))
            title.replace(0, around.slice(next, next + short_with).size(), language_of(around).with);
        title = std::string(language_of(around).meeting) + " " + title;
    }
    return capitalized(std::move(title));
}

}  // namespace scheduling
