#include <algorithm>
#include <utility>

#include "language/actions.hpp"

namespace scheduling::language {
namespace {

std::uint8_t bit_of(int weekday) {
    return static_cast<std::uint8_t>(1u << (weekday - 1));
}

/// How often "every <unit>" is.
struct Frequency {
    Grain grain;
    Freq freq;
    std::int16_t interval;
    std::uint8_t by_weekday;
};
constexpr Frequency kFrequencies[] = {
    {Grain::kSecond, Freq::kSecondly, 1, 0},       {Grain::kMinute, Freq::kMinutely, 1, 0},
    {Grain::kHour, Freq::kHourly, 1, 0},           {Grain::kDay, Freq::kDaily, 1, 0},
    {Grain::kNight, Freq::kDaily, 1, 0},           {Grain::kWeek, Freq::kWeekly, 1, 0},
    {Grain::kFortnight, Freq::kWeekly, 2, 0},      {Grain::kMonth, Freq::kMonthly, 1, 0},
    {Grain::kQuarter, Freq::kMonthly, 3, 0},       {Grain::kHalfYear, Freq::kMonthly, 6, 0},
    {Grain::kYear, Freq::kYearly, 1, 0},           {Grain::kWeekend, Freq::kWeekly, 1, 0b1100000},
    {Grain::kWorkday, Freq::kWeekly, 1, 0b0011111}};

bool freq_of(Grain grain, Value& out) {
    const auto* found = std::find_if(std::begin(kFrequencies), std::end(kFrequencies),
                                     [&](const Frequency& one) { return one.grain == grain; });
    if (found == std::end(kFrequencies)) return false;
    out.freq = found->freq;
    out.interval = static_cast<std::int16_t>(out.interval * found->interval);
    if (found->by_weekday != 0) out.by_weekday = found->by_weekday;
    return true;
}

}  // namespace

/// "every [3] days"; parameter 2: every other.
bool act_every_unit(const Context&, Arguments arguments, std::int32_t interval, Value& out) {
    const bool counted = arguments.size() > 1;
    if (counted && (arguments[0]->number < 1 || arguments[0]->number > 1000 || arguments[0]->seconds != 0))
        return false;
    out.interval = static_cast<std::int16_t>((counted ? arguments[0]->number : 1) * std::max(interval, 1));
    return freq_of(static_cast<Grain>(arguments[arguments.size() - 1]->number), out);
}

/// "twice a week": how often is clear, on which days is not.
bool act_times_per(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const Value* unit[] = {arguments[arguments.size() - 1]};
    if (static_cast<Grain>(unit[0]->number) < Grain::kDay || !act_every_unit(context, unit, 0, out))
        return false;
    out.flags = kPartly;
    return true;
}

/// "semana sim, semana não", "un día sí y otro no".
bool act_every_alternate(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const Value* unit[] = {arguments[0]};
    if (arguments.size() > 1 && arguments[1]->number != unit[0]->number) return false;
    return act_every_unit(context, unit, 2, out);
}

/// Weekdays joined: "Monday, Wednesday and Friday"; parameter 1: the days between as well.
bool act_weekday_set(const Context&, Arguments arguments, std::int32_t between, Value& out) {
    std::uint8_t mask = 0;
    for (const Value* value : arguments) {
        if (value->by_weekday != 0) mask |= value->by_weekday;
        if (value->weekday != 0) mask |= bit_of(value->weekday);
    }
    if (between != 0) {
        const int first = arguments[0]->weekday, last = arguments[1]->weekday;
        if (first == 0 || last == 0) return false;
        for (int day = first; day != last; day = day % 7 + 1) mask |= bit_of(day);
    }
    out.by_weekday = mask;
    return mask != 0;
}

/// A set of weekdays, each [interval] weeks.
bool act_every_weekday(const Context& context, Arguments arguments, std::int32_t interval, Value& out) {
    const Value& last = *arguments[arguments.size() - 1];
    const Value* days[] = {&last};
    if (!act_weekday_set(context, days, 0, out)) return false;
    out.freq = Freq::kWeekly;
    const std::int32_t count = arguments.size() > 1 ? arguments[0]->number : 1;
    if (count < 1 || count > 100) return false;
    out.interval = static_cast<std::int16_t>(count * std::max(interval, 1));
    return true;
}

/// "every March 3" (yearly), "the 15th of every month" (monthly).
bool act_every_date(const Context&, Arguments arguments, std::int32_t, Value& out) {
    const Value& day = *arguments[0];
    if (day.by_monthday != 0) {
        out.by_monthday = day.by_monthday;
    } else if (day.form == DayForm::kFields && day.dom != 0) {
        out.by_monthday = 1u << day.dom;
    } else {
        return false;
    }
    if (day.year != 0 || day.weekday != 0) return false;
    out.by_month = std::max(day.by_month, day.month);
    out.freq = out.by_month != 0 ? Freq::kYearly : Freq::kMonthly;
    if (arguments.size() < 2) return true;
    Value repeat = *arguments[1];  // with its hour, its count and its end
    if (repeat.freq != out.freq || repeat.by_monthday != 0 || repeat.by_weekday != 0) return false;
    repeat.by_monthday = out.by_monthday;
    repeat.by_month = out.by_month;
    out = repeat;
    return true;
}

bool act_monthday_set(const Context&, Arguments arguments, std::int32_t, Value& out) {
    for (const Value* value : arguments) {
        if (value->weekday != 0 || value->year != 0) return false;
        if (value->by_monthday != 0) out.by_monthday |= value->by_monthday;
        if (value->dom != 0) out.by_monthday |= 1u << value->dom;
        if (value->month != 0) out.by_month = value->month;
        if (value->by_month != 0) out.by_month = value->by_month;
    }
    return out.by_monthday != 0;
}

/// Ordinals of weekdays: "first and third"; parameter 128: the last.
bool act_nth_set(const Context&, Arguments arguments, std::int32_t bits, Value& out) {
    out.nth_mask = static_cast<std::uint8_t>(bits);
    for (const Value* value : arguments) {
        if (value->nth_mask != 0)
            out.nth_mask |= value->nth_mask;
        else if (value->number >= 1 && value->number <= 5)
            out.nth_mask |= static_cast<std::uint8_t>(1u << (value->number - 1));
        else
            return false;
    }
    return out.nth_mask != 0;
}

/// nth set, weekdays, and a repeat of months or years: "first Monday of each month".
bool act_every_nth(const Context&, Arguments arguments, std::int32_t, Value& out) {
    std::uint8_t mask = 0, nth = 0;
    std::int8_t month = 0;
    const Value* repeat = nullptr;
    for (const Value* value : arguments) {
        if (value->freq != Freq::kNone)
            repeat = value;
        else if (value->nth_mask != 0) {
            nth = value->nth_mask;
            if (value->by_weekday != 0) mask = value->by_weekday;
        } else if (value->by_weekday != 0)
            mask = value->by_weekday;
        else if (value->weekday != 0)
            mask = bit_of(value->weekday);
        else if (value->month != 0 && value->dom == 0)
            month = value->month;
        else
            return false;
    }
    if (nth == 0 || mask == 0) return false;
    if (repeat != nullptr && (repeat->by_weekday != 0 || repeat->by_monthday != 0)) return false;
    if (repeat == nullptr) {
        out.freq = month != 0 ? Freq::kYearly : Freq::kMonthly;
    } else {
        out = *repeat;  // with its hour, its count and its end
        if (repeat->by_month != 0) month = repeat->by_month;
        if (repeat->freq != Freq::kMonthly && !(repeat->freq == Freq::kYearly && month != 0)) return false;
    }
    out.by_month = month;
    out.by_weekday = mask;
    out.nth_mask = nth;
    return true;
}

/// "daily" 4, "weekly" 5, … (units); negative: "biweekly" and its like count two.
bool act_frequency(const Context&, Arguments arguments, std::int32_t, Value& out) {
    const std::int32_t unit = arguments[0]->number;
    out.interval = unit < 0 ? 2 : 1;
    out.flags = kVague;  // alone it may be an adjective: "quarterly review"
    return freq_of(static_cast<Grain>(std::abs(unit)), out);
}

/// A repeat met with its hour, its part of the day, its weekday or its day of the month.
bool act_repeat_with(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const bool first = arguments[0]->freq != Freq::kNone;
    out = *arguments[first ? 0 : 1];
    out.flags &= ~kVague;
    const Value& other = *arguments[first ? 1 : 0];
    if (out.freq == Freq::kNone || other.freq != Freq::kNone || other.has_duration) return false;
    if (other.has_clock()) {
        if (other.form != DayForm::kNone && other.weekday == 0) return false;
        Value clocks;
        if (out.has_clock()) {
            Value own = out;
            own.freq = Freq::kNone;
            if (!meet(context, own, other, clocks)) return false;
        } else {
            clocks = other;
        }
        if (clocks.has(kDeadline) && clocks.clock < 0) {  // "every Friday by 5pm": then it is there each time
            clocks.clock = std::exchange(clocks.clock_end, -1);
            if (clocks.has(kBareHourEnd)) clocks.flags |= kBareHour;
            clocks.flags &= ~(kDeadline | kOpenBegin | kBareHourEnd);
        }
        out.clock = clocks.clock;
        out.clock_end = clocks.clock_end;
        out.part = clocks.part;
        out.flags = clocks.flags | (out.flags & kPartly);
        out.zone = std::max(out.zone, other.zone);
    }
    if (other.by_weekday != 0 || (other.form == DayForm::kFields && other.weekday != 0 && other.dom == 0)) {
        if (out.by_weekday != 0 || out.by_monthday != 0 || out.freq < Freq::kDaily) return false;
        out.by_weekday = other.by_weekday != 0 ? other.by_weekday : bit_of(other.weekday);
        if (out.freq == Freq::kDaily) out.freq = Freq::kWeekly;
        return out.freq == Freq::kWeekly || out.freq == Freq::kMonthly;
    }
    if (other.form == DayForm::kFields && other.dom != 0) {
        if (out.freq == Freq::kMonthly && other.month == 0)
            out.by_monthday = 1u << other.dom;
        else if (out.freq == Freq::kYearly && other.month != 0) {
            out.by_monthday = 1u << other.dom;
            out.by_month = other.month;
        } else {
            return false;
        }
        return true;
    }
    return other.has_clock();
}

bool act_repeat_count(const Context&, Arguments arguments, std::int32_t, Value& out) {
    const bool first = arguments[0]->freq != Freq::kNone;
    out = *arguments[first ? 0 : 1];
    const Value& count = *arguments[first ? 1 : 0];
    if (count.number < 1 || count.number > 1000 || out.count != 0 || out.freq == Freq::kNone) return false;
    out.count = static_cast<std::int16_t>(count.number);
    return true;
}

/// Parameter 0: until the day said; 1: from that day on; 2: for a stretch ("for 3 months").
bool act_repeat_until(const Context& context, Arguments arguments, std::int32_t kind, Value& out) {
    const bool first = arguments[0]->freq != Freq::kNone;
    out = *arguments[first ? 0 : 1];
    Value day = *arguments[first ? 1 : 0];
    if (out.freq == Freq::kNone || out.until != 0) return false;
    if (kind == 2) {
        if (!day.has_duration || day.seconds != 0) return false;
        const bool each_day = out.freq == Freq::kDaily && out.interval == 1 && day.months == 0;
        const bool each_week = out.freq == Freq::kWeekly && out.interval == 1 && day.months == 0 &&
                               day.days > 7 && day.days % 7 == 0;
        if (each_week)  // "every Monday for six weeks": six times, whenever the first is
            out.count = static_cast<std::int16_t>(day.days / 7 * std::max(std::popcount(out.by_weekday), 1));
        else if (each_day)  // "every day for 30 days": whenever the first is
            out.count = static_cast<std::int16_t>(day.days);
        else
            out.until = add_months(context.today, day.months) + day.days;
        return day.days <= 1000 && (!each_day || day.days > 1);
    }
    if (day.has_clock() || day.freq != Freq::kNone || !fix_day(context, day)) return false;
    if (kind == 0) {
        out.until = day.day_end - 1;
        return true;
    }
    if (out.has_day()) return false;
    out.form = DayForm::kFixed;
    out.day_begin = day.day_begin;
    out.day_end = day.day_begin + 1;
    return true;
}

/// "for 10 weeks starting the 17th": a rule, a day and a length, in any order.
bool act_repeat_stretch(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const bool day_first = arguments[2]->has_duration;
    const Value* from[] = {arguments[0], arguments[day_first ? 1 : 2]};
    const Value& length = *arguments[day_first ? 2 : 1];
    Value begun;
    if (!act_repeat_until(context, from, 1, begun)) return false;
    Context then = context;
    then.today = begun.day_begin;
    const Value* lasting[] = {&begun, &length};
    if (!act_repeat_until(then, lasting, 2, out)) return false;
    if (out.until != 0) --out.until;  // ten weeks of Sundays from a Sunday on are ten Sundays
    return true;
}

bool act_by_month(const Context&, Arguments arguments, std::int32_t, Value& out) {
    const bool first = arguments[0]->freq != Freq::kNone;
    out = *arguments[first ? 0 : 1];
    const Value& month = *arguments[first ? 1 : 0];
    if (out.freq == Freq::kNone || out.by_month != 0 || month.month == 0 || month.dom != 0) return false;
    out.by_month = month.month;
    return true;
}

/// "every 4th and 10th of the month": the unit must be the month.
bool act_every_monthdays(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    if (static_cast<Grain>(arguments[1]->number) != Grain::kMonth) return false;
    const Value* days[] = {arguments[0]};
    return act_every_date(context, days, 0, out);
}

/// "every second Tuesday" is every other one; "every first Tuesday" is none of these.
bool act_every_weekday_ord(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    return arguments[0]->number > 1 && act_every_weekday(context, arguments, 0, out);
}

/// "every 8 hours from 14:00 today".
bool act_repeat_since(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    out = *arguments[0];
    Value begin = *arguments[1];
    if (out.freq == Freq::kNone || out.has_day() || out.has_clock() || begin.clock < 0 ||
        begin.clock_end >= 0)
        return false;
    settle_hours(begin);
    if (begin.has_day()) {
        if (!fix_day(context, begin)) return false;
        out.form = DayForm::kFixed;
        out.day_begin = begin.day_begin;
        out.day_end = begin.day_begin + 1;
    }
    out.clock = begin.clock;
    out.flags |= begin.flags & (kBareHour | kHourMark);  // "dinner every Friday from tomorrow at 8"
    return true;
}

/// "the last Friday of the month": a day of a rule that is said behind it.
bool act_nth_mark(const Context&, Arguments arguments, std::int32_t, Value& out) {
    if (static_cast<Grain>(arguments[2]->number) != Grain::kMonth) return false;
    out.nth_mask = arguments[0]->nth_mask;
    out.by_weekday = arguments[1]->by_weekday;
    return true;
}

bool act_every_nth_at(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const Value* rule[] = {arguments[0], arguments[2]};
    Value every;
    if (!act_every_nth(context, rule, 0, every)) return false;
    const Value* parts[] = {&every, arguments[1]};
    return act_repeat_with(context, parts, 0, out);
}

/// "the last business day of each month"; parameter -1: the last.
bool act_every_workday(const Context& context, Arguments arguments, std::int32_t which, Value& out) {
    const Value& unit = *arguments[which < 0 ? 0 : 1];
    const Value& last = *arguments[arguments.size() - 1];
    if (static_cast<Grain>(unit.number) != Grain::kWorkday) return false;
    if (last.freq != Freq::kNone)
        out = last;
    else if (const Value * month[] = {&last}; !act_every_unit(context, month, 0, out))
        return false;
    const std::int32_t nth = which < 0 ? -1 : arguments[0]->number;
    if (out.freq != Freq::kMonthly || out.by_weekday != 0 || out.by_monthday != 0 || nth > 5 || nth == 0)
        return false;
    out.by_weekday = 0b0011111;
    out.set_pos = static_cast<std::int8_t>(nth);
    return true;
}

bool act_last_monthday(const Context&, Arguments arguments, std::int32_t, Value& out) {
    out = *arguments[0];
    out.by_monthday = 1;  // bit 0 stands for -1
    return arguments[0]->freq == Freq::kMonthly && arguments[0]->by_monthday == 0 &&
           arguments[0]->by_weekday == 0;
}

bool act_first_monthday(const Context&, Arguments arguments, std::int32_t, Value& out) {
    out = *arguments[0];
    out.by_monthday = 2;
    return arguments[0]->freq == Freq::kMonthly && arguments[0]->by_monthday == 0 &&
           arguments[0]->by_weekday == 0;
}

/// "sábados 9 a 12".
bool act_repeat_range(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value range;
    // "saturday mornings 9 to 11": the part of the day only says which half is meant.
    const bool timed = arguments[0]->has_clock() && !arguments[0]->has(kPartOnly);
    if (timed || !act_clock_range(context, arguments.subspan(1), 0, range)) return false;
    const Value* parts[] = {arguments[0], &range};
    return act_repeat_with(context, parts, 0, out);
}

/// "at 10, 12 and 17": whole hours only. Beside an hour of the 24-hour clock the others are of it too.
bool act_hour_set(const Context&, Arguments arguments, std::int32_t, Value& out) {
    const bool as_written = std::any_of(arguments.begin(), arguments.end(), [](const Value* value) {
        return value->clock > kHalfDay + 3599 && !value->has(kBareHour);
    });
    for (const Value* value : arguments) {
        out.by_hour |= value->by_hour;
        if (value->by_hour != 0) continue;
        Value hour = *value;
        if (!as_written) settle_hours(hour);
        if (hour.clock < 0 || hour.clock_end >= 0 || hour.clock % 3600 != 0) return false;
        out.by_hour |= 1u << (hour.clock / 3600 % 24);
    }
    return true;
}

bool act_repeat_hours(const Context&, Arguments arguments, std::int32_t, Value& out) {
    out = *arguments[0];
    if (out.freq == Freq::kNone || out.has_clock() || out.by_hour != 0) return false;
    out.by_hour = arguments[1]->by_hour;
    return true;
}

/// "at 8am and 8pm every day".
bool act_hours_repeated(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const Value* parts[] = {arguments[1], arguments[0]};
    return act_repeat_hours(context, parts, 0, out);
}

}  // namespace scheduling::language
