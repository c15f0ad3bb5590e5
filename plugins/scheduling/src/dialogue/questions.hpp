#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialogue/asked.hpp"
#include "dialogue/scene.hpp"
#include "migue/cpp/task.hpp"

/// Questions about the calendar. A question is never an answer to what is open and changes nothing: it is
/// read before the open card is looked at, answered from the calendar, and leaves the card as it was.
///
/// The words that make a question are the lists "asks_…" of phrases/question_words.json: a message is one
/// when it begins with a phrase of such a list. Messages that begin otherwise are routed by the host.
namespace scheduling {

struct Inquiry {
    Asks asks = Asks::kAgenda;
    std::string about;  ///< what was said behind the words that ask, as written
    /// Days that replace those of the last question, hours that replace its hours.
    std::optional<Window> window = {};
    bool in_the_past = false;
    bool is_doubtful = false;  ///< a question only where an event is found
};

/// What a message says about days and hours. Either may be missing.
struct SaidTime {
    std::optional<Window> days;  ///< without hours
    std::optional<std::chrono::minutes> from, to;
    bool is_hour = false;

    [[nodiscard]] bool is_empty() const { return !days && !from; }
};

// questions.cpp

/// Nothing when the message asks nothing about the calendar, or not surely.
[[nodiscard]] std::optional<Inquiry> read_question(const Scene& scene, std::string_view text);

/// "block 4 to 6 for deep work" right behind "am I free on Tuesday?": a wish without a day takes that one,
/// and the hour that was asked about where it names none.
void take_asked_day(const Scene& scene, Understanding& read);

// windows.cpp

[[nodiscard]] SaidTime read_said_time(const Scene& scene, std::string_view text);
/// The window that the message names; what it leaves out is taken from `else_days`.
[[nodiscard]] Window window_of(const SaidTime& said, Window else_days);
/// Today, or as many days from today on.
[[nodiscard]] Window days_from_today(const Scene& scene, int days);
/// The part of one day that is asked about: the hours that were said, or the whole day.
[[nodiscard]] LocalSpan span_on(const Window& window, date::local_days day);

// question_answers.cpp

/// The message as a question; nothing when it is none.
[[nodiscard]] migue::Task<std::optional<Reply>> answer_question(Scene& scene, std::string_view text);
/// About one event.
[[nodiscard]] migue::Task<std::optional<Reply>> tell_of_event(Scene& scene, const Inquiry& inquiry);
/// The words that name an event, folded: neither times nor what all questions say.
[[nodiscard]] std::vector<std::string> naming_words(const Scene& scene, std::string_view about);

// agenda_flow.cpp

/// About days, or free time in them.
[[nodiscard]] migue::Task<Reply> answer_about_days(Scene& scene, const Inquiry& inquiry);
[[nodiscard]] migue::Task<Reply> tell_days(Scene& scene, Window window);
[[nodiscard]] migue::Task<Reply> tell_next(Scene& scene, std::string_view text);
[[nodiscard]] migue::Task<Reply> tell_edge(Scene& scene, Window window, bool of_end);
[[nodiscard]] migue::Task<Reply> tell_count(Scene& scene, Window window, std::vector<std::string> words);
[[nodiscard]] migue::Task<Reply> tell_clashes(Scene& scene, Window window);

// free_flow.cpp

/// "am I free …?": yes or no first.
[[nodiscard]] migue::Task<Reply> tell_free(Scene& scene, Window window, bool asks_busy);
[[nodiscard]] migue::Task<Reply> tell_amount(Scene& scene, Window window);
/// Free hours of the window, or of the coming days, to pick for the draft.
/// "what's free in the morning?" while the hour of Wednesday is asked for: the day of what is open.
[[nodiscard]] std::optional<date::local_days> day_asked_about(const Scene& scene);
[[nodiscard]] migue::Task<Reply> offer_slots(Scene& scene, EventDraft draft, std::optional<Window> asked);

/// Keeps the question, so that the next one can go on from it.
void remember_question(Scene& scene, Asks asks, const Window& window);

}  // namespace scheduling
