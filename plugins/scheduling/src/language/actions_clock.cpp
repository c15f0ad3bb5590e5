#include <algorithm>

#include "language/actions.hpp"

namespace scheduling::language {

/// Hour [minute [second]]. Parameter 1: written "8h", which people use with 24 hours; 2: minutes may
/// be one digit or a word.
bool act_clock(const Context&, Arguments arguments, std::int32_t style, Value& out) {
    const Value& hour = *arguments[0];
    const std::int32_t minute = arguments.size() > 1 ? arguments[1]->number : 0;
    const std::int32_t second = arguments.size() > 2 ? arguments[2]->number : 0;
    if (hour.number > 24 || hour.number < 0 || hour.digits > 2 || hour.seconds != 0) return false;
    if (style == 0 && arguments.size() == 1 && hour.number == 0) return false;  // a lone "00"
    if (minute > 59 || second > 59 || (hour.number == 24 && minute + second > 0)) return false;
    // "3:5" is no time; "3 y 5" is, and comes without digits or with style 2.
    if (style != 2 && arguments.size() > 1 && (arguments[1]->digits == 1 || arguments[1]->digits > 2))
        return false;
    if (style == 3 && hour.digits == 0) return false;
    out.clock = hour.number * 3600 + minute * 60 + second;
    const bool two_digits = hour.digits == 2 && hour.number < 10;
    if (hour.number >= 1 && hour.number <= 12 && !two_digits) out.flags |= kBareHour;
    if (style == 1) out.flags |= kHourMark;
    return true;
}

/// "340", "0730", "1140".
bool act_clock_packed(const Context&, Arguments arguments, std::int32_t, Value& out) {
    const Value& number = *arguments[0];
    if (number.digits != 3 && number.digits != 4) return false;
    const std::int32_t hour = number.number / 100, minute = number.number % 100;
    if (hour > 23 || minute > 59) return false;
    out.clock = hour * 3600 + minute * 60;
    if (hour >= 1 && hour <= 12 && !(number.digits == 4 && hour < 10)) out.flags |= kBareHour;
    return true;
}

/// Parameter: the hour (12 noon, 0 midnight).
bool act_noon(const Context&, Arguments, std::int32_t hour, Value& out) {
    out.clock = hour * 3600;
    if (hour == 0) out.flags |= kMidnight;
    return true;
}

/// A clock and am (0), pm (1) or noon (2).
bool act_meridiem(const Context&, Arguments arguments, std::int32_t, Value& out) {
    const bool clock_first = arguments[0]->has_clock();
    const Value& clock = *arguments[clock_first ? 0 : 1];
    const bool pm = arguments[clock_first ? 1 : 0]->number == 1;
    if (clock.clock < 0 || clock.clock_end >= 0 || clock.has(kPartOnly) || clock.clock > kDaySeconds)
        return false;
    out = clock;
    out.flags &= ~kBareHour;
    const bool noon_mark = arguments[clock_first ? 1 : 0]->number == 2;  // "12 m"
    if (noon_mark) return clock.clock == kHalfDay;
    if (clock.clock >= kHalfDay + 3600) return pm;  // "15h pm"
    out.clock = clock.clock % kHalfDay + (pm ? kHalfDay : 0);
    return true;
}

/// "quarter past six", "las doce menos cuarto": minutes (a number) before or after a clock.
bool act_clock_shift(const Context&, Arguments arguments, std::int32_t sign, Value& out) {
    const bool clock_first = arguments[0]->has_clock();
    const Value& clock = *arguments[clock_first ? 0 : 1];
    const Value& amount = *arguments[clock_first ? 1 : 0];
    const std::int32_t minutes =
        amount.has_duration ? static_cast<std::int32_t>(amount.seconds / 60) : amount.number;
    if (clock.clock < 0 || clock.clock_end >= 0 || clock.has(kPartOnly) || minutes < 1 || minutes > 59)
        return false;
    if (amount.has_duration && (amount.days != 0 || amount.months != 0)) return false;
    if (clock.clock % 3600 != 0 && !amount.has_duration) return false;
    out = clock;
    out.clock += sign * minutes * 60;
    if (out.clock < 0) out.clock += out.has(kBareHour) ? kHalfDay : kDaySeconds;
    if (out.has(kBareHour) && out.clock < 3600) out.clock += kHalfDay;
    return true;
}

bool act_part(const Context&, Arguments arguments, std::int32_t, Value& out) {
    const std::int32_t part = arguments[0]->number;
    if (part < 1 || part > static_cast<std::int32_t>(Part::kDawn)) return false;
    out.part = static_cast<Part>(part);
    const Stretch stretch = stretch_of(out.part);
    out.clock = stretch.begin;
    out.clock_end = stretch.end;
    out.flags = kPartOnly;
    return true;
}

/// "early afternoon", "late at night": parameter 0 early, 2 late.
bool act_part_piece(const Context& context, Arguments arguments, std::int32_t piece, Value& out) {
    constexpr Part kEarly[] = {Part::kEarlyMorning, Part::kEarlyAfternoon, Part::kEarlyEvening};
    constexpr Part kLate[] = {Part::kLateMorning, Part::kLateAfternoon, Part::kLateNight};
    const Value* plain = arguments[0];
    int row = 0;
    switch (plain->part) {
        case Part::kMorning:
            row = 0;
            break;
        case Part::kAfternoon:
            row = 1;
            break;
        case Part::kEvening:
        case Part::kNight:
            row = 2;
            break;
        default:
            return false;
    }
    Value part;
    part.number = static_cast<std::int32_t>(piece == 0 ? kEarly[row] : kLate[row]);
    const Value* argument[] = {&part};
    if (!act_part(context, argument, 0, out)) return false;
    Value whole = *plain;  // with its day, however that was said
    whole.part = out.part;
    whole.clock = out.clock;
    whole.clock_end = out.clock_end;
    out = whole;
    return true;
}

/// "tonight", "esta tarde": parameter days from today.
bool act_today_part(const Context& context, Arguments arguments, std::int32_t offset, Value& out) {
    Value part = *arguments[0];
    if (!part.has(kPartOnly) && !act_part(context, arguments, 0, part)) return false;
    out = part;
    out.form = DayForm::kFixed;
    out.grain = Grain::kDay;
    out.day_begin = context.today + offset;
    out.day_end = out.day_begin + 1;
    return true;
}

bool act_zone(const Context&, Arguments arguments, std::int32_t, Value& out) {
    const bool zone_last = arguments[0]->zone < 0;
    out = *arguments[zone_last ? 0 : 1];
    if (out.has(kPartOnly) && !out.has_day()) return false;
    out.zone = arguments[zone_last ? 1 : 0]->zone;
    return true;
}

/// "15h" without an article; "1h" to "4h" alone are rather lengths.
bool act_clock_h(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    return arguments[0]->number > 4 && act_clock(context, arguments, 1, out);
}

/// "right now, at 3": today, and the clock that was said.
bool act_today_clock(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    if (arguments[0]->has(kPartOnly)) return false;
    const Value today = fixed_days(context.today, context.today + 1, Grain::kDay);
    return meet(context, today, *arguments[0], out);
}

/// "at 20 to 7": minutes in digits, which are no hour of a range, or not of one so long.
bool act_minutes_to(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const std::int32_t minutes = arguments[0]->number, hour = arguments[1]->clock / 3600;
    // "at 5 to 4": from five to four nothing lasts.
    const bool backwards = (minutes == 5 || minutes == 10) && (hour - minutes + 24) % 12 > 8;
    const bool is_minutes = minutes == 15 || minutes == 20 || minutes == 25 || backwards;
    if (!is_minutes || (arguments[1]->has(kBareHour) && hour > 12)) return false;
    return act_clock_shift(context, arguments, -1, out);
}

/// "at ten to five": minutes that people count towards the hour.
bool act_words_to(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const std::int32_t minutes = arguments[0]->number;
    if (minutes != 5 && minutes != 10 && minutes != 20 && minutes != 25) return false;
    return act_clock_shift(context, arguments, -1, out);
}

/// A message that is only "2030" or "1945" may be a year: it says nothing for sure.
bool act_not_year(const Context&, Arguments arguments, std::int32_t, Value& out) {
    out = *arguments[0];
    return out.clock < 19 * 3600 || out.clock >= 21 * 3600;
}

/// "fifteen hundred hours", "seven hundred hours": as soldiers and pilots say them.
bool act_clock_hundred(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    if (arguments[0]->digits != 0 || !act_clock(context, arguments, 2, out)) return false;
    out.flags &= ~kBareHour;
    return true;
}

/// "quarter of five", as Americans say 4:45.
bool act_quarter_of(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    return arguments[0]->number == 15 && arguments[1]->has(kBareHour) &&
           act_clock_shift(context, arguments, -1, out);
}

/// "25:00", "10:75": said as a clock time, but there is none.
bool act_impossible_clock(const Context&, Arguments arguments, std::int32_t, Value& out) {
    const Value& hour = *arguments[0];
    const Value& minute = *arguments[1];
    if (minute.digits != 2 || hour.digits > 2 || hour.number > 29) return false;
    if (hour.number < 24 && minute.number < 60) return false;
    if (hour.number == 24 && minute.number == 0) return false;
    out.clock = 0;
    out.flags = kImpossible;
    return true;
}

/// "a las 27".
bool act_impossible_hour(const Context&, Arguments arguments, std::int32_t, Value& out) {
    if (arguments[0]->number < 25 || arguments[0]->number > 59 || arguments[0]->digits != 2) return false;
    out.clock = 0;
    out.flags = kImpossible;
    return true;
}

}  // namespace scheduling::language
