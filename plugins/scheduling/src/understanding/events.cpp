#include <algorithm>

#include "language/words.hpp"
#include "understanding/around.hpp"

/// The noun that names an event, and the words of a sentence around it.
namespace scheduling {

namespace {

/// "call", "visit": a noun where nothing is called and nobody calls.
bool is_noun_here(const Around& around, std::uint32_t at, std::uint32_t end) {
    const auto& classes = around.classes;
    if (end < around.size() && around.is_free(end) && around.is_word(end)) {
        const bool object = around.phrase(end, classes.small) == 0 || around.phrase(end, classes.kin) > 0 ||
                            around.phrase(end, classes.article) > 0;
        if (object && around.phrase(end, classes.with) == 0 && around.phrase(end, classes.purpose) == 0)
            return false;
    }
    if (at == 0 || !around.is_word(at - 1)) return true;
    const bool doer =
        around.phrase(at - 1, classes.frame, true) > 0 ||
        (around.phrase(at - 1, classes.small, true) > 0 && around.phrase(at - 1, classes.article, true) == 0);
    return !doer;
}

}  // namespace

std::uint32_t event_size(const Around& around, std::uint32_t at) {
    if (const std::uint32_t size = around.phrase(at, around.classes.event); size > 0) return size;
    const std::uint32_t size = around.phrase(at, around.classes.event_verb);
    return size > 0 && is_noun_here(around, at, at + size) ? size : 0;
}

bool is_infinitive(const Around& around, std::uint32_t at) {
    constexpr std::size_t kEnding = 2, kShortest = 4;
    const std::string_view word = around.reading.text.word(at);
    // "Entregar la memoria" begins a message; "Javier el viernes" does too.
    const bool first =
        at == 0 && at + 1 < around.size() && around.is_free(at + 1) &&
        (around.phrase(at + 1, around.classes.article) > 0 || around.phrase(at + 1, around.classes.kin) > 0);
    if (word.size() < kShortest || (around.reading.text.tokens[at].capital && !first) ||
        around.phrase(at, around.classes.place_noun) > 0)
        return false;
    const auto ends_so = [&](std::string_view form) {
        return form.size() >= kShortest &&
               around.is_of(form.substr(form.size() - kEnding), around.classes.task_ending);
    };
    if (ends_so(word)) return true;
    for (const std::size_t size : {std::size_t{2}, std::size_t{3}})  // "tomarme", "llevarlos"
        if (word.size() > size + kShortest &&
            around.is_of(word.substr(word.size() - size), around.classes.clitic) &&
            ends_so(word.substr(0, word.size() - size)))
            return true;
    return false;
}

bool begins_task(const Around& around, std::uint32_t at) {
    return around.phrase(at, around.classes.task) > 0 || is_doing(around, at) || is_infinitive(around, at);
}

namespace {

bool is_joint(const Around& around, std::uint32_t at) {
    const auto& classes = around.classes;
    return around.phrase(at, classes.small, true) > 0 || around.phrase(at, classes.kin, true) > 0 ||
           around.phrase(at, classes.article, true) > 0 || around.phrase(at, classes.purpose, true) > 0;
}

/// "llevar a papá a que le saquen sangre": behind such a word stands what for.
bool says_what_for(const Around& around, std::uint32_t at) {
    return at > 0 && around.phrase(at - 1, around.classes.aim, true) == 2;
}

bool is_frame(const Around& around, std::uint32_t at) {
    const auto& classes = around.classes;
    if (says_what_for(around, at)) return false;
    const bool makes = at + 1 < around.size() && around.phrase(at, classes.ask_led) == 1 &&
                       around.phrase(at + 1, classes.kin) > 0;  // "fix a meeting"
    return makes || around.phrase(at, classes.frame) > 0 || around.phrase(at, classes.verb) > 0 ||
           around.phrase(at, classes.ask) > 0 || asks_with_ending(around, at);
}

/// "quick catch-up", "Poppy's hearing test": where the noun phrase begins that ends with the event's noun.
std::uint32_t phrase_begin(const Around& around, std::uint32_t noun) {
    std::uint32_t begin = noun;
    const auto belongs = [&](std::uint32_t at) {
        return around.is_title(at) && around.is_word(at) && !is_joint(around, at) && !is_frame(around, at);
    };
    while (begin > 0 && around.is_title(begin - 1)) {
        const std::uint32_t last = begin - 1;
        const bool apostrophe = last > 1 && around.punctuation(last - 1) == '\'' &&
                                around.reading.text.tokens[last].glued &&
                                around.reading.text.tokens[last - 1].glued;
        if (apostrophe) {  // "kid's birthday"; "I'm" and "it's" are a sentence's
            if (around.reading.text.word(last) != "s" || !belongs(last - 2)) break;
            begin = last - 2;
            continue;
        }
        if (!belongs(last)) break;
        begin = last;
    }
    return begin;
}

/// "montame una reunión", "hágannos una cita": who asks stands at the verb's end, whatever the verb.
bool ends_with_person(const Around& around, std::uint32_t at) {
    constexpr std::size_t kShortestStem = 3;
    const std::string_view word = around.reading.text.word(at);
    if (!around.is_free(at) || around.reading.text.tokens[at].capital) return false;
    for (const std::size_t size : {std::size_t{2}, std::size_t{3}})
        if (word.size() >= size + kShortestStem && word[word.size() - size - 1] != 'r' &&  // "tomarme"
            around.is_of(word.substr(word.size() - size), around.classes.clitic))
            return true;
    return false;
}

/// The words between `first` and the event's phrase are those of a sentence around it ("me dijo que …"),
/// and the phrase is no part of another ("un traje para la boda").
bool is_framed(const Around& around, std::uint32_t first, std::uint32_t begin) {
    std::uint32_t before = begin;
    const auto& classes = around.classes;
    while (before > first && (around.phrase(before - 1, classes.article, true) > 0 ||
                              around.phrase(before - 1, classes.kin, true) > 0))
        --before;
    // "… have time for a chat", "un espacio para la reunión": what is asked for is the event behind.
    const bool open = before > first + 1 && around.phrase(before - 2, classes.something, true) == 1;
    const bool inside = !open && before > first && around.is_word(before - 1) &&
                        !is_frame(around, before - 1) && around.phrase(before - 1, classes.small, true) > 0;
    if (inside) return false;
    std::uint32_t asks = before;  // "pasame a las 18 una llamada"
    while (asks > first && around.roles[asks - 1] == Role::kTime) --asks;
    if (before < begin && asks > first && ends_with_person(around, asks - 1)) return true;
    for (std::uint32_t at = first; at < before; ++at)
        if (around.is_free(at) && is_frame(around, at)) return true;
    // "gnt a reunião", "mijo la cita": no name of an event has its article inside without a word that joins.
    constexpr std::uint32_t kMostTalk = 3;
    const bool definite = before < begin && (around.reading.language & language::kCapitalMonths) == 0;
    if (!definite || before == first || before - first > kMostTalk) return false;
    for (std::uint32_t at = first; at < before; ++at)
        if (begins_task(around, at) || !around.is_free(at)) return false;
    return true;
}

}  // namespace

void drop_frame(Around& around) {
    std::uint32_t first = 0;
    while (first < around.size() && !around.is_title(first)) ++first;
    const bool whose = first + 1 < around.size() && around.is_free(first) && around.is_free(first + 1) &&
                       around.phrase(first, around.classes.kin) == 1 && event_size(around, first + 1) > 0;
    if (whose) around.mark(first, first + 1, Role::kDropped);  // "your physio"
    std::uint32_t verb = first;
    while (verb < around.size() && around.is_free(verb) && around.phrase(verb, around.classes.small) == 1)
        ++verb;
    if (verb < around.size() && around.is_free(verb) && is_behind_todo(around, verb) &&
        (around.phrase(verb, around.classes.ask_led) > 0 || begins_task(around, verb)))
        return;  // "remind me at 6 to put the bins out"
    for (std::uint32_t noun = first; noun < around.size(); ++noun) {
        if (!around.is_free(noun) || event_size(around, noun) == 0) continue;
        const std::uint32_t begin = phrase_begin(around, noun);
        if (begin <= first || !is_framed(around, first, begin)) return;
        // "take the cat to be spayed mon 30th drop off 8am": what is done stands before the day.
        const bool timed = std::any_of(around.roles.begin() + first, around.roles.begin() + noun,
                                       [](Role role) { return role == Role::kTime; });
        if (timed && around.phrase(first, around.classes.task) > 0) return;
        for (std::uint32_t at = first; at < begin; ++at) {
            if (around.roles[at] == Role::kGuest) around.mark(at, at + 1, Role::kInvitee);
            if (around.is_title(at)) around.mark(at, at + 1, Role::kDropped);
        }
        return;
    }
}

namespace {

/// Words of talk that no name of an event holds: "says", "que".
bool is_talk_word(const Around& around, std::uint32_t at) {
    const auto& classes = around.classes;
    if (around.reading.text.tokens[at].capital && at > 0 && !around.starts_line(at)) return false;
    if (says_what_for(around, at)) return false;
    const bool bare_and = around.reading.text.word(at) == "e" && around.slice(at, at + 1).size() == 1;
    return !bare_and && (around.phrase(at, classes.frame) > 0 || around.phrase(at, classes.remark) > 0 ||
                         around.phrase(at, classes.verb) == 1);
}

/// The title as it stands holds talk, or is longer than a name is.
bool is_rambling(const Around& around) {
    constexpr std::uint32_t kMostWords = 9;
    std::uint32_t words = 0;
    for (std::uint32_t at = 0; at < around.size(); ++at) {
        if (!around.is_free(at) || !around.is_word(at)) continue;
        if (const std::uint32_t named = event_size(around, at); named > 0) {
            at += named - 1;
            ++words;
            continue;
        }
        if (words > 0 ? is_talk_word(around, at) : is_talk_word(around, at) && !begins_task(around, at))
            return true;
        if (++words > kMostWords) return true;
    }
    return false;
}

/// Where the name ends that holds the token before `at`: at talk, at a mark, at what is no title.
std::uint32_t core_end(const Around& around, std::uint32_t at) {
    constexpr std::string_view kJoining = "'-&/\"";
    while (at < around.size() && around.is_title(at)) {
        const char mark = around.punctuation(at);
        if (mark != '\0' && kJoining.find(mark) == std::string_view::npos) break;
        if (around.is_free(at) && around.is_word(at) && event_size(around, at) == 0 &&
            is_talk_word(around, at))
            break;
        at += std::max(around.is_free(at) ? event_size(around, at) : 0, 1u);
    }
    return std::min(at, around.size());
}

}  // namespace

namespace {

bool has_other_event(const Around& around, std::uint32_t from) {
    for (std::uint32_t at = from; at < around.size(); ++at)
        if (around.is_free(at) && event_size(around, at) > 0) return true;
    return false;
}

}  // namespace

void keep_core(Around& around) {
    if (!is_rambling(around)) return;
    std::uint32_t first = 0;
    while (first < around.size() && !around.is_title(first)) ++first;
    std::uint32_t begin = around.size(), end = around.size();
    if (first < around.size() && around.is_free(first) && begins_task(around, first)) {
        begin = first;
        end = core_end(around, first + 1);
    } else {
        for (std::uint32_t at = first; at < around.size() && begin == around.size(); ++at) {
            if (!around.is_free(at)) continue;
            const std::uint32_t named = event_size(around, at);
            const auto& classes = around.classes;
            // "… para revisar el contrato de renta": what is to be done, not the noun that is only a part of
            // it.
            const bool led = at > 0 && around.is_word(at - 1) &&
                             (around.phrase(at - 1, classes.purpose, true) == 1 ||
                              around.phrase(at - 1, classes.of_group, true) == 1);
            if (named == 0 && led && begins_task(around, at) && !is_talk_word(around, at)) {
                begin = at;
                end = core_end(around, at + 1);
                continue;
            }
            if (named == 0) continue;
            if (at > first && around.is_free(at - 1) && around.phrase(at - 1, classes.of_group) == 1 &&
                has_other_event(around, at + named))
                continue;
            begin = std::max(first, phrase_begin(around, at));
            end = core_end(around, at + named);
        }
    }
    for (std::uint32_t at = first; at < around.size() && begin == around.size(); ++at) {
        const std::uint32_t meets = around.is_free(at) ? around.phrase(at, around.classes.meet_verb) : 0;
        if (meets == 0) continue;
        begin = at;  // "Sarah wants to meet up to go over the lease"
        end = core_end(around, at + meets);
    }
    if (begin == around.size()) return;
    for (std::uint32_t at = 0; at < around.size(); ++at)
        if ((at < begin || at >= end) && around.is_free(at)) around.mark(at, at + 1, Role::kDropped);
}

}  // namespace scheduling
