#include "language/calendar.hpp"

#include <algorithm>

namespace scheduling::language {

using date::days;
using date::local_days;

DayNumber to_day(int year, int month, int dom) {
    const date::year_month_day ymd{date::year{year}, date::month{static_cast<unsigned>(month)},
                                   date::day{static_cast<unsigned>(dom)}};
    return static_cast<DayNumber>(local_days(ymd).time_since_epoch().count());
}

date::year_month_day to_date(DayNumber day) {
    return date::year_month_day{local_days(days{day})};
}

bool is_valid_date(int year, int month, int dom) {
    return month >= 1 && month <= 12 && dom >= 1 && dom <= days_in_month(year, month);
}

int weekday_of(DayNumber day) {
    const int offset = (day + 3) % 7;  // 1970-01-01 was a Thursday
    return (offset < 0 ? offset + 7 : offset) + 1;
}

int days_in_month(int year, int month) {
    const date::year_month_day_last last{date::year{year},
                                         date::month_day_last{date::month{static_cast<unsigned>(month)}}};
    return static_cast<int>(static_cast<unsigned>(last.day()));
}

DayNumber add_months(DayNumber day, int months) {
    const auto ymd = to_date(day);
    const int total =
        static_cast<int>(ymd.year()) * 12 + static_cast<int>(static_cast<unsigned>(ymd.month())) - 1 + months;
    const int year = total >= 0 ? total / 12 : (total - 11) / 12;
    const int month = total - year * 12 + 1;
    const int dom = std::min(static_cast<int>(static_cast<unsigned>(ymd.day())), days_in_month(year, month));
    return to_day(year, month, dom);
}

DayNumber monday_of(DayNumber day) {
    return day - weekday_of(day) + 1;
}

DayNumber month_begin(DayNumber day) {
    return day - static_cast<int>(static_cast<unsigned>(to_date(day).day())) + 1;
}

DayNumber nth_weekday(DayNumber day, int weekday, int nth) {
    const DayNumber begin = month_begin(day), end = add_months(begin, 1);
    if (nth < 0) {
        const DayNumber found = end - 1 - (weekday_of(end - 1) - weekday + 7) % 7 + (nth + 1) * 7;
        return found >= begin ? found : 0;
    }
    const DayNumber found = begin + (weekday - weekday_of(begin) + 7) % 7 + (nth - 1) * 7;
    return found < end ? found : 0;
}

DayNumber easter_sunday(int year) {
    // The anonymous Gregorian computus.
    const int a = year % 19, b = year / 100, c = year % 100, d = b / 4, e = b % 4;
    const int f = (b + 8) / 25, g = (b - f + 1) / 3, h = (19 * a + b - d - g + 15) % 30;
    const int i = c / 4, k = c % 4, l = (32 + 2 * e + 2 * i - h - k) % 7, m = (a + 11 * h + 22 * l) / 451;
    const int month = (h + l - 7 * m + 114) / 31, dom = (h + l - 7 * m + 114) % 31 + 1;
    return to_day(year, month, dom);
}

}  // namespace scheduling::language
