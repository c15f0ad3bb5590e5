#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "dialogue/scene.hpp"
#include "reminders/quiet_hours.hpp"
#include "reminders/reminders.hpp"

/// When a person is told of an event, and by what way. No effects.
namespace scheduling {

/// How a person can be told at a time.
enum class Way {
    kChat = 1,    ///< here
    kChatIfOpen,  ///< here, if the channel lets us write first by then
    kCalendar,    ///< by the calendar's own reminder
};

[[nodiscard]] Way way_at(const Scene& scene, std::int64_t due_ms);

/// The event itself, or of a series its first occurrence after `after_ms`; nothing when it is over.
[[nodiscard]] std::optional<Event> next_of(const Event& event, std::int64_t after_ms);

[[nodiscard]] DueTime due_time(const Scene& scene, std::int64_t start_ms, std::chrono::minutes before);

/// "hoy a las 14:00", "el martes 24 a las 14:00".
[[nodiscard]] std::string write_due(const Scene& scene, std::int64_t due_ms);
/// When and how the person will be told, as an answer.
[[nodiscard]] std::string describe(const Scene& scene, const DueTime& due);

/// When the job looks: a day before where other programs move events too, else when it is due.
[[nodiscard]] std::int64_t wake_of(const Scene& scene, std::int64_t due_ms);

/// What stands in the row for this event as it is now; due_ms 0 when its time has passed.
[[nodiscard]] Reminder reminder_for(const Scene& scene, const Event& event, std::chrono::minutes before,
                                    std::int64_t after_ms);

}  // namespace scheduling
