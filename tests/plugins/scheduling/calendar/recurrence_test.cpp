#include "calendar/recurrence.hpp"

#include <gtest/gtest.h>

#include "calendar/zone_time.hpp"

namespace scheduling {

namespace {

using namespace date::literals;

constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;

Event weekly(std::string zone, std::string rrule) {
    Event event;
    event.id = "series";
    event.zone = std::move(zone);
    event.rrule = std::move(rrule);
    event.start_ms = to_unix_ms(date::local_days(2026_y / 10 / 20) + std::chrono::hours(9), event.zone);
    event.end_ms = event.start_ms + 30 * 60 * 1000;
    return event;
}

}  // namespace

TEST(Occurrences, KeepTheWallClockOverAClockChange) {
    // New York leaves summer time on November 1, 2026.
    const Event event = weekly("America/New_York", "FREQ=WEEKLY;BYDAY=TU");
    const auto found = occurrences(event, {event.start_ms, event.start_ms + 20 * kDayMs}, 10);
    ASSERT_EQ(found.size(), 3u);
    for (const Event& occurrence : found) {
        const LocalMinutes local = to_local(occurrence.start_ms, event.zone);
        EXPECT_EQ(local - day_of(local), std::chrono::hours(9));
        EXPECT_EQ(occurrence.end_ms - occurrence.start_ms, 30 * 60 * 1000);
    }
    EXPECT_EQ(found[2].start_ms - found[1].start_ms, 7 * kDayMs + 3600 * 1000);
}

TEST(Occurrences, EndWithTheRule) {
    const Event counted = weekly("America/Bogota", "FREQ=WEEKLY;COUNT=4");
    EXPECT_EQ(occurrences(counted, {0, counted.start_ms + 400 * kDayMs}, 100).size(), 4u);
    const Event until = weekly("America/Bogota", "FREQ=WEEKLY;UNTIL=20261103T140000Z");
    EXPECT_EQ(occurrences(until, {0, until.start_ms + 400 * kDayMs}, 100).size(), 3u);
}

TEST(Occurrences, LeaveOutWhatWasTakenOut) {
    Event event = weekly("America/Bogota", "FREQ=DAILY;COUNT=3");
    event.exdates = {event.start_ms + kDayMs};
    const auto found = occurrences(event, {0, event.start_ms + 400 * kDayMs}, 100);
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found[1].start_ms, event.start_ms + 2 * kDayMs);
}

TEST(Occurrences, OfARuleThatNeverFitsEnd) {
    const Event event = weekly("America/Bogota", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30");
    EXPECT_LE(occurrences(event, {event.start_ms, event.start_ms + 3650 * kDayMs}, 10).size(), 1u);
}

TEST(Occurrences, OfASingleEventAreItself) {
    Event event = weekly("America/Bogota", "");
    EXPECT_EQ(occurrences(event, {event.start_ms, event.end_ms}, 10).size(), 1u);
    EXPECT_TRUE(occurrences(event, {event.end_ms, event.end_ms + 1}, 10).empty());
}

TEST(IsRrule, TellsRulesFromOtherText) {
    EXPECT_TRUE(is_rrule("FREQ=WEEKLY;BYDAY=TU"));
    EXPECT_FALSE(is_rrule("every tuesday"));
    EXPECT_FALSE(is_rrule(""));
}

}  // namespace scheduling
