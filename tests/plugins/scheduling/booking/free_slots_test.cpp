#include "booking/free_slots.hpp"

#include <gtest/gtest.h>

#include "booking/event_id.hpp"

namespace scheduling {

namespace {

using namespace date::literals;
using std::chrono::minutes;

const date::local_days kMonday = date::local_days(2026_y / 11 / 23);
const date::local_days kTuesday = kMonday + date::days(1);

LocalMinutes at(date::local_days day, int hour, int minute = 0) {
    return day + std::chrono::hours(hour) + minutes(minute);
}

SlotWish tuesday_at_three() {
    SlotWish wish;
    wish.wanted = at(kTuesday, 15);
    wish.now = at(kMonday, 10, 5);
    return wish;
}

}  // namespace

TEST(FreeSlots, ComeNearestFirstOnBothSides) {
    const std::vector<LocalSpan> busy{{at(kTuesday, 15), at(kTuesday, 15, 30)}};
    const std::vector<LocalSpan> slots = free_slots(tuesday_at_three(), busy);
    ASSERT_GE(slots.size(), 4u);
    EXPECT_EQ(slots[0], (LocalSpan{at(kTuesday, 14, 30), at(kTuesday, 15)}));
    EXPECT_EQ(slots[1], (LocalSpan{at(kTuesday, 15, 30), at(kTuesday, 16)}));
    EXPECT_EQ(slots[2].begin, at(kTuesday, 14));
    EXPECT_LE(slots.size(), 8u);
}

TEST(FreeSlots, StayInsideWorkingHoursAndNeverInThePast) {
    SlotWish wish = tuesday_at_three();
    wish.length = minutes(90);
    wish.wanted = wish.now = at(kTuesday, 16, 10);
    for (const LocalSpan& slot : free_slots(wish, {})) {
        const auto day = date::floor<date::days>(slot.begin);
        EXPECT_GE(slot.begin, wish.now);
        EXPECT_GE(slot.begin, day + wish.work_begin);
        EXPECT_LE(slot.end, day + wish.work_end);
        EXPECT_NE(date::weekday(day), date::Saturday);
        EXPECT_NE(date::weekday(day), date::Sunday);
    }
}

TEST(FreeSlots, NeverTouchABusyTime) {
    const std::vector<LocalSpan> busy{{at(kTuesday, 9), at(kTuesday, 14, 10)},
                                      {at(kTuesday, 15, 15), at(kTuesday, 18)}};
    for (const LocalSpan& slot : free_slots(tuesday_at_three(), busy))
        for (const LocalSpan& taken : busy) EXPECT_FALSE(slot.begin < taken.end && taken.begin < slot.end);
}

TEST(FreeSlots, AFullDayLeadsToTheNextOnes) {
    const std::vector<LocalSpan> busy{{at(kTuesday, 0), at(kTuesday, 24)}};
    const std::vector<LocalSpan> slots = free_slots(tuesday_at_three(), busy);
    ASSERT_FALSE(slots.empty());
    EXPECT_EQ(slots[0].begin, at(kTuesday + date::days(1), 15));
}

TEST(SpreadSlots, OfferEarlyMiddayAndAfternoon) {
    const LocalSpan day{at(kTuesday, 9), at(kTuesday, 18)};
    const std::vector<LocalSpan> slots = spread_slots(tuesday_at_three(), day, {});
    ASSERT_EQ(slots.size(), 3u);
    EXPECT_EQ(slots[0].begin, at(kTuesday, 9, 30));
    EXPECT_EQ(slots[1].begin, at(kTuesday, 11));
    EXPECT_EQ(slots[2].begin, at(kTuesday, 15));
}

TEST(SpreadSlots, OfferFewerWhenFewAreFree) {
    const LocalSpan day{at(kTuesday, 9), at(kTuesday, 18)};
    const std::vector<LocalSpan> busy{{at(kTuesday, 9), at(kTuesday, 17)}};
    const std::vector<LocalSpan> slots = spread_slots(tuesday_at_three(), day, busy);
    ASSERT_EQ(slots.size(), 2u);
    EXPECT_EQ(slots[0].begin, at(kTuesday, 17));
    EXPECT_EQ(slots[1].begin, at(kTuesday, 17, 30));
}

TEST(Gaps, AreWhatIsLeft) {
    const LocalSpan day{at(kTuesday, 9), at(kTuesday, 18)};
    EXPECT_EQ(gaps(day, {}), std::vector<LocalSpan>{day});
    const std::vector<LocalSpan> busy{{at(kTuesday, 15), at(kTuesday, 15, 30)},
                                      {at(kTuesday, 8), at(kTuesday, 9, 30)},
                                      {at(kTuesday, 15, 15), at(kTuesday, 16)},
                                      {at(kTuesday, 20), at(kTuesday, 21)}};
    const std::vector<LocalSpan> expected{{at(kTuesday, 9, 30), at(kTuesday, 15)},
                                          {at(kTuesday, 16), at(kTuesday, 18)}};
    EXPECT_EQ(gaps(day, busy), expected);
    EXPECT_TRUE(gaps(day, {{at(kTuesday, 0), at(kTuesday, 24)}}).empty());
}

TEST(EventId, IsInTheAlphabetThatGoogleWants) {
    EXPECT_EQ(base32hex(""), "");
    EXPECT_EQ(base32hex("foobar"), "cpnmuoj1e8");  // RFC 4648, section 10
    EXPECT_EQ(base32hex(std::string(32, '\xff')).size(), 52u);
}

}  // namespace scheduling
