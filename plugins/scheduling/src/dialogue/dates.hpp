#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "booking/free_slots.hpp"
#include "dialogue/phrases.hpp"
#include "understanding/draft.hpp"

/// Dates and hours as each language writes them. Pure.
namespace scheduling {

enum class DateStyle {
    kFull = 1,     ///< "martes 24 de noviembre de 2026"
    kLong,         ///< without the year
    kShort,        ///< "mar 24/11"
    kButton,       ///< "mar 24 nov", at most 14 characters
    kNumeric,      ///< "24/11"
    kNumericYear,  ///< "24/11/2026"
    kPlainYear,    ///< "3 de mayo de 2027"
    kDayOnly,      ///< "lunes 21", the begin of "lunes 21 a jueves 24 …"
    kOn,           ///< "el jueves 26", as in "¿A qué hora el jueves 26?"
    kWeekday,      ///< "martes 24/11"
};

[[nodiscard]] std::string write_date(const Phrases& phrases, date::local_days day, DateStyle style);

/// "15:00", "3:00 PM".
[[nodiscard]] std::string write_clock(const Phrases& phrases, LocalMinutes at);
/// "15:00–15:30", "3:00–3:30 PM", "11:30 AM–12:15 PM". An end on another day shows its clock alone.
[[nodiscard]] std::string write_clock_range(const Phrases& phrases, LocalMinutes begin, LocalMinutes end);

/// The same for a stretch that was asked about: "12–6 PM" where both are whole hours.
[[nodiscard]] std::string write_window(const Phrases& phrases, LocalMinutes begin, LocalMinutes end);

/// Day and hours of an event, over midnight and whole days too.
[[nodiscard]] std::string write_when(const Phrases& phrases, LocalSpan span, bool all_day, DateStyle style);

/// The day and the hour at which an event begins; of a whole day the day.
[[nodiscard]] std::string write_begin(const Phrases& phrases, LocalMinutes begin, bool all_day,
                                      DateStyle style);
/// "Mañana, martes 24/11, 15:00–15:30".
[[nodiscard]] std::string write_near(const Phrases& phrases, LocalSpan span, LocalMinutes now);

/// A repeat rule in words, without its end: "todos los martes".
[[nodiscard]] std::string write_repeat(const Phrases& phrases, std::string_view rrule);
/// A drafted series: "todos los martes, 9:00–9:30, sin fecha final", or "lunes 7 de diciembre de
/// 2026, 10:00–10:30, y luego el primer lunes de cada mes, 6 veces, la última el …". `last`: the
/// last occurrence, where there is one.
[[nodiscard]] std::string write_series(const Phrases& phrases, LocalSpan first, bool all_day,
                                       std::string_view rrule, std::optional<LocalMinutes> last);
/// "24/11, 1/12"; with their years when they are not all of one.
[[nodiscard]] std::string write_dates(const Phrases& phrases, const std::vector<LocalMinutes>& days);

/// The place part of a zone's name: "America/New_York" → "New York".
[[nodiscard]] std::string zone_city(std::string_view zone);

}  // namespace scheduling
