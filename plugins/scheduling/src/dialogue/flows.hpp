#pragma once
#include <string>
#include <string_view>

#include "dialogue/scene.hpp"
#include "migue/cpp/task.hpp"

/// The things a person can do, each as a step from the scene to a reply. What a tap, a typed
/// "2" and a sentence lead to is the same step.
namespace scheduling {

// draft_flow.cpp: from a draft to an event.

/// A new request replaces what was open.
[[nodiscard]] migue::Task<Reply> start_draft(Scene& scene, std::string_view text);
/// Asks for what is missing, checks, shows a card, or books. `sure`: the person has just
/// chosen this very time.
[[nodiscard]] migue::Task<Reply> proceed(Scene& scene, EventDraft draft, std::string target, bool sure);
/// Writes the draft: a new event, or over `target`.
[[nodiscard]] migue::Task<Reply> commit(Scene& scene, EventDraft draft, std::string target, Overlap overlap);
/// Takes an edit in words into the open draft, or into the event it is about.
[[nodiscard]] migue::Task<Reply> edit_open(Scene& scene, const Open& open, const Understanding& said);
[[nodiscard]] migue::Task<Reply> add_guest(Scene& scene, const Open& open, std::string name);

// question_flow.cpp: asking for a time.

[[nodiscard]] migue::Task<Reply> ask_question(Scene& scene, EventDraft draft, std::string target,
                                              Question question);
[[nodiscard]] migue::Task<Reply> ask_time(Scene& scene, EventDraft draft, std::string target);
[[nodiscard]] Reply ask_date(Scene& scene, EventDraft draft, std::string target);
[[nodiscard]] Reply ask_past(Scene& scene, EventDraft draft, std::string target);
[[nodiscard]] migue::Task<Reply> offer_other_times(Scene& scene, EventDraft draft, std::string target);
[[nodiscard]] Reply ask_number(Scene& scene, const Open& open, std::size_t number, const EventDraft& hour);

// event_flow.cpp: what is done to events that exist.

[[nodiscard]] migue::Task<Reply> cancel_by_words(Scene& scene, std::string_view text);
[[nodiscard]] migue::Task<Reply> move_by_words(Scene& scene, std::string_view text);
[[nodiscard]] migue::Task<Reply> take_event(Scene& scene, const Open& open, const Option& chosen);
[[nodiscard]] migue::Task<Reply> cancel_events(Scene& scene, const Open& open, bool whole_series);
[[nodiscard]] migue::Task<Reply> list_to_choose(Scene& scene, const Open& open);
[[nodiscard]] migue::Task<Reply> undo(Scene& scene);

// agenda_flow.cpp: looking.

[[nodiscard]] migue::Task<Reply> show_agenda(Scene& scene, std::string_view text);
[[nodiscard]] migue::Task<Reply> find_slot(Scene& scene, std::string_view text);
[[nodiscard]] migue::Task<Reply> show_feed(Scene& scene, std::string_view text);

}  // namespace scheduling
