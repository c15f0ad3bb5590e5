#include "dialogue/reminder_said.hpp"

#include <algorithm>

#include "calendar/zone_time.hpp"
#include "dialogue/asides.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/event_search.hpp"
#include "dialogue/folding.hpp"
#include "dialogue/reminder_times.hpp"

namespace scheduling {

namespace {

using migue::Task;
using std::chrono::hours;
using std::chrono::minutes;

// Where only a part of the day is said. All are outside of the usual quiet hours.
constexpr minutes kEarly{7 * 60 + 30}, kMorning{8 * 60}, kSomeTime{9 * 60}, kAfternoon{15 * 60},
    kEvening{20 * 60};

enum class Part { kNone = 1, kFirstThing, kInMorning, kInAfternoon, kAtNight };

minutes hour_of(Part part, minutes otherwise) {
    switch (part) {
        case Part::kFirstThing:
            return kEarly;
        case Part::kInMorning:
            return kMorning;
        case Part::kInAfternoon:
            return kAfternoon;
        case Part::kAtNight:
            return kEvening;
        default:
            return otherwise;
    }
}

Part part_in(const Scene& scene, std::string_view text) {
    const Answers& answers = scene.answers();
    if (answers.mentions("remind_early", text)) return Part::kFirstThing;
    if (answers.mentions("remind_evening", text)) return Part::kAtNight;
    if (answers.mentions("remind_morning", text)) return Part::kInMorning;
    if (answers.mentions("remind_afternoon", text)) return Part::kInAfternoon;
    return Part::kNone;
}

std::string last_word(std::string_view text) {
    const std::vector<std::string> words = words_of(fold(text));
    return words.empty() ? std::string() : words.back();
}

/// The hour of the day that is said; of two readings the one that the part of the day tells.
std::optional<minutes> hour_in(const Scene& scene, std::string_view text, Part part) {
    Understanding read = read_new_time(scene, text);
    // "the evening before at 9": with its first words the hour reads as none.
    const std::size_t digit = text.find_last_of("0123456789");
    const std::size_t lead = digit == std::string_view::npos ? digit : text.find_last_of(' ', digit);
    const bool is_hour =
        lead != std::string_view::npos && scene.answers().is("hour_leads", last_word(text.substr(0, lead)));
    if (!read.draft.has_time && is_hour) read = read_new_time(scene, text.substr(lead + 1));
    if (!read.draft.has_time || !read.draft.start) return std::nullopt;
    minutes hour = *read.draft.start - day_of(*read.draft.start);
    const bool is_late = part == Part::kAtNight || part == Part::kInAfternoon;
    if (is_late && hour < hours(12)) hour += hours(12);
    return hour;
}

/// Said right after a reminder was set, or to "how long before?".
bool talks_of_reminder(const Scene& scene) {
    const Open* open = scene.state.alive(scene.now_ms);
    if (open == nullptr) return false;
    if (asks_how_long(*open)) return true;
    return open->waiting == Waiting::kDone &&
           std::any_of(open->options.begin(), open->options.end(), [](const Option& option) {
               return option.action == Action::kRemindWhen || option.action == Action::kUnremind;
           });
}

bool is_draft(const Open& open) {
    return open.target.empty() && open.draft.start && open.draft.has_date && open.draft.has_time &&
           (open.waiting == Waiting::kCard || open.waiting == Waiting::kTaken ||
            open.waiting == Waiting::kChange);
}

std::optional<minutes> before_in(const Scene& scene, std::string_view text, LocalMinutes start,
                                 bool has_words) {
    auto before = said_before(scene, text, start);
    if (!before && !has_words) before = said_on_day(scene, text, start);
    return before;
}

/// The event that the words name, else the one in talk; nothing where several are.
Task<std::optional<Event>> event_reminded(Scene& scene, const std::vector<std::string>& words) {
    std::optional<Event> event;
    if (words.empty()) {
        const Open* open = scene.state.alive(scene.now_ms);
        const bool has_target = open != nullptr && !open->target.empty();
        if (!has_target && !scene.state.talks(scene.now_ms) && !talks_of_reminder(scene)) co_return event;
        const std::string id = has_target ? open->target : scene.state.last_event;
        if (id.empty()) co_return event;
        auto found = co_await scene.booking.get(id);
        if (found && found->has_value() && !(*found)->cancelled) event = std::move(**found);
        co_return event;
    }
    EventReference reference;
    reference.words = words;
    auto listed = co_await scene.booking.list(search_span(scene, reference));
    if (!listed) co_return event;
    std::vector<Event> found = matching(reference, *listed, scene.person.zone);
    std::erase_if(found, [&](const Event& one) { return one.start_ms <= scene.now_ms; });
    const bool one_series = std::all_of(found.begin(), found.end(), [&](const Event& one) {
        return one.id == found.front().id || (!one.series.empty() && one.series == found.front().series);
    });
    if (!found.empty() && one_series) event = found.front();
    co_return event;
}

}  // namespace

std::optional<minutes> said_before(const Scene& scene, std::string_view text, LocalMinutes start) {
    const Answers& answers = scene.answers();
    const bool on_day = answers.mentions("that_day", text);
    const bool day_before = answers.mentions("day_before", text) || answers.mentions("night_before", text);
    if (!on_day && !day_before) return std::nullopt;
    const Part part = part_in(scene, text);
    const auto hour = hour_in(scene, text, part);
    // "a day before": at the event's own hour.
    if (day_before && part == Part::kNone && !hour) return hours(24);
    const auto day = day_before ? day_of(start) - date::days(1) : day_of(start);
    LocalMinutes due = day + hour.value_or(hour_of(part, kMorning));
    constexpr minutes kAtLeast{60};
    if (due >= start && !hour) due = start - kAtLeast;
    if (due >= start) return std::nullopt;
    return start - due;
}

std::optional<minutes> said_on_day(const Scene& scene, std::string_view text, LocalMinutes start) {
    const Understanding read = scene.understand(text, "reminder");
    const EventDraft& said = read.draft;
    const bool asks =
        read.question && read.question->kind != "missing_time" && read.question->kind != "part_of_day";
    if (!said.has_date || !said.start || !said.rrule.empty() || asks) return std::nullopt;
    LocalMinutes due = *said.start;
    if (!said.has_time) due = day_of(due) + hour_of(part_in(scene, text), kSomeTime);
    if (due >= start || due <= scene.now()) return std::nullopt;
    return start - due;
}

std::vector<std::string> words_of_reminded(const Scene& scene, std::string_view text,
                                           const std::vector<TimeMention>& times) {
    std::vector<std::string> words = scene.answers().left_over(text, times, "remind_words");
    std::erase_if(words, [&](const std::string& word) {
        const bool is_number =
            std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
        return is_number || scene.answers().is("remind_when_words", word);
    });
    return words;
}

Task<std::optional<Reply>> remind_on_said_day(Scene& scene, std::string_view text) {
    std::optional<Reply> reply;
    const Answers& answers = scene.answers();
    const bool asks = answers.has_word("remind_nouns", text) || answers.has_word("remind_verbs", text);
    if (!asks && !talks_of_reminder(scene)) co_return reply;
    const Understanding read = scene.understand(text, "reminder");
    const std::vector<std::string> words = words_of_reminded(scene, text, read.times);
    const bool says_day = answers.mentions("day_before", text) || answers.mentions("night_before", text) ||
                          answers.mentions("that_day", text);
    if (!words.empty() && !asks && !says_day) co_return reply;
    if (const Open* open = scene.state.alive(scene.now_ms); open != nullptr && is_draft(*open)) {
        const Open draft = *open;
        const bool named = !words.empty() && !names_all(words, draft.draft.title, draft.draft.attendees);
        const auto before = named ? std::nullopt : before_in(scene, text, *draft.draft.start, false);
        if (before) co_return co_await remind_of_draft(scene, draft, *before);
        co_return reply;
    }
    auto event = co_await event_reminded(scene, words);
    const auto next = event ? next_of(*event, scene.now_ms) : std::nullopt;
    if (!next) co_return reply;
    LocalMinutes start = span_of(*next, scene.person.zone).begin;
    // On a card that moves it, its new time counts.
    if (const Open* open = scene.state.alive(scene.now_ms);
        open != nullptr && open->waiting == Waiting::kCard && open->target == event->id && open->draft.start)
        start = *open->draft.start;
    const auto before = before_in(scene, text, start, !words.empty());
    if (before) reply = co_await set_reminder(scene, std::move(*event), *before);
    co_return reply;
}

}  // namespace scheduling
