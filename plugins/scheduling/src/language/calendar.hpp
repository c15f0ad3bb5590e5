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

/// ISO 3166, two capitals; zeros when unknown.
struct Country {
    char code[2]{};
    [[nodiscard]] bool is(const char* other) const { return code[0] == other[0] && code[1] == other[1]; }
};

/// Holidays that no sum of ours finds, as the lexicons number them (docs/language.md, "Holidays").
inline constexpr int kLunarNewYearHoliday = 9001, kDiwaliHoliday = 9201;

/// The day that the lexicons' `code` means in that year (holidays that begin at sunset: the day by daylight);
/// 0 when there is none or it is not known.
[[nodiscard]] DayNumber holiday_on(int code, int year, Country country);

}  // namespace scheduling::language
