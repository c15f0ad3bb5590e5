#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "moments.hpp"

/// Dates and hours printed in the styles people use are read back as they were.
namespace scheduling::test {
namespace {

constexpr unsigned kSeed = 7;

const std::vector<std::string> kSpanish = {"enero",      "febrero", "marzo",     "abril",
                                           "mayo",       "junio",   "julio",     "agosto",
                                           "septiembre", "octubre", "noviembre", "diciembre"};
const std::vector<std::string> kEnglish = {"January",   "February", "March",    "April",
                                           "May",       "June",     "July",     "August",
                                           "September", "October",  "November", "December"};
const std::vector<std::string> kPortuguese = {"janeiro",  "fevereiro", "março",    "abril",
                                              "maio",     "junho",     "julho",    "agosto",
                                              "setembro", "outubro",   "novembro", "dezembro"};

struct Styled {
    const char* language;
    std::string text;
};

std::vector<Styled> styles(int year, unsigned month, unsigned day, int hour, int minute) {
    const std::string es = kSpanish[month - 1], en = kEnglish[month - 1], pt = kPortuguese[month - 1];
    const int half = hour % 12 == 0 ? 12 : hour % 12;
    const char* meridiem = hour < 12 ? "am" : "pm";
    return {{"es", fmt::format("el {} de {} de {} a las {}:{:02}", day, es, year,
                               hour < 10 ? "0" + std::to_string(hour) : std::to_string(hour), minute)},
            {"es", fmt::format("{:02}/{:02}/{} {}:{:02} {}", day, month, year, half, minute, meridiem)},
            {"es", fmt::format("a las {}:{:02}{} del {} de {} de {}", half, minute, meridiem, day, es, year)},
            {"en", fmt::format("{} {}, {} at {}:{:02} {}", en, day, year, half, minute, meridiem)},
            {"en", fmt::format("{}/{}/{} {}:{:02}{}", month, day, year, half, minute, meridiem)},
            {"en", fmt::format("{}:{:02} {} on {} {} {}", half, minute, meridiem, day, en, year)},
            {"en", fmt::format("{}-{:02}-{:02}T{:02}:{:02}", year, month, day, hour, minute)},
            {"pt", fmt::format("dia {} de {} de {} às {:02}h{:02}", day, pt, year, hour, minute)},
            {"pt", fmt::format("{:02}/{:02}/{} às {:02}:{:02}", day, month, year, hour, minute)}};
}

TEST(PrintedMoments, AreReadBack) {
    std::mt19937 random(kSeed);
    for (int round = 0; round < 400; ++round) {
        const int year = 2027 + static_cast<int>(random() % 8);
        const auto month = static_cast<unsigned>(1 + random() % 12),
                   day = static_cast<unsigned>(1 + random() % 28);
        const int hour = static_cast<int>(random() % 24), minute = static_cast<int>(random() % 60);
        const std::string expected =
            fmt::format("{}-{:02}-{:02} {:02}:{:02}", year, month, day, hour, minute);
        for (const Styled& styled : styles(year, month, day, hour, minute)) {
            const auto draft = understand(styled.text, "schedule_meeting", moment_in(styled.language)).draft;
            ASSERT_EQ(print(draft.start), expected)
                << styled.text << " (seed " << kSeed << ", round " << round << ")";
        }
    }
}

/// Also around the year's ends, in leap years, and on the last days of months.
TEST(PrintedDays, AreReadBackOnEveryDayOfFourYears) {
    const auto begin = date::sys_days(date::year_month_day{date::year{2027}, date::month{1}, date::day{1}});
    for (int offset = 0; offset < 4 * 365 + 1; ++offset) {
        const date::year_month_day ymd{begin + date::days(offset)};
        const int year = static_cast<int>(ymd.year());
        const unsigned month = static_cast<unsigned>(ymd.month()), day = static_cast<unsigned>(ymd.day());
        const std::string expected = fmt::format("{}-{:02}-{:02}", year, month, day);
        for (const Styled& styled :
             std::vector<Styled>{{"es", fmt::format("{} de {} de {}", day, kSpanish[month - 1], year)},
                                 {"en", fmt::format("{} {} {}", kEnglish[month - 1].substr(0, 3), day, year)},
                                 {"pt", fmt::format("{}/{}/{}", day, month, year)}}) {
            const auto times = understand(styled.text, "schedule_meeting", moment_in(styled.language)).times;
            ASSERT_EQ(times.size(), 1u) << styled.text;
            ASSERT_EQ(times[0].start, expected) << styled.text;
        }
    }
}

TEST(Durations, AreReadBack) {
    for (int minutes = 5; minutes <= 240; minutes += 5) {
        const std::string text = fmt::format("reunión mañana a las 10 por {} minutos", minutes);
        const auto draft = understand(text, "schedule_meeting", moment_in("es")).draft;
        ASSERT_TRUE(draft.start && draft.end) << text;
        EXPECT_EQ((*draft.end - *draft.start).count(), minutes) << text;
    }
}

}  // namespace
}  // namespace scheduling::test
