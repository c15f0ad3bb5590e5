#include <algorithm>

#include "language/actions.hpp"

/// Weeks, months, years, and pieces of them.
namespace scheduling::language {
namespace {

Grain grain_of(const Value& unit) {
    return static_cast<Grain>(unit.number);
}

}  // namespace

bool period_of(DayNumber day, Grain grain, int offset, DayNumber& begin, DayNumber& end) {
    const auto months = [&](int length, int first_month) {
        begin = add_months(to_day(static_cast<int>(to_date(day).year()), first_month, 1), offset * length);
        end = add_months(begin, length);
    };
    const int month = static_cast<int>(static_cast<unsigned>(to_date(day).month()));
    switch (grain) {
        case Grain::kDay:
        case Grain::kNight:
            begin = day + offset;
            end = begin + 1;
            return true;
        case Grain::kWeek:
            begin = monday_of(day) + 7 * offset;
            end = begin + 7;
            return true;
        case Grain::kFortnight:
            begin = monday_of(day) + 14 * offset;
            end = begin + 14;
            return true;
        case Grain::kWeekend:
            begin = monday_of(day) + 5 + 7 * offset;
            end = begin + 2;
            return true;
        case Grain::kMonth:
            months(1, month);
            return true;
        case Grain::kQuarter:
            months(3, (month - 1) / 3 * 3 + 1);
            return true;
        case Grain::kHalfYear:
            months(6, month < 7 ? 1 : 7);
            return true;
        case Grain::kYear:
            months(12, 1);
            return true;
        case Grain::kDecade: {
            const int year = static_cast<int>(to_date(day).year()) / 10 * 10 + 10 * offset;
            begin = to_day(year, 1, 1);
            end = to_day(year + 10, 1, 1);
            return true;
        }
        default:
            return false;
    }
}

/// "this week", "next month": the parameter counts units from the one we are in.
bool act_relative_period(const Context& context, Arguments arguments, std::int32_t offset, Value& out) {
    const Grain grain = grain_of(*arguments[0]);
    if (grain == Grain::kHour || grain == Grain::kMinute) {
        const std::int32_t length = grain == Grain::kHour ? 3600 : 60;
        if (offset == 0) return false;
        out = fixed_days(context.today, context.today + 1, Grain::kDay);
        out.clock = context.now + (offset < 0 ? offset * length : 0);
        out.clock_end = out.clock + length;
        out.flags = kMoment;
        return out.clock >= 0;
    }
    DayNumber begin = 0, end = 0;
    if (!period_of(context.today, grain, offset, begin, end)) return false;
    out = fixed_days(begin, end, grain == Grain::kNight ? Grain::kDay : grain);
    if (offset < 0) out.flags |= kPast;
    return true;
}

/// "next June", "last January", "this May".
bool act_relative_month(const Context& context, Arguments arguments, std::int32_t which, Value& out) {
    const Value& month = *arguments[0];
    if (month.month == 0 || month.dom != 0 || month.year != 0 || month.form != DayForm::kFields) return false;
    const auto today = to_date(context.today);
    int year = static_cast<int>(today.year());
    const int current = static_cast<int>(static_cast<unsigned>(today.month()));
    if (which > 0 && month.month <= current) ++year;
    if (which < 0 && month.month >= current) --year;
    if (which == 0 && month.month < current) ++year;
    const DayNumber begin = to_day(year, month.month, 1);
    out = fixed_days(begin, add_months(begin, 1), Grain::kMonth);
    return true;
}

/// "first week of October", "third month of 2021"; parameter -1: the last one, "the third last week of 2021".
bool act_nth_unit(const Context& context, Arguments arguments, std::int32_t which, Value& out) {
    const bool last = which < 0;
    if (last && arguments.size() > 2) {
        const std::int32_t back = arguments[0]->number - 1;
        if (grain_of(*arguments[1]) != Grain::kWeek || back < 0 || back > 5) return false;
        if (!act_nth_unit(context, arguments.subspan(1), -1, out)) return false;
        out.day_begin -= 7 * back;
        out.day_end -= 7 * back;
        return true;
    }
    const std::int32_t nth = last ? 1 : arguments[0]->number;
    const Grain grain = grain_of(*arguments[last ? 0 : 1]);
    Value period = *arguments[last ? 1 : 2];
    if (nth < 1 || nth > 60 || period.has_clock() || !fix_day(context, period)) return false;
    DayNumber begin = 0, end = 0;
    if (grain == Grain::kWeek) {
        DayNumber monday = monday_of(period.day_begin + 6);  // the first that begins in it
        if (last) {
            monday = monday_of(period.day_end - 1);
            if (monday + 7 > period.day_end) monday -= 7;
        }
        begin = monday + 7 * (nth - 1);
        end = begin + 7;
    } else if (grain == Grain::kWeekend) {
        begin = period.day_begin + (6 - weekday_of(period.day_begin) + 7) % 7 + 7 * (nth - 1);
        if (last) begin = monday_of(period.day_end - 2) + 5;
        end = begin + 2;
    } else if (grain == Grain::kFortnight) {
        if (period.grain != Grain::kMonth || nth > 2) return false;
        begin = nth == 1 && !last ? period.day_begin : period.day_begin + 14;
        end = nth == 1 && !last ? period.day_begin + 14 : period.day_end;
    } else {
        const DayNumber from = last ? period.day_end - 1 : period.day_begin;
        if (!period_of(from, grain, last ? 0 : nth - 1, begin, end)) return false;
    }
    if (begin < period.day_begin - 6 || begin >= period.day_end) return false;
    out = fixed_days(begin, end, grain);
    return true;
}

/// "the week of April 10".
bool act_unit_of(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value inner = *arguments[1];
    const Grain grain = grain_of(*arguments[0]);
    const bool holds_days = grain == Grain::kWeek || grain == Grain::kWeekend || grain == Grain::kFortnight ||
                            grain == Grain::kMonth || grain == Grain::kYear;
    if (!holds_days || inner.has_clock() || !fix_day(context, inner)) return false;
    if (inner.day_end - inner.day_begin > 1 && inner.grain != grain) return false;
    DayNumber begin = 0, end = 0;
    if (!period_of(inner.day_begin, grain, 0, begin, end)) return false;
    out = fixed_days(begin, end, grain);
    return true;
}

/// "the week before Christmas", "the weekend after the 5th": parameter is the direction.
bool act_unit_beside(const Context& context, Arguments arguments, std::int32_t sign, Value& out) {
    const Grain grain = grain_of(*arguments[0]);
    Value day = *arguments[1];
    if (grain != Grain::kWeek && grain != Grain::kWeekend && grain != Grain::kMonth) return false;
    if (day.has_clock() || !fix_day(context, day) || day.day_end - day.day_begin != 1) return false;
    DayNumber begin = 0, end = 0;
    if (!period_of(day.day_begin, grain, 0, begin, end)) return false;
    const bool beside = sign > 0 ? begin > day.day_begin : end <= day.day_begin;
    if (!beside && !period_of(day.day_begin, grain, sign, begin, end)) return false;
    out = fixed_days(begin, end, grain);
    return true;
}

/// "Memorial Day weekend": the one that touches the day.
bool act_unit_around(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value day;
    const Value* name[] = {arguments[0]};
    if (!act_holiday(context, name, 0, day)) return false;
    const DayNumber saturday = monday_of(day.day_begin) + (weekday_of(day.day_begin) < 3 ? -2 : 5);
    out = fixed_days(saturday, saturday + 2, Grain::kWeekend);
    return true;
}

/// Palm Sunday to Easter Sunday.
bool act_holy_week(const Context& context, Arguments, std::int32_t, Value& out) {
    const int year = static_cast<int>(to_date(context.today).year());
    DayNumber easter = easter_sunday(year);
    if (easter < context.today) easter = easter_sunday(year + 1);
    out = fixed_days(easter - 7, easter + 1, Grain::kWeek);  // a stretch to look in: no day was said
    return true;
}

/// "early March", "end of next week": parameter 0 begin, 1 middle, 2 end, 3 what is left of it, 4 later in
/// it, 5 what has passed of it.
bool act_piece_of(const Context& context, Arguments arguments, std::int32_t piece, Value& out) {
    Value period = *arguments[0];
    if (period.has_clock() || !fix_day(context, period)) return false;
    const DayNumber length = period.day_end - period.day_begin;
    if (length < 2) return false;
    DayNumber begin = period.day_begin, end = period.day_end;
    const DayNumber third = std::max<DayNumber>(length / 3, 1);
    if (piece == 0) end = begin + third;
    if (piece == 1) {
        begin += third;
        end -= third;
    }
    if (piece == 2) begin = end - third;
    if (period.grain == Grain::kMonth && piece == 2) begin = period.day_begin + 20;
    if (period.grain == Grain::kYear && piece == 2) begin = add_months(period.day_begin, 8);
    if (piece == 3) begin = std::max(begin, context.today);
    if (piece == 5) end = std::min(end, context.today + 1);
    if (piece == 4)
        begin =
            std::max(period.grain == Grain::kYear ? add_months(begin, 6) : begin + length / 2, context.today);
    if (begin >= end) return false;
    out = fixed_days(begin, end, period.grain);
    out.flags = kVague;
    return true;
}

/// "the first half of March", "la segunda mitad de 2028".
bool act_half_of(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const std::int32_t which = arguments[0]->number;
    Value period = *arguments[1];
    if (which < 1 || which > 2 || period.has_clock() || !fix_day(context, period)) return false;
    const bool year = period.grain == Grain::kYear, month = period.grain == Grain::kMonth;
    if (!year && !month) return false;
    const DayNumber middle = year ? add_months(period.day_begin, 6) : period.day_begin + 15;
    out = which == 1 ? fixed_days(period.day_begin, middle, period.grain)
                     : fixed_days(middle, period.day_end, period.grain);
    return true;
}

bool act_half_of_unit(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value period;
    const Value* unit[] = {arguments[1]};
    const Value* parts[] = {arguments[0], &period};
    return act_relative_period(context, unit, 0, period) && act_half_of(context, parts, 0, out);
}

/// Seasons of the north by their usual dates; year optional.
bool act_season(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    constexpr int kBegin[][2] = {{3, 20}, {6, 21}, {9, 23}, {12, 21}};
    const int season = arguments[0]->number - 1;
    int year = static_cast<int>(to_date(context.today).year());
    const auto begin = [&](int of) { return to_day(of, kBegin[season][0], kBegin[season][1]); };
    const auto end = [&](int of) {
        return to_day(season == 3 ? of + 1 : of, kBegin[(season + 1) % 4][0], kBegin[(season + 1) % 4][1]);
    };
    if (arguments.size() > 1) {
        year = arguments[1]->year;
    } else if (season == 3 && end(year - 1) > context.today) {
        --year;
    } else if (end(year) <= context.today) {
        ++year;
    }
    out = fixed_days(begin(year), end(year), Grain::kQuarter);
    out.flags = kVague;
    return true;
}

/// "the first two weeks of May", "los tres últimos días del mes". Parameter: 1 the ordinal stands before the
/// number, 2 behind it, -1 the last ones.
bool act_first_units(const Context& context, Arguments arguments, std::int32_t which, Value& out) {
    const std::size_t unit = which > 0 ? 2 : 1;
    const Value *count = arguments[which == 1 ? 1 : 0], *ordinal = arguments[which == 1 ? 0 : 1];
    const Grain grain = grain_of(*arguments[unit]);
    const bool countable = grain == Grain::kDay || grain == Grain::kWeek || grain == Grain::kMonth;
    if (!countable || (which > 0 && ordinal->number != 1) || count->seconds != 0) return false;
    Value length, period = *arguments[unit + 1];
    const Value *parts[] = {count, arguments[unit]}, *within[] = {arguments[unit + 1]};
    if (!period.has_day() && !act_relative_period(context, within, 0, period)) return false;
    if (!act_duration(context, parts, 0, length) || period.has_clock() || !fix_day(context, period))
        return false;
    const DayNumber begin = which > 0 ? period.day_begin
                                      : add_months(period.day_end, -length.months) - length.days,
                    end = which > 0 ? add_months(begin, length.months) + length.days : period.day_end;
    if (begin < period.day_begin || end > period.day_end || end <= begin) return false;
    out = fixed_days(begin, end, grain);
    return true;
}

/// "el mes de marzo": the unit must be the month.
bool act_month_named(const Context&, Arguments arguments, std::int32_t, Value& out) {
    if (static_cast<Grain>(arguments[0]->number) != Grain::kMonth) return false;
    out = *arguments[1];
    return true;
}

/// "the rest of the month": a piece of the unit we are in.
bool act_piece_unit(const Context& context, Arguments arguments, std::int32_t piece, Value& out) {
    Value period;
    if (!act_relative_period(context, arguments, 0, period) || period.has_clock()) return false;
    const Value* whole[] = {&period};
    return act_piece_of(context, whole, piece, out);
}

/// "Feb between 2 and 7[, 2018]".
bool act_month_doms(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    Value month = *arguments[0];
    if (arguments.size() > 3 && !meet(context, *arguments[0], *arguments[3], month)) return false;
    const Value* parts[] = {arguments[1], arguments[2], &month};
    return act_doms_of(context, parts, 0, out);
}

/// "the first quarter of the year"; parameter -1: "the last week of the year".
bool act_nth_of_unit(const Context& context, Arguments arguments, std::int32_t which, Value& out) {
    Value period;
    const Value* unit[] = {arguments[arguments.size() - 1]};
    if (!act_relative_period(context, unit, 0, period) || period.has_clock()) return false;
    const Value *counted[] = {arguments[0], arguments[1], &period}, *from_end[] = {arguments[0], &period};
    return which < 0 ? act_nth_unit(context, from_end, -1, out) : act_nth_unit(context, counted, 0, out);
}

/// "Q4 2018"; 5 and 6 are the halves of the year.
bool act_quarter_year(const Context&, Arguments arguments, std::int32_t, Value& out) {
    const bool year_first = arguments[0]->year != 0;
    const std::int32_t which = arguments[year_first ? 1 : 0]->number;
    const int year = arguments[year_first ? 0 : 1]->year;
    const int length = which > 4 ? 6 : 3;
    const DayNumber begin = to_day(year, (which > 4 ? which - 5 : which - 1) * length + 1, 1);
    out = fixed_days(begin, add_months(begin, length), which > 4 ? Grain::kHalfYear : Grain::kQuarter);
    return true;
}

/// "in the week", "en el mes": only units that stand for the one we are in.
bool act_this_unit(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const auto grain = static_cast<Grain>(arguments[0]->number);
    const bool calendar = grain == Grain::kWeek || grain == Grain::kMonth || grain == Grain::kYear;
    return calendar && act_relative_period(context, arguments, 0, out);
}

}  // namespace scheduling::language
