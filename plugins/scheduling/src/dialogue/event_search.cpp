#include "dialogue/event_search.hpp"

#include <algorithm>

#include "calendar/zone_time.hpp"
#include "dialogue/folding.hpp"

namespace scheduling {

namespace {

constexpr std::int64_t kHourMs = 3600 * 1000;
constexpr std::int64_t kLookAheadMs = 180LL * 24 * kHourMs;

/// A word of the sentence and a word of the title: equal, or one the beginning of the other.
bool same_word(const std::string& said, const std::string& there) {
    if (said == there) return true;
    constexpr std::size_t kShortest = 4, kShortestName = 3;  // "Pao" is Paola
    const std::size_t shorter = std::min(said.size(), there.size());
    if (said.size() == kShortestName) return there.size() > said.size() + 1 && there.starts_with(said);
    return shorter >= kShortest && said.compare(0, shorter, there, 0, shorter) == 0;
}

/// The words as they stand in the text: "Ana", not "ana".
std::string as_written(std::string_view text, const std::vector<std::string>& words) {
    std::string said;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find_first_of(" \t\r\n", at), text.size());
        std::string word(text.substr(at, end - at));
        at = end + 1;
        if (std::find(words.begin(), words.end(), fold(word)) == words.end()) continue;
        constexpr std::string_view kMarks = ".,;:!?\"'()";
        while (!word.empty() && kMarks.find(word.back()) != std::string_view::npos) word.pop_back();
        said += (said.empty() ? "" : " ") + word;
    }
    return said;
}

}  // namespace

bool names_all(const std::vector<std::string>& words, std::string_view title,
               const std::vector<std::string>& guests) {
    std::string all(title);
    for (const std::string& guest : guests) all += " " + guest;
    const std::vector<std::string> there = words_of(fold(all));
    return std::all_of(words.begin(), words.end(), [&](const std::string& word) {
        return std::any_of(there.begin(), there.end(),
                           [&](const std::string& other) { return same_word(word, other); });
    });
}

EventReference reference_of(const EventWords& event) {
    EventReference reference;
    reference.words = event.words;
    reference.said = event.said;
    reference.span = event.span;
    reference.time = event.time;
    reference.everything = event.everything;
    return reference;
}

EventReference read_reference(const Scene& scene, std::string_view text, std::string_view intent) {
    const Understanding read = scene.understand(text, intent);
    EventReference reference;
    reference.words = scene.answers().left_over(text, read.times, "reference_words");
    reference.said = as_written(text, reference.words);
    reference.everything = scene.answers().has_word("everything", text);
    const EventDraft& draft = read.draft;
    if (draft.has_date && read.span) reference.span = read.span;
    if (draft.has_time && draft.start) reference.time = *draft.start - day_of(*draft.start);
    // "¿pasó?" is no question for an event that is looked for: "la de hoy a las 8" may be over.
    if (draft.has_date && draft.start && reference.time) {
        const auto day = day_of(*draft.start);
        reference.span = Span{day, day + date::days(1)};
    }
    return reference;
}

Understanding read_new_time(const Scene& scene, std::string_view text) {
    Understanding read = scene.understand(text, "reschedule_meeting");
    if (!read.times.empty()) return read;
    const std::size_t begin = text.find_first_of("0123456789");
    if (begin == std::string_view::npos) return read;
    const std::size_t end = std::min(text.find_first_not_of("0123456789", begin), text.size());
    const std::string rest(text.substr(end));
    if (end - begin > 2 || rest.find_first_of("0123456789") != std::string::npos) return read;
    const std::string hour(text.substr(begin, end - begin));
    // Alone: what led to the number ("to 8") may mean something else with it.
    const std::string said = scene.phrases.say("dates/at_hour", {{"hour", hour}}) + rest;
    read = scene.understand(said, "reschedule_meeting");
    // Offsets count in the words that were written.
    if (read.times.size() != 1) return Understanding{};
    read.times.front().begin = begin;
    read.times.front().finish = end;
    return read;
}

std::vector<Event> matching(const EventReference& reference, const std::vector<Event>& events,
                            std::string_view zone) {
    std::vector<Event> found, there;  // by their names, or by where they are
    for (const Event& event : events) {
        const LocalSpan span = span_of(event, zone);
        const bool is_named = names_all(reference.words, event.title, event.guests);
        if (!is_named && !names_all(reference.words, event.title + " " + event.location, event.guests))
            continue;
        if (reference.time && (event.all_day || span.begin - day_of(span.begin) != *reference.time)) continue;
        if (reference.span && !(span.begin < reference.span->end && reference.span->begin < span.end))
            continue;
        (is_named ? found : there).push_back(event);
    }
    return found.empty() ? there : found;
}

Interval search_span(const Scene& scene, const EventReference& reference) {
    if (!reference.span) return {scene.now_ms - kHourMs, scene.now_ms + kLookAheadMs};
    return {to_unix_ms(reference.span->begin, scene.person.zone),
            to_unix_ms(reference.span->end, scene.person.zone)};
}

}  // namespace scheduling
