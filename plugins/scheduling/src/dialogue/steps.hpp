#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "dialogue/scene.hpp"
#include "migue/cpp/task.hpp"

/// From a message to what it does to the conversation.
///
/// A conversation is a draft, at most one thing that is open about it (a card, a question, a list:
/// `Open`), and what was last done. Every message is one move on that:
///
///   ask       a question about the calendar; it answers nothing     questions.hpp
///             that is open, and leaves it open
///   choose    a tap, or its typed twin: one of the open options          choosing.cpp
///   fill      what an open question asked for                            answering.cpp
///   change    another hour, guest, title of the draft or the event       answering.cpp
///   limit     "any day but Thursday", "ella no puede el martes"            limits.cpp
///   refuse    "no", "olvídalo"                                           answering.cpp
///   replace   a new request; a named draft that was open is kept and     dialogue.cpp, take_intent
///             asked about again behind it                                wishes.hpp
///   leave     something else that says nothing about what is open        dialogue.cpp, asides
///
/// The moves are tried in the order in which people mean them; the first that fits makes the reply,
/// and the reply says what is open next.
namespace scheduling {

// choosing.cpp

/// What a tap and its typed twin both lead to.
[[nodiscard]] migue::Task<Reply> choose(Scene& scene, const Open& open, std::size_t index);
/// A tap on the open card; on an older one nothing changes and the present is shown.
[[nodiscard]] migue::Task<Reply> take_tap(Scene& scene);
/// Gives up what is open.
[[nodiscard]] Reply leave(Scene& scene, const Open& open);

// answering.cpp

/// The message as an answer to what is open; nothing when it is none.
[[nodiscard]] migue::Task<std::optional<Reply>> answer_open(Scene& scene, const Open& open, std::string text);
/// What is open, again: the message said nothing about it.
[[nodiscard]] Reply repeat_open(const Scene& scene, const Open& open);
/// Words that change the draft or the event on the card; nothing for other words.
[[nodiscard]] migue::Task<std::optional<Reply>> change_by_words(Scene& scene, const Open& open,
                                                                std::string_view text);

// event_edit.cpp: what is said of an event, as read_edit() understands it; nothing when it is nothing.

/// "cancélala", "don't cancel it", "put it back": before anything else, because the words of a button may be
/// among them.
[[nodiscard]] migue::Task<std::optional<Reply>> settle_by_words(Scene& scene, const Open& open,
                                                                const std::string& text);
/// Changes and questions about what is open, or about an event that the words name. `is_other`: the words
/// are about something else, and answer nothing here.
[[nodiscard]] migue::Task<std::optional<Reply>> edit_by_words(Scene& scene, const Open& open,
                                                              std::string_view text, bool& is_other);
/// Of the event that was talked about just now, although nothing is open.
[[nodiscard]] migue::Task<std::optional<Reply>> edit_last_shown(Scene& scene, std::string_view text);

// leave_out.cpp

/// "no gym this monday", "skip the 27th": asks before the event of that day goes; of what repeats only that
/// day. Nothing when the words say nothing like it.
[[nodiscard]] migue::Task<std::optional<Reply>> leave_out_by_words(Scene& scene, std::string_view text);

// swap_flow.cpp

/// "swap them": asks, of two events that are there; nothing when it does not mean two.
[[nodiscard]] migue::Task<std::optional<Reply>> swap_by_words(Scene& scene, std::string_view text);
/// Does what the card says, both or none.
[[nodiscard]] migue::Task<Reply> swap_events(Scene& scene, const Open& open);

// quoting.cpp

/// A quoted message of ours picks the event it was about.
void take_quotation(Scene& scene);
/// Words that only change a time, about the event that was quoted.
[[nodiscard]] migue::Task<std::optional<Reply>> answer_quoted(Scene& scene, std::string_view text);

}  // namespace scheduling
