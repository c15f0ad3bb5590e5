#include <algorithm>
#include <utility>

#include "language/calendar.hpp"

/// Which day a holiday is, by its code.
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

/// The Easter of the eastern churches, on our calendar.
DayNumber orthodox_easter(int year) {
    const int a = year % 4, b = year % 7, c = year % 19, d = (19 * c + 15) % 30,
              e = (2 * a + 4 * b - d + 34) % 7;
    const int month = (d + e + 114) / 31, dom = (d + e + 114) % 31 + 1;
    const int behind = year / 100 - year / 400 - 2;  // days between the two calendars
    return to_day(year, month, dom) + behind;
}

/// One name, another day in another country. The line without a country is for all others.
struct ByCountry {
    std::int16_t name;
    char country[3];
    std::int16_t code;
};
constexpr ByCountry kByCountry[] = {{1, "US", 704},
                                    {1, "CO", 720},
                                    {1, "MX", 916},
                                    {1, "AR", 709},
                                    {1, "PE", 728},
                                    {1, "CL", 918},
                                    {1, "EC", 810},
                                    {1, "VE", 705},
                                    {1, "BO", 806},
                                    {1, "UY", 825},
                                    {1, "PY", 514},
                                    {1, "CR", 915},
                                    {1, "GT", 915},
                                    {1, "HN", 915},
                                    {1, "NI", 915},
                                    {1, "SV", 915},
                                    {1, "PA", 1128},
                                    {1, "DO", 227},
                                    {1, "CU", 520},
                                    {1, "BR", 907},
                                    {1, "PT", 1201},
                                    {1, "IN", 815},
                                    {1, "PH", 612},
                                    // father's and mother's day
                                    {2, "ES", 319},
                                    {2, "PT", 319},
                                    {2, "BO", 319},
                                    {2, "HN", 319},
                                    {2, "BR", 6872},
                                    {2, "AU", 6971},
                                    {2, "NZ", 6971},
                                    {2, "", 6673},
                                    {3, "MX", 510},
                                    {3, "GT", 510},
                                    {3, "SV", 510},
                                    {3, "ES", 6571},
                                    {3, "PT", 6571},
                                    {3, "AR", 7073},
                                    {3, "GB", 4979},
                                    {3, "IE", 4979},
                                    {3, "PY", 515},
                                    {3, "BO", 527},
                                    {3, "NI", 530},
                                    {3, "PA", 1208},
                                    {3, "CR", 815},
                                    {3, "DO", 6579},
                                    {3, "", 6572},
                                    // constitution, labour, children, thanksgiving
                                    {4, "MX", 6211},
                                    {4, "ES", 1206},
                                    {4, "US", 917},
                                    {5, "US", 6911},
                                    {5, "CA", 6911},
                                    {5, "", 501},
                                    {6, "CO", 6469},
                                    {6, "MX", 430},
                                    {6, "AR", 6873},
                                    {6, "PE", 6873},
                                    {6, "CL", 6872},
                                    {6, "UY", 6872},
                                    {6, "BR", 1012},
                                    {7, "CA", 7012},
                                    {7, "", 7144}};

int code_in(int name, Country country) {
    const auto* found = std::find_if(std::begin(kByCountry), std::end(kByCountry), [&](const ByCountry& one) {
        return one.name == name && (one.country[0] == '\0' || country.is(one.country));
    });
    return found == std::end(kByCountry) ? 0 : found->code;
}

/// month * 100 + day.
DayNumber dated(int code, int year) {
    return to_day(year, code / 100, code % 100);
}

/// month * 100 + weekday * 10 + which one (9 the last).
DayNumber nth_of_month(int code, int year) {
    const int nth = code % 10;
    return nth_weekday(to_day(year, code / 100, 1), code / 10 % 10, nth == 9 ? -1 : nth);
}

/// Colombia's law of 1983: the holiday is kept on the Monday that follows, if it is no Monday itself.
DayNumber moved_to_monday(DayNumber day) {
    return day + (8 - weekday_of(day)) % 7;
}

DayNumber monday_before(DayNumber day) {
    return monday_of(day - 1);
}

DayNumber other_calendar(int code, int year) {
    if (code == kLunarNewYearHoliday) return from_table(kLunarNewYear, 2024, year);
    if (code == kDiwaliHoliday) return from_table(kDiwali, 2025, year);
    return code == 9104 ? hanukkah(year) : 0;
}

}  // namespace

DayNumber holiday_on(int code, int year, Country country) {
    if (code >= 26'000) return monday_before(dated(code - 26'000, year));
    if (code >= 25'000) {
        const int own = code_in(code - 25'000, country);
        return own == 0 ? 0 : holiday_on(own, year, country);
    }
    if (code >= 23'000) return moved_to_monday(dated(code - 23'000, year));
    if (code >= 21'500) return orthodox_easter(year) + (code - 22'000);
    if (code >= 20'500) return hebrew_new_year(year) + (code - 21'000);
    if (code >= 19'500) return hebrew_new_year(year) - 163 + (code - 20'000);
    if (code >= 9000) return other_calendar(code, year);
    if (code == 8500) return nth_weekday(to_day(year, 11, 1), 1, 1) + 1;
    if (code >= 8000) return nth_weekday(to_day(year, 11, 1), 4, 4) + (code - 8000);
    if (code >= 6000) return nth_of_month(code - 6000, year);
    if (code >= 4000) return easter_sunday(year) + (code - 5000);
    return code == 229 && !is_valid_date(year, 2, 29) ? 0 : dated(code, year);
}

}  // namespace scheduling::language
