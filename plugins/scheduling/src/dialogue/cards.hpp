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

/// Somebody else would get a mail.
[[nodiscard]] bool mails_somebody(const Scene& scene, const EventDraft& draft);

/// `occurrences`: of a series, the next ones; `clashes`: those of them that overlap; `last`: the
/// last one, of a series that ends.
struct SeriesNote {
    std::vector<LocalMinutes> occurrences, clashes;
    std::optional<LocalMinutes> last;
};
[[nodiscard]] Reply draft_card(const Scene& scene, EventDraft draft, std::string target,
                               const SeriesNote& series);
/// Everybody who would get a mail, one a line, before an event with many of them is booked.
[[nodiscard]] Reply guest_list_card(const Scene& scene, const Open& shown_before);
[[nodiscard]] Reply change_card(const Scene& scene, EventDraft draft, const Event& before);
[[nodiscard]] Reply cancel_card(const Scene& scene, const Event& event);
/// The same, where of a series only this one can be meant.
[[nodiscard]] Reply cancel_occurrence_card(const Scene& scene, const Event& event);

/// What an event was made from, and how much of it was on the screen a moment ago.
struct BookedFrom {
    enum class Look {
        kFull = 1,   ///< title and whole date
        kAfterCard,  ///< the card with all of it was just confirmed
        kAfterSlot,  ///< its hour was just picked from a list
    };
    const EventDraft& said;
    Look look = Look::kFull;
    std::string new_contact = {};  ///< an address that may be kept, "" for none
};
[[nodiscard]] Reply booked_card(const Scene& scene, const Event& event, const BookedFrom& from);

[[nodiscard]] std::string when_of(const Scene& scene, const EventDraft& draft, bool with_year);
/// "todos los martes, 9:00–9:30, sin fecha final".
[[nodiscard]] std::string series_when(const Scene& scene, const Event& event);

}  // namespace scheduling
