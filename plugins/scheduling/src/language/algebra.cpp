#include "language/algebra.hpp"

#include <algorithm>

#include "language/actions.hpp"

namespace scheduling::language {
namespace {

template <typename Field>
bool merge_field(Field& into, Field from) {
    if (from == 0) return true;
    if (into != 0 && into != from) return false;
    into = from;
    return true;
}

/// Fields of both; false when they contradict each other.
bool meet_fields(const Value& a, const Value& b, Value& out) {
    out = a;
    if (!merge_field(out.weekday, b.weekday) || !merge_field(out.month, b.month) ||
        !merge_field(out.dom, b.dom) || !merge_field(out.year, b.year))
        return false;
    if (out.dom != 0 && out.month != 0) {
        const int year = out.year != 0 ? out.year : 2024;  // a leap year: 29 February may come
        if (!is_valid_date(year, out.month, out.dom)) out.flags |= kImpossible;
    }
    const bool is_day = out.weekday != 0 || out.dom != 0;
    out.grain = is_day ? Grain::kDay : out.month != 0 ? Grain::kMonth : Grain::kYear;
    out.flags |= b.flags;
    return true;
}

/// "tomorrow, Friday", "next Monday, the 14th": fields and a known day must agree.
bool meet_on_day(const Value& fields, Value stretch, Value& out) {
    const auto dom_of = [](const Value& day) {
        return static_cast<int>(static_cast<unsigned>(to_date(day.day_begin).day()));
    };
    if (stretch.has(kNextWord) && fields.dom != 0) {  // the date settles which Friday is meant
        stretch.flags &= ~kNextWord;
        if (dom_of(stretch) != fields.dom) {
            stretch.day_begin += 7;
            stretch.day_end += 7;
        }
    }
    const int month = static_cast<int>(static_cast<unsigned>(to_date(stretch.day_begin).month()));
    out = stretch;
    out.flags |= fields.flags;
    const bool agrees = (fields.weekday == 0 || fields.weekday == weekday_of(stretch.day_begin)) &&
                        (fields.dom == 0 || fields.dom == dom_of(stretch)) &&
                        (fields.month == 0 || fields.month == month);
    const bool days = stretch.day_end - stretch.day_begin > 1;  // "de diciembre … del 5 al 8"
    if (agrees) return fields.weekday != 0 || fields.dom != 0 || (days && fields.month != 0);
    out.flags |= kWeekdayMismatch;
    out.weekday = fields.weekday;  // kept for the question
    return fields.weekday != 0 && fields.dom == 0;
}

/// The first day from the stretch's begin on that has the fields; 0 when they do not fit such a stretch.
DayNumber day_inside(const Value& fields, const Value& stretch) {
    const DayNumber begin = stretch.day_begin;
    const bool whole_year = stretch.grain == Grain::kYear && stretch.day_end - begin >= 365;
    DayNumber day = 0;
    if (fields.dom != 0 && fields.month != 0 && whole_year) {  // "3 March of next year"
        const int year = static_cast<int>(to_date(begin).year());
        if (!is_valid_date(year, fields.month, fields.dom) || fields.year != 0) return 0;
        day = to_day(year, fields.month, fields.dom);
    } else if (fields.dom != 0) {
        if (stretch.grain != Grain::kMonth || fields.month != 0) return 0;
        day = begin + fields.dom - 1;
    } else if (fields.weekday != 0 && (stretch.grain == Grain::kWeek || stretch.grain == Grain::kWeekend)) {
        day = begin + (fields.weekday - weekday_of(begin) + 7) % 7;
    }
    const bool named = fields.weekday == 0 || fields.weekday == weekday_of(day);
    return named && day < stretch.day_end ? day : 0;
}

/// A field inside a known stretch: "Monday" in "next week", "15" in "next month".
bool meet_inside(const Value& fields, const Value& stretch, Value& out) {
    if (stretch.day_end <= stretch.day_begin) return false;
    if (stretch.grain == Grain::kDay) return meet_on_day(fields, stretch, out);
    if (fields.dom == 0 && fields.weekday == 0) {
        if (fields.month == 0 || stretch.grain != Grain::kYear) return false;
        const DayNumber month = to_day(static_cast<int>(to_date(stretch.day_begin).year()), fields.month, 1);
        out = fixed_days(month, add_months(month, 1), Grain::kMonth);
        return true;
    }
    const DayNumber day = day_inside(fields, stretch);
    if (day == 0) return false;
    out = fixed_days(day, day + 1, Grain::kDay);
    out.flags = fields.flags | stretch.flags;
    return true;
}

bool meet_days(const Value& a, const Value& b, Value& out) {
    if (a.form == DayForm::kFields && b.form == DayForm::kFields) return meet_fields(a, b, out);
    if (a.form == DayForm::kFields) return meet_inside(a, b, out);
    if (b.form == DayForm::kFields) return meet_inside(b, a, out);
    // Two known stretches: the smaller inside the larger, or the same twice.
    const Value& small = a.day_end - a.day_begin <= b.day_end - b.day_begin ? a : b;
    const Value& large = &small == &a ? b : a;
    if (small.day_begin < large.day_begin || small.day_end > large.day_end) return false;
    out = small;
    out.flags |= large.flags;
    return true;
}

/// An hour without its half of the day, in a part of the day that settles it.
bool settle_by_part(std::int32_t& clock, const Stretch& stretch, Part part) {
    const std::int32_t early = clock % kHalfDay;  // 12:xx counts as 0:xx
    const std::int32_t late = early + kHalfDay;
    const auto inside = [&](std::int32_t at) { return at >= stretch.begin && at < stretch.end; };
    // Parts of the day are said loosely: two hours beside it still count, in Spain "las 8 y media de la
    // tarde".
    const std::int32_t after = part == Part::kAfternoon ? 3 * 3600 - 1 : 2 * 3600;
    const auto near = [&](std::int32_t at) {
        return at >= stretch.begin - 7200 && at <= stretch.end + after;
    };
    const bool late_part = part == Part::kAfternoon || part == Part::kEvening ||
                           part == Part::kEarlyAfternoon || part == Part::kLateAfternoon ||
                           part == Part::kEarlyEvening || part == Part::kLunch || part == Part::kNoon;
    if (part == Part::kNight || part == Part::kLateNight) {
        clock = early < 6 * 3600 - 1 ? early : late;  // "12 de la noche", "2 at night", "9 at night"
        return true;
    }
    if (inside(early) != inside(late)) {
        clock = inside(early) ? early : late;
        return true;
    }
    if (late_part && near(late)) {
        clock = late;
        return true;
    }
    if (late_part) return false;
    clock = early < 3600 ? early + kHalfDay : early;  // "las 12 y 10 de la mañana" is after noon
    return true;
}

/// A settled hour that a part of the day may still be said about: "8pm de la tarde".
bool is_near(std::int32_t clock, const Stretch& stretch, Part part) {
    const std::int32_t slack = part == Part::kNoon ? 3600 : 3 * 3600;  // "el 16 al mediodía" has no hour 16
    for (const std::int32_t at : {clock, clock + kDaySeconds})
        if (at >= stretch.begin - slack && at < stretch.end + slack) return true;
    return false;
}

bool meet_clocks(const Value& a, const Value& b, Value& out) {
    const Value& part = a.has(kPartOnly) ? a : b;
    const Value& clock = &part == &a ? b : a;
    if (!part.has(kPartOnly) || clock.has(kPartOnly)) return false;
    const Stretch stretch = stretch_of(part.part);
    if (clock.clock >= 0 && clock.has(kBareHour)) {
        if (!settle_by_part(out.clock = clock.clock, stretch, part.part)) return false;
    } else {
        // "cena temprano, 19:30": early for what it is
        if (clock.clock >= 0 && part.part != Part::kEarlyMorning && !is_near(clock.clock, stretch, part.part))
            return false;
        out.clock = clock.clock;
    }
    out.clock_end = clock.clock_end;
    if (clock.clock_end >= 0 && clock.has(kBareHourEnd)) {
        const bool night = part.part == Part::kNight || part.part == Part::kLateNight;
        const std::int32_t early = out.clock_end % kHalfDay;
        if (night && out.clock >= kHalfDay)  // "turno de noche de 10 a 6": the end that comes first
            out.clock_end = early + kHalfDay > out.clock ? early + kHalfDay : early + kDaySeconds;
        else if (!settle_by_part(out.clock_end, stretch, part.part))
            return false;
    }
    if (out.clock >= 0 && out.clock_end >= 0 && out.clock_end <= out.clock) {
        if (clock.has(kBareHour) && !clock.has(kBareHourEnd) && out.clock >= kHalfDay) out.clock -= kHalfDay;
        if (out.clock_end <= out.clock) out.clock_end += kDaySeconds;
    }
    out.part = Part::kNone;
    const bool twelve_at_night = clock.has(kBareHour) && clock.clock == kHalfDay && out.clock == 0;
    out.flags = (a.flags | b.flags) & ~(kBareHour | kBareHourEnd | kPartOnly);
    if (twelve_at_night) out.flags |= kMidnight;
    return true;
}

/// "tonight at 2", "Friday night at half past 12": the night goes on past midnight. "Tonight at 5" is before
/// it.
void reach_into_night(const Value& a, const Value& b, Value& clocks) {
    const Value &part = a.has(kPartOnly) ? a : b, &clock = &part == &a ? b : a;
    const bool night = part.part == Part::kNight || part.part == Part::kLateNight;
    if (!night || !part.has_day() || !clock.has(kBareHour)) return;
    if (clocks.clock <= 0 || clocks.clock >= 6 * 3600) return;
    const std::int32_t later = clocks.clock >= 5 * 3600 ? kHalfDay : kDaySeconds;
    clocks.clock += later;
    if (clocks.clock_end >= 0) clocks.clock_end += later;
}

void copy_clock(const Value& from, Value& to) {
    to.clock = from.clock;
    to.clock_end = from.clock_end;
    to.part = from.part;
    to.flags |= from.flags;
}

bool fix_fields_in_year(const Context& context, Value& value) {
    const int this_year = static_cast<int>(to_date(context.today).year());
    const int first = value.year != 0 ? value.year : this_year,
              last = value.year != 0 ? value.year : this_year + 8;
    for (int year = first; year <= last; ++year) {
        if (!is_valid_date(year, value.month, value.dom)) continue;
        const DayNumber day = to_day(year, value.month, value.dom);
        if (value.year == 0 && day < context.today) continue;
        if (value.weekday != 0 && weekday_of(day) != value.weekday) value.flags |= kWeekdayMismatch;
        value.day_begin = day;
        value.day_end = day + 1;
        return true;
    }
    return false;
}

/// "el 17", "Friday 25": the next month that has it.
bool fix_day_of_month(const Context& context, Value& value) {
    DayNumber month = month_begin(context.today);
    DayNumber first_found = 0;
    for (int tries = 0; tries < 14; ++tries, month = add_months(month, 1)) {
        const DayNumber day = month + value.dom - 1;
        if (day < context.today || day >= add_months(month, 1)) continue;
        if (first_found == 0) first_found = day;
        if (value.weekday != 0 && weekday_of(day) != value.weekday) continue;
        if (value.weekday != 0 && day != first_found) value.flags |= kWeekdayMismatch;
        value.day_begin = day;
        value.day_end = day + 1;
        return true;
    }
    return false;
}

bool fix_month_or_year(const Context& context, Value& value) {
    const int this_year = static_cast<int>(to_date(context.today).year());
    if (value.month == 0) {
        value.day_begin = to_day(value.year, 1, 1);
        value.day_end = to_day(value.year + 1, 1, 1);
        return true;
    }
    int year = value.year != 0 ? value.year : this_year;
    value.day_begin = to_day(year, value.month, 1);
    if (value.year == 0 && add_months(value.day_begin, 1) <= context.today)
        value.day_begin = to_day(year + 1, value.month, 1);
    value.day_end = add_months(value.day_begin, 1);
    return true;
}

bool fix_weekday(const Context& context, Value& value) {
    // Said on that very weekday it means the next one; the dialogue asks (FEATURES 2.8).
    int ahead = (value.weekday - weekday_of(context.today) + 7) % 7;
    if (ahead == 0) ahead = 7;
    value.day_begin = context.today + ahead;
    value.day_end = value.day_begin + 1;
    return true;
}

}  // namespace

Value fixed_days(DayNumber begin, DayNumber end, Grain grain) {
    Value value;
    value.form = DayForm::kFixed;
    value.day_begin = begin;
    value.day_end = end;
    value.grain = grain;
    return value;
}

bool meet(const Context&, const Value& a, const Value& b, Value& out) {
    if (a.has_duration || b.has_duration || a.freq != Freq::kNone || b.freq != Freq::kNone) return false;
    if (a.zone >= 0 && b.zone >= 0 && a.zone != b.zone) return false;
    // "before Friday … tomorrow at 11", "away till Thursday … Friday at 3": the day with its hour is meant.
    const bool bounded = a.has_day() && !a.has_clock() && a.has(kOpenBegin) && b.has_day() && b.clock >= 0 &&
                         !b.has(kPartOnly) && !b.has(kOpenBegin);
    if (bounded) {
        out = b;
        return true;
    }
    Value days;
    if (a.has_day() && b.has_day()) {
        if (!meet_days(a, b, days)) return false;
    } else {
        days = a.has_day() ? a : b;
    }
    Value clocks;
    if (a.has_clock() && b.has_clock()) {
        if (!meet_clocks(a, b, clocks)) return false;
        reach_into_night(a, b, clocks);
    } else {
        clocks = a.has_clock() ? a : b;
    }
    out = days;
    out.clock = -1;
    out.clock_end = -1;
    if (a.has_clock() && b.has_clock()) out.flags &= ~(kBareHour | kBareHourEnd | kPartOnly);
    if (clocks.has_clock()) copy_clock(clocks, out);
    out.zone = std::max(a.zone, b.zone);
    return true;
}

bool fix_day(const Context& context, Value& value) {
    if (value.form == DayForm::kFixed) return true;
    if (value.form == DayForm::kNone) return false;
    const bool has_date = value.dom != 0 && value.month != 0;
    const bool found = has_date         ? fix_fields_in_year(context, value)
                       : value.dom != 0 ? value.year == 0 && fix_day_of_month(context, value)
                       : value.weekday != 0
                           ? value.month == 0 && value.year == 0 && fix_weekday(context, value)
                           : fix_month_or_year(context, value);
    if (found) value.form = DayForm::kFixed;
    return found;
}

void settle_hours(Value& value) {
    if (value.clock >= 0 && value.clock_end >= 0) return;  // a range was paired when it was made
    // 1–6 afternoon, 7–11 morning, 12 noon; "5h" and "6h" are written by people who write "17h" otherwise.
    const std::int32_t first_morning = value.has(kHourMark) ? 5 * 3600 : 7 * 3600;
    const auto house = [&](std::int32_t clock) {
        const std::int32_t early = clock % kHalfDay;
        return early < first_morning ? early + kHalfDay : early;
    };
    if (value.clock >= 0 && value.has(kBareHour)) value.clock = house(value.clock);
    if (value.clock_end >= 0 && value.has(kBareHourEnd)) value.clock_end = house(value.clock_end);
}

Stretch stretch_of(Part part) {
    constexpr std::int32_t h = 3600;
    switch (part) {
        case Part::kMorning:
            return {6 * h, 12 * h};
        case Part::kNoon:
            return {12 * h, 14 * h};
        case Part::kLunch:
            return {12 * h, 14 * h};
        case Part::kAfternoon:
            return {12 * h, 18 * h};
        case Part::kEvening:
            return {18 * h, 22 * h};
        case Part::kNight:
            return {19 * h, 24 * h};
        case Part::kSmallHours:
            return {0, 6 * h};
        case Part::kEarlyMorning:
            return {6 * h, 9 * h};
        case Part::kLateMorning:
            return {10 * h, 12 * h};
        case Part::kEarlyAfternoon:
            return {12 * h, 15 * h};
        case Part::kLateAfternoon:
            return {16 * h, 18 * h};
        case Part::kEarlyEvening:
            return {18 * h, 20 * h};
        case Part::kLateNight:
            return {21 * h, 24 * h};
        case Part::kWorkHours:
            return {9 * h, 18 * h};
        case Part::kDawn:
            return {5 * h, 7 * h};
        case Part::kNone:
            break;
    }
    return {0, 24 * h};
}

}  // namespace scheduling::language
