#pragma once
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "booking/free_slots.hpp"
#include "dialogue/phrases.hpp"
#include "understanding/draft.hpp"

/// Dates and hours as each language writes them. Pure.
namespace scheduling {

enum class DateStyle {
    kFull = 1,  ///< "martes 24 de noviembre de 2026"
    kLong,      ///< without the year
    kShort,     ///< "mar 24/11"
    kButton,    ///< "mar 24 nov", at most 14 characters
    kNumeric,   ///< "24/11"
    kDayOnly,   ///< "lunes 21", the begin of "lunes 21 a jueves 24 …"
};

[[nodiscard]] std::string write_date(const Phrases& phrases, date::local_days day, DateStyle style);

/// "15:00", "3:00 PM".
[[nodiscard]] std::string write_clock(const Phrases& phrases, LocalMinutes at);
/// "15:00–15:30", "3:00–3:30 PM", "11:30 AM–12:15 PM". An end on another day shows its clock alone.
[[nodiscard]] std::string write_clock_range(const Phrases& phrases, LocalMinutes begin, LocalMinutes end);

/// Day and hours of an event, over midnight and whole days too.
[[nodiscard]] std::string write_when(const Phrases& phrases, LocalSpan span, bool all_day, DateStyle style);

/// A repeat rule in words, with its end: "cada martes, sin fecha final".
[[nodiscard]] std::string write_repeat(const Phrases& phrases, std::string_view rrule);

/// The place part of a zone's name: "America/New_York" → "New York".
[[nodiscard]] std::string zone_city(std::string_view zone);

}  // namespace scheduling
