#include <algorithm>
#include <bit>

#include "language/actions.hpp"

/// Hours, days and habits as people dictate or abbreviate them.
namespace scheduling::language {

/// "6 30 tomorrow morning": hour and minutes apart, as dictation writes them; minutes as people arrange them.
/// Parameter 1: any minutes that are no hour of a half day, as "pm" follows ("11 59 pm").
bool act_clock_spaced(const Context& context, Arguments arguments, std::int32_t any_minute, Value& out) {
    const Value &hour = *arguments[0], &minute = *arguments[1];
    const bool arranged = any_minute != 0 ? minute.number > 12 : minute.number % 5 == 0;
    const bool plausible =
        hour.number >= 1 && hour.number <= 23 && minute.digits == 2 && arranged && minute.number < 60;
    return plausible && act_clock(context, arguments, 0, out);
}

/// "0900 Friday": before a day four digits are an hour when the first is a nought; "300 tomorrow" is money.
bool act_packed_before(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const Value& clock = *arguments[0];
    const bool written = !clock.has(kBareHour) && clock.clock < 10 * 3600 && clock.clock / 60 % 5 == 0;
    return written && meet(context, clock, *arguments[1], out);
}

/// "7 for 7.30", "3 for 4": who is there at seven is in time; within the hour, and no table for so many.
bool act_arrive_for(const Context&, Arguments arguments, std::int32_t, Value& out) {
    constexpr std::int32_t kLongest = 3600;
    const std::int32_t wait = arguments[1]->clock - arguments[0]->clock;
    out = *arguments[0];
    return out.clock >= 0 && wait > 0 && wait <= kLongest && out.clock_end < 0;
}

/// "next thurs 2": the number is an hour, if twelve have it.
bool act_bare_hour_on(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const Value& hour = *arguments[1];
    return hour.has(kBareHour) && meet(context, *arguments[0], hour, out);
}

/// "0630 flight": an hour of the day, not of the night, in four digits that begin with a nought.
bool act_packed_alone(const Context&, Arguments arguments, std::int32_t, Value& out) {
    out = *arguments[0];
    return !out.has(kBareHour) && out.clock >= 5 * 3600 && out.clock < 10 * 3600 && out.clock / 60 % 5 == 0;
}

/// "1030-11", "9-1015": one of the hours written as one number, with minutes as people arrange them.
bool act_packed_range(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    for (const Value* hour : arguments)
        if (hour->clock < 0 || hour->clock / 60 % 5 != 0) return false;
    constexpr std::int32_t kLongest = 12 * 3600;
    return act_clock_range(context, arguments, 0, out) && out.clock_end - out.clock <= kLongest;
}

/// "25 past 2", "ten after four".
bool act_minutes_past(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const std::int32_t minutes = arguments[0]->number;
    return minutes >= 5 && minutes < 30 && minutes % 5 == 0 && act_clock_shift(context, arguments, 1, out);
}

/// "a las 8 con 30": minutes in fives.
bool act_minutes_with(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    return arguments[1]->number % 5 == 0 && act_clock_shift(context, arguments, 1, out);
}

/// "cuatro y diez mañana": hour, minutes and a day, in either order.
bool act_words_hour_on(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const bool day_first = arguments[0]->has_day();
    const Arguments words = day_first ? arguments.subspan(1) : arguments.first(2);
    const Value &hour = *words[0], &minute = *words[1];
    if (minute.digits != 0 || hour.number < 1 || minute.number < 5) return false;
    Value clock;
    return act_clock(context, words, 2, clock) && meet(context, *arguments[day_first ? 0 : 2], clock, out);
}

/// "27.03.": the final point and two digits of the month tell it from an hour.
bool act_dotted_date(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Context dotted = context;
    dotted.day_first = dotted.order_known = true;
    return arguments[1]->digits == 2 && arguments[1]->number <= 12 &&
           act_numeric_date(dotted, arguments, 0, out);
}

/// "1st and 3rd Saturday of the month": more than one of them is a habit.
bool act_every_nths(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    return std::popcount(arguments[0]->nth_mask) > 1 && act_every_nth_unit(context, arguments, 0, out);
}

/// "jueves 19 h por 6 semanas": a weekday and its hour, as many weeks as were said.
bool act_weekday_series(const Context&, Arguments arguments, std::int32_t, Value& out) {
    const Value &when = *arguments[0], &length = *arguments[1];
    const bool weekday = when.form == DayForm::kFields && when.weekday != 0 && when.dom == 0;
    const std::int32_t weeks = length.days / 7;
    if (!weekday || when.clock < 0 || length.months != 0 || length.seconds != 0 || length.days % 7 != 0 ||
        weeks < 2 || weeks > 104)
        return false;
    out = when;
    out.form = DayForm::kNone;
    out.weekday = 0;
    out.freq = Freq::kWeekly;
    out.by_weekday = static_cast<std::uint8_t>(1u << (when.weekday - 1));
    out.count = static_cast<std::int16_t>(weeks);
    out.flags |= kPartly;
    return true;
}

/// "for 7 days from 8pm tomorrow": an hour of each of so many days; fewer may be one thing that lasts.
bool act_daily_series(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    constexpr std::int32_t kFewest = 7, kMost = 92;
    const Value &length = *arguments[0], &begin = *arguments[1];
    if (!length.has_duration || length.months != 0 || length.seconds != 0 || length.days < kFewest ||
        length.days > kMost || begin.has_duration || begin.freq != Freq::kNone || begin.clock < 0 ||
        begin.has(kPartOnly))
        return false;
    out = begin;
    if (out.has_day() && (!fix_day(context, out) || out.day_end - out.day_begin != 1)) return false;
    out.flags &= ~(kOpenBegin | kOpenEnd | kAfter);
    out.freq = Freq::kDaily;
    out.count = static_cast<std::int16_t>(length.days);
    out.flags |= kPartly;
    return true;
}

/// "não é de manhã": kept for a message that says no other hour.
bool act_refused_part(const Context&, Arguments arguments, std::int32_t, Value& out) {
    out = *arguments[0];
    if (out.has_day() || !out.has(kPartOnly)) return false;
    out.flags |= kExcept;
    return true;
}

/// "todos los 5", without the word for a day.
bool act_every_dom(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value dom;
    const Value* days[] = {&dom};
    return act_dom(context, arguments, 0, dom) && act_every_date(context, days, 0, out);
}

/// "seg, qua e sex": weekdays joined to the last, a habit; with "or" they are a choice.
bool act_weekdays_list(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value days;
    const Value* set[] = {&days};
    return act_weekday_set(context, arguments, 0, days) && act_weekdays_row(context, set, 0, out);
}

/// "8pm her time": whose clock that is the rest of the message says.
bool act_their_zone(const Context&, Arguments arguments, std::int32_t, Value& out) {
    out = *arguments[0];
    if (out.zone >= 0 || out.clock < 0 || out.has(kPartOnly) || out.has(kMoment)) return false;
    out.flags |= kTheirZone;
    return true;
}

/// "todos los sábados de diciembre de 9 a 12": rule, month and hours.
bool act_weekdays_in_month(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const Value& said = *arguments[0];
    const bool plain = said.by_weekday != 0 && said.nth_mask == 0 && said.interval == 1 && said.until == 0 &&
                       said.count == 0 && !said.has_day() && said.except_end[0] == 0 && !said.has_clock();
    Value rule;
    if (!plain || !act_by_month(context, arguments.first(2), 0, rule)) return false;
    if (arguments.size() < 3) {
        out = rule;
        return true;
    }
    const Value* parts[] = {&rule, arguments[2]};
    return act_repeat_with(context, parts, 0, out);
}

/// "jueves por la noche, todas las semanas, a las 9": the weekday and its part of the day belong to the rule.
bool act_every_on(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const Value &when = *arguments[0], &rule = *arguments[1];
    const bool weekday = when.form == DayForm::kFields && when.weekday != 0 && when.dom == 0;
    if (!weekday || rule.freq != Freq::kWeekly || rule.by_weekday != 0 || rule.nth_mask != 0) return false;
    Value part = when;
    part.form = DayForm::kNone;
    part.weekday = 0;
    const Value* parts[] = {&rule, &part};
    if (!act_repeat_with(context, parts, 0, out)) return false;
    out.by_weekday = static_cast<std::uint8_t>(1u << (when.weekday - 1));
    return true;
}

/// "martes 9 a 11": a weekday and two hours, where the first is not the day's own number.
bool act_weekday_hours(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const bool written_end = arguments[2]->has_clock();  // "miércoles 17 a 18:15"
    const DayNumber near = written_end ? 35 : 10;
    Value dom;
    const Value* first[] = {arguments[1]};
    if (!act_dom(context, first, 0, dom)) return false;
    if (fix_day(context, dom) && weekday_of(dom.day_begin) == arguments[0]->weekday &&
        dom.day_begin - context.today <= near)
        return false;
    Value range, begin, end;
    const Value *from[] = {arguments[1]}, *to[] = {arguments[2]}, *both[] = {&begin, &end};
    if (written_end) {
        constexpr std::int32_t kLongest = 8 * 3600;
        const Value* hours[] = {&begin, arguments[2]};
        return !arguments[2]->has(kBareHour) && act_clock(context, from, 0, begin) &&
               act_clock_range(context, hours, 1, range) && range.clock_end - range.clock <= kLongest &&
               meet(context, *arguments[0], range, out);
    }
    const bool written = arguments[1]->number < arguments[2]->number && arguments[2]->number > 12 &&
                         act_clock(context, from, 0, begin) && act_clock(context, to, 0, end);
    if (written) begin.flags &= ~kBareHour;  // "miércoles 15 a 16", "martes 9 a 13"
    return (written ? act_clock_range(context, both, 0, range)
                    : act_bare_range(context, arguments.subspan(1), 0, range)) &&
           meet(context, *arguments[0], range, out);
}

/// "pushed from Wed to Thurs 5:15".
bool act_moved_to(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const bool adjacent = arguments[0]->weekday % 7 + 1 == arguments[1]->weekday;
    return adjacent && meet(context, *arguments[1], *arguments[2], out);
}

/// "quartas das 9h às 13h, semana sim semana não": how often is said behind the rule.
bool act_repeat_interval(const Context&, Arguments arguments, std::int32_t, Value& out) {
    const Value& other = *arguments[1];
    out = *arguments[0];
    if (out.freq != Freq::kWeekly || out.interval != 1 || out.nth_mask != 0) return false;
    if (other.freq != Freq::kWeekly || other.by_weekday != 0 || other.interval < 2 || other.count != 0)
        return false;
    out.interval = other.interval;
    return true;
}

/// "every day next week at 7:15": the rule lies in that stretch.
bool act_repeat_within(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const Value& said = *arguments[0];
    Value stretch = *arguments[1];
    const bool open_ended = said.until == 0 && said.count == 0 && !said.has_day() && !said.has_clock();
    const bool often = said.freq == Freq::kDaily || said.freq == Freq::kWeekly;
    constexpr DayNumber kShortest = 7;
    if (!open_ended || !often || stretch.has_clock() || !fix_day(context, stretch)) return false;
    // On the last day of a week "this week" may be the coming one.
    if (stretch.day_end - stretch.day_begin < kShortest || stretch.day_end <= context.today + 1) return false;
    const Value* parts[] = {arguments[0], arguments[2]};
    if (!act_repeat_with(context, parts, 0, out)) return false;
    out.form = DayForm::kFixed;
    out.day_begin = std::max(stretch.day_begin, context.today);
    out.day_end = out.day_begin + 1;
    out.until = stretch.day_end - 1;
    return true;
}

/// "la semana que viene lunes, miércoles y viernes de 7 a 13": these days of that week; parameter 1: from one
/// to another.
bool act_weekdays_within(const Context& context, Arguments arguments, std::int32_t between, Value& out) {
    Value days, every;
    const std::size_t last = arguments.size() - 1;
    if (!act_weekday_set(context, arguments.subspan(1, last - 1), between, days)) return false;
    const Value* set[] = {&days};
    if (!act_every_weekday(context, set, 0, every)) return false;
    const Value* parts[] = {&every, arguments[0], arguments[last]};
    if (!act_repeat_within(context, parts, 0, out)) return false;
    out.flags |= kPartly;
    return true;
}

/// "los lunes 7", "every Tuesday 7": a bare hour behind a rule of weekdays.
bool act_repeat_hour(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value every;
    const Value* parts[] = {&every, arguments[1]};
    return act_every_weekday(context, arguments.first(1), 0, every) &&
           act_repeat_with(context, parts, 0, out);
}

/// "lunes y jueves 5 a 6".
bool act_weekdays_hours(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value range;
    const Value* parts[] = {arguments[0], &range};
    return act_clock_range(context, arguments.subspan(1), 0, range) &&
           act_weekdays_loose(context, parts, 0, out);
}

/// "MWF", "TTh": the number is a set of weekdays, bit 0 Monday.
bool act_weekday_mask(const Context&, Arguments arguments, std::int32_t, Value& out) {
    out.by_weekday = static_cast<std::uint8_t>(arguments[0]->number);
    return out.by_weekday != 0;
}

/// "sexta sim, sexta não", "un viernes sí y otro no": every second week on that weekday.
bool act_every_alternate_day(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    if (arguments.size() > 1 && arguments[1]->weekday != arguments[0]->weekday) return false;
    return act_every_weekday(context, arguments.first(1), 2, out);
}

/// "not this Friday but the one after".
bool act_week_later(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    out = *arguments[0];
    if (out.has_clock() || out.grain != Grain::kDay || !fix_day(context, out)) return false;
    out.day_begin += 7;
    out.day_end += 7;
    out.flags &= ~(kNextWord | kThisWord);
    return true;
}

/// "finde largo, del 20 al 22": beside days of its own the word names the occasion, as a holiday does.
bool act_weekend_named(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    if (!act_relative_period(context, arguments, 0, out)) return false;
    out.flags |= kHoliday;
    return true;
}

/// "every Saturday except this one": the next of them.
bool act_except_next(const Context& context, Arguments, std::int32_t, Value& out) {
    out = fixed_days(context.today, context.today + 7, Grain::kWeek);
    out.flags |= kExcept;
    out.except_begin[0] = out.day_begin;
    out.except_end[0] = out.day_end;
    return true;
}

/// "todas as terças menos a próxima 19h": the rule with its hour, without the coming week.
bool act_but_next_at(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const Value &rule = *arguments[0], &hour = *arguments[1];
    if (rule.has_clock() || rule.has(kExcept) || hour.has_day() || hour.clock < 0 || hour.has(kPartOnly))
        return false;
    out = rule;
    out.clock = hour.clock;
    out.clock_end = hour.clock_end;
    out.flags |= hour.flags | kPartly;
    out.except_begin[0] = context.today;
    out.except_end[0] = context.today + 7;
    return true;
}

/// "chá das 5": an hour that says which one of several. In words "das duas" is rather two of them.
bool act_clock_of(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const Value& hour = *arguments[0];
    if (hour.digits == 0 && hour.number < 5) return false;
    return act_clock(context, arguments, 0, out) && out.has(kBareHour);
}

/// "tres horas", "dieciséis horas" as an hour; a single one ("una hora el jueves") is a length.
bool act_clock_hours(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const bool one = arguments[0]->digits == 0 && arguments[0]->number == 1;
    return !one && act_clock(context, arguments, 1, out);
}

/// "uma hora da tarde": where a part of the day follows, even a single hour is no length.
bool act_hour_part(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value clock;
    return act_clock(context, arguments.first(1), 1, clock) && meet(context, clock, *arguments[1], out);
}

/// "Oct 32", "miércoles 32 a las 10": a number that no month has; from 50 on it is rather a year.
bool act_no_day(const Context&, Arguments arguments, std::int32_t, Value& out) {
    const bool beyond = std::any_of(arguments.begin(), arguments.end(), [](const Value* said) {
        const bool number = said->digits == 2 && !said->has_day() && !said->has_clock();
        return number && said->number >= 32 && said->number <= 49;
    });
    if (!beyond) return false;
    out.form = DayForm::kFields;
    out.month = 2;
    out.dom = 31;
    out.flags = kImpossible;
    return true;
}

/// "el próximo lunes 18", "sábado 16": a weekday with its day, when the next of these days is that weekday.
bool act_weekday_is_dom(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value day;
    if (!act_weekday_dom(context, arguments, 0, out)) return false;
    day = *arguments[1];
    return fix_day(context, day) && weekday_of(day.day_begin) == arguments[0]->weekday;
}

/// "sábado 16 y domingo 17": two days in a row, each with its weekday.
bool act_days_pair_dated(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value begin, end;
    if (!act_weekday_is_dom(context, arguments.first(2), 0, begin) ||
        !act_weekday_is_dom(context, arguments.subspan(2), 0, end))
        return false;
    return act_days_pair(context, arguments, 0, out);
}

/// "sábado 16 por la tarde a las 5": behind the weekday the day, as the hour is said after it. Parameter 1:
/// only when the day is such a weekday.
bool act_dated_clock(const Context& context, Arguments arguments, std::int32_t sure, Value& out) {
    const Value& clock = *arguments[arguments.size() - 1];
    Value day;
    if (clock.has_day() || clock.clock < 0 || clock.has(kPartOnly)) return false;
    Context any_week = context;  // the hour is said, so the number is the day, however far
    any_week.bare_day_reach = 400;
    const auto read = sure != 0 ? act_weekday_is_dom : act_weekday_dom;
    if (!read(any_week, arguments.first(2), 0, day)) return false;
    day.flags &= ~kMaybeHour;
    out = day;
    for (const Value* said : arguments.subspan(2)) {
        Value both;
        if (!meet(context, out, *said, both)) return false;
        out = both;
    }
    return true;
}

/// "miércoles 20 en la tarde": beside a part of the day a number over twelve is the day, when that weekday
/// has it.
bool act_dated_part(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value day;
    if (arguments[1]->digits == 0 || arguments[1]->dom <= 12) return false;
    return act_weekday_is_dom(context, arguments.first(2), 0, day) && meet(context, day, *arguments[2], out);
}

/// "Sat 26th 11": weekday, day and a bare hour.
bool act_ordinal_day_hour(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const Value& hour = *arguments[2];
    Value dom, day, clock;
    if (hour.digits == 0 || hour.number < 1 || hour.number > 12) return false;
    return act_dom(context, arguments.subspan(1, 1), 0, dom) && meet(context, *arguments[0], dom, day) &&
           act_clock(context, arguments.subspan(2), 0, clock) && meet(context, day, clock, out);
}

/// "todos los días 5 y 20".
bool act_days_monthly(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    return static_cast<Grain>(arguments[0]->number) == Grain::kDay &&
           act_every_date(context, arguments.subspan(1), 0, out);
}

}  // namespace scheduling::language
