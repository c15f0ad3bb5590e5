#include <algorithm>
#include <utility>

#include "language/calendar.hpp"

/// Holidays that follow another calendar than ours.
namespace scheduling::language {
namespace {

/// Days from the Hebrew epoch to the year's molad, with the postponement that keeps fasts off the Sabbath.
std::int64_t hebrew_elapsed(std::int64_t year) {
    const std::int64_t months = (235 * year - 234) / 19;
    const std::int64_t parts = 12'084 + 13'753 * months;
    const std::int64_t day = 29 * months + parts / 25'920;
    return 3 * (day + 1) % 7 < 3 ? day + 1 : day;
}

/// Rosh Hashanah that falls into a year of ours.
DayNumber hebrew_new_year(int year) {
    constexpr std::int64_t kEpoch = -1'373'427 - 719'163;  // days before 1970
    const std::int64_t hebrew = year + 3761;
    const std::int64_t before = hebrew_elapsed(hebrew - 1), now = hebrew_elapsed(hebrew),
                       after = hebrew_elapsed(hebrew + 1);
    const int delay = after - now == 356 ? 2 : now - before == 382 ? 1 : 0;
    return static_cast<DayNumber>(kEpoch + now + delay);
}

DayNumber hanukkah(int year) {
    const DayNumber new_year = hebrew_new_year(year), length = hebrew_new_year(year + 1) - new_year;
    const int heshvan = length == 355 || length == 385 ? 30 : 29;
    return new_year + 30 + heshvan + 24;
}

/// From the almanacs, as month * 100 + day; 0 outside the years they cover here.
template <std::size_t N>
DayNumber from_table(const std::int16_t (&table)[N], int first_year, int year) {
    if (year < first_year || year >= first_year + static_cast<int>(N)) return 0;
    const int code = table[year - first_year];
    return to_day(year, code / 100, code % 100);
}

// Computed from the sky by China's rule (UTC+8): 2024 to 2040.
constexpr std::int16_t kLunarNewYear[] = {210, 129, 217, 206, 126, 213, 203, 123, 211,
                                          131, 219, 208, 128, 215, 204, 124, 212};
// The main day in India, 2025 to 2030.
constexpr std::int16_t kDiwali[] = {1020, 1108, 1029, 1017, 1105, 1026};

}  // namespace

DayNumber moving_holiday(int which, int year) {
    switch (which) {
        case kLunarNewYearHoliday:
            return from_table(kLunarNewYear, 2024, year);
        case kPassoverHoliday:
            return hebrew_new_year(year) - 163;
        case kRoshHashanahHoliday:
            return hebrew_new_year(year);
        case kYomKippurHoliday:
            return hebrew_new_year(year) + 9;
        case kHanukkahHoliday:
            return hanukkah(year);
        case kDiwaliHoliday:
            return from_table(kDiwali, 2025, year);
        default:
            return 0;
    }
}

}  // namespace scheduling::language
