#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialogue/event_search.hpp"
#include "dialogue/scene.hpp"
#include "migue/cpp/task.hpp"
#include "understanding/edit.hpp"

/// Edits of events, from words to a card.
namespace scheduling {

// event_pick.cpp

/// The events a sentence may mean; with nothing named, the one that was last talked about.
[[nodiscard]] migue::Task<migue::Result<std::vector<Event>>> find_events(Scene& scene,
                                                                         const EventReference& reference);
/// The event that "the second one", "the last one" mean in what was listed; "" when nothing was.
[[nodiscard]] std::string listed_event(const Scene& scene, const EventWords& event);
/// "both": the two of the last list, or those that were last talked about; fewer when there are not two.
[[nodiscard]] migue::Task<std::vector<Event>> both_meant(Scene& scene);
/// No event is named so. An open card is shown again, so that nothing is chosen from it unseen.
[[nodiscard]] Reply none_found(Scene& scene, const EventReference& reference);
/// A list to choose from; `said` is what is to be done with the chosen one.
[[nodiscard]] Reply pick_event(const Scene& scene, const std::vector<Event>& events, Purpose purpose,
                               std::string said);

// event_flow.cpp

/// Asks once for all of them.
[[nodiscard]] Reply ask_cancel_all(const Scene& scene, const std::vector<Event>& events);
/// "cancel both": of the open list, or the two that were last talked about.
[[nodiscard]] migue::Task<std::optional<Reply>> cancel_both(Scene& scene, const Open& open);

// event_edit.cpp

/// Finds the event that the edit names and does it. Nothing when `only_if_found` and there is none.
[[nodiscard]] migue::Task<std::optional<Reply>> edit_named(Scene& scene, Edit edit, std::string text,
                                                           bool only_if_found);
[[nodiscard]] migue::Task<Reply> edit_found(Scene& scene, Event event, Edit edit);

// event_change.cpp

/// An event as if it had just been shown. Of a series that has begun its next occurrence is found later.
[[nodiscard]] Open about_event(const Scene& scene, const Event& event);
/// It waits for nothing.
[[nodiscard]] bool is_settled(const Open& open);
/// An open draft, or an event that may be changed.
[[nodiscard]] bool can_change(const Open& open);
/// The event, unless it was cancelled.
[[nodiscard]] migue::Task<std::optional<Event>> standing(Scene& scene, std::string id);
/// "place", then "room 5": the words are the new value.
[[nodiscard]] std::optional<Edit> value_of_field(const Open& open, std::string_view text);
/// Every word names the draft that is open.
[[nodiscard]] bool is_about_draft(const Open& open, const EventWords& event);
[[nodiscard]] Reply tell_field(const Scene& scene, const EventDraft& draft, Edit::Field field);
/// Does the edit to what is open; what it leaves unsaid is asked.
[[nodiscard]] migue::Task<Reply> change_event(Scene& scene, const Open& open, const Edit& edit);
/// "it", of what is open; nothing when that cannot be meant.
[[nodiscard]] migue::Task<std::optional<Reply>> edit_it(Scene& scene, const Open& open, const Edit& edit);

// told_flow.cpp

/// "they moved it to Friday", "Lucía canceló": asks before it is done; nothing when no event is meant.
[[nodiscard]] migue::Task<std::optional<Reply>> told_by_words(Scene& scene, std::string_view text);

// other_event.cpp

/// "no, not lunch, the call", to a card about an event: the same is asked of the other one; nothing when the
/// words name no other.
[[nodiscard]] migue::Task<std::optional<Reply>> mean_other_event(Scene& scene, const Open& open,
                                                                 std::string_view text);

// edited.cpp

/// The draft with all of the edit but its new time.
[[nodiscard]] EventDraft edited(const Scene& scene, const EventDraft& draft, const Edit& edit);
/// The new time as it is meant for this draft: a rule begins on the draft's own day.
[[nodiscard]] Understanding time_for(const EventDraft& draft, Understanding said);
/// "1 h 30 min".
[[nodiscard]] std::string write_length(std::chrono::minutes length);

}  // namespace scheduling
