#pragma once
#include <cstdint>

/// The algebra's one value: what a stretch of words means, as far as it is known.
///
/// A day part, a clock part, a duration and a repeat rule, each of which may be missing. The
/// rules combine values (meet, shift, range, every) and never look at words again.
namespace scheduling::language {

enum class Grain : std::uint8_t {
    kSecond = 1,
    kMinute,
    kHour,
    kDay,
    kWeek,
    kMonth,
    kYear,
    kQuarter,
    kWeekend,
    kFortnight,
    kNight,
    kDecade,
    kHalfYear,
    kWorkday,
    kCentury,
};

enum class DayForm : std::uint8_t {
    kNone,
    kFields,  ///< weekday, day of month, month, year: to be found on the calendar
    kFixed,   ///< [day_begin, day_end)
};

enum class Part : std::int8_t {
    kNone,
    kMorning,
    kNoon,
    kAfternoon,
    kEvening,
    kNight,
    kSmallHours,
    kEarlyMorning,
    kLateMorning,
    kEarlyAfternoon,
    kLateAfternoon,
    kEarlyEvening,
    kLateNight,
    kLunch,
    kWorkHours,
    kDawn,
};

enum class Freq : std::uint8_t { kNone, kSecondly, kMinutely, kHourly, kDaily, kWeekly, kMonthly, kYearly };

/// Facts about a value that do not change what it is.
enum Flag : std::uint32_t {
    kBareHour = 1,          ///< no half of the day was said for `clock`
    kBareHourEnd = 2,       ///< … for `clock_end`
    kOpenBegin = 4,         ///< "until Friday": has no begin
    kOpenEnd = 8,           ///< "from Friday on": has no end
    kNextWord = 16,         ///< "next Friday": two readings
    kWeekdayMismatch = 32,  ///< "Tuesday 25" and the 25th is a Wednesday
    kDayMonthSwap = 64,     ///< 03/04: another reading exists
    kFortnightDays = 128,   ///< "en quince días"
    kImpossible = 256,      ///< "31 de abril", "25:00"
    kMoment = 512,          ///< counted from now to the minute: clock is exact
    kVague = 1024,          ///< "early", "around": only a stretch
    kWithin = 2048,         ///< "within 2 hours"
    kPartOnly = 4096,       ///< the clock part is a part of the day
    kPast = 8192,           ///< the words point backwards
    kThisWord = 16384,      ///< "this Friday"
    kHoliday = 32768,
    kExplicitYear = 65536,
    kAsDuration = 131072,
    kMidnight = 524288,     ///< "Friday midnight": does Friday begin or end with it?
    kHourMark = 262144,     ///< written "8h"
    kAfter = 1048576,       ///< "after 3": the hour itself is open, unlike "from 3"
    kDeadline = 2097152,    ///< "by Friday": what must be done then at the latest
    kExcept = 8388608,      ///< the days that a repeat said elsewhere leaves out
    kMaybeHour = 16777216,  ///< "Friday 8": the number may be an hour
    kTheirZone = 33554432,  ///< "8pm her time": by the clock of the place that the message names
    kWeekdays = 67108864,   ///< "from Monday to Friday": days named by weekdays alone
    kPartly = 4194304,      ///< a repeat rule that cannot tell all that was said, or was not said as one
};

struct Value {
    std::int32_t number = 0;  ///< what the lexicon or a number says
    std::int8_t digits = 0;   ///< how many digits it was written with

    DayForm form = DayForm::kNone;
    Grain grain = Grain::kDay;
    std::int8_t weekday = 0;  ///< 1 Monday … 7 Sunday
    std::int8_t month = 0;
    std::int8_t dom = 0;
    std::int16_t year = 0;
    std::int32_t day_begin = 0, day_end = 0;  ///< days since 1970-01-01

    std::int32_t clock = -1;      ///< seconds since midnight of day_begin
    std::int32_t clock_end = -1;  ///< likewise; may pass midnight
    Part part = Part::kNone;

    bool has_duration = false;
    std::int32_t months = 0, days = 0;
    std::int64_t seconds = 0;

    Freq freq = Freq::kNone;
    std::int16_t interval = 1;
    std::uint8_t by_weekday = 0;    ///< bit 0 Monday
    std::uint8_t nth_mask = 0;      ///< bit n-1: the nth weekday; bit 7 the last, bit 6 the last but one
    std::uint32_t by_monthday = 0;  ///< bit n: the nth day; bit 0: the last
    std::int8_t by_month = 0;
    std::int8_t set_pos =
        0;  ///< which of the days of a month that the weekdays leave: 1 the first, -1 the last
    std::int16_t count = 0;
    std::int32_t until = 0;     ///< day; 0 none
    std::uint32_t by_hour = 0;  ///< several hours a day
    static constexpr int kMostExceptions = 2;
    std::int32_t except_begin[kMostExceptions]{};  ///< stretches of days that a repeat leaves out; 0 none
    std::int32_t except_end[kMostExceptions]{};

    std::int16_t zone = -1;  ///< index into the knowledge's zones
    std::uint32_t flags = 0;

    [[nodiscard]] bool has(Flag flag) const { return (flags & flag) != 0; }
    [[nodiscard]] bool has_day() const { return form != DayForm::kNone; }
    [[nodiscard]] bool has_clock() const { return clock >= 0 || clock_end >= 0; }
    friend bool operator==(const Value&, const Value&) = default;
};

}  // namespace scheduling::language
