#include <algorithm>

#include "language/words.hpp"
#include "understanding/around.hpp"

namespace scheduling {
namespace {

using language::TokenKind;

constexpr std::size_t kMostGuests = 50;

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

/// "mi jefe", "my boss", "o pessoal do marketing": people named by what they are. `at` is at the article.
std::uint32_t relation_end(const Around& around, std::uint32_t at) {
    if (!is_word(around, at)) return at;
    const std::uint32_t article = around.phrase(at, around.classes.kin);
    std::uint32_t end = at + article;
    if (article == 0 || !is_word(around, end)) return at;
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
    while (is_word(around, end) && around.reading.text.tokens[end].capital && end - at < 5)
        ++end;  // "el profe Gómez"
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
        const bool surname = is_word(at + 1) && around.phrase(at + 1, around.classes.surname) == 1;
        return surname ? at + 2 : at + 1;  // "juan pérez"
    }
    std::uint32_t end = at + 1;
    while (is_word(end) && text.tokens[end].capital && !around.starts_line(end) && end - at < 4) ++end;
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
    const std::uint32_t end = name_end(around, at);
    for (std::uint32_t k = at; k < end; ++k)
        if (around.phrase(k, around.classes.place_noun) > 0) return true;
    return false;
}

/// Names joined by commas and "and" from `at` on; returns where they end.
std::uint32_t take_names(Around& around, std::uint32_t at, Guests& guests, Role role) {
    std::uint32_t end = at;
    while (true) {
        const std::uint32_t name = name_end(around, at);
        if (name == at) return end;
        add_guest(guests, around.slice(at, name));
        // A name is written with a capital in the title; what someone is stays as it is.
        const bool relation = role == Role::kGuest && relation_end(around, at) == name;
        around.mark(at, name, relation ? Role::kTitle : role);
        end = name;
        std::uint32_t next = name;
        if (next < around.size() && around.punctuation(next) == ',') ++next;
        if (next < around.size()) next += around.phrase(next, around.classes.person_and);
        if (next == name || next >= around.size()) return end;
        if (around.phrase(next, around.classes.kin) > 0 && is_proper(around, next + 1))
            ++next;  // "y la Cata"
        const bool listed = name_end(around, next) > next && !names_place(around, next);
        const bool proper =
            listed && (around.reading.text.tokens[next].capital || around.punctuation(name) != ',');
        if (!proper) return end;
        around.mark(name, next, role);
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

/// "con Ana y Luis", "com o pessoal do marketing"; returns where it ends, `at` when there is no such word.
std::uint32_t take_companions(Around& around, std::uint32_t at, Guests& guests) {
    std::uint32_t size = around.phrase(at, around.classes.with_the);
    if (size == 0 || !is_proper(around, at + size)) size = around.phrase(at, around.classes.with);
    if (size == 0) return at;
    // "com o pessoal": the article belongs to them.
    const bool own_article = size > 1 && relation_end(around, at + size - 1) > at + size;
    const std::uint32_t behind = at + size - (own_article ? 1 : 0);
    const std::uint32_t name = name_end(around, behind) == behind ? name_behind(around, behind) : behind;
    const std::uint32_t end = take_names(around, name, guests, Role::kGuest);
    if (end > name) {
        around.mark(at, behind, Role::kGuest);
        for (std::uint32_t k = at + size; k < name; ++k) around.mark(k, k + 1, Role::kTitle);
    }
    return std::max(end, at + size);
}

}  // namespace

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
        if (end > at) at = end - 1;
    }
    return guests;
}

}  // namespace scheduling
