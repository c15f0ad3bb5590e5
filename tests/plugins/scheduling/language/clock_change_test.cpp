#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "moments.hpp"

/// Every minute around the clock changes of the places people live in, by tables made by hand.
namespace scheduling::test {
namespace {

struct Change {
    const char* zone;
    int year;
    unsigned month, day;
    int begin_hour, end_hour;  ///< local hours [begin, end) that are skipped or come twice; equal: none
};

const Change kChanges[] = {
    {"America/New_York", 2027, 3, 14, 2, 3},     {"America/New_York", 2027, 11, 7, 1, 2},
    {"Europe/Madrid", 2027, 3, 28, 2, 3},        {"Europe/Madrid", 2027, 10, 31, 2, 3},
    {"Australia/Sydney", 2027, 4, 4, 2, 3},      {"Australia/Sydney", 2027, 10, 3, 2, 3},
    {"America/Bogota", 2027, 3, 14, 0, 0},       {"America/Mexico_City", 2027, 4, 4, 0, 0},
    {"America/Mexico_City", 2027, 10, 31, 0, 0}, {"America/Sao_Paulo", 2027, 2, 21, 0, 0},
    {"America/Sao_Paulo", 2027, 11, 7, 0, 0}};

Moment moment_at(const Change& change, const char* locale) {
    Moment moment = moment_in("es");
    moment.zone = change.zone;
    moment.locale = locale;
    moment.region.clear();
    return moment;
}

TEST(EveryMinute, AroundAClockChangeIsAskedExactlyWhereTheClockSkipsOrRepeats) {
    for (const Change& change : kChanges) {
        const Moment moment = moment_at(change, "es");
        for (int minute = 0; minute < 5 * 60; ++minute) {
            const std::string text = fmt::format("llamada el {}/{}/{} a las {:02}:{:02}", change.day,
                                                 change.month, change.year, minute / 60, minute % 60);
            const auto read = understand(text, "schedule_meeting", moment);
            const bool odd = minute >= change.begin_hour * 60 && minute < change.end_hour * 60;
            ASSERT_EQ(read.question && read.question->kind == "clock_change", odd)
                << change.zone << ": " << text;
            ASSERT_EQ(print(read.draft.start),
                      fmt::format("{}-{:02}-{:02} {:02}:{:02}", change.year, change.month, change.day,
                                  minute / 60, minute % 60));
            if (!odd) continue;
            ASSERT_EQ(read.question->choices.size(), 2u) << text;
            const auto &first = read.question->choices[0], &second = read.question->choices[1];
            const bool twice = first.utc_offset.has_value();
            ASSERT_TRUE(twice ? first.start == second.start && first.utc_offset > second.utc_offset
                              : second.start - first.start == std::chrono::hours(2))
                << text;
        }
    }
}

/// The day on which clocks change has every other hour as any day has.
TEST(ClockChangeDays, KeepTheirOtherHours) {
    for (const Change& change : kChanges)
        for (int hour = 4; hour < 24; ++hour) {
            const std::string text =
                fmt::format("call {}-{:02}-{:02} at {:02}:15", change.year, change.month, change.day, hour);
            const auto read = understand(text, "schedule_meeting", moment_at(change, "en-US"));
            ASSERT_FALSE(read.question) << change.zone << ": " << text << " " << read.question->kind;
            ASSERT_EQ(print(read.draft.start),
                      fmt::format("{}-{:02}-{:02} {:02}:15", change.year, change.month, change.day, hour));
        }
}

TEST(Lengths, CountHoursByTheStopwatchAcrossAClockChange) {
    Moment moment = moment_in("en");
    moment.now_unix_ms = unix_ms(2027, 3, 13, 22, 0, -5);
    EXPECT_EQ(understand("call in 6 hours", "schedule_meeting", moment).times.at(0).start,
              "2027-03-14T05:00:00-04:00");
    EXPECT_EQ(print(understand("call in 6 hours", "schedule_meeting", moment).draft.start),
              "2027-03-14 05:00");
    moment.now_unix_ms = unix_ms(2027, 11, 6, 22, 0, -4);
    EXPECT_EQ(understand("call in 6 hours", "schedule_meeting", moment).times.at(0).start,
              "2027-11-07T03:00:00-05:00");
    EXPECT_EQ(understand("call in 2 days", "schedule_meeting", moment).times.at(0).start, "2027-11-08");
}

TEST(TheSameHour, IsTheWallClocksAcrossAClockChange) {
    Moment moment = moment_in("en");
    moment.now_unix_ms = unix_ms(2027, 3, 13, 10, 5, -5);  // the night before New York springs forward
    const auto tomorrow = understand("call tomorrow at 10:05 am", "schedule_meeting", moment);
    EXPECT_EQ(tomorrow.times.at(0).start, "2027-03-14T10:05:00-04:00");
    moment.now_unix_ms = unix_ms(2027, 11, 6, 10, 5, -4);  // and before it falls back
    EXPECT_EQ(understand("call tomorrow at 10:05 am", "schedule_meeting", moment).times.at(0).start,
              "2027-11-07T10:05:00-05:00");
}

}  // namespace
}  // namespace scheduling::test
