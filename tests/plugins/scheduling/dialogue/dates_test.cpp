#include "dialogue/dates.hpp"

#include <gtest/gtest.h>

namespace scheduling {

namespace {

using namespace std::chrono_literals;
using namespace date::literals;

const Phrases& phrases(std::string_view language) {
    static const auto book = PhraseBook::load();
    return book->of(language);
}

const date::local_days kTuesday = date::local_days(2026_y / 11 / 24);

LocalMinutes at(int hour, int minute = 0) {
    return kTuesday + std::chrono::hours(hour) + std::chrono::minutes(minute);
}

}  // namespace

struct WrittenDate {
    std::string language;
    DateStyle style;
    std::string expected;
};
class WriteDate : public ::testing::TestWithParam<WrittenDate> {};
TEST_P(WriteDate, FollowsTheLanguage) {
    EXPECT_EQ(write_date(phrases(GetParam().language), kTuesday, GetParam().style), GetParam().expected);
}
INSTANTIATE_TEST_SUITE_P(
    Dates, WriteDate,
    ::testing::Values(WrittenDate{"es", DateStyle::kFull, "martes 24 de noviembre de 2026"},
                      WrittenDate{"en", DateStyle::kFull, "Tuesday, November 24, 2026"},
                      WrittenDate{"pt", DateStyle::kFull, "terça-feira, 24 de novembro de 2026"},
                      WrittenDate{"es", DateStyle::kLong, "martes 24 de noviembre"},
                      WrittenDate{"en", DateStyle::kShort, "Tue, Nov 24"},
                      WrittenDate{"pt", DateStyle::kShort, "ter 24/11"},
                      WrittenDate{"es", DateStyle::kButton, "mar 24 nov"}));

struct WrittenWhen {
    std::string language;
    LocalSpan span;
    bool all_day;
    std::string expected;
};
class WriteWhen : public ::testing::TestWithParam<WrittenWhen> {};
TEST_P(WriteWhen, FollowsTheLanguage) {
    const auto& [language, span, all_day, expected] = GetParam();
    EXPECT_EQ(write_when(phrases(language), span, all_day, DateStyle::kFull), expected);
}
INSTANTIATE_TEST_SUITE_P(
    Hours, WriteWhen,
    ::testing::Values(
        WrittenWhen{"es", {at(15), at(15, 30)}, false, "martes 24 de noviembre de 2026, 15:00–15:30"},
        WrittenWhen{"en", {at(15), at(15, 30)}, false, "Tuesday, November 24, 2026, 3:00–3:30 PM"},
        WrittenWhen{"en", {at(11, 30), at(12, 15)}, false, "Tuesday, November 24, 2026, 11:30 AM–12:15 PM"},
        WrittenWhen{"en", {at(0), at(1)}, false, "Tuesday, November 24, 2026, 12:00–1:00 AM"},
        WrittenWhen{"pt", {at(9), at(9, 30)}, false, "terça-feira, 24 de novembro de 2026, 9:00–9:30"},
        WrittenWhen{"es", {at(23), at(24)}, false, "martes 24 de noviembre de 2026, 23:00–0:00"},
        WrittenWhen{"es",
                    {at(22), at(26)},
                    false,
                    "martes 24 de noviembre de 2026, 22:00 – miércoles 25 de noviembre de 2026, 2:00"},
        WrittenWhen{"es", {at(0), at(24)}, true, "martes 24 de noviembre de 2026, todo el día"},
        WrittenWhen{
            "es", {at(0), at(96)}, true, "todo el día, martes 24 a viernes 27 de noviembre de 2026 (4 días)"},
        WrittenWhen{"en",
                    {at(0), at(48)},
                    true,
                    "all day, Tuesday, November 24 to Wednesday, November 25, 2026 (2 days)"},
        WrittenWhen{"es",
                    {at(0), at(24 * 8)},
                    true,
                    "todo el día, martes 24 de noviembre de 2026 a martes 1 de diciembre de 2026 (8 días)"}));

struct WrittenRepeat {
    std::string language, rule, expected;
};
class WriteRepeat : public ::testing::TestWithParam<WrittenRepeat> {};
TEST_P(WriteRepeat, SaysTheRule) {
    EXPECT_EQ(write_repeat(phrases(GetParam().language), GetParam().rule), GetParam().expected);
}
INSTANTIATE_TEST_SUITE_P(
    Rules, WriteRepeat,
    ::testing::Values(WrittenRepeat{"es", "FREQ=WEEKLY;BYDAY=TU", "todos los martes"},
                      WrittenRepeat{"pt", "FREQ=WEEKLY;BYDAY=TU", "toda terça-feira"},
                      WrittenRepeat{"es", "FREQ=WEEKLY;BYDAY=MO,WE,FR",
                                    "todos los lunes, los miércoles y los viernes"},
                      WrittenRepeat{"en", "FREQ=MONTHLY;BYDAY=1MO;COUNT=6", "the first Monday of each month"},
                      WrittenRepeat{"en", "FREQ=MONTHLY;BYDAY=-1FR", "the last Friday of each month"},
                      WrittenRepeat{"es", "FREQ=DAILY;UNTIL=20270630T235959Z", "todos los días"},
                      WrittenRepeat{"en", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", "every 2 weeks on Thursday"},
                      WrittenRepeat{"es", "FREQ=MONTHLY;BYMONTHDAY=15", "el día 15 de cada mes"},
                      WrittenRepeat{"en", "FREQ=YEARLY", "every year"}));

TEST(ZoneCity, IsTheLastPartOfTheName) {
    EXPECT_EQ(zone_city("America/New_York"), "New York");
    EXPECT_EQ(zone_city("America/Bogota"), "Bogotá");
    EXPECT_EQ(zone_city("UTC"), "UTC");
}

}  // namespace scheduling
