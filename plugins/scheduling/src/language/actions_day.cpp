#include <algorithm>

#include "language/actions.hpp"

namespace scheduling::language {
namespace {

const Value& duration_among(Arguments arguments) {
    return arguments[0]->has_duration ? *arguments[0] : *arguments[arguments.size() > 1 ? 1 : 0];
}

const Value* anchor_among(Arguments arguments) {
    if (arguments.size() < 2) return nullptr;
    return arguments[0]->has_duration ? arguments[1] : arguments[0];
}

DayNumber moved(DayNumber day, const Value& duration, int sign) {
    return add_months(day, sign * duration.months) + sign * duration.days;
}

bool both_fit_hours(const Value& a, const Value& b) {
    const auto fits = [](const Value& number) {
        return number.number >= 1 && number.number <= 12 && !(number.digits == 2 && number.number < 10);
    };
    return fits(a) && fits(b);
}

}  // namespace

bool act_meet(const Context& context, Arguments arguments, std::int32_t flags, Value& out) {
    out = *arguments[0];
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        Value both;
        if (!meet(context, out, *arguments[i], both)) return false;
        out = both;
    }
    out.flags |= static_cast<std::uint32_t>(flags);
    return true;
}

/// "Friday 27"; but "Friday 8", when the next 8th is no Friday, names an hour.
bool act_weekday_dom(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    if (!meet(context, *arguments[0], *arguments[1], out)) return false;
    Value day = *arguments[1];
    if (day.digits == 0 && day.dom == 1) return false;  // "el martes un café"
    const bool may_be_hour = day.digits > 0 && day.dom <= 12;
    if (may_be_hour) out.flags |= kMaybeHour;
    return !may_be_hour || (fix_day(context, day) && weekday_of(day.day_begin) == out.weekday &&
                            day.day_begin - context.today <= context.bare_day_reach);
}

/// Two or three numbers: day-month(-year) by the locale, year first when it has four digits.
/// Parameter 1: two numbers with a dash, which are more often hours.
bool act_numeric_date(const Context& context, Arguments arguments, std::int32_t dashed, Value& out) {
    std::int32_t year = 0, first = arguments[0]->number, second = arguments[1]->number;
    int first_digits = arguments[0]->digits, second_digits = arguments[1]->digits;
    bool swap_allowed = true;
    if (arguments.size() == 3) {
        const Value& last = *arguments[2];
        if (first_digits == 4) {
            year = first;
            first = second;  // year, month, day: no locale says otherwise
            second = last.number;
            first_digits = second_digits;
            second_digits = last.digits;
            std::swap(first, second);
            swap_allowed = false;
        } else {
            Value parsed;
            const Value* year_argument[] = {&last};
            if (!act_year4(context, year_argument, 0, parsed) &&
                !act_year2(context, year_argument, 0, parsed))
                return false;
            year = parsed.year;
        }
    }
    if (first_digits > 2 || second_digits > 2) return false;
    std::int32_t day = first, month = second;
    const bool both_fit = first <= 12 && second <= 12 && first != second;
    if (swap_allowed) {
        if (!context.day_first) std::swap(day, month);
        if (month > 12 && day <= 12) std::swap(day, month);
        if (both_fit && !context.order_known) out.flags |= kDayMonthSwap;
    }
    // "3-4" are hours, "1-1" is a talk between two: a dash alone makes a date only where no hours fit.
    if (dashed != 0 && both_fit_hours(*arguments[0], *arguments[1])) return false;
    if (year != 0 && (year < 1900 || year > 2150)) return false;
    if (month < 1 || month > 12 || day < 1 || day > 31) return false;
    if (!is_valid_date(year != 0 ? year : 2024, month, day)) out.flags |= kImpossible;
    out.form = DayForm::kFields;
    out.dom = static_cast<std::int8_t>(day);
    out.month = static_cast<std::int8_t>(month);
    out.year = static_cast<std::int16_t>(year);
    if (year != 0) out.flags |= kExplicitYear;
    return true;
}

bool act_relative_day(const Context& context, Arguments arguments, std::int32_t extra, Value& out) {
    const DayNumber day = context.today + arguments[0]->number + extra;
    out = fixed_days(day, day + 1, Grain::kDay);
    if (arguments[0]->number < 0) out.flags |= kPast;
    return true;
}

/// Parameter: 0 this, 1 next, -1 last, 2 the one after next, 3 "el otro viernes": the nearest or the next.
bool act_relative_weekday(const Context& context, Arguments arguments, std::int32_t which, Value& out) {
    const int weekday = arguments[0]->weekday;
    if (weekday == 0 || arguments[0]->form != DayForm::kFields || arguments[0]->dom != 0) return false;
    int ahead = (weekday - weekday_of(context.today) + 7) % 7;
    if (which < 0) ahead = ahead == 0 ? -7 : ahead - 7;
    if (which > 0 && ahead == 0) ahead = 7;
    if (which == 2) ahead += 7;
    out = fixed_days(context.today + ahead, context.today + ahead + 1, Grain::kDay);
    // The nearest one, unless it is still this week: then next week's is as likely.
    const DayNumber next_monday = monday_of(context.today) + (which == 2 ? 14 : 7);
    const bool tomorrow = which == 1 && ahead == 1;  // "next Monday", said on a Sunday
    if ((which > 0 && out.day_begin < next_monday) || which == 3 || tomorrow) out.flags |= kNextWord;
    if (which < 0) out.flags |= kPast;
    return true;
}

/// "a week on Friday", "three weeks tomorrow", as the British count.
bool act_weeks_on(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const Value &length = *arguments[0], &day = *arguments[1];
    const bool weeks = length.has_duration && length.months == 0 && length.seconds == 0 && length.days > 0 &&
                       length.days % 7 == 0 && length.days <= 70;
    const bool weekday = day.form == DayForm::kFields && day.weekday != 0 && day.dom == 0;
    const bool ahead = day.form == DayForm::kFixed && day.day_begin >= context.today;
    return weeks && (weekday || ahead) && act_weekday_in(context, arguments.subspan(1), length.days, out);
}

/// "the next 3 days", "the last 2 weeks", "the next 5 hours".
bool act_next_stretch(const Context& context, Arguments arguments, std::int32_t sign, Value& out) {
    const Value& length = duration_among(arguments);
    if (!length.has_duration) return false;
    if (length.seconds != 0) {
        if (length.months != 0 || length.days != 0 || length.seconds > 40 * kDaySeconds) return false;
        out = fixed_days(context.today, context.today + 1, Grain::kDay);
        const auto span = static_cast<std::int32_t>(length.seconds);
        std::int32_t begin = context.now + (sign < 0 ? -span : 0);
        while (begin < 0) {
            begin += kDaySeconds;
            --out.day_begin;
        }
        out.clock = begin;
        out.clock_end = begin + span;
        out.flags = kMoment;
        return true;
    }
    if (sign > 0)
        out = fixed_days(context.today + 1, moved(context.today, length, 1) + 1, Grain::kDay);
    else
        out = fixed_days(moved(context.today, length, -1), context.today, Grain::kDay);
    if (sign < 0) out.flags |= kPast;
    if (out.day_end - out.day_begin == 1) out.grain = Grain::kDay;
    return out.day_end > out.day_begin;
}

/// "the next 2 quarters" lie on the calendar, as one of them does.
bool act_next_quarters(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const std::int32_t count = arguments[0]->number;
    DayNumber begin = 0, end = 0;
    if (static_cast<Grain>(arguments[1]->number) != Grain::kQuarter || count < 2 || count > 40) return false;
    if (!period_of(context.today, Grain::kQuarter, 1, begin, end)) return false;
    out = fixed_days(begin, add_months(begin, 3 * count), Grain::kQuarter);
    return true;
}

/// "in 3 days", "2 weeks after Friday", "a month ago": parameter is the sign.
bool act_shift_day(const Context& context, Arguments arguments, std::int32_t sign, Value& out) {
    const Value& duration = duration_among(arguments);
    if (!duration.has_duration || duration.seconds != 0) return false;
    if (std::abs(duration.months) > 12'000 || std::abs(duration.days) > 400'000) return false;
    Value anchor = fixed_days(context.today, context.today + 1, Grain::kDay);
    if (const Value* said = anchor_among(arguments)) anchor = *said;
    if (anchor.has_clock() || !fix_day(context, anchor)) return false;
    if (anchor.day_end - anchor.day_begin != 1) return false;
    // Parameter 15: "in fifteen days" may also mean two weeks, as in Spanish and Portuguese.
    // "en ocho días" likewise.
    const bool two_weeks = sign == 15 && (duration.days == 15 || duration.days == 8) && duration.months == 0;
    sign = sign < 0 ? -1 : 1;
    const DayNumber day = moved(anchor.day_begin, duration, sign);
    out = fixed_days(day, day + 1, Grain::kDay);
    out.flags = anchor.flags;
    if (sign < 0 && arguments.size() < 2) out.flags |= kPast;
    if (two_weeks) out.flags |= kFortnightDays;
    return true;
}

/// "in 20 minutes", "an hour after 5pm".
bool act_shift_moment(const Context& context, Arguments arguments, std::int32_t sign, Value& out) {
    const Value& duration = duration_among(arguments);
    if (!duration.has_duration || std::abs(duration.seconds) > 400LL * kDaySeconds) return false;
    if (std::abs(duration.months) > 12'000 || std::abs(duration.days) > 400'000) return false;
    Value anchor = fixed_days(context.today, context.today + 1, Grain::kDay);
    anchor.clock = context.now;
    const Value* said = anchor_among(arguments);
    if (said == nullptr && duration.seconds == 0) return false;
    if (said != nullptr) {
        anchor = *said;
        settle_hours(anchor);
        if (anchor.clock < 0 || anchor.clock_end >= 0) return false;
        if (anchor.has_day() && !fix_day(context, anchor)) return false;
    }
    std::int64_t at = anchor.clock + sign * duration.seconds;
    std::int64_t shift = at / kDaySeconds;
    if (at % kDaySeconds < 0) --shift;
    at -= shift * kDaySeconds;
    if (anchor.has_day()) {
        const DayNumber day = moved(anchor.day_begin, duration, sign) + static_cast<DayNumber>(shift);
        out = fixed_days(day, day + 1, Grain::kDay);
    }
    out.clock = static_cast<std::int32_t>(at);
    out.flags = said == nullptr ? kMoment : 0u;
    if (sign < 0 && said == nullptr) out.flags |= kPast;
    out.zone = anchor.zone;
    return true;
}

/// "four Tuesdays from now".
bool act_weekday_count(const Context& context, Arguments arguments, std::int32_t sign, Value& out) {
    const std::int32_t count = arguments[0]->number;
    const int weekday = arguments[1]->weekday;
    if (count < 1 || count > 500 || weekday == 0) return false;
    int ahead = (weekday - weekday_of(context.today) + 7) % 7;
    if (ahead == 0) ahead = 7;
    const DayNumber day =
        sign > 0 ? context.today + ahead + 7 * (count - 1) : context.today + ahead - 7 * count;
    out = fixed_days(day, day + 1, Grain::kDay);
    return true;
}

/// "first Monday of December", parameter -1: the last one.
bool act_nth_weekday(const Context& context, Arguments arguments, std::int32_t which, Value& out) {
    const bool last = which < 0;
    const int nth = last ? -1 : arguments[0]->number;
    const Value& weekday = *arguments[last ? 0 : 1];
    Value period = *arguments[last ? 1 : 2];
    if (nth > 5 || nth == 0 || weekday.weekday == 0 || period.has_clock()) return false;
    const bool yearless = period.form == DayForm::kFields && period.year == 0;
    if (!fix_day(context, period) || period.grain != Grain::kMonth) return false;
    DayNumber day = nth_weekday(period.day_begin, weekday.weekday, nth);
    if (day != 0 && day < context.today && yearless)
        day = nth_weekday(add_months(period.day_begin, 12), weekday.weekday, nth);
    if (day == 0) return false;  // no such day, or not known so far ahead
    out = fixed_days(day, day + 1, Grain::kDay);
    return true;
}

/// "the 15th day of next month"; parameter -1: counted from the end.
bool act_nth_day(const Context& context, Arguments arguments, std::int32_t which, Value& out) {
    const bool last = which < 0;
    const bool counted = arguments.size() > 1;
    const std::int32_t nth = counted ? arguments[0]->number : 1;
    Value period = *arguments[counted ? 1 : 0];
    if (nth < 1 || nth > 366 || period.has_clock() || !fix_day(context, period)) return false;
    const DayNumber day = last ? period.day_end - nth : period.day_begin + nth - 1;
    if (day < period.day_begin || day >= period.day_end || period.grain == Grain::kDay) return false;
    out = fixed_days(day, day + 1, Grain::kDay);
    return true;
}

/// The next one, or the one of a year that was said. Parameter -1: the last one that is over.
bool act_holiday(const Context& context, Arguments arguments, std::int32_t which, Value& out) {
    const std::int32_t code = arguments[0]->number;
    const auto on = [&](int year) { return holiday_on(code, year, context.country); };
    const int this_year = static_cast<int>(to_date(context.today).year());
    DayNumber day = 0;
    if (arguments.size() > 1) {
        Value year = *arguments[1];
        if (year.has_clock() || !fix_day(context, year) || year.grain != Grain::kYear) return false;
        day = on(static_cast<int>(to_date(year.day_begin).year()));
    } else if (which < 0) {
        day = on(this_year);
        if (day == 0 || day >= context.today) day = on(this_year - 1);
    } else {
        day = on(this_year);
        if (day == 0 || day < context.today) day = on(this_year + 1);
    }
    if (day == 0) return false;  // no such day, or not known so far ahead
    out = fixed_days(day, day + 1, Grain::kDay);
    out.flags = kHoliday;
    if (which < 0) out.flags |= kPast;
    return true;
}

/// "puente de reyes": the free day and the weekend beside it.
bool act_bridge(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    if (!act_holiday(context, arguments, 0, out)) return false;
    const int weekday = weekday_of(out.day_begin);
    const DayNumber saturday = monday_of(out.day_begin) + (weekday < 3 ? -2 : 5);
    out =
        fixed_days(std::min(saturday, out.day_begin), std::max(saturday + 2, out.day_begin + 1), Grain::kDay);
    out.flags = kHoliday;
    return true;
}

/// "in three weeks, Tuesday 24th": the day of that week.
bool act_shift_near(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const Value& length = *arguments[0];
    if (!length.has_duration || length.seconds != 0 || arguments[1]->has_clock()) return false;
    if (length.months == 0 && length.days < 7) return false;
    constexpr DayNumber kWeek = 6;
    const DayNumber there = add_months(context.today, length.months) + length.days;
    Context near = context;
    near.today = std::max(context.today, there - kWeek);
    out = *arguments[1];
    return fix_day(near, out) && std::abs(out.day_begin - there) <= kWeek;
}

/// "Friday week", "de hoy en ocho", "del lunes en ocho": parameter days later.
bool act_weekday_in(const Context& context, Arguments arguments, std::int32_t days, Value& out) {
    Value day = *arguments[0];
    if (day.has_clock() || !fix_day(context, day) || day.day_end - day.day_begin != 1) return false;
    out = fixed_days(day.day_begin + days, day.day_begin + days + 1, Grain::kDay);
    return true;
}

/// "the Monday before Christmas", "el lunes después de navidad": parameter is the direction.
bool act_weekday_beside(const Context& context, Arguments arguments, std::int32_t sign, Value& out) {
    const int weekday = arguments[0]->weekday;
    Value day = *arguments[1];
    if (weekday == 0 || arguments[0]->dom != 0 || day.has_clock() || !fix_day(context, day)) return false;
    constexpr DayNumber kLongest = 40;  // "the Monday after Holy Week"
    if (day.day_end - day.day_begin > kLongest) return false;
    const DayNumber first = sign > 0 ? day.day_end : day.day_begin - 1;
    const int ahead =
        sign > 0 ? (weekday - weekday_of(first) + 7) % 7 : -((weekday_of(first) - weekday + 7) % 7);
    out = fixed_days(first + ahead, first + ahead + 1, Grain::kDay);
    return true;
}

/// "the Monday closest to Oct 5th".
bool act_weekday_near(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const int weekday = arguments[0]->weekday;
    Value day = *arguments[1];
    if (weekday == 0 || arguments[0]->dom != 0 || day.has_clock() || !fix_day(context, day)) return false;
    if (day.day_end - day.day_begin != 1) return false;
    const DayNumber near = day.day_begin + (weekday - weekday_of(day.day_begin) + 10) % 7 - 3;
    out = fixed_days(near, near + 1, Grain::kDay);
    return true;
}

bool act_now(const Context& context, Arguments, std::int32_t, Value& out) {
    out = fixed_days(context.today, context.today + 1, Grain::kDay);
    out.clock = context.now;
    out.flags = kMoment;
    return true;
}

/// "end of Sunday": its last second.
bool act_end_of_day(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    out = *arguments[0];
    if (out.has_clock() || !fix_day(context, out) || out.day_end - out.day_begin != 1) return false;
    out.clock = kDaySeconds - 1;
    return true;
}

}  // namespace scheduling::language
