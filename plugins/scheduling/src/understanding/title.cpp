#include <algorithm>

#include "understanding/around.hpp"

/// What is left of a message is its title: without hanging prepositions, notes and lone marks.
namespace scheduling {

using language::Symbol;

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

namespace {

/// "team check in", "kids drop off", "farewell send-off": the little word is a part of the name.
bool ends_name(const Around& around, std::uint32_t at) {
    const auto& tokens = around.reading.text.tokens;
    const bool hyphen =
        at >= 2 && tokens[at].glued && tokens[at - 1].glued && around.punctuation(at - 1) == '-';
    if (hyphen && around.is_word(at) && around.is_title(at - 2)) return true;
    constexpr std::uint32_t kLongest = 4;
    for (std::uint32_t size = 2; size <= kLongest && size <= at + 1; ++size) {
        const std::uint32_t first = at + 1 - size;
        if (around.phrase(first, around.classes.title) == size || event_size(around, first) == size)
            return true;
    }
    return false;
}

/// "se casa mi prima", "nos dan las llaves": the little word belongs to the verb behind it.
bool is_reflexive(const Around& around, std::uint32_t at) {
    const std::uint32_t verb = at + 1;
    return around.phrase(at, around.classes.reflexive) == 1 && verb < around.size() && around.is_free(verb) &&
           around.is_word(verb) && event_size(around, verb) == 0 &&
           around.phrase(verb, around.classes.small) == 0 && around.phrase(verb, around.classes.article) == 0;
}

/// Prepositions left hanging before what was taken away, and calendar phrases.
void drop_small_words(Around& around) {
    const Symbol small = around.classes.small, article = around.classes.article;
    for (std::uint32_t at = around.size(); at-- > 0;) {
        if (!around.is_free(at)) continue;
        const bool at_end = at + 1 == around.size() || !around.is_title(at + 1);
        const bool at_begin = at == 0 || !around.is_title(at - 1);
        const bool hanging = around.phrase(at, small) == 1 ||
                             (at_end && around.phrase(at, around.classes.purpose) == 1) ||
                             around.phrase(at, article) == 1 || !around.is_word(at);
        if (around.reading.text.tokens[at].glued && around.is_word(at) && at > 0 && around.is_title(at - 1) &&
            around.is_word(at - 1))
            continue;  // "eco 4D"
        if (around.is_word(at) && ends_name(around, at)) continue;
        // "Clínica da Sé", "Largo do Ó": written with a capital behind "of" it is a name.
        if (at > 1 && around.is_title(at - 1) && around.reading.text.tokens[at].capital &&
            !around.reading.text.tokens[at - 1].capital &&
            around.phrase(at - 1, around.classes.of_group) == 1)
            continue;
        const bool closes = around.punctuation(at) == ')' || around.punctuation(at) == '"';
        if (hanging && !closes && (at_end || (at_begin && !around.is_word(at))))
            around.mark(at, at + 1, Role::kDropped);
    }
    // "llamada con ana@x.com y con Andrés": the "and" behind who was taken away.
    for (std::uint32_t at = 1; at + 1 < around.size(); ++at) {
        const bool behind_invitee = around.is_free(at) && around.roles[at - 1] == Role::kInvitee;
        if (behind_invitee && around.phrase(at, around.classes.person_and) == 1 && around.is_title(at + 1))
            around.mark(at, at + 1, Role::kDropped);
    }
    // "…, avísame": asked at the end, behind a comma.
    std::uint32_t last = around.size();
    while (last > 0 && (!around.is_title(last - 1) || !around.is_word(last - 1))) --last;
    for (std::uint32_t size = 1; size <= 3 && size < last; ++size)
        if (around.is_free(last - size) && around.phrase(last - size, around.classes.remind) == size &&
            around.punctuation(last - size - 1) == ',')
            around.mark(last - size - 1, last, Role::kDropped);
    // And behind what was taken away, up to the title's first word.
    for (std::uint32_t at = 0; at < around.size(); ++at) {
        if (!around.is_title(at)) continue;
        if (!around.is_free(at) || (around.phrase(at, small) != 1 && around.is_word(at))) break;
        if (is_reflexive(around, at) || event_size(around, at) > 1) break;  // "leaving drinks"
        around.mark(at, at + 1, Role::kDropped);
    }
}

/// "yoga 7": a lone number behind the event's noun is an hour or a day that was not read.
void drop_lone_number(Around& around) {
    constexpr std::int64_t kMost = 31;
    std::uint32_t last = around.size();
    while (last > 0 && !around.is_title(last - 1)) --last;
    if (last < 2 || !around.is_free(last - 1)) return;
    const auto& token = around.reading.text.tokens[last - 1];
    if (token.kind != language::TokenKind::kNumber || token.number > kMost || token.glued) return;
    for (std::uint32_t noun = last > 4 ? last - 4 : 0; noun + 1 < last; ++noun)
        if (around.is_free(noun) && noun + event_size(around, noun) == last - 1)
            around.mark(last - 1, last, Role::kDropped);
}

/// "$450", "R$ 4.500", "15 euros", "(£20)": what it costs is no part of its name.
void drop_prices(Around& around) {
    const auto is_number = [&](std::uint32_t at) {
        return at < around.size() && around.is_free(at) &&
               around.reading.text.tokens[at].kind == language::TokenKind::kNumber;
    };
    for (std::uint32_t at = 0; at < around.size(); ++at) {
        if (!around.is_free(at)) continue;
        const std::uint32_t sign = around.phrase(at, around.classes.money);
        std::uint32_t end = at + sign;
        if (end < around.size() && around.punctuation(end) == '$') ++end;  // "R$"
        if (!is_number(end)) continue;
        const bool before = end > at;
        while (is_number(end) || (end + 1 < around.size() && is_number(end + 1) && around.is_free(end) &&
                                  (around.punctuation(end) == '.' || around.punctuation(end) == ',') &&
                                  around.reading.text.tokens[end + 1].glued))
            ++end;
        const std::uint32_t unit =
            end < around.size() && around.is_free(end) ? around.phrase(end, around.classes.money) : 0;
        if (!before && unit == 0) continue;
        end += unit;
        while (end < around.size() && around.is_free(end) && around.is_word(end) &&
               around.reading.text.tokens[end].glued)  // "£1,650pcm"
            ++end;
        around.mark(at, end, Role::kDropped);
    }
}

/// "cita SUNAT viernes 8.20am ticket 1145", "asado el sábado trae hielo": behind the title and its time
/// stands what is only good to know, where no word joins it to the title.
void drop_notes(Around& around) {
    const auto is_content = [&](std::uint32_t at) {
        return around.is_free(at) && around.is_word(at) && around.phrase(at, around.classes.small) == 0 &&
               around.phrase(at, around.classes.article) == 0;
    };
    std::uint32_t time_begin = 0, time_end = around.size();
    while (time_begin < around.size() && around.roles[time_begin] != Role::kTime) ++time_begin;
    while (time_end > time_begin && around.roles[time_end - 1] != Role::kTime) --time_end;
    bool names_thing = false, names_event = false;
    for (std::uint32_t at = 0; at < time_begin; ++at) {
        names_thing = names_thing || (is_content(at) && around.phrase(at, around.classes.generic) == 0);
        names_event = names_event || (around.is_free(at) && event_size(around, at) > 0);
    }
    if (!names_thing || time_end == around.size()) return;
    const auto joins = [&](std::uint32_t at) {
        const auto& classes = around.classes;
        return around.phrase(at, classes.with) > 0 || around.phrase(at, classes.purpose) > 0 ||
               around.phrase(at, classes.subject_label) > 0 || around.phrase(at, classes.of_group) > 0 ||
               around.phrase(at, classes.no_place) > 0;  // "… en ayunas"
    };
    std::uint32_t at = time_end;
    while (at < around.size() && (around.roles[at] == Role::kPlace || around.roles[at] == Role::kVideo ||
                                  (around.is_free(at) && !around.is_word(at))))
        ++at;
    if (at >= around.size() || !around.is_free(at)) return;
    const bool noted = around.phrase(at, around.classes.note) > 0;  // "… jejum 8h"
    if (!noted && joins(at)) return;
    // Where the event has its noun already, even a name or "then …" behind the time is only good to know.
    if (!noted && !names_event && (!is_content(at) || around.reading.text.tokens[at].capital)) return;
    for (; at < around.size() && around.is_free(at) && around.phrase(at, around.classes.with) == 0; ++at)
        around.mark(at, at + 1, Role::kDropped);
}

/// "nxt", "hrs": a short word without a vowel before the time is a rest of how the time was written.
bool is_time_rest(const Around& around, std::uint32_t at) {
    constexpr std::size_t kLongest = 4;
    const std::string_view word = around.reading.text.word(at);
    const auto& token = around.reading.text.tokens[at];
    const bool unit = at > 0 && around.is_title(at - 1) &&
                      around.reading.text.tokens[at - 1].kind == language::TokenKind::kNumber;  // "10 km"
    return token.kind == language::TokenKind::kWord && !unit && !token.capital && !token.glued &&
           word.size() <= kLongest && word.find_first_of("aeiouy") == std::string_view::npos &&
           event_size(around, at) == 0 && at + 1 < around.size() && around.roles[at + 1] == Role::kTime;
}

/// "assembleia realiza-se", "the plumber is coming": what only says that it takes place, at the title's end.
void drop_happening(Around& around) {
    const bool asked =
        around.find(around.classes.ask_led).has_value() || around.find(around.classes.ask).has_value();
    std::uint32_t words = 0;
    for (std::uint32_t at = 0; at < around.size(); ++at) {
        if (!around.is_title(at)) continue;
        if (!around.is_free(at) || !around.is_word(at)) {
            words += around.is_word(at) ? 1 : 0;
            continue;
        }
        const std::uint32_t named = event_size(around, at);
        const std::uint32_t size = std::max(around.phrase(at, around.classes.takes_place),
                                            asked ? around.phrase(at, around.classes.ask_end) : 0U);
        const std::uint32_t end = at + size;
        constexpr std::uint32_t kMostSmall = 8;  // else a long text costs the square of its length
        const std::uint32_t furthest = size > named ? std::min(end + kMostSmall, around.size()) : end;
        std::uint32_t next = end;
        while (next < furthest && around.is_title(next) &&
               (!around.is_word(next) || around.phrase(next, around.classes.small) == 1))
            ++next;
        const bool guest = next < around.size() && around.roles[next] == Role::kGuest &&
                           around.phrase(at, around.classes.ask_end) == size;  // "a meeting in with Oliver"
        const bool last = size > named && (next == around.size() || !around.is_title(next) || guest);
        if (words > 0 && named == 0 && around.phrase(at, around.classes.after) > 0) {
            while (at < around.size() && around.is_free(at)) around.mark(at, at + 1, Role::kDropped), ++at;
            --at;  // "beers after work", "reunión después del recreo"
            continue;
        }
        if (words > 0 && ((size > 0 && last) || is_time_rest(around, at)))
            around.mark(at, std::max(end, at + 1), Role::kDropped);
        else
            ++words;
        at += std::max({size * (last ? 1U : 0U), named, 1U}) - 1;
    }
}

/// Brackets whose inside or partner was taken away.
void drop_lone_brackets(std::string& title) {
    const std::size_t open = title.find('('), close = title.find(')');
    const bool paired = open != std::string::npos && close != std::string::npos && open < close;
    if (paired && title.find_first_not_of(" ()", open) < close) return;
    std::erase_if(title, [](char c) { return c == '(' || c == ')'; });
    while (title.find("  ") != std::string::npos) title.erase(title.find("  "), 1);
}

std::string joined(const Around& around) {
    const Symbol short_with = around.classes.with_short, with = around.classes.with;
    const Symbol small = around.classes.small, article = around.classes.article;
    std::string title;
    for (std::uint32_t at = 0; at < around.size(); ++at) {
        if (!around.is_title(at)) continue;
        if (const auto size = around.phrase(at, short_with, true); size > 0 && !title.empty()) {
            title += ' ';
            title += around.language().with;  // "w/ Sam"
            at += size - 1;
            continue;
        }
        const bool glued = at > 0 && around.is_title(at - 1) && around.reading.text.tokens[at].glued;
        if (!title.empty() && !glued) title += ' ';
        const bool name = around.roles[at] == Role::kGuest && !glued && around.phrase(at, small, true) != 1 &&
                          around.phrase(at, article, true) != 1 && around.phrase(at, with, true) == 0 &&
                          around.phrase(at, around.classes.person_and, true) == 0 &&
                          around.phrase(at, around.classes.honorific, true) == 0 &&
                          around.phrase(at, around.classes.name_end, true) == 0 &&  // "Venkat sir"
                          around.phrase(at, around.classes.group, true) == 0;       // "coach Bennett"
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
        if (!around.is_title(at)) return {};
    return std::string(around.slice(open + 1, close));
}

}  // namespace

namespace {

/// "quedo con Marta para ver el piso": what is to be done is the name, with whom is said behind it; "" when
/// nothing is told. `guest` is where the title begins.
std::string task_with_guest(const Around& around, std::uint32_t guest) {
    std::uint32_t purpose = guest;
    while (purpose < around.size() && !around.is_free(purpose)) ++purpose;
    // "con Seba el lunes, call por …", "me juntan con el gerente para revisar el aumento"
    const bool named =
        purpose < around.size() && (event_size(around, purpose) > 0 || is_infinitive(around, purpose));
    if (named) {
        Around event = around, person = around;
        event.mark(0, purpose, Role::kDropped);
        person.mark(purpose, person.size(), Role::kDropped);
        return joined(event) + " " + joined(person);
    }
    // "combinei com a Inês irmos ao cinema"
    const bool bare = purpose < around.size() && around.is_word(purpose) && begins_task(around, purpose);
    const std::uint32_t verb = bare ? purpose : purpose + 1;
    if (verb >= around.size() || !around.is_free(verb)) return {};
    constexpr std::size_t kEnding = 2, kShortest = 3;  // "ver", "dar", "ir al cine" is a task anyway
    const std::string_view word = around.reading.text.word(verb);
    const bool short_verb = word.size() == kShortest &&
                            around.is_of(word.substr(word.size() - kEnding), around.classes.task_ending);
    if (!bare && !short_verb && !is_infinitive(around, verb)) return {};
    if (!bare && around.phrase(purpose, around.classes.purpose) != 1 &&
        around.phrase(purpose, around.classes.of_group) != 1 &&
        around.phrase(purpose, around.classes.aim) != 1)
        return {};
    Around task = around, person = around;
    task.mark(0, verb, Role::kDropped);
    person.mark(purpose, person.size(), Role::kDropped);
    return joined(task) + " " + joined(person);
}

/// "dia das bruxas na escola 31/10, fantasia obrigatória": where all that is left is what to bring, the feast
/// is the event.
void keep_feast(Around& around) {
    std::uint32_t first = 0;
    const auto is_content = [&](std::uint32_t at) {
        return around.is_title(at) && around.is_word(at) && around.phrase(at, around.classes.small) != 1 &&
               around.phrase(at, around.classes.article) != 1;
    };
    while (first < around.size() && !is_content(first)) ++first;
    if (first == around.size() || !around.is_free(first) || around.phrase(first, around.classes.note) == 0)
        return;
    for (const auto& expression : around.reading.expressions) {
        const bool feast = expression.value.has(language::Flag::kHoliday) && !expression.value.has_clock();
        if (!feast || expression.end_token > first) continue;
        std::uint32_t begin = expression.begin_token;
        while (begin + 1 < expression.end_token && around.phrase(begin, around.classes.small, true) == 1)
            ++begin;
        around.mark(begin, expression.end_token, Role::kTitle);
        for (std::uint32_t at = first; at < around.size(); ++at)
            if (around.is_free(at)) around.mark(at, at + 1, Role::kDropped);
        return;
    }
}

/// "a ceia de Natal às 21h": the words that say the day are all of the event's name.
void take_occasion(Around& around) {
    for (const auto& expression : around.reading.expressions) {
        if (!expression.value.has(language::Flag::kHoliday)) continue;
        for (std::uint32_t at = expression.begin_token; at < expression.end_token; ++at) {
            if (around.phrase(at, around.classes.event, true) == 0) continue;
            around.mark(at, expression.end_token, Role::kTitle);
            return;
        }
    }
    // "New Year's Eve at Jordan's, doors 8": nothing else is named.
    for (const auto& expression : around.reading.expressions)
        if (expression.value.has(language::Flag::kHoliday) && !expression.value.has_clock()) {
            around.mark(expression.begin_token, expression.end_token, Role::kTitle);
            return;
        }
}

/// "¿podríamos reunirnos el martes?": the verb alone says that it is a meeting.
bool says_meeting(const Around& around) {
    return around.find(around.classes.meet_verb).has_value();
}

}  // namespace

/// "estar no aeroporto amanhã às 5h", "ir al banco": a verb alone says nothing, so the place behind it is
/// said in the title, too.
void keep_place_of_going(Around& around) {
    std::uint32_t verb = around.size();
    for (std::uint32_t at = 0; at < around.size(); ++at) {
        if (!around.is_free(at) || !around.is_word(at) || around.phrase(at, around.classes.small) == 1)
            continue;
        if (verb < around.size()) return;
        verb = at;
    }
    if (verb + 1 >= around.size() || around.roles[verb + 1] != Role::kPlace || !begins_task(around, verb))
        return;
    for (std::uint32_t at = verb + 1; at < around.size() && around.roles[at] == Role::kPlace; ++at)
        around.mark(at, at + 1, Role::kTitle);
}

std::string make_title(Around& around) {
    if (auto quoted = quoted_title(around); !quoted.empty()) return capitalized(std::move(quoted));
    keep_feast(around);
    keep_title_clause(around);
    drop_frame(around);
    drop_prices(around);
    drop_lone_number(around);
    drop_notes(around);
    keep_core(around);
    keep_place_of_going(around);
    drop_happening(around);
    drop_small_words(around);
    if (std::none_of(around.roles.begin(), around.roles.end(), is_title_role)) take_occasion(around);
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
    // "dinner's at 7": the verb behind an event's noun.
    if (title.size() > 2 && title.ends_with("'s") && title.find(' ') == std::string::npos &&
        around.is_free(at) && event_size(around, at) == 1)
        title.resize(title.size() - 2);
    if (title.size() == 1 && says_meeting(around)) return std::string(around.language().meeting);
    if (bare_guest && around.roles[at] != Role::kFree) {
        const auto short_with = around.phrase(next, around.classes.with_short, true);
        if (short_with > 0 && title.starts_with(around.slice(next, next + short_with)))
            title.replace(0, around.slice(next, next + short_with).size(), around.language().with);
        const std::string task = task_with_guest(around, next);
        title = task.empty() ? std::string(around.language().meeting) + " " + title : task;
    }
    return capitalized(std::move(title));
}

}  // namespace scheduling
