#include <algorithm>

#include "understanding/around.hpp"

/// What people say to have something written down, and what they say before it: "hola, ¿me agendas …?".
namespace scheduling {

using language::Symbol;

/// "agendarme", "bloquéalo": a form of ASK with the person or the thing behind it.
bool asks_with_ending(const Around& around, std::uint32_t at) {
    const std::string_view word = around.reading.text.word(at);
    const Symbol ask = around.classes.ask, led = around.classes.ask_led, ending = around.classes.clitic;
    constexpr std::size_t kLongestEnding = 5;
    for (std::size_t size = 2; size <= kLongestEnding && size + 3 <= word.size(); ++size) {
        const std::string_view stem = word.substr(0, word.size() - size);
        if (around.is_of(word.substr(word.size() - size), ending) &&
            (around.is_of(stem, ask) || around.is_of(stem, led)))
            return true;
    }
    return false;
}

/// "poner la lavadora", "sacar al perro": verbs that ask for an entry only where its object is one ("poner
/// una cita"); with a thing as object they are what is to be done.
bool is_doing(const Around& around, std::uint32_t at) {
    if (around.phrase(at, around.classes.doing) != 1) return false;
    std::uint32_t object = at + 1;
    if (object >= around.size() || !around.is_free(object)) return false;
    std::uint32_t led = around.phrase(object, around.classes.aim) == 1 ? 1 : 0;  // "a los niños"
    object += led;
    const std::uint32_t article =
        object < around.size() && around.is_free(object) ? around.phrase(object, around.classes.kin) : 0;
    object += article;
    if (led + article == 0 && around.phrase(at + 1, around.classes.move_from) == 0) {
        const bool contracted = at + 1 < around.size() && around.phrase(at + 1, around.classes.aim) == 1;
        if (!contracted) return false;
    }
    const auto& classes = around.classes;
    return object < around.size() && around.is_free(object) && around.is_word(object) &&
           !around.reading.text.tokens[object].capital && event_size(around, object) == 0 &&
           around.phrase(at + 1, classes.command) == 0 && around.phrase(object, classes.command) == 0 &&
           around.phrase(object, classes.remind) == 0 && around.phrase(object, classes.video) == 0 &&
           around.phrase(object, classes.something) == 0 && around.phrase(at + 1, classes.something) == 0 &&
           around.phrase(object, classes.small) == 0;
}

void drop_commands(Around& around, bool edits, std::uint32_t begin) {
    const Symbol small = around.classes.small, edit = around.classes.edit;
    const Symbol command = around.classes.command, polite = around.classes.polite,
                 article = around.classes.article, title = around.classes.title, todo = around.classes.todo;
    const auto command_size = [&](std::uint32_t at) {
        const auto size = std::max(around.phrase(at, command), edits ? around.phrase(at, edit) : 0u);
        // "pessoal da banda ensaio …": who they are, not spoken to
        if (size == 1 && around.phrase(at, around.classes.group) == 1 && at + 1 < around.size() &&
            around.phrase(at + 1, around.classes.of_group) == 1)
            return 0u;
        // "book club", "amigo secreto": neither asks for anything
        if (around.phrase(at, title) > size || (size == 1 && is_doing(around, at))) return 0u;
        return size == 1 && event_size(around, at) > size ? 0u : size;
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
        } else if (!around.is_word(at) || (after_command && around.phrase(at, article) > 0) ||
                   (at + 1 < around.size() && around.roles[at + 1] == Role::kTime &&
                    around.phrase(at, small) == 1)) {
            around.mark(at, at + 1, Role::kCommand);
            ++at;
        } else {
            return;
        }
    }
}

bool is_behind_todo(const Around& around, std::uint32_t at) {
    std::uint32_t begin = at;  // "remind me friday at 6 to put the bins out"
    if (begin > 0 && around.phrase(begin - 1, around.classes.small, true) == 1) --begin;
    const std::uint32_t timed = begin;
    while (begin > 0 && around.roles[begin - 1] == Role::kTime) --begin;
    constexpr std::uint32_t kLongest = 6;
    for (const std::uint32_t end : {at, begin < timed ? begin : at})
        for (std::uint32_t size = 1; size <= std::min(end, kLongest); ++size)
            if (around.phrase(end - size, around.classes.todo, true) == size) return true;
    return false;
}

std::uint32_t request_size(const Around& around, std::uint32_t at, bool begins) {
    const Symbol ask = around.classes.ask, led = around.classes.ask_led, lead = around.classes.lead,
                 tail = around.classes.ask_tail;
    std::uint32_t verb = at;
    for (int words = 0; words < 4 && verb < around.size() && around.is_free(verb); ++words) {
        const std::uint32_t size = around.phrase(verb, lead);
        if (size == 0) break;
        verb += size;
    }
    std::uint32_t size = around.phrase(at, around.classes.request);
    // "a que le saquen sangre" asks for nothing.
    if (at > 1 && around.phrase(at - 2, around.classes.aim, true) == 2) return 0;
    if (at > 0 && around.phrase(at - 1, around.classes.aim, true) == 2) return 0;
    size = std::max(size, around.phrase(at, around.classes.todo));
    if (verb < around.size() && around.is_free(verb)) {
        if (is_doing(around, verb)) return size;
        std::uint32_t asked = asks_with_ending(around, verb) ? 1 : around.phrase(verb, ask);
        const bool alone = verb == at && asked > 0 && !asks_with_ending(around, verb);
        if (verb > at) asked = std::max(asked, around.phrase(verb, led));
        const bool tailed = asked == 0 && around.phrase(verb, led) > 0;
        if (tailed) asked = around.phrase(verb, led);
        if (asked > 0 && verb + asked + 1 < around.size() && around.punctuation(verb + asked) == '-' &&
            around.phrase(verb + asked + 1, around.classes.clitic) > 0 &&
            around.reading.text.tokens[verb + asked + 1].glued)
            asked += 2;  // "marcar-me"
        const std::uint32_t behind = verb + asked;
        const std::uint32_t rest =
            asked > 0 && behind < around.size() && around.is_free(behind) ? around.phrase(behind, tail) : 0;
        if (asked > 0 && (rest > 0 || (!tailed && (!alone || begins))))
            size = std::max(size, behind + rest - at);
    }
    if (verb > at && verb < around.size() && around.is_free(verb)) {  // "need you to remind me that"
        const std::uint32_t asked =
            std::max(around.phrase(verb, around.classes.request), around.phrase(verb, around.classes.todo));
        if (asked > 0) size = std::max(size, verb + asked - at);
    }
    if (size == 0 || around.phrase(at, around.classes.title) > size) return 0;
    return size;
}

}  // namespace scheduling
