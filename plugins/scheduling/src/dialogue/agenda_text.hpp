#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "calendar/calendar.hpp"
#include "dialogue/phrases.hpp"
#include "understanding/draft.hpp"

/// A person's days in words. Pure.
namespace scheduling {

struct DayWish {
    date::local_days day{};
    std::string zone;
    std::chrono::minutes work_begin{9 * 60}, work_end{18 * 60};
    bool with_gaps = true;         ///< tells the free hours too
    std::size_t most_events = 12;  ///< more are counted: "y 6 más"
    LocalMinutes now{};            ///< what is over is not free any more
};

/// "Martes 24 de noviembre: 9:00–9:30 Daily · 15:00–15:30 Revisión. Libre: …". Whole days
/// come first. `events`: those that touch the day, by start.
[[nodiscard]] std::string write_day(const Phrases& phrases, const DayWish& wish,
                                    const std::vector<Event>& events);

/// Those of the events that touch the day, whole days first.
[[nodiscard]] std::vector<Event> events_of_day(const std::vector<Event>& events, date::local_days day,
                                               std::string_view zone);

/// One event as it stands in that day: "9:00–9:30 Daily", "desde las 16:00 Viaje" where it goes on.
[[nodiscard]] std::string write_event(const Phrases& phrases, const Event& event, date::local_days day,
                                      std::string_view zone);
/// "1 hora 30 minutos".
[[nodiscard]] std::string write_length(const Phrases& phrases, std::chrono::minutes length);

}  // namespace scheduling
