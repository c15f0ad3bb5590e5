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

// edited.cpp

/// The draft with all of the edit but its new time.
[[nodiscard]] EventDraft edited(const Scene& scene, const EventDraft& draft, const Edit& edit);
/// The new time as it is meant for this draft: a rule begins on the draft's own day.
[[nodiscard]] Understanding time_for(const EventDraft& draft, Understanding said);
/// "1 h 30 min".
[[nodiscard]] std::string write_length(std::chrono::minutes length);

}  // namespace scheduling
