#include <algorithm>

#include "understanding/around.hpp"
#include "understanding/draft.hpp"
#include "understanding/event_intents.hpp"

/// "pints friday at 8", "truco na casa do compadre 6a à noite": nobody asks for anything, and an event is
/// meant.
namespace scheduling {
namespace {

constexpr std::uint32_t kMostTitleWords = 8;

/// "acordou", "salieron": told by the verb's ending. What was said or agreed ("ficou", "falou") may still be
/// to come.
bool is_past_form(const Around& around, std::uint32_t at) {
    constexpr std::size_t kShortestStem = 3;
    const std::string_view word = around.reading.text.word(at);
    if (!around.is_word(at) || around.roles[at] == Role::kTime || around.reading.text.tokens[at].capital ||
        around.phrase(at, around.classes.frame, true) > 0 ||
        around.phrase(at, around.classes.event, true) > 0)
        return false;
    for (std::size_t size = 2; size <= 5 && size + kShortestStem <= word.size(); ++size)
        if (around.is_of(word.substr(word.size() - size), around.classes.past_ending)) return true;
    return false;
}

/// What a message without a verb of asking must have to be a wish: an event's noun or a task, unless it is so
/// short that it says nothing else.
bool has_main_word(const Around& around) {
    constexpr std::uint32_t kShort = 4, kAside = 2;  // "el jueves creo"
    std::uint32_t words = 0;
    bool talks = false;
    for (std::uint32_t at = 0; at < around.size(); ++at) {
        if (around.roles[at] == Role::kTime || !around.is_word(at)) continue;
        if (event_size(around, at) > 0 || (around.is_free(at) && begins_task(around, at)) ||
            around.phrase(at, around.classes.meet_verb, true) > 0)
            return true;
        // "tô devendo 300 pro Beto": a sentence, however short.
        talks = talks || (words == 0 && around.is_free(at) && around.phrase(at, around.classes.frame) == 1 &&
                          around.phrase(at, around.classes.small) == 0);
        ++words;
    }
    return words <= kShort && (!talks || words <= kAside);
}

/// `plans`: a day and an hour are said: "nos vemos mañana a las 4 en …" is no goodbye then.
bool is_told(const Around& around, bool plans) {
    std::uint32_t first = 0;
    while (first < around.size() && around.punctuation(first) != '\0') ++first;
    // "esta noite às 22 …" is no "está".
    const bool word = first < around.size() && around.roles[first] != Role::kTime;
    const std::uint32_t asking = word ? around.phrase(first, around.classes.asking, true) : 0;
    if (asking > 0 && around.phrase(first, around.classes.command, true) <= asking)  // "é preciso comprar …"
        return true;
    for (std::uint32_t at = 0; at < around.size(); ++at) {
        if (around.phrase(at, around.classes.told, true) == 0) continue;
        if (!plans || around.phrase(at, around.classes.meet_verb, true) == 0) return true;
    }
    for (std::uint32_t at = 0; at < around.size(); ++at)
        if (is_past_form(around, at)) return true;
    return false;
}

/// "… põe na agenda", "… apúntalo ahí": whatever is told before, it is to be put down.
bool requests(const Around& around) {
    for (std::uint32_t at = 0; at < around.size(); ++at) {
        const std::uint32_t verb = std::max(around.phrase(at, around.classes.ask, true),
                                            around.phrase(at, around.classes.ask_led, true));
        if (verb > 0 && around.phrase(at + verb, around.classes.ask_tail, true) > 0) return true;
        const std::uint32_t end = at + around.phrase(at, around.classes.request, true);
        for (std::uint32_t word = at; word < end; ++word)  // "put it in"
            if (around.phrase(word, around.classes.pronoun, true) > 0) return true;
    }
    return false;
}

bool asks(const Around& around) {
    return around.reading.text.original.find('?') != std::string_view::npos;
}

/// Of the words with a meaning the first names an event, and no verb stands beside it: "tennis at
/// 4?" is no question of "is the bank open at 4?" kind.
bool names_event(const Around& around) {
    bool named = false;
    for (std::uint32_t at = 0; at < around.size(); ++at) {
        if (around.roles[at] == Role::kTime || around.roles[at] == Role::kGuest || !around.is_word(at))
            continue;
        const bool verb = around.phrase(at, around.classes.frame, true) > 0 ||
                          around.phrase(at, around.classes.verb, true) > 0;
        if (verb && event_size(around, at) == 0) return false;
        if (!named && around.phrase(at, around.classes.small, true) == 0 &&
            around.phrase(at, around.classes.article, true) == 0) {
            if (!around.is_free(at) || event_size(around, at) == 0) return false;
            at += event_size(around, at) - 1;
            named = true;
        }
    }
    return named;
}

/// "oil change", "jantar com os sogros": an event and little else; when is still to be said.
bool names_event_alone(const Around& around, const Understanding& read) {
    constexpr std::uint32_t kMostWords = 7;
    std::uint32_t words = 0;
    for (std::uint32_t at = 0; at < around.size(); ++at) words += around.is_word(at) ? 1 : 0;
    if (words == 0 || words > kMostWords || !read.times.empty() || asks(around)) return false;
    return names_event(around);
}

/// "este finde toca limpiar el garaje": a thing to be done on a weekend to come; on which day is to be asked.
bool names_weekend(const Around& around, language::DayNumber today) {
    const auto& times = around.reading.expressions;
    const bool weekend = std::any_of(times.begin(), times.end(), [&](const auto& one) {
        const std::uint32_t begin = one.begin_token;
        const bool of_it = around.phrase(begin, around.classes.of_group, true) > 0 ||
                           (begin > 0 && around.phrase(begin - 1, around.classes.of_group, true) > 0);
        return one.value.grain == language::Grain::kWeekend && one.value.has_day() &&
               one.value.day_begin > today && !of_it;  // "los planes de fin de semana"
    });
    return weekend && !asks(around) && has_main_word(around);
}

/// "terminamos a las 4 am, la fiesta …", said at noon: an hour that is over, with no other one today that
/// could be meant, is told.
bool is_over(const Understanding& read, language::DayNumber today) {
    if (!read.question || read.question->kind != "past") return false;
    const auto is_today = [&](const Choice& choice) {
        return std::chrono::floor<date::days>(choice.start.time_since_epoch()).count() == today;
    };
    return std::none_of(read.question->choices.begin(), read.question->choices.end(), is_today);
}

}  // namespace

bool yields_to_event(std::string_view intent) {
    return intent == "travel" || intent == "digest";
}

bool is_talk(std::string_view intent) {
    return !intent.empty() && !intent.starts_with("other-") &&
           std::none_of(std::begin(kIntents), std::end(kIntents),
                        [&](const Intent& ours) { return ours.name == intent; });
}

namespace {

/// "Mon-Fri 7am-10pm, Sat Sun 8am-9pm": days with their own hours, and others with others, are a shop's.
bool lists_hours(const Around& around) {
    const auto& times = around.reading.expressions;
    return std::count_if(times.begin(), times.end(), [](const language::Expression& one) {
               return one.value.freq == language::Freq::kWeekly && one.value.clock >= 0 &&
                      one.value.clock_end >= 0 && one.value.by_weekday != 0;
           }) > 1;
}

}  // namespace

bool tells_only(const Around& around) {
    if ((!around.find(around.classes.no_plan) && !lists_hours(around)) || requests(around)) return false;
    for (std::uint32_t at = 0; at < around.size(); ++at) {
        const bool begins = at == 0 || !around.is_word(at - 1);
        const std::uint32_t verb = std::max(around.phrase(at, around.classes.request, true),
                                            around.phrase(at, around.classes.todo, true));
        if (verb > 0 || (begins && around.phrase(at, around.classes.ask, true) > 0)) return false;
    }
    return true;
}

bool tells_of_past(const Around& around) {
    return !requests(around) && is_told(around, false);
}

bool reads_as_wish(const Around& around, const Understanding& read, language::DayNumber today) {
    const EventDraft& draft = read.draft;
    if (is_over(read, today) && !requests(around) && !names_event(around)) return false;
    const bool plans = draft.has_date && draft.has_time;
    if (draft.title.empty() && !(plans && around.find(around.classes.meet_verb))) return false;
    const bool requested = requests(around);
    if (!requested && is_told(around, plans)) return false;
    if (!draft.start || (!draft.has_date && !draft.has_time))
        return names_event_alone(around, read) || names_weekend(around, today);
    if (read.question && read.question->kind == "impossible") return false;
    if ((asks(around) && !names_event(around)) || (!requested && !has_main_word(around))) return false;
    if (!requested && std::count(draft.title.begin(), draft.title.end(), ' ') >= kMostTitleWords)
        return false;
    // "now" and a bare "today" are said of everything; a day that is over is told, not wished.
    const auto day = std::chrono::floor<date::days>(draft.start->time_since_epoch()).count();
    const auto says_now = [](const language::Expression& one) {
        return one.value.has(language::kMoment) && one.value.clock_end < 0 &&
               one.end_token - one.begin_token == 1;
    };
    const auto& times = around.reading.expressions;
    if (std::all_of(times.begin(), times.end(), says_now)) return false;
    return day > today || (day == today && (draft.has_time || !draft.rrule.empty()));
}

}  // namespace scheduling
