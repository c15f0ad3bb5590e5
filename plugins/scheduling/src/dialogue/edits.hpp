#pragma once
#include <chrono>

#include "calendar/calendar.hpp"
#include "understanding/draft.hpp"

/// Every message about a draft is an edit of it. Pure.
namespace scheduling {

inline constexpr std::chrono::minutes kDefaultLength{30};

/// Takes what was said into the draft; what was not said stays. A new time keeps the length,
/// a new day keeps the hours.
void apply_edit(EventDraft& draft, const EventDraft& said);

/// A chosen time. With `day_only` the hours stay, or stay open.
void apply_time(EventDraft& draft, LocalMinutes start, std::optional<LocalMinutes> end, bool day_only,
                bool all_day);

/// How long the event takes: as said, else from its ends, else half an hour.
[[nodiscard]] std::chrono::minutes length_of(const EventDraft& draft);

/// The event that a complete draft describes, without an id.
[[nodiscard]] Event to_event(const EventDraft& draft);

/// A stored event as a draft, so that it is changed by the same edits.
[[nodiscard]] EventDraft to_draft(const Event& event);

/// The rule without COUNT and UNTIL, which exclude each other.
[[nodiscard]] std::string without_end(std::string_view rrule);

}  // namespace scheduling
