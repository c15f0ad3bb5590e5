#pragma once
#include <cstdint>

#include <date/date.h>

/// Day arithmetic on plain numbers: days since 1970-01-01, as the values carry them.
namespace scheduling::language {

using DayNumber = std::int32_t;

[[nodiscard]] DayNumber to_day(int year, int month, int dom);
[[nodiscard]] date::year_month_day to_date(DayNumber day);
[[nodiscard]] bool is_valid_date(int year, int month, int dom);
/// 1 Monday … 7 Sunday.
[[nodiscard]] int weekday_of(DayNumber day);
[[nodiscard]] int days_in_month(int year, int month);
/// The same day of another month; the last one where the month is shorter.
[[nodiscard]] DayNumber add_months(DayNumber day, int months);
[[nodiscard]] DayNumber monday_of(DayNumber day);
[[nodiscard]] DayNumber month_begin(DayNumber day);
/// The nth weekday of the month of `day` (nth 1…5; -1 the last); 0 when there is none.
[[nodiscard]] DayNumber nth_weekday(DayNumber day, int weekday, int nth);
[[nodiscard]] DayNumber easter_sunday(int year);

/// Holidays of other calendars, as the lexicons number them (less 9000).
inline constexpr int kLunarNewYearHoliday = 1, kPassoverHoliday = 101, kRoshHashanahHoliday = 102,
                     kYomKippurHoliday = 103, kHanukkahHoliday = 104, kDiwaliHoliday = 201;
/// The first day by daylight (Hanukkah's first candle is lit the evening before); 0 when not known for that
/// year.
[[nodiscard]] DayNumber moving_holiday(int which, int year);

}  // namespace scheduling::language
