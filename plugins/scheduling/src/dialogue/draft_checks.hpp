#pragma once
#include <optional>
#include <string>

#include "dialogue/cards.hpp"
#include "dialogue/scene.hpp"
#include "migue/cpp/task.hpp"

/// What a draft meets in the calendar. Nothing is written.
namespace scheduling {

/// All that a booking needs is known.
[[nodiscard]] bool is_complete(const EventDraft& draft);

/// The next occurrences of a drafted series, and those that overlap what is there.
[[nodiscard]] migue::Task<migue::Result<SeriesNote>> look_at_series(Scene& scene, const EventDraft& draft,
                                                                    const std::string& target);

/// The first busy event that has part of the draft's time.
[[nodiscard]] migue::Task<migue::Result<std::optional<Event>>> find_clash(Scene& scene,
                                                                          const EventDraft& draft,
                                                                          const std::string& target);

}  // namespace scheduling
