#pragma once
#include <string>
#include <vector>

#include "dialogue/scene.hpp"

/// What a draft and an event look like on a card. No waiting, no effects.
namespace scheduling {

/// The title that is used when none was said; true when it had to be made up.
bool complete_title(const Phrases& phrases, EventDraft& draft);
[[nodiscard]] bool is_generic_title(const Answers& answers, std::string_view title);

/// Whether the person must see the draft before it is written.
[[nodiscard]] bool needs_card(const Scene& scene, const EventDraft& draft, const std::string& target);

/// `occurrences`: of a series, the next ones; `clashes`: those of them that overlap.
struct SeriesNote {
    std::vector<LocalMinutes> occurrences, clashes;
};
[[nodiscard]] Reply draft_card(const Scene& scene, EventDraft draft, std::string target,
                               const SeriesNote& series);
[[nodiscard]] Reply change_card(const Scene& scene, EventDraft draft, const Event& before);
/// `said`: the draft it was made from, for what the calendar does not keep.
[[nodiscard]] Reply booked_card(const Scene& scene, const Event& event, const EventDraft& said);

[[nodiscard]] std::string when_of(const Scene& scene, const EventDraft& draft, bool with_year);

}  // namespace scheduling
