#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialogue/scene.hpp"
#include "migue/cpp/task.hpp"

/// Reminders in words: when one is wanted, of which event.
namespace scheduling {

// reminder_said.cpp

/// "la noche antes", "the morning of", "early that day", "the day before at 9", "a las 8 de ese día": how
/// long before an event that begins then; nothing when no day is said so, or it would be too late.
[[nodiscard]] std::optional<std::chrono::minutes> said_before(const Scene& scene, std::string_view text,
                                                              LocalMinutes start);
/// "avísame el miércoles por la noche", of an event after that.
[[nodiscard]] std::optional<std::chrono::minutes> said_on_day(const Scene& scene, std::string_view text,
                                                              LocalMinutes start);
/// Such words, of what is open or was talked about; nothing for others.
[[nodiscard]] migue::Task<std::optional<Reply>> remind_on_said_day(Scene& scene, std::string_view text);
/// The words beside those of reminders, of days and of hours: what the event is called.
[[nodiscard]] std::vector<std::string> words_of_reminded(const Scene& scene, std::string_view text,
                                                         const std::vector<TimeMention>& times);

// reminder_flow.cpp

/// Keeps it and tells when; a card that is open beside it stays.
[[nodiscard]] migue::Task<Reply> set_reminder(Scene& scene, Event event, std::chrono::minutes before);
/// With a draft that is not booked yet.
[[nodiscard]] migue::Task<Reply> remind_of_draft(Scene& scene, const Open& open, std::chrono::minutes before);
/// It was asked how long before.
[[nodiscard]] bool asks_how_long(const Open& open);

// reminder_list.cpp

[[nodiscard]] Reply pick_reminded(const Scene& scene, const std::vector<Event>& events,
                                  std::optional<std::chrono::minutes> before);
[[nodiscard]] migue::Task<Reply> list_reminders(Scene& scene);
[[nodiscard]] migue::Task<Reply> remove_all_reminders(Scene& scene);
/// "quita el aviso": of the event last talked about, else the only one, else it asks.
[[nodiscard]] migue::Task<Reply> remove_reminder_by_words(Scene& scene, std::string_view text);

}  // namespace scheduling
