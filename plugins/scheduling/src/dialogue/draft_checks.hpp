#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialogue/cards.hpp"
#include "dialogue/scene.hpp"
#include "migue/cpp/task.hpp"

/// What a draft meets in the calendar. Nothing is written.
namespace scheduling {

/// All that a booking needs is known.
[[nodiscard]] bool is_complete(const EventDraft& draft);

/// The draft of a new event, or of two, in whatever step: not what changes one that is there.
[[nodiscard]] bool is_new_draft(const Open& open) noexcept;

/// The same wish without its time, repetition and length.
[[nodiscard]] EventDraft untimed(EventDraft draft);

/// The end of a rule, that day included: "UNTIL=…", in the form that the draft's kind needs.
[[nodiscard]] std::string until_day(const EventDraft& draft, date::local_days last);

/// "2026-11-23"; nothing when it is no day.
[[nodiscard]] std::optional<date::local_days> day_in(std::string_view written);

/// What a new series leaves to be understood: "this week" and "for two weeks" are when it ends.
void settle_end(const Scene& scene, EventDraft& draft, const std::vector<TimeMention>& times);
/// A series begins with its first occurrence that is not over.
void begin_ahead(const Scene& scene, EventDraft& draft);

/// The next occurrences of a drafted series, and those that overlap what is there.
[[nodiscard]] migue::Task<migue::Result<SeriesNote>> look_at_series(Scene& scene, const EventDraft& draft,
                                                                    const std::string& target);

/// The first busy event that has part of the draft's time.
[[nodiscard]] migue::Task<migue::Result<std::optional<Event>>> find_clash(Scene& scene,
                                                                          const EventDraft& draft,
                                                                          const std::string& target);

}  // namespace scheduling
