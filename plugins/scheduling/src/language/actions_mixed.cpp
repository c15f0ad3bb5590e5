#include <algorithm>
#include <array>
#include <bit>

#include "language/actions.hpp"

/// Combinations of combinations, for patterns whose parts come in another order.
namespace scheduling::language {

/// "the 3rd day of October".
bool act_dom_month(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value dom;
    const Value* number[] = {arguments[0]};
    return act_dom(context, number, 0, dom) && meet(context, dom, *arguments[1], out);
}

/// "los 3 próximos días": count and unit apart.
bool act_next_count(const Context& context, Arguments arguments, std::int32_t sign, Value& out) {
    Value length;
    if (!act_duration(context, arguments, 0, length)) return false;
    const Value* whole[] = {&length};
    return act_next_stretch(context, whole, sign, out);
}

/// "two and a half": a whole and a part of it.
bool act_mixed(const Context&, Arguments arguments, std::int32_t, Value& out) {
    out.number = arguments[0]->number;
    out.seconds = arguments[0]->seconds + arguments[1]->seconds;
    return arguments[0]->seconds == 0 && arguments[1]->number == 0;
}

/// Hours and minutes as a duration: "1h30", "una hora y quince".
bool act_hours_minutes(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const Value& minutes = *arguments[arguments.size() - 1];
    Value hour;
    hour.number = static_cast<std::int32_t>(Grain::kHour);
    if (arguments.size() == 3 && arguments[1]->number != hour.number) return false;
    const Value* whole[] = {arguments[0], &hour};
    if (minutes.number > 59 || minutes.seconds != 0 || !act_duration(context, whole, 0, out)) return false;
    out.seconds += minutes.number * 60;
    return true;
}

/// "las 3 horas y media": hour and minutes as plain numbers.
bool act_clock_sum(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    return act_clock(context, arguments, 2, out);
}

/// "3.30 pm".
bool act_clock_dotted(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value clock;
    const Value* numbers[] = {arguments[0], arguments[1]};
    if (!act_clock(context, numbers, 0, clock)) return false;
    const Value* pair[] = {&clock, arguments[2]};
    return act_meridiem(context, pair, 0, out);
}

bool act_meridiem_zone(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const Value* pair[] = {arguments[0], arguments[1]};
    if (!act_meridiem(context, pair, 0, out)) return false;
    out.zone = arguments[2]->zone;
    return true;
}

bool act_tonight(const Context& context, Arguments, std::int32_t, Value& out) {
    Value night;
    night.number = static_cast<std::int32_t>(Part::kNight);
    const Value* argument[] = {&night};
    return act_today_part(context, argument, 0, out);
}

/// "2016-12-16T12:23:59".
bool act_iso_moment(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value clock;
    if (!act_clock(context, arguments.subspan(1), 0, clock)) return false;
    clock.flags &= ~kBareHour;
    return meet(context, *arguments[0], clock, out);
}

/// "Monday 8 to 9".
bool act_date_hours(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value range;
    return act_clock_range(context, arguments.subspan(1), 0, range) &&
           meet(context, *arguments[0], range, out);
}

/// "8 to 9 on Monday".
bool act_date_hours_first(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const Value* reordered[] = {arguments[2], arguments[0], arguments[1]};
    return act_date_hours(context, reordered, 0, out);
}

/// "3 to 5" and "pm".
bool act_range_meridiem(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value range = *arguments[0];
    if (range.clock < 0 || range.clock_end < 0 || !range.has(kBareHourEnd)) return false;
    Value begin = range, end;
    begin.clock_end = -1;
    end.clock = range.clock_end % kDaySeconds;
    end.flags = kBareHour;
    const Value* pair[] = {&end, arguments[1]};
    Value settled;
    if (!act_meridiem(context, pair, 0, settled)) return false;
    const Value* both[] = {&begin, &settled};
    return act_clock_range(context, both, 0, out);
}

/// "January 4 to 7, 2020".
bool act_day_range_year(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value begin, end;
    if (!meet(context, *arguments[0], *arguments[2], begin)) return false;
    end = *arguments[1];
    end.year = begin.year;
    const Value* pair[] = {&begin, &end};
    return act_day_range(context, pair, 0, out);
}

/// "from Monday 3 to Friday 7 June".
bool act_day_range_long(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value begin, end;
    if (!meet(context, *arguments[0], *arguments[1], begin) ||
        !meet(context, *arguments[2], *arguments[3], end))
        return false;
    const Value* pair[] = {&begin, &end};
    return act_day_range(context, pair, 0, out);
}

/// "sábado 2 y domingo 3 de marzo": both days when one follows the other.
bool act_days_pair(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    return act_day_range_long(context, arguments, 0, out) && out.day_end - out.day_begin == 2;
}

/// "4 to 22 of this month".
bool act_doms_of(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value begin, end;
    if (!meet(context, *arguments[0], *arguments[2], begin) ||
        !meet(context, *arguments[1], *arguments[2], end))
        return false;
    const Value* pair[] = {&begin, &end};
    return act_day_range(context, pair, 0, out);
}

/// "the day after Friday".
bool act_day_beside(const Context& context, Arguments arguments, std::int32_t offset, Value& out) {
    return act_weekday_in(context, arguments, offset, out);
}

/// "every first Monday of the month".
bool act_every_nth_unit(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value repeat;
    const Value* unit[] = {arguments[2]};
    if (!act_every_unit(context, unit, 0, repeat)) return false;
    const Value* parts[] = {arguments[0], arguments[1], &repeat};
    return act_every_nth(context, parts, 0, out);
}

/// "Tuesday AM".
bool act_day_half(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value part;
    part.number = static_cast<std::int32_t>(arguments[1]->number == 0 ? Part::kMorning : Part::kAfternoon);
    const Value* argument[] = {&part};
    Value half;
    return act_part(context, argument, 0, half) && meet(context, *arguments[0], half, out);
}

/// "las siete del 15": a clock and a day of the month.
bool act_hour_of_day(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value dom;
    const Value* number[] = {arguments[1]};
    return act_dom(context, number, 0, dom) && meet(context, *arguments[0], dom, out);
}

/// "24 às 21h", "el 21 a las 13:30": a number that no hour has, or that lies more than half a day before it,
/// is a day of the month.
bool act_late_dom_at(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value dom;
    const Value* number[] = {arguments[0]};
    const Value& clock = *arguments[1];
    if (clock.has_day() || clock.clock < 0 || clock.has(kPartOnly)) return false;
    const std::int32_t as_hour = arguments[0]->number;
    if (as_hour > 31) return false;  // no day either
    const std::int32_t apart = (clock.clock - as_hour * 3600 + 2 * kDaySeconds) % kDaySeconds;
    if (as_hour < 24 && (as_hour < 13 || clock.has(kBareHour) || apart <= kHalfDay)) return false;
    return act_dom(context, number, 0, dom) && meet(context, dom, *arguments[1], out);
}

/// "now" as the end of a range of days. Not as a day: "between now and Friday" is when to look.
bool act_today(const Context& context, Arguments, std::int32_t, Value& out) {
    out = fixed_days(context.today, context.today + 1, Grain::kSecond);
    return true;
}

/// "every evening".
bool act_every_part(const Context&, Arguments arguments, std::int32_t, Value& out) {
    out = *arguments[0];
    out.freq = Freq::kDaily;
    return !out.has_day();
}

/// "every other week on the weekend".
bool act_repeat_weekend(const Context&, Arguments arguments, std::int32_t, Value& out) {
    out = *arguments[0];
    if (out.freq != Freq::kWeekly || out.by_weekday != 0) return false;
    out.by_weekday = 0b1100000;
    return true;
}

/// "a second", "un minuto" is how people say wait.
bool act_not_second(const Context&, Arguments arguments, std::int32_t, Value& out) {
    out = *arguments[0];
    return out.days != 0 || out.months != 0 || (out.seconds != 1 && out.seconds != 60);
}

/// "una hora y media" without a count.
bool act_duration_a(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value one;
    one.number = 1;
    const Value* parts[] = {&one, arguments[0], arguments[1]};
    return act_duration(context, parts, 0, out);
}

/// "within 2 weeks": the stretch from now until then.
bool act_within(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const Value& length = *arguments[0];
    const DayNumber day = add_months(context.today, length.months) + length.days;
    if (!length.has_duration || length.months > 1200 || length.days > 36'500 ||
        length.seconds > 40 * kDaySeconds)
        return false;
    out = fixed_days(context.today, context.today + 1, Grain::kDay);
    out.clock = context.now;
    const std::int64_t base = length.seconds != 0 ? context.now + length.seconds : 0;
    const std::int64_t end = std::int64_t{day - context.today} * kDaySeconds + base;
    if (end > 2'000'000'000 || end <= out.clock) return false;
    out.clock_end = static_cast<std::int32_t>(end);
    out.flags = kMoment | kWithin;
    return true;
}

/// "mañana a 11": an hour without its article, only beside a day.
bool act_hour_on(const Context& context, Arguments arguments, std::int32_t style, Value& out) {
    Value clock;
    return act_clock(context, arguments.subspan(1), style, clock) && meet(context, *arguments[0], clock, out);
}

/// "thur 1230": four digits that are no year, or three, behind a day; minutes as people arrange them.
bool act_packed_on(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const Value& clock = *arguments[1];
    const bool may_be_year = clock.clock >= 19 * 3600 && clock.clock < 21 * 3600;
    return !may_be_year && clock.clock / 60 % 5 == 0 && meet(context, *arguments[0], clock, out);
}

/// "1 de dezembro, 16 horas": a number too large for a length.
bool act_hours_on(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    constexpr std::int32_t kLeast = 10;
    return arguments[1]->number >= kLeast && act_hour_on(context, arguments, 1, out);
}

/// "9 tomorrow": only digits, "one tomorrow" is no hour.
bool act_hour_before(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value clock;
    if (arguments[0]->digits == 0 || !act_clock(context, arguments.first(1), 0, clock)) return false;
    return meet(context, clock, *arguments[1], out);
}

/// "Friday by 5": a day and the latest hour.
bool act_deadline_on(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value latest;
    const Value* clock[] = {arguments[1]};
    return act_open_clock(context, clock, 3, latest) && meet(context, *arguments[0], latest, out);
}

/// "within the hour", "within the week".
bool act_within_unit(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value length;
    const Value* stretch[] = {&length};
    return act_duration(context, arguments, 1, length) && act_within(context, stretch, 0, out);
}

/// "call me in 10".
bool act_in_minutes(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const Value& number = *arguments[0];
    if (number.digits == 0 || number.number < 5 || number.number > 60 || number.number % 5 != 0) return false;
    Value length;
    length.has_duration = true;
    length.seconds = number.number * 60;
    const Value* stretch[] = {&length};
    if (!act_shift_moment(context, stretch, 1, out)) return false;
    out.flags |= kVague;
    return true;
}

/// "2-3 hours": the longer one.
bool act_duration_upto(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    if (arguments[0]->number >= arguments[1]->number) return false;
    return act_duration(context, arguments.subspan(1), 0, out);
}

/// "de 8 em 8 horas": the same number twice.
bool act_every_repeated(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    if (arguments[0]->number != arguments[1]->number) return false;
    if (act_every_romance(context, arguments.subspan(1), 0, out)) return true;  // "de quinze em quinze dias"
    return act_every_unit(context, arguments.subspan(1), 0, out);
}

/// "the last day of the month".
bool act_nth_day_unit(const Context& context, Arguments arguments, std::int32_t which, Value& out) {
    Value period;
    const Value* unit[] = {arguments[arguments.size() - 1]};
    if (!act_relative_period(context, unit, 0, period) || period.has_clock()) return false;
    const Value* parts[] = {arguments[0], &period};
    const Arguments used = arguments.size() > 1 ? Arguments(parts) : Arguments(parts).subspan(1);
    if (!act_nth_day(context, used, which, out)) return false;
    if (out.day_begin >= context.today) return true;
    return act_relative_period(context, unit, 1, period) && act_nth_day(context, used, which, out);
}

/// "Monday to Friday at 9": a repeat, not one long stretch.
bool act_weekdays_at(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value days, every;
    if (!act_weekday_set(context, arguments.first(2), 1, days)) return false;
    const Value* set[] = {&days};
    if (!act_every_weekday(context, set, 0, every)) return false;
    const Value* parts[] = {&every, arguments[2]};
    if (!act_repeat_with(context, parts, 0, out)) return false;
    if (std::popcount(days.by_weekday) < 3) return false;  // "from Wed to Thurs 5:15"
    const bool working_week = arguments[0]->weekday == 1 && arguments[1]->weekday == 5;
    if (!working_week) out.flags |= kPartly;  // "from Tuesday to Thursday at noon" may be once
    return true;
}

/// "4-5 mon thru thurs".
bool act_hours_weekdays(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const Value* parts[] = {arguments[1], arguments[2], arguments[0]};
    return act_weekdays_at(context, parts, 0, out);
}

/// "Saturday mornings".
bool act_every_weekday_part(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value every, part;
    const Value *set[] = {arguments[0]}, *word[] = {arguments[1]};
    if (!act_every_weekday(context, set, 0, every) || !act_part(context, word, 0, part)) return false;
    const Value* parts[] = {&every, &part};
    return act_repeat_with(context, parts, 0, out);
}

/// "the last Thursday of the month": this month's, or next month's when it is over.
bool act_nth_weekday_unit(const Context& context, Arguments arguments, std::int32_t which, Value& out) {
    const Value* unit[] = {arguments[arguments.size() - 1]};
    for (const int month : {0, 1}) {
        Value period;
        if (!act_relative_period(context, unit, month, period) || period.has_clock()) return false;
        const Value* parts[] = {arguments[0], arguments[arguments.size() - 2], &period};
        const Arguments used = which < 0 ? Arguments(parts).subspan(1) : Arguments(parts);
        if (!act_nth_weekday(context, used, which, out)) return false;
        if (out.day_begin >= context.today) return true;
    }
    return false;
}

/// "todas las noches": the word for the part, in the plural.
bool act_every_part_word(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value part;
    if (!act_part(context, arguments, 0, part)) return false;
    const Value* parts[] = {&part};
    return act_every_part(context, parts, 0, out);
}

/// Fifteen days are two weeks and eight are one, where people count both ends.
bool act_every_romance(const Context&, Arguments arguments, std::int32_t, Value& out) {
    const std::int32_t days = arguments[0]->number;
    if (static_cast<Grain>(arguments[1]->number) != Grain::kDay || (days != 15 && days != 8)) return false;
    out.freq = Freq::kWeekly;
    out.interval = days == 15 ? 2 : 1;
    return true;
}

/// "Monday, Wednesday and Friday 6am", "5:45am tues/thurs": a set of weekdays and an hour.
bool act_weekdays_loose(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value every;
    const bool days_first = arguments[0]->by_weekday != 0;
    const Value* set[] = {arguments[days_first ? 0 : 1]};
    if (!act_every_weekday(context, set, 0, every)) return false;
    const Value* parts[] = {&every, arguments[days_first ? 1 : 0]};
    if (!act_repeat_with(context, parts, 0, out)) return false;
    out.flags |= kPartly;
    return true;
}

/// "lunes miércoles y viernes": three and more in a row are a habit; two may be two days.
bool act_weekdays_row(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    if (std::popcount(arguments[0]->by_weekday) < 3 || !act_every_weekday(context, arguments, 0, out))
        return false;
    out.flags |= kPartly;
    return true;
}

/// "the first Monday evening of next month".
bool act_nth_weekday_part(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value day;
    const Value* parts[] = {arguments[0], arguments[1], arguments[3]};
    return act_nth_weekday(context, parts, 0, day) && meet(context, day, *arguments[2], out);
}

}  // namespace scheduling::language
