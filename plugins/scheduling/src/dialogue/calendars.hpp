#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "dialogue/scene.hpp"
#include "migue/cpp/task.hpp"

/// Several calendars of a person: which one an event goes to, which one is the default, which ones
/// are looked at. With a calendar outside; the local one is alone.
namespace scheduling {

/// What a new request says about the calendar.
struct CalendarWish {
    std::string text;          ///< without the words that name it
    std::string key;           ///< the one that was named; "" none
    std::string question;      ///< asks which one: unknown, read-only or several
    std::string name;          ///< as it was said
    bool needs_scope = false;  ///< others than the person's own cannot be seen yet
};

/// Reads "en mi calendario personal" out of a request. Asks Google only for a name that is not
/// known from its last answer.
[[nodiscard]] migue::Task<CalendarWish> read_calendar_wish(Scene& scene, std::string text);
/// The question for a calendar, or for the permission to see the others; the draft waits.
[[nodiscard]] migue::Task<Reply> ask_calendar(Scene& scene, EventDraft draft, CalendarWish wish);
/// The calendar that a request named before it could be seen; "" when there is none.
[[nodiscard]] migue::Task<std::string> calendar_called(Scene& scene, std::string name);

/// "usa siempre mi calendario personal", "muéstrame también el de la familia", "¿qué calendarios
/// ves?"; nothing when it is none of these.
[[nodiscard]] migue::Task<std::optional<Reply>> take_calendars(Scene& scene, std::string_view text);
/// The open draft goes to another calendar: "ponlo en el de trabajo"; nothing for other words.
[[nodiscard]] migue::Task<std::optional<Reply>> change_calendar(Scene& scene, const Open& open,
                                                                std::string_view text);
[[nodiscard]] migue::Task<Reply> choose_calendar(Scene& scene, const Open& open, const Option& chosen);

/// Has the calendars at hand as they were last learned, for calendar_note().
[[nodiscard]] migue::Task<void> know_calendars(Scene& scene);
/// " Calendario: Trabajo." when there are several to write to, else "".
[[nodiscard]] std::string calendar_note(const Scene& scene, const EventDraft& draft);

}  // namespace scheduling
