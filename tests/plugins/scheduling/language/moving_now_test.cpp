#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "moments.hpp"

/// The same words on every day of years: what is counted from now moves with it. The expected days come
/// from plain day arithmetic, not from the engine's calendar.
namespace scheduling::test {
namespace {

using date::sys_days;

Moment moment_on(sys_days day, const char* language) {
    Moment moment = moment_in(language);
    const date::year_month_day ymd{day};
    moment.zone = "America/Bogota";
    moment.now_unix_ms = unix_ms(static_cast<int>(ymd.year()), static_cast<unsigned>(ymd.month()),
                                 static_cast<unsigned>(ymd.day()), 10, 5, -5);
    return moment;
}

/// Monday 1 … Sunday 7.
int weekday_on(sys_days day) {
    return static_cast<int>(date::weekday{day}.iso_encoding());
}

std::string iso(sys_days day) {
    return date::format("%F", day);
}

std::string first_start(const std::string& text, sys_days now, const char* language) {
    const auto read = understand(text, "schedule_meeting", moment_on(now, language));
    return read.times.empty() ? "nothing" : read.times[0].start.substr(0, 10);
}

constexpr int kDays = 8 * 365 + 2;
const sys_days kFirst{date::year{2024} / 2 / 20};

TEST(CountedDays, MoveWithNow) {
    for (int offset = 0; offset < kDays; ++offset) {
        const sys_days now = kFirst + date::days(offset);
        ASSERT_EQ(first_start("mañana a las 3", now, "es"), iso(now + date::days(1)));
        ASSERT_EQ(first_start("depois de amanhã às 15h", now, "pt"), iso(now + date::days(2)));
        ASSERT_EQ(first_start("in 3 weeks", now, "en"), iso(now + date::days(21)));
        ASSERT_EQ(first_start("de hoy en ocho", now, "es"), iso(now + date::days(7)));
        ASSERT_EQ(first_start("10 days ago", now, "en"), iso(now - date::days(10)));
    }
}

TEST(Weekdays, AreTheNextOnesOnEveryDay) {
    constexpr const char* kEnglish[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                        "Friday", "Saturday", "Sunday"};
    constexpr const char* kSpanish[] = {"lunes",   "martes", "miércoles", "jueves",
                                        "viernes", "sábado", "domingo"};
    for (int offset = 0; offset < kDays; ++offset) {
        const sys_days now = kFirst + date::days(offset);
        const int weekday = offset * 5 % 7 + 1;
        const int ahead = (weekday - weekday_on(now) + 7) % 7;
        const std::string next = iso(now + date::days(ahead == 0 ? 7 : ahead));
        ASSERT_EQ(first_start(fmt::format("on {} at 4pm", kEnglish[weekday - 1]), now, "en"), next)
            << iso(now);
        ASSERT_EQ(first_start(fmt::format("el {} que viene", kSpanish[weekday - 1]), now, "es"), next)
            << iso(now);
        ASSERT_EQ(first_start(fmt::format("last {}", kEnglish[weekday - 1]), now, "en"),
                  iso(now - date::days(ahead == 0 ? 7 : 7 - ahead)));
        ASSERT_EQ(first_start(fmt::format("el {} de la próxima semana", kSpanish[weekday - 1]), now, "es"),
                  iso(now + date::days(7 - weekday_on(now) + weekday)))
            << iso(now);
    }
}

TEST(Months, AreTheNextOnesOnEveryDay) {
    for (int offset = 0; offset < kDays; ++offset) {
        const sys_days now = kFirst + date::days(offset);
        const date::year_month_day ymd{now};
        const auto next = date::year_month(ymd.year(), ymd.month()) + date::months(1);
        ASSERT_EQ(first_start("next month", now, "en"), iso(next / 1)) << iso(now);
        ASSERT_EQ(first_start("o dia 10 do mês que vem", now, "pt"), iso(next / 10)) << iso(now);
        ASSERT_EQ(first_start("el último día del mes", now, "es"),
                  iso(sys_days(date::year_month_day_last(ymd.year(), date::month_day_last(ymd.month())))))
            << iso(now);
        const sys_days christmas = ymd.year() / 12 / 25;
        ASSERT_EQ(first_start("25 de diciembre", now, "es"),
                  iso(christmas >= now ? christmas : sys_days((ymd.year() + date::years(1)) / 12 / 25)))
            << iso(now);
    }
}

struct Half {
    const char* language;
    const char* part;
    int first, last;  ///< hours it is said with
    int shift;
};

/// An hour with its part of the day means the same wherever it stands: alone, beside a day, in a repeat.
TEST(HoursWithTheirPart, MeanTheSameInEveryConstruction) {
    const Half halves[] = {{"es", "de la mañana", 5, 11, 0},     {"es", "de la tarde", 1, 7, 12},
                           {"es", "de la noche", 7, 11, 12},     {"en", "in the morning", 5, 11, 0},
                           {"en", "in the afternoon", 1, 5, 12}, {"en", "in the evening", 5, 10, 12},
                           {"pt", "da manhã", 5, 11, 0},         {"pt", "da tarde", 1, 6, 12},
                           {"pt", "da noite", 7, 11, 12}};
    const std::pair<const char*, const char*> frames[] = {{"es", "el viernes a {} {} {}"},
                                                          {"es", "todos los martes a {} {} {}"},
                                                          {"es", "de lunes a viernes a {} {} {}"},
                                                          {"es", "cada mes el 5 a {} {} {}"},
                                                          {"es", "el 15 de enero a {} {} {}"},
                                                          {"es", "mañana a {} {} {}"},
                                                          {"es", "gimnasio martes y jueves a {} {} {}"},
                                                          {"es", "a {} {} {} del domingo"},
                                                          {"en", "on Friday at {}{} {}"},
                                                          {"en", "every Tuesday at {}{} {}"},
                                                          {"en", "Monday to Friday at {}{} {}"},
                                                          {"en", "January 15 at {}{} {}"},
                                                          {"en", "tomorrow at {}{} {}"},
                                                          {"en", "gym Tuesdays and Thursdays at {}{} {}"},
                                                          {"en", "at {}{} {} on Sunday"},
                                                          {"pt", "sexta {} {} {}"},
                                                          {"pt", "toda terça {} {} {}"},
                                                          {"pt", "de segunda a sexta {} {} {}"},
                                                          {"pt", "dia 15 de janeiro {} {} {}"},
                                                          {"pt", "amanhã {} {} {}"},
                                                          {"pt", "academia terça e quinta {} {} {}"},
                                                          {"pt", "{} {} {} de domingo"}};
    for (const auto& [language, frame] : frames)
        for (const Half& half : halves) {
            if (std::string_view(half.language) != language) continue;
            for (int hour = half.first; hour <= half.last; ++hour) {
                const std::string article = std::string_view(language) == "es"   ? (hour == 1 ? "la" : "las")
                                            : std::string_view(language) == "pt" ? (hour == 1 ? "à" : "às")
                                                                                 : "";
                const std::string text = fmt::format(fmt::runtime(frame), article, hour, half.part);
                const auto read = understand(text, "schedule_meeting", moment_in(language));
                ASSERT_TRUE(read.draft.start && read.draft.has_time) << text;
                ASSERT_EQ(date::format("%H:%M", *read.draft.start),
                          fmt::format("{:02}:00", hour + half.shift))
                    << text;
                ASSERT_FALSE(read.question && read.question->kind == "ambiguous_hour") << text;
            }
        }
}

}  // namespace
}  // namespace scheduling::test
