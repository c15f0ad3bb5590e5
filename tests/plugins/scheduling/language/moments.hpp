#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include <date/date.h>

#include "understanding/draft.hpp"

/// The moment of all examples: Monday 23 November 2026, 10:05, where each language is at home.
namespace scheduling::test {

inline std::int64_t unix_ms(int year, unsigned month, unsigned day, int hour, int minute,
                            int utc_offset_hours) {
    const auto days =
        date::sys_days(date::year_month_day{date::year{year}, date::month{month}, date::day{day}});
    const auto at = days + std::chrono::hours(hour - utc_offset_hours) + std::chrono::minutes(minute);
    return std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
}

inline Moment moment_in(std::string_view language) {
    Moment moment;
    if (language == "es") {
        moment.zone = "America/Bogota";
        moment.locale = "es-CO";
        moment.now_unix_ms = unix_ms(2026, 11, 23, 10, 5, -5);
    } else if (language == "en") {
        moment.zone = "America/New_York";
        moment.locale = "en-US";
        moment.region = "US";
        moment.now_unix_ms = unix_ms(2026, 11, 23, 10, 5, -5);
    } else {
        moment.zone = "America/Sao_Paulo";
        moment.locale = "pt-BR";
        moment.now_unix_ms = unix_ms(2026, 11, 23, 10, 5, -3);
    }
    return moment;
}

/// "2026-11-24 15:00", for comparing at a glance.
inline std::string print(LocalMinutes at) {
    return date::format("%F %H:%M", at);
}
inline std::string print(const std::optional<LocalMinutes>& at) {
    return at ? print(*at) : "none";
}

}  // namespace scheduling::test
