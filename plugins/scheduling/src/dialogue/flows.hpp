#pragma once
#include <string>
#include <string_view>

#include "dialogue/scene.hpp"
#include "migue/cpp/task.hpp"

/// The things a person can do, each as a step from the scene to a reply. What a tap, a typed
/// "2" and a sentence lead to is the same step.
namespace scheduling {

// draft_flow.cpp: from a draft to an event.

/// The message as the rules read it; where they are unsure, with what a model adds in time.
[[nodiscard]] migue::Task<Understanding> read_twice(Scene& scene, std::string_view text,
                                                    std::string_view intent);
/// A new request replaces what was open.
[[nodiscard]] migue::Task<Reply> start_draft(Scene& scene, std::string_view text);
/// Asks for what is missing, checks, shows a card, or books. `sure`: the person has just
/// chosen this very time.
[[nodiscard]] migue::Task<Reply> proceed(Scene& scene, EventDraft draft, std::string target, bool sure);
/// Writes the draft: a new event, or over `target`.
[[nodiscard]] migue::Task<Reply> commit(Scene& scene, EventDraft draft, std::string target, Overlap overlap);
/// Takes an edit in words into the open draft, or into the event it is about.
[[nodiscard]] migue::Task<Reply> edit_open(Scene& scene, const Open& open, const Understanding& said);
/// The draft as a card, checked anew: nothing is written before a tap.
[[nodiscard]] migue::Task<Reply> show_again(Scene& scene, EventDraft draft, std::string target);
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

// link_flow.cpp: a calendar outside.

/// "conecta mi calendario", "qué cuenta tengo", "desconecta trabajo".
[[nodiscard]] migue::Task<Reply> show_account(Scene& scene, std::string_view text);
[[nodiscard]] migue::Task<Reply> offer_link(Scene& scene, std::string text);
/// The code from the page after Google's consent; nothing when none is waited for.
[[nodiscard]] migue::Task<std::optional<Reply>> take_code(Scene& scene, std::string code);
[[nodiscard]] migue::Task<Reply> unlink(Scene& scene, std::string account);
/// What is said instead when the calendar could not be used: it may be a link, or a promise
/// that a job keeps.
[[nodiscard]] migue::Task<Reply> answer_trouble(Scene& scene, Reply reply);

// later_flow.cpp: what a job goes on with.

/// Tries the plan again until it is done or fifteen minutes are over, and reports either way.
[[nodiscard]] migue::Task<Reply> try_later(Scene& scene, Reply reply);
/// After a booking: whether another program took the same hour, and the link of its video call.
[[nodiscard]] migue::Task<void> look_again_later(Scene& scene, const Event& event, Overlap overlap);
[[nodiscard]] migue::Task<Reply> take_job(Scene& scene);
/// Google ends grants that are not used: this uses them.
[[nodiscard]] migue::Task<void> keep_alive_later(Scene& scene, std::string account);

}  // namespace scheduling
