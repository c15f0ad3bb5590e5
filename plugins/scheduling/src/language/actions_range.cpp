#include <algorithm>
#include <bit>

#include "language/actions.hpp"

namespace scheduling::language {
namespace {

bool is_only(const Value& value, bool weekday, bool dom, bool month, bool year) {
    return value.form == DayForm::kFields && (value.weekday != 0) == weekday && (value.dom != 0) == dom &&
           (value.month != 0) == month && (value.year != 0) == year;
}

/// "21 to 24 December", "January 4 to 7, 2020": each end lends what the other left out. "From the 20th to the
/// 3rd of January" begins in the month before.
void share_fields(Value& a, Value& b) {
    if (a.form != DayForm::kFields || b.form != DayForm::kFields) return;
    if (a.month == 0 && b.month != 0 && a.dom != 0) {
        const bool month_before = b.dom != 0 && a.dom > b.dom;
        a.month = static_cast<std::int8_t>(!month_before ? b.month : b.month == 1 ? 12 : b.month - 1);
    }
    if (b.month == 0 && a.month != 0 && b.dom != 0 && a.dom != 0) b.month = a.month;
    if (a.month == 0 || b.month == 0) return;
    if (a.year == 0 && b.year != 0) {
        const bool later = a.month > b.month || (a.month == b.month && a.dom > b.dom && b.dom != 0);
        a.year = static_cast<std::int16_t>(later ? b.year - 1 : b.year);
    }
    a.flags &= ~kImpossible;
}

/// Both halves of the day for two hours said without them: the end follows the begin soonest.
void pair_hours(Value& a, Value& b) {
    const bool bare_a = a.has(kBareHour), bare_b = b.has(kBareHour);
    if (bare_a && !bare_b) {
        // "3 to 4:30pm": the begin takes the half that ends up before the end.
        const std::int32_t early = a.clock % kHalfDay, late = early + kHalfDay;
        a.clock = late < b.clock ? late : early;
        if (b.clock - a.clock > 10 * 3600 && b.clock < kHalfDay) a.clock = late;
        // "from 7 till midnight", "de 11 a 3 de la madrugada": an end in the night has its evening before it.
        if (b.clock < 6 * 3600 && early > b.clock) a.clock = late;
        a.flags &= ~kBareHour;
    } else if (!bare_a && bare_b) {
        const std::int32_t early = b.clock % kHalfDay, late = early + kHalfDay;
        b.clock = early > a.clock ? early : late > a.clock ? late : early + kDaySeconds;
        b.flags &= ~kBareHour;
    } else if (bare_a && bare_b) {
        const std::int32_t own = a.clock % kHalfDay, early = b.clock % kHalfDay;
        settle_hours(a);
        // "6 to 2" is a shift that begins in the morning: from the afternoon it would go through midnight.
        if (own >= 5 * 3600 && own < 7 * 3600 && early < own) a.clock = own;
        a.flags |= kBareHour;  // still open to a part of the day said later
        b.clock = early > a.clock              ? early
                  : early + kHalfDay > a.clock ? early + kHalfDay
                                               : early + kDaySeconds;
    }
}

}  // namespace

namespace {

/// "from October 1 to November 30" said in November: the one that we are in.
bool begun(const Context& context, Value a, Value b, Value& out) {
    constexpr DayNumber kLongest = 200;
    Context earlier = context;
    earlier.today = context.today - kLongest;
    if (!fix_day(earlier, a)) return false;
    earlier.today = a.day_begin;
    if (!fix_day(earlier, b)) return false;
    const bool running =
        a.day_begin < context.today && b.day_end > context.today && b.day_begin > a.day_begin;
    if (!running || b.day_end - a.day_begin > kLongest) return false;
    out = fixed_days(a.day_begin, b.day_end, Grain::kDay);
    out.flags = (a.flags | b.flags) & ~kNextWord;
    return true;
}

}  // namespace

/// Parameter 1: two plain numbers, which may also be a score ("de 3 a 1").
bool act_day_range(const Context& context, Arguments arguments, std::int32_t plain, Value& out) {
    Value a = *arguments[0], b = *arguments[1];
    if (plain != 0 && a.dom > b.dom && a.dom <= 12) return false;
    if (plain != 0 && a.dom == 1 && arguments[0]->digits == 0) return false;  // "de uno a diez"
    if (a.has_clock() || b.has_clock() || !a.has_day() || !b.has_day()) return false;
    share_fields(a, b);
    const bool dom_alone = is_only(a, false, true, false, false);
    if (dom_alone && b.form == DayForm::kFixed && b.grain == Grain::kDay)
        return false;  // "from 3 to tomorrow"
    const bool year_floats = a.form == DayForm::kFields && a.year == 0 && a.month != 0;
    if (year_floats && b.form == DayForm::kFields && b.year == 0 && begun(context, a, b, out)) return true;
    if (!fix_day(context, a)) return false;
    Context from = context;
    from.today = a.day_begin;
    const bool floats = b.form == DayForm::kFields && b.year == 0;
    if (!fix_day(floats ? from : context, b)) return false;
    if (year_floats && !floats && b.day_end <= a.day_begin) {  // "de marzo a hoy"
        a.day_begin = add_months(a.day_begin, -12);
    }
    if (b.day_end <= a.day_begin || b.day_end - a.day_begin > 400 * 366) return false;
    out = fixed_days(a.day_begin, b.day_end, a.grain == Grain::kSecond ? Grain::kWeek : Grain::kDay);
    out.flags = (a.flags | b.flags) & ~(kNextWord);
    return true;
}

/// "4, 5 and 6 December", "los días 7 y 8": days that follow each other.
bool act_days_in_row(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const bool month_first = arguments[0]->month != 0, month_said = arguments.size() > 1;
    const std::uint32_t days = arguments[month_first ? 1 : 0]->by_monthday;
    const std::int8_t month = month_said ? arguments[month_first ? 0 : 1]->month : std::int8_t{0};
    if (days == 0 || (month_said && month == 0)) return false;
    Value first, last;
    first.form = last.form = DayForm::kFields;
    first.month = last.month = month;
    first.dom = static_cast<std::int8_t>(std::countr_zero(days));
    last.dom = static_cast<std::int8_t>(31 - std::countl_zero(days));
    if (std::popcount(days) != last.dom - first.dom + 1) return false;
    const Value* both[] = {&first, &last};
    return act_day_range(context, both, 0, out);
}

/// "15, 17 y 19 de octubre": days of one month that do not follow each other, as a rule that ends with the
/// last.
bool act_listed_days(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const bool month_first = arguments[0]->month != 0;
    const std::uint32_t days = arguments[month_first ? 1 : 0]->by_monthday;
    Value last;
    last.form = DayForm::kFields;
    last.month = arguments[month_first ? 0 : 1]->month;
    if (std::popcount(days) < 2 || last.month == 0) return false;
    last.dom = static_cast<std::int8_t>(31 - std::countl_zero(days));
    if (std::popcount(days) == last.dom - std::countr_zero(days) + 1 || !fix_day(context, last)) return false;
    out.freq = Freq::kMonthly;
    out.by_month = arguments[month_first ? 0 : 1]->month;
    out.by_monthday = days;
    out.until = last.day_begin;
    out.flags = kPartly;
    return true;
}

/// "from Monday to Friday": the days, and that nothing but weekdays named them.
bool act_weekday_range(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    if (!act_day_range(context, arguments, 0, out)) return false;
    out.flags |= kWeekdays;
    return true;
}

/// Parameter: 0 from, 1 after, 2 until/before, 3 by (a deadline).
bool act_open_days(const Context& context, Arguments arguments, std::int32_t kind, Value& out) {
    Value day = *arguments[0];
    if (day.has_clock() || !fix_day(context, day) || day.has(kOpenBegin) || day.has(kOpenEnd)) return false;
    out = day;
    if (kind >= 2) {
        const bool piece = kind == 3 && day.has(kVague);  // "by the end of the month": its last day
        out.day_end = piece ? day.day_end - 1 : day.day_begin;
        out.flags |= kind == 3 ? kOpenBegin | kDeadline : kOpenBegin;
        out.flags &= ~kVague;
    } else {
        const bool whole = kind == 1 && day.grain != Grain::kDay;
        out.day_begin = whole ? day.day_end : day.day_begin;
        out.flags |= kOpenEnd;
    }
    return true;
}

/// Parameter 1: nothing but "to" between a bare number and an hour, which is too little for more than half a
/// day ("el 16 al mediodía", "el 21 a las 13:30").
bool act_clock_range(const Context&, Arguments arguments, std::int32_t short_only, Value& out) {
    Value a = *arguments[0], b = *arguments[1];
    if (a.has_day() || b.has_day() || a.has(kPartOnly) || b.has(kPartOnly)) return false;
    if (a.clock < 0 || b.clock < 0 || a.clock_end >= 0 || b.clock_end >= 0) return false;
    const bool late_day = a.clock == kDaySeconds && a.has(kBareHour);  // "24 às 21h"
    if (late_day) return false;
    if (a.clock == b.clock && !(a.has(kHourMark) && b.has(kHourMark))) return false;  // "8h-8h" is a day
    // "10am to 12am": noon is meant, a midnight is called so.
    if (b.clock == 0 && !b.has(kMidnight) && a.clock >= 6 * 3600 && a.clock < kHalfDay && !a.has(kBareHour))
        b.clock = kHalfDay;
    if (a.clock != b.clock) pair_hours(a, b);
    out.clock = a.clock;
    out.clock_end = b.clock > a.clock ? b.clock : b.clock + kDaySeconds;
    if (short_only != 0 && !arguments[0]->has(kBareHour) && out.clock_end - out.clock > kHalfDay)
        return false;
    out.flags = ((a.flags | b.flags) & ~(kBareHour | kBareHourEnd)) | (a.flags & kBareHour) |
                (b.has(kBareHour) ? kBareHourEnd : 0u);
    // "de 3 a 1" is rather a score: from the afternoon on nothing lasts that long.
    const bool both_bare = arguments[0]->has(kBareHour) && arguments[1]->has(kBareHour);
    if (both_bare && out.clock > kHalfDay && out.clock_end - out.clock > 8 * 3600) return false;
    // Both were paired already; settle_hours must not move them again.
    out.zone = std::max(a.zone, b.zone);
    return true;
}

/// Parameter: 0 from, 1 after, 2 until/before, 3 by (a deadline).
bool act_open_clock(const Context&, Arguments arguments, std::int32_t kind, Value& out) {
    const Value& clock = *arguments[0];
    if (clock.clock < 0 || clock.clock_end >= 0 || clock.has(kPartOnly)) return false;
    out = clock;
    if (kind >= 2) {
        out.clock_end = clock.clock;
        out.clock = -1;
        out.flags &= ~kBareHour;
        out.flags |= kind == 3 ? kOpenBegin | kDeadline : kOpenBegin;
        if (clock.has(kBareHour)) out.flags |= kBareHourEnd;
    } else {
        out.flags |= kind == 1 ? kOpenEnd | kAfter : kOpenEnd;
    }
    return true;
}

/// "3-4" with nothing beside it: hours that follow each other within a working day.
bool act_bare_range(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value a, b;
    const Value *first[] = {arguments[0]}, *last[] = {arguments[1]};
    if (!act_clock(context, first, 0, a) || !act_clock(context, last, 0, b)) return false;
    if (!a.has(kBareHour) || !b.has(kBareHour)) return false;
    const std::int32_t apart = (b.clock - a.clock + kHalfDay) % kHalfDay;
    const Value* both[] = {&a, &b};
    return apart <= 8 * 3600 && act_clock_range(context, both, 0, out);
}

/// "ensayo 18 a 20": two numbers of the afternoon, apart from the day.
bool act_late_range(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    constexpr std::int32_t kFirst = 13, kLast = 24, kLongest = 6;
    const std::int32_t from = arguments[0]->number, to = arguments[1]->number;
    if (from < kFirst || to > kLast || to <= from || to - from > kLongest) return false;
    Value a, b;
    const Value *first[] = {arguments[0]}, *last[] = {arguments[1]}, *both[] = {&a, &b};
    return act_clock(context, first, 0, a) && act_clock(context, last, 0, b) &&
           act_clock_range(context, both, 0, out);
}

/// "from 2pm till tomorrow 4:30pm": at least one end has a day. Parameter 0: nothing but "to" says that it
/// is a range, which is too little for "ahora a las 3".
bool act_moment_range(const Context& context, Arguments arguments, std::int32_t sure, Value& out) {
    Value a = *arguments[0], b = *arguments[1];
    if (sure == 0 && a.has(kMoment)) return false;
    // "dos horas el sábado a las 4", "taller de 3h el sábado a la 1pm"
    const bool length = a.has(kHourMark) && a.has(kBareHour) && !b.has(kHourMark) && a.clock < 5 * 3600;
    if (length || (sure == 0 && a.has(kHourMark) && a.has(kBareHour))) return false;
    if (a.clock < 0 || b.clock < 0 || a.clock_end >= 0 || b.clock_end >= 0) return false;
    if (a.has(kPartOnly) || b.has(kPartOnly)) return false;
    if (!a.has_day() && !b.has_day()) return false;
    settle_hours(a);
    if (!a.has_day()) {
        a.form = DayForm::kFixed;
        a.day_begin = context.today;
        a.day_end = a.day_begin + 1;
    }
    share_fields(a, b);
    if (!fix_day(context, a)) return false;
    if (!b.has_day()) {
        pair_hours(a, b);
        b.form = DayForm::kFixed;
        b.day_begin = a.day_begin + (b.clock <= a.clock ? 1 : 0);
    }
    settle_hours(b);
    Context from = context;
    from.today = a.day_begin;
    if (!fix_day(from, b)) return false;
    const std::int64_t end = std::int64_t{b.day_begin - a.day_begin} * kDaySeconds + b.clock;
    if (end <= a.clock || end > 2'000'000'000) return false;
    out = a;
    out.day_end = a.day_begin + 1;
    out.clock_end = static_cast<std::int32_t>(end);
    out.flags = (a.flags | b.flags) & ~(kBareHour | kBareHourEnd | kNextWord);
    out.zone = std::max(a.zone, b.zone);
    return true;
}

/// "at 3 for an hour", "for 2 hours from 2pm", "3 days from Monday".
bool act_lasting(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const bool first = arguments[0]->has_duration;
    const Value& duration = *arguments[first ? 0 : 1];
    out = *arguments[first ? 1 : 0];
    if (!duration.has_duration || out.has_duration) return false;
    if (out.clock >= 0) {
        // "9h durante 4 semanas" says how long a series goes on.
        if (out.clock_end >= 0 || duration.months != 0 ||
            duration.seconds + duration.days * std::int64_t{kDaySeconds} >= 7 * kDaySeconds)
            return false;
        settle_hours(out);
        out.flags &= ~kBareHour;
        out.clock_end = out.clock + static_cast<std::int32_t>(duration.seconds) + duration.days * kDaySeconds;
        return true;
    }
    if (duration.seconds != 0 || !fix_day(context, out) || out.day_end - out.day_begin != 1) return false;
    out.day_end = add_months(out.day_begin, duration.months) + duration.days;
    return out.day_end > out.day_begin;
}

}  // namespace scheduling::language
