#include "booking/series.hpp"

#include "booking/series_rule.hpp"
#include "desk.hpp"

/// One, the rest or all of a series: changed, cancelled, taken back; on both calendars.
namespace scheduling {
namespace {

constexpr std::int64_t kHourMs = 3600'000, kWeekMs = 7 * 24 * kHourMs;
constexpr std::int64_t kFirst = 1'795'528'800'000;  // Tuesday 24 November 2026, 9:00 in Bogotá

/// Six Tuesdays at nine with a guest.
class OfASeries : public ::testing::TestWithParam<const char*>, protected DeskTalk {
protected:
    OfASeries() {
        talk.link();
        at_calendar([](Desk& desk) -> migue::Task<void> {
            Event event;
            event.id = "abcde12345";
            event.title = "Equipo";
            event.zone = "America/Bogota";
            event.start_ms = kFirst;
            event.end_ms = kFirst + kHourMs;
            event.guests.emplace_back("laura@example.com");
            event.rrule = "FREQ=WEEKLY;COUNT=6;BYDAY=TU";
            const Outcome made = co_await desk.booking.book(std::move(event), Overlap::kRefuse);
            EXPECT_EQ(made.kind, Outcome::Kind::kDone);
        });
    }
    void at_calendar(Act act) { at(std::move(act), GetParam()); }

    /// Starts of what is there, in hours after the first occurrence.
    std::vector<std::int64_t> hours() {
        std::vector<std::int64_t> found;
        at_calendar([&](Desk& desk) -> migue::Task<void> {
            auto listed = co_await desk.booking.list(Interval{kFirst - kWeekMs, kFirst + 9 * kWeekMs});
            EXPECT_TRUE(listed) << listed.error().what;
            if (!listed) co_return;
            for (const Event& event : *listed) {
                EXPECT_EQ(event.guests, std::vector<std::string>{"laura@example.com"});
                found.push_back((event.start_ms - kFirst) / kHourMs);
            }
        });
        return found;
    }
    static migue::Task<std::optional<Event>> third(Desk& desk) {
        auto listed =
            co_await desk.booking.list(Interval{kFirst + 2 * kWeekMs, kFirst + 2 * kWeekMs + kHourMs});
        std::optional<Event> found;
        if (listed && !listed->empty()) found = listed->front();
        EXPECT_TRUE(found);
        co_return found;
    }
    SeriesDone change(SeriesPart part, std::int64_t by_hours) {
        SeriesDone done;
        at_calendar([&](Desk& desk) -> migue::Task<void> {
            auto occurrence = co_await third(desk);
            if (!occurrence) co_return;
            Event wanted = *occurrence;
            wanted.start_ms += by_hours * kHourMs;
            wanted.end_ms += by_hours * kHourMs;
            done = co_await desk.series.change(*occurrence, std::move(wanted), part, Overlap::kRefuse);
            EXPECT_EQ(done.outcome.kind, Outcome::Kind::kDone);
        });
        return done;
    }
    SeriesDone cancel(SeriesPart part) {
        SeriesDone done;
        at_calendar([&](Desk& desk) -> migue::Task<void> {
            auto occurrence = co_await third(desk);
            if (!occurrence) co_return;
            done = co_await desk.series.cancel(*occurrence, part);
            EXPECT_EQ(done.outcome.kind, Outcome::Kind::kDone);
        });
        return done;
    }
    void undo(SeriesDone done) {
        at_calendar([&](Desk& desk) -> migue::Task<void> {
            const Outcome outcome = co_await desk.series.undo(std::move(done));
            EXPECT_EQ(outcome.kind, Outcome::Kind::kDone);
        });
    }
    const std::vector<std::int64_t> whole{0, 168, 336, 504, 672, 840};
};

TEST_P(OfASeries, OneOccurrenceMovesAlone) {
    const SeriesDone done = change(SeriesPart::kOnlyThis, 2);
    EXPECT_EQ(hours(), (std::vector<std::int64_t>{0, 168, 338, 504, 672, 840}));
    undo(done);
    EXPECT_EQ(hours(), whole);
}

TEST_P(OfASeries, TheRestMovesAndKeepsItsNumber) {
    const SeriesDone done = change(SeriesPart::kFollowing, 1);
    EXPECT_EQ(hours(), (std::vector<std::int64_t>{0, 168, 337, 505, 673, 841}));
    undo(done);
    EXPECT_EQ(hours(), whole);
}

TEST_P(OfASeries, TheRestMovesToAnotherWeekday) {
    change(SeriesPart::kFollowing, 24);
    EXPECT_EQ(hours(), (std::vector<std::int64_t>{0, 168, 360, 528, 696, 864}));
}

TEST_P(OfASeries, AllOfItMoves) {
    const SeriesDone done = change(SeriesPart::kAll, 25);
    EXPECT_EQ(hours(), (std::vector<std::int64_t>{25, 193, 361, 529, 697, 865}));
    undo(done);
    EXPECT_EQ(hours(), whole);
}

TEST_P(OfASeries, OneOccurrenceIsCancelledAndComesBack) {
    const SeriesDone done = cancel(SeriesPart::kOnlyThis);
    EXPECT_EQ(hours(), (std::vector<std::int64_t>{0, 168, 504, 672, 840}));
    undo(done);
    EXPECT_EQ(hours(), whole);
}

TEST_P(OfASeries, TheRestIsCancelledAndComesBack) {
    const SeriesDone done = cancel(SeriesPart::kFollowing);
    EXPECT_EQ(hours(), (std::vector<std::int64_t>{0, 168}));
    undo(done);
    EXPECT_EQ(hours(), whole);
}

TEST_P(OfASeries, AllOfItIsCancelledAndComesBack) {
    const SeriesDone done = cancel(SeriesPart::kAll);
    EXPECT_TRUE(hours().empty());
    undo(done);
    EXPECT_EQ(hours(), whole);
}

TEST_P(OfASeries, ASecondTimeTheSplitChangesNothing) {
    SeriesDone done;
    at_calendar([&](Desk& desk) -> migue::Task<void> {
        auto occurrence = co_await third(desk);
        if (!occurrence) co_return;
        Event wanted = *occurrence;
        wanted.start_ms += kHourMs;
        wanted.end_ms += kHourMs;
        for (int attempt = 0; attempt < 2; ++attempt) {
            done = co_await desk.series.change(*occurrence, wanted, SeriesPart::kFollowing, Overlap::kRefuse);
            EXPECT_EQ(done.outcome.kind, Outcome::Kind::kDone) << attempt;
        }
    });
    EXPECT_EQ(hours(), (std::vector<std::int64_t>{0, 168, 337, 505, 673, 841}));
}

INSTANTIATE_TEST_SUITE_P(Calendars, OfASeries, ::testing::Values("google", "local"),
                         [](const auto& calendar) { return std::string(calendar.param); });

struct Moved {
    const char *rule, *after;
    int days;
};
class RuleMoved : public ::testing::TestWithParam<Moved> {};
TEST_P(RuleMoved, ByDays) {
    EXPECT_EQ(rule_moved(GetParam().rule, GetParam().days).value_or("none"), GetParam().after);
}
INSTANTIATE_TEST_SUITE_P(Rules, RuleMoved,
                         ::testing::Values(Moved{"FREQ=WEEKLY;BYDAY=TU", "FREQ=WEEKLY;BYDAY=WE", 1},
                                           Moved{"FREQ=WEEKLY;BYDAY=MO,SU", "FREQ=WEEKLY;BYDAY=SA,FR", -2},
                                           Moved{"FREQ=WEEKLY;BYDAY=TU", "FREQ=WEEKLY;BYDAY=TU", 7},
                                           Moved{"FREQ=WEEKLY", "FREQ=WEEKLY", 3},
                                           Moved{"FREQ=DAILY;COUNT=3", "FREQ=DAILY;COUNT=3", 1},
                                           Moved{"FREQ=MONTHLY;BYDAY=1MO", "none", 1},
                                           Moved{"FREQ=MONTHLY;BYMONTHDAY=31", "none", 1}));

}  // namespace
}  // namespace scheduling
