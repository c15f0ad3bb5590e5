#include <algorithm>

#include "language/words.hpp"
#include "understanding/around.hpp"

namespace scheduling {
namespace {

using language::TokenKind;

constexpr std::size_t kMostGuests = 50;
/// The languages in which a place is told by two streets: "Malecón y Junín".
constexpr language::LanguageMask kNamesCorners = 1;

void add_guest(Guests& guests, std::string_view name) {
    const bool known = std::find(guests.names.begin(), guests.names.end(), name) != guests.names.end();
    if (!known && guests.names.size() < kMostGuests) guests.names.emplace_back(name);
}

bool is_word(const Around& around, std::uint32_t at) {
    return at < around.size() && around.is_free(at) &&
           around.reading.text.tokens[at].kind == TokenKind::kWord;
}

/// "el cardiólogo", "a manicurista": a profession by its ending.
bool is_profession(const Around& around, std::uint32_t at) {
    const std::string_view word = around.reading.text.word(at);
    constexpr std::size_t kShortest = 3, kLongest = 9;
    for (std::size_t size = kShortest; size <= kLongest && size + 2 < word.size(); ++size)
        if (around.is_of(word.substr(word.size() - size), around.classes.kin_ending)) return true;
    return false;
}

/// How many tokens name people by what they are: "jefe", "human resources"; 0 none.
std::uint32_t group_size(const Around& around, std::uint32_t at) {
    const std::uint32_t size = around.phrase(at, around.classes.group);
    const bool small = !around.reading.text.tokens[at].capital;
    return size > 0 ? size : small && is_profession(around, at) ? 1 : 0;
}

/// "the Lagos team", "the Perth mob": a group behind the name of what it is of; `at` when there is none.
std::uint32_t named_group_end(const Around& around, std::uint32_t at) {
    constexpr std::uint32_t kMostNames = 2;
    std::uint32_t name = at;
    while (is_word(around, name) && around.reading.text.tokens[name].capital && name - at < kMostNames &&
           around.phrase(name, around.classes.honorific) == 0)
        ++name;
    if (name == at || !is_word(around, name) || around.reading.text.tokens[name].capital) return at;
    const std::uint32_t group = around.phrase(name, around.classes.organisation);
    return group > 0 ? name + group : at;
}

/// "mi jefe", "my boss", "o pessoal do marketing": people named by what they are. `at` is at the article.
std::uint32_t relation_end(const Around& around, std::uint32_t at) {
    if (!is_word(around, at)) return at;
    const std::uint32_t article = around.phrase(at, around.classes.kin);
    std::uint32_t end = at + article;
    if (article == 0 || !is_word(around, end)) return at;
    if (const std::uint32_t named = named_group_end(around, end); named > end) return named;
    const std::uint32_t group = group_size(around, end);
    if (group == 0) return at;
    end += group;
    // "la doctora Lupita", "a Dra. Paula": a name follows, which is said without the article.
    const std::uint32_t behind = end < around.size() && around.punctuation(end) == '.' ? end + 1 : end;
    if (is_word(around, behind) && around.reading.text.tokens[behind].capital &&
        around.phrase(end - group, around.classes.honorific) > 0)
        return at;
    while (is_word(around, end) && group_size(around, end) > 0)  // "design team"
        end += group_size(around, end);
    // "el asesor fiscal Ramón Vidal": a word between what someone is and the name.
    const bool described =
        is_word(around, end) && is_word(around, end + 1) && !around.reading.text.tokens[end].capital &&
        around.reading.text.tokens[end + 1].capital && around.phrase(end, around.classes.small) == 0 &&
        around.phrase(end, around.classes.purpose) == 0 && around.phrase(end, around.classes.of_group) == 0 &&
        around.phrase(end, around.classes.person_and) == 0 &&
        around.phrase(end, around.classes.place_preposition) == 0 &&
        around.phrase(end, around.classes.place_noun) == 0 && around.phrase(end, around.classes.with) == 0;
    if (described && (around.reading.language & language::kCapitalMonths) == 0) ++end;
    while (end < around.size() && around.is_free(end) && end - at < 7) {  // "el profe Gómez"
        const bool title_stop = around.punctuation(end) == '.' && end > at &&
                                around.phrase(end - 1, around.classes.honorific) > 0;  // "… Dr. Feliz"
        const std::uint32_t called =
            end + around.phrase(end, around.classes.honorific);  // "o advogado dr Moacir"
        if (called > end && is_word(around, called) && around.reading.text.tokens[called].capital)
            end = called;
        if (!title_stop && !(is_word(around, end) && around.reading.text.tokens[end].capital)) break;
        ++end;
    }
    const std::uint32_t of =
        end < around.size() && around.is_free(end) ? around.phrase(end, around.classes.of_group) : 0;
    const std::uint32_t name = end + of;
    if (of == 0 || !is_word(around, name) || around.phrase(name, around.classes.small) > 0) return end;
    std::uint32_t last = name + std::max(group_size(around, name), 1u);
    while (is_word(around, last) && around.reading.text.tokens[last].capital && last - name < 4) ++last;
    return last;
}

/// "with the new joinee Farhan": where the name begins behind what it is; `at` when there is none.
std::uint32_t name_behind(const Around& around, std::uint32_t at) {
    constexpr std::uint32_t kMostWords = 3;
    const std::uint32_t article = is_word(around, at) ? around.phrase(at, around.classes.kin) : 0;
    if (article == 0) return at;
    for (std::uint32_t name = at + article; name <= at + article + kMostWords && is_word(around, name);
         ++name) {
        if (around.reading.text.tokens[name].capital) return name;
        if (around.phrase(name, around.classes.small) > 0 || group_size(around, name) > 0) return at;
    }
    return at;
}

/// "Lindqvist-Baird": what joins two names without a blank.
bool is_hyphen(const Around& around, std::uint32_t at) {
    return around.punctuation(at) == '-' && around.reading.text.tokens[at].glued && at + 1 < around.size() &&
           around.reading.text.tokens[at + 1].glued &&
           around.reading.text.tokens[at + 1].kind == TokenKind::kWord;
}

/// Ends behind the name that begins at `at`; `at` itself when there is none.
std::uint32_t name_end(const Around& around, std::uint32_t at) {
    const auto& text = around.reading.text;
    const auto is_word = [&](std::uint32_t i) {
        return i < around.size() && around.is_free(i) && text.tokens[i].kind == TokenKind::kWord;
    };
    if (!is_word(at)) return at;
    if (const std::uint32_t size = around.phrase(at, around.classes.honorific); size > 0) {  // "Dra. Paula"
        std::uint32_t name = at + size;
        if (name < around.size() && around.punctuation(name) == '.') ++name;
        if (is_word(name) && text.tokens[name].glued && text.word(name).size() == 1) ++name;  // "Eng.º Matos"
        if (is_word(name) && text.tokens[name].capital) return name_end(around, name);
    }
    if (const std::uint32_t end = relation_end(around, at); end > at) return end;
    // "coach Ramirez", "maestro Saldaña": what someone is, and the name.
    if (const std::uint32_t size = group_size(around, at); size > 0) {
        std::uint32_t end = at + size;
        while (is_word(end) && text.tokens[end].capital && !around.starts_line(end) && end - at < 5) ++end;
        if (end > at + size && around.phrase(at, around.classes.organisation) == 0) return end;
    }
    // "con clientes", "with HR", "con usted"
    if (group_size(around, at) > 0 || around.phrase(at, around.classes.no_guest) > 0) return at;
    if (!text.tokens[at].capital) {
        // Typed in small letters: one word that is none of ours ("con laura").
        const bool small =
            around.phrase(at, around.classes.small) > 0 || around.phrase(at, around.classes.article) > 0;
        const bool noun = around.phrase(at, around.classes.place_noun) > 0;
        if (small || noun || text.word(at).size() < 2) return at;
        if (is_word(at + 1) && !text.tokens[at + 1].capital && group_size(around, at + 1) > 0)
            return at + 1 + group_size(around, at + 1);  // "college gang"
        if (at + 1 < around.size() && around.is_free(at + 1) &&
            text.tokens[at + 1].kind == TokenKind::kNumber)
            return at;  // "batch 09"
        const bool surname = is_word(at + 1) && around.phrase(at + 1, around.classes.surname) == 1;
        return surname ? at + 2 : at + 1;  // "juan pérez"
    }
    std::uint32_t end = at + 1;
    while (end < around.size() && around.is_free(end) && end - at < 6) {
        const bool name = is_word(end) && text.tokens[end].capital && !around.starts_line(end) &&
                          (around.phrase(end, around.classes.honorific) == 0 ||
                           text.word(end).size() == 1) &&  // "Dr. Feldman Dr. Osei"
                          end - at < 4;
        if (!name && !is_hyphen(around, end)) break;
        ++end;
    }
    if (end < around.size() && around.is_free(end))
        end += around.phrase(end, around.classes.name_end);  // "Venkat sir", "Anjali ma'am"
    // "London office", "Acme team": many people, or none.
    const bool names_group = is_word(end) && around.phrase(end, around.classes.organisation) > 0;
    return names_group ? at : end;
}

/// "con la Dra. Ruiz": behind an article only a name in capitals is a guest.
bool is_proper(const Around& around, std::uint32_t at) {
    return at < around.size() &&
           (around.reading.text.tokens[at].capital || around.phrase(at, around.classes.honorific) > 0);
}

/// "Cervejaria Ramiro", "Liffey Room": a place in the list of guests is none of them.
bool names_place(const Around& around, std::uint32_t at) {
    if (around.phrase(at, around.classes.honorific) > 0) return false;  // "Dr. Park"
    const std::uint32_t end = name_end(around, at);
    for (std::uint32_t k = at; k < end; ++k)
        if (around.phrase(k, around.classes.place_noun) > 0) return true;
    return false;
}

/// "Sunita (sunita@x.com)": the address behind a name is that person's; the end of it, `at` when there is
/// none.
std::uint32_t address_end(const Around& around, std::uint32_t at) {
    if (at + 2 >= around.size()) return at;
    const char open = around.punctuation(at), close = around.punctuation(at + 2);
    const bool bracketed = (open == '(' && close == ')') || (open == '<' && close == '>');
    return bracketed && around.reading.text.tokens[at + 1].kind == TokenKind::kEmail ? at + 3 : at;
}

/// Where the next name of a list begins behind a name that ends at `end`; `end` when the list is over.
std::uint32_t next_name(const Around& around, std::uint32_t end) {
    std::uint32_t next = end;
    if (next < around.size() && (around.punctuation(next) == ',' || around.punctuation(next) == '+')) ++next;
    if (next >= around.size()) return end;
    std::uint32_t joint = around.phrase(next, around.classes.person_and);
    // "y la Cata", "e o gerente": the article is the next one's.
    if (joint > 1 && around.phrase(next + joint - 1, around.classes.kin) == 1) --joint;
    next += joint;
    const bool article =
        next + 1 < around.size() && around.is_free(next) && around.phrase(next, around.classes.kin) == 1;
    if (article && around.is_free(next + 1) && is_proper(around, next + 1) &&
        (next > end || (around.reading.language & language::kCapitalMonths) == 0))  // "a Sil o Duda"
        return relation_end(around, next) > next ? next : next + 1;
    return next;
}

/// A name in a list, "Neto" as well: what a word means besides does not matter there.
std::uint32_t listed_end(const Around& around, std::uint32_t at) {
    const std::uint32_t end = name_end(around, at);
    if (end > at || !is_word(around, at) || !around.reading.text.tokens[at].capital) return end;
    return around.phrase(at, around.classes.no_guest) > 0 || around.phrase(at, around.classes.remark) > 0
               ? at
               : at + 1;
}

/// Names joined by commas and "and" from `at` on; returns where they end.
std::uint32_t take_names(Around& around, std::uint32_t at, Guests& guests, Role role) {
    std::uint32_t end = at;
    bool last = false;  // behind "and" the list is over: "com o Xico e a malta, Capa Negra"
    while (true) {
        const std::uint32_t name = end == at ? name_end(around, at) : listed_end(around, at);
        if (name == at) return end;
        const std::uint32_t address = address_end(around, name);
        add_guest(guests, address > name ? around.slice(name + 1, name + 2) : around.slice(at, name));
        if (address > name) guests.invites = true;
        // A name is written with a capital in the title; what someone is stays as it is.
        const bool relation = role == Role::kGuest && relation_end(around, at) == name;
        around.mark(at, name, relation ? Role::kTitle : role);
        around.mark(name, address, Role::kInvitee);
        end = address;
        const bool titled = around.phrase(end, around.classes.honorific) > 0;  // "Dr. Feldman Dr. Osei"
        std::uint32_t next = next_name(around, end);
        // "Paola de compras y el proveedor": where she works stands between.
        const std::uint32_t of = is_word(around, end) ? around.phrase(end, around.classes.of_group) : 0;
        const std::uint32_t office = of > 0 && is_word(around, end + of) ? group_size(around, end + of) : 0;
        const std::uint32_t behind = end + of + office;
        if (next == end && office > 0 && behind < around.size() &&
            around.phrase(behind, around.classes.person_and) > 0)
            next = next_name(around, behind);
        if ((next == end && !titled) || next >= around.size()) return end;
        if (last && around.punctuation(end) == ',' && around.phrase(end + 1, around.classes.person_and) == 0)
            return end;
        last = last || around.phrase(end, around.classes.person_and) > 0;
        const bool listed = listed_end(around, next) > next && !names_place(around, next);
        const std::uint32_t relation_behind = relation_end(around, next);
        const bool closes = relation_behind > next &&
                            (relation_behind == around.size() || around.punctuation(relation_behind) == ',' ||
                             around.phrase(relation_behind, around.classes.person_and) > 0);
        const bool proper =
            listed && (around.reading.text.tokens[next].capital || around.punctuation(end) != ',' || closes);
        if (!proper) return end;
        around.mark(end, next, role);
        at = next;
    }
}

/// An e-mail address or phone number, and names joined to it: "ana@x.com y el doctor Mesa".
void take_address(Around& around, std::uint32_t at, Guests& guests) {
    add_guest(guests, around.slice(at, at + 1));
    around.mark(at, at + 1, Role::kInvitee);
    guests.invites = guests.invites || around.reading.text.tokens[at].kind == TokenKind::kEmail;
    const std::uint32_t next = at + 1;
    const std::uint32_t joined =
        next < around.size() && around.is_free(next) ? around.phrase(next, around.classes.person_and) : 0;
    if (joined == 0) return;
    const std::uint32_t end = take_names(around, next + joined, guests, Role::kInvitee);
    if (end > next + joined) around.mark(next, next + joined, Role::kInvitee);
}

/// "invita a Luis y Ana", "attendees: Lena, Omar"; returns where it ends, `at` when nobody is named.
std::uint32_t take_invited(Around& around, std::uint32_t at, Guests& guests) {
    std::uint32_t names = at + around.phrase(at, around.classes.invite);
    if (names == at) return at;
    if (names < around.size() && around.punctuation(names) == ':') ++names;
    const std::size_t before = guests.names.size();
    const std::uint32_t end = take_names(around, names, guests, Role::kInvitee);
    const bool address = names < around.size() && around.reading.text.tokens[names].kind == TokenKind::kEmail;
    if (guests.names.size() == before && !address) return at;
    around.mark(at, names, Role::kInvitee);
    guests.invites = true;
    return std::max(end, names);
}

/// How far behind "with" a name is looked for while only talk stands between.
constexpr std::uint32_t kMostTalk = 6;

/// "con Ana y Luis", "com o pessoal do marketing"; returns where it ends, `at` when there is no such word.
std::uint32_t take_companions(Around& around, std::uint32_t at, Guests& guests) {
    std::uint32_t size = around.phrase(at, around.classes.with_the);
    if (size == 0 || !is_proper(around, at + size)) size = around.phrase(at, around.classes.with);
    if (size == 0) return at;
    // "200 W Adams": a part of an address.
    if (at > 0 && around.reading.text.tokens[at].capital && around.reading.text.word(at).size() == 1 &&
        around.reading.text.tokens[at - 1].kind == TokenKind::kNumber)
        return at;
    // "com o pessoal": the article belongs to them.
    const bool own_article = size > 1 && relation_end(around, at + size - 1) > at + size;
    const std::uint32_t behind = at + size - (own_article ? 1 : 0);
    std::uint32_t spoken = behind;  // "with, uh, what's her name Danielle"
    while (spoken < around.size() && around.is_free(spoken) && spoken < behind + kMostTalk) {
        const bool filler = around.phrase(spoken, around.classes.command) > 0 &&
                            around.phrase(spoken, around.classes.no_guest) > 0;
        const std::uint32_t remark = around.phrase(spoken, around.classes.remark);
        if (!filler && remark == 0 && around.punctuation(spoken) != ',') break;
        spoken += std::max(remark, 1u);
    }
    if (spoken > behind && spoken < around.size() && name_end(around, spoken) > spoken) {
        around.mark(behind, spoken, Role::kDropped);
        const std::uint32_t end = take_names(around, spoken, guests, Role::kGuest);
        around.mark(at, behind, Role::kGuest);
        return std::max(end, spoken);
    }
    // "c/ Goya 52" is a street.
    if (around.phrase(at, around.classes.with_short) == size) {
        const std::uint32_t end = name_end(around, behind);
        if (end > behind && end < around.size() && around.is_free(end) &&
            around.reading.text.tokens[end].kind == TokenKind::kNumber)
            return at + size;
    }
    const std::uint32_t name = name_end(around, behind) == behind ? name_behind(around, behind) : behind;
    const std::uint32_t end = take_names(around, name, guests, Role::kGuest);
    if (end > name) {
        around.mark(at, behind, Role::kGuest);
        for (std::uint32_t k = at + size; k < name; ++k) around.mark(k, k + 1, Role::kTitle);
    }
    return std::max(end, at + size);
}

/// A list of people that nothing leads to: how many names it holds and where it ends.
struct NameList {
    std::uint32_t end = 0, names = 0;
    bool joined = false;  ///< with "and" or "+"
    bool plus = false;
};

/// "Kwame, Li Na, Bo", "o Zé, a Marta e o Hugo": names in capitals from `at` on.
NameList list_at(const Around& around, std::uint32_t at) {
    NameList list{at, 0, false, false};
    constexpr std::uint32_t kMostNames = 12;
    if (at < around.size() && around.is_free(at) && around.phrase(at, around.classes.kin) == 1 &&
        at + 1 < around.size() && is_proper(around, at + 1))
        ++at;
    while (list.names < kMostNames && at < around.size() && around.is_free(at)) {
        const bool proper = is_proper(around, at) && event_size(around, at) == 0 &&
                            !names_place(around, at) && around.phrase(at, around.classes.video) == 0 &&
                            around.phrase(at, around.classes.remark) == 0;
        const std::uint32_t end = proper ? listed_end(around, at) : at;
        const std::uint32_t relation = list.names > 0 ? relation_end(around, at) : at;
        if (end == at && relation == at) break;
        list.end = std::max(end, relation);
        ++list.names;
        const std::uint32_t next = next_name(around, list.end);
        if (next == list.end) break;
        if (list.joined && around.punctuation(list.end) == ',') break;
        list.plus = list.plus || around.punctuation(list.end) == '+';
        list.joined = list.joined || list.plus || around.phrase(list.end, around.classes.person_and) > 0;
        at = next;
    }
    return list;
}

/// Ends at the message's end or at a mark: nothing more is said in the same breath.
bool closes(const Around& around, std::uint32_t end) {
    return end == around.size() || around.starts_line(end) || around.roles[end] == Role::kTime ||
           (!around.is_word(end) && around.punctuation(end) != '\'' && around.punctuation(end) != '-');
}

/// "vienen Nacho, el Turco y Fede", "eu, o Zé e a Marta", "sprint retro 3pm, Kwame, Li Na, Bo": who comes
/// along without a word like "with". Returns where it ends, `at` when there is nobody.
std::uint32_t take_list(Around& around, std::uint32_t at, Guests& guests) {
    const auto& classes = around.classes;
    std::uint32_t begin = at, least = 1;
    if (const std::uint32_t come = around.phrase(at, classes.comers); come > 0) {
        begin = at + come;
        if (begin < around.size() && around.punctuation(begin) == ':') ++begin;
    } else if (const std::uint32_t self = around.phrase(at, classes.self); self > 0) {
        begin = at + self;
        const bool comma = begin < around.size() && around.punctuation(begin) == ',';
        const std::uint32_t joint = begin < around.size() ? around.phrase(begin, classes.person_and) : 0;
        const bool opens = at == 0 || !around.is_word(at - 1) || around.roles[at - 1] == Role::kTime ||
                           around.starts_line(at) || around.phrase(at - 1, classes.person_and) > 0;
        if (!opens) return at;
        least = joint > 0 ? 1 : 2;
        begin += comma ? 1 : joint;
        if (joint > 1 && around.phrase(begin - 1, classes.kin) == 1) --begin;
    } else {
        const char mark = around.punctuation(at);
        const bool timed = std::any_of(around.roles.begin(), around.roles.begin() + at,
                                       [](Role role) { return role == Role::kTime; });
        if ((mark != ',' && mark != ':' && mark != '-') || !timed || at == 0) return at;
        begin = at + 1;
        least = mark == ',' ? 3 : 2;
    }
    const NameList list = list_at(around, begin);
    // "…, Thandi & Pieter attending"
    const std::uint32_t come_behind =
        least > 1 && list.names > 0 && list.end < around.size() && around.is_free(list.end)
            ? around.phrase(list.end, classes.comers)
            : 0;
    if (come_behind > 0 && closes(around, list.end + come_behind)) {
        const std::uint32_t names = take_names(around, begin, guests, Role::kInvitee);
        around.mark(names, list.end + come_behind, Role::kInvitee);
        around.mark(at, begin, Role::kInvitee);
        return list.end + come_behind;
    }
    // "Malecón y Junín" is a corner; who is joined by "+" is a couple.
    const bool corners = (around.reading.language & kNamesCorners) != 0 || list.end < around.size();
    if (least == 3 && list.names == 2 && list.joined && (list.plus || !corners)) least = 2;
    // "eu e a Keyla cinema terça": who goes, then what.
    const bool heads = at == 0 && least == 1 && list.end < around.size() && event_size(around, list.end) > 0;
    if (list.names < least || list.end <= begin || (!heads && !closes(around, list.end))) return at;
    if (least > 1 && list.names < 3 && !list.joined) return at;
    std::uint32_t first = begin;
    if (around.phrase(first, classes.kin) == 1 && is_proper(around, first + 1) &&
        relation_end(around, first) == first)
        ++first;
    const std::uint32_t end = take_names(around, first, guests, Role::kInvitee);
    if (end > first) around.mark(at, first, Role::kInvitee);
    return end > first ? end : at;
}

}  // namespace

void free_quoted(Around& around, language::Reading& reading) {
    std::uint32_t open = around.size(), close = around.size();
    for (std::uint32_t at = 0; at < around.size(); ++at)
        if (around.punctuation(at) == '"') (open == around.size() ? open : close) = at;
    if (close == around.size()) return;
    const auto inside = [&](const language::Expression& expression) {
        return expression.begin_token > open && expression.end_token <= close;
    };
    if (std::all_of(reading.expressions.begin(), reading.expressions.end(), inside)) return;
    for (const auto& expression : reading.expressions)
        if (inside(expression)) around.mark(expression.begin_token, expression.end_token, Role::kTitle);
    std::erase_if(reading.expressions, inside);
}

Guests find_guests(Around& around) {
    Guests guests;
    for (std::uint32_t at = 0; at < around.size(); ++at) {
        if (!around.is_free(at)) continue;
        const TokenKind kind = around.reading.text.tokens[at].kind;
        if (kind == TokenKind::kEmail || kind == TokenKind::kPhone) {
            take_address(around, at, guests);
            continue;
        }
        std::uint32_t end = take_invited(around, at, guests);
        if (end == at) end = take_companions(around, at, guests);
        if (end == at) end = take_list(around, at, guests);
        if (end > at) at = end - 1;
    }
    return guests;
}

}  // namespace scheduling
