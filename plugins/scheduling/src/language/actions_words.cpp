#include <algorithm>
#include <cstdlib>

#include "language/actions.hpp"

/// What turns on a word between two times: "this time tomorrow", "Tuesday, no, Wednesday", "all but the 7th".
namespace scheduling::language {
namespace {

void drop_day(Value& value) {
    value.form = DayForm::kNone;
    value.weekday = value.month = value.dom = 0;
    value.year = 0;
    value.day_begin = value.day_end = 0;
    value.flags &= ~(kNextWord | kThisWord | kWeekdayMismatch | kDayMonthSwap | kFortnightDays | kHoliday);
}

void drop_clock(Value& value) {
    value.clock = value.clock_end = -1;
    value.part = Part::kNone;
    value.flags &= ~(kBareHour | kBareHourEnd | kPartOnly | kHourMark | kMidnight | kAfter);
}

/// The day of a week, month or year that lies in it as today lies in its own.
DayNumber counterpart(const Context& context, const Value& period) {
    if (period.grain == Grain::kWeek || period.grain == Grain::kFortnight)
        return period.day_begin + weekday_of(context.today) - 1;
    if (period.grain == Grain::kMonth)
        return std::min(period.day_begin + context.today - month_begin(context.today), period.day_end - 1);
    if (period.grain != Grain::kYear) return 0;
    const int years =
        static_cast<int>(to_date(period.day_begin).year()) - static_cast<int>(to_date(context.today).year());
    return add_months(context.today, 12 * years);
}

bool add_exception(const Context& context, const Value& said, Value& rule) {
    Value days = said;
    if (days.has_clock() || days.freq != Freq::kNone || !fix_day(context, days)) return false;
    for (int i = 0; i < Value::kMostExceptions; ++i) {
        if (rule.except_end[i] != 0) continue;
        rule.except_begin[i] = days.day_begin;
        rule.except_end[i] = days.day_end;
        return true;
    }
    return false;
}

}  // namespace

/// "this time tomorrow", "a esta hora la próxima semana": the minute it is now, on that day.
bool act_this_time(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value day = *arguments[0];
    if (day.has_duration) {
        if (!act_shift_day(context, arguments, 1, out)) return false;
    } else {
        if (day.has_clock() || day.freq != Freq::kNone || !fix_day(context, day)) return false;
        const bool single = day.day_end - day.day_begin == 1;
        const DayNumber at = single ? day.day_begin : counterpart(context, day);
        if (at == 0) return false;
        out = fixed_days(at, at + 1, Grain::kDay);
        if (single) out.flags = day.flags;
    }
    out.clock = context.now - context.now % 60;
    return true;
}

/// "Tuesday at 3, no, Wednesday": the second counts; what it leaves unsaid stays as it was.
bool act_corrected(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value first = *arguments[0], second = *arguments[1];
    if (first.has_duration || second.has_duration || first.freq != Freq::kNone || second.freq != Freq::kNone)
        return false;
    if (second.has_day()) drop_day(first);
    const bool settled = first.clock >= 0 && !first.has(kBareHour) && !first.has(kPartOnly);
    if (settled && second.clock >= 0 && second.has(kBareHour) && second.clock_end < 0) {
        // "8 in the evening, no, half past 8": the half of the day that is nearer to what was said first.
        const std::int32_t early = second.clock % kHalfDay, late = early + kHalfDay;
        second.clock = std::abs(early - first.clock) <= std::abs(late - first.clock) ? early : late;
        second.flags &= ~kBareHour;
    }
    if (second.has_clock()) drop_clock(first);
    if (second.has_clock() && first.has(kMaybeHour)) {  // "Saturday 9, no, 9:30"
        first.dom = 0;
        first.flags &= ~kMaybeHour;
    }
    if (first.has_day() || first.has_clock()) return meet(context, first, second, out);
    out = second;
    out.zone = std::max(first.zone, second.zone);
    return true;
}

/// "next Thursday, not this one": the question is answered already.
bool act_later_one(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    out = *arguments[0];
    const bool weekday = out.form == DayForm::kFields && out.weekday != 0 && out.dom == 0;
    if (!(out.has(kNextWord) || weekday) || !fix_day(context, out)) return false;
    if (out.day_begin < monday_of(context.today) + 7) {
        out.day_begin += 7;
        out.day_end += 7;
    }
    out.flags &= ~kNextWord;
    return true;
}

/// "not this Thursday, next Thursday": the same words twice mean the one a week later.
bool act_other_than(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value refused = *arguments[0];
    out = *arguments[1];
    if (!out.has(kNextWord) || out.has_clock() || refused.has_clock()) return false;
    if (!fix_day(context, refused) || !fix_day(context, out)) return false;
    if (refused.day_begin == out.day_begin) {
        out.day_begin += 7;
        out.day_end += 7;
    }
    out.flags &= ~kNextWord;
    return true;
}

/// "November 12 instead of the 5th".
bool act_first_of(const Context&, Arguments arguments, std::int32_t, Value& out) {
    out = *arguments[0];
    return true;
}

/// "half 3 on Tuesday", as the British say 3:30.
bool act_half_on(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const bool day_first = arguments[0]->has_day();
    const Value* spoken[] = {arguments[day_first ? 1 : 0], arguments[day_first ? 2 : 1]};
    Value clock;
    return act_clock_shift(context, spoken, 1, clock) &&
           meet(context, *arguments[day_first ? 0 : 2], clock, out);
}

/// "antes de fin de mes": a deadline, as "by the end of the month" is.
bool act_open_piece(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    return arguments[0]->has(kVague) && act_open_days(context, arguments, 3, out);
}

/// "every day except Sunday": weekdays are taken out of the rule. Single days and stretches stand beside it.
bool act_repeat_except(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    out = *arguments[0];
    const Value& but = *arguments[1];
    if (out.freq == Freq::kNone || but.nth_mask != 0 || but.has_clock()) return false;
    std::uint8_t mask = but.by_weekday;
    if (but.form == DayForm::kFields && but.weekday != 0 && but.dom == 0)
        mask = static_cast<std::uint8_t>(1u << (but.weekday - 1));
    if (but.freq == Freq::kNone && but.form == DayForm::kFixed && but.grain == Grain::kWeekend)
        mask = 0b1100000;
    if (mask == 0) {
        out.flags |= kPartly;
        return std::all_of(arguments.begin() + 1, arguments.end(),
                           [&](const Value* day) { return add_exception(context, *day, out); });
    }
    const bool daily = out.freq == Freq::kDaily && out.interval == 1;
    if (arguments.size() > 2 || out.nth_mask != 0) return false;
    if (!daily && (out.freq != Freq::kWeekly || out.by_weekday == 0)) return false;
    out.freq = Freq::kWeekly;
    out.by_weekday = static_cast<std::uint8_t>((daily ? 0b1111111 : out.by_weekday) & ~mask);
    return out.by_weekday != 0;
}

/// "6 times" of a rule said elsewhere.
bool act_times_of(const Context&, Arguments arguments, std::int32_t, Value& out) {
    if (arguments[0]->number < 2 || arguments[0]->number > 1000 || arguments[0]->seconds != 0) return false;
    out.count = static_cast<std::int16_t>(arguments[0]->number);
    return true;
}

/// "Friday at 7, ends at 9": the hour it ends, on the same day or the next.
bool act_ends_at(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value begin = *arguments[0], hours, clock = begin;
    if (begin.has(kMoment) || !begin.has_day()) return false;
    drop_day(clock);
    drop_clock(begin);
    const Value* both[] = {&clock, arguments[1]};
    return act_clock_range(context, both, 0, hours) && meet(context, begin, hours, out);
}

/// "not 8.40": kept with its hour, for a message that names no other.
bool act_refused(const Context&, Arguments arguments, std::int32_t, Value& out) {
    out = *arguments[0];
    if (out.has_day() || out.clock < 0 || out.has(kPartOnly)) return false;
    out.flags |= kExcept;
    return true;
}

/// The same, said apart from the rule.
bool act_except(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    out = *arguments[0];
    if (out.has_clock() || out.freq != Freq::kNone) return false;
    if (out.by_weekday == 0 && !fix_day(context, out)) return false;
    out.flags |= kExcept;
    return out.by_weekday != 0 || std::all_of(arguments.begin(), arguments.end(), [&](const Value* day) {
               return add_exception(context, *day, out);
           });
}

}  // namespace scheduling::language
