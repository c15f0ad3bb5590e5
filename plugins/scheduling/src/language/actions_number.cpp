#include <algorithm>

#include "language/actions.hpp"

namespace scheduling::language {

bool act_same(const Context&, Arguments arguments, std::int32_t flags, Value& out) {
    out = *arguments[0];
    out.flags |= static_cast<std::uint32_t>(flags);
    return true;
}

/// "treinta" "cinco".
bool act_sum(const Context&, Arguments arguments, std::int32_t, Value& out) {
    for (const Value* value : arguments) out.number += value->number;
    out.digits = 0;
    return true;
}

/// "dos" "mil" (parameter 1000) ["diecisiete"].
bool act_times(const Context&, Arguments arguments, std::int32_t factor, Value& out) {
    if (arguments[0]->number > 999) return false;
    out.number = arguments[0]->number * factor;
    if (arguments.size() > 1) {
        if (arguments[1]->number >= factor) return false;
        out.number += arguments[1]->number;
    }
    return true;
}

/// "twenty" "twenty": two halves of a year.
bool act_scaled(const Context&, Arguments arguments, std::int32_t, Value& out) {
    const std::int32_t high = arguments[0]->number, low = arguments[1]->number;
    if ((high != 19 && high != 20) || low < 10 || low > 99) return false;
    out.number = high * 100 + low;
    out.digits = 4;
    return true;
}

bool act_constant(const Context&, Arguments, std::int32_t number, Value& out) {
    out.number = number;
    return true;
}

/// "2.5": the thousandths are kept in `seconds`.
bool act_decimal(const Context&, Arguments arguments, std::int32_t, Value& out) {
    const Value& fraction = *arguments[1];
    if (fraction.digits > 3 || arguments[0]->number > 10'000) return false;
    std::int64_t thousandths = fraction.number;
    for (int digits = fraction.digits; digits < 3; ++digits) thousandths *= 10;
    out.number = arguments[0]->number;
    out.seconds = thousandths;
    return true;
}

/// [whole] numerator/denominator, or a named fraction in thousandths (parameter).
bool act_fraction(const Context&, Arguments arguments, std::int32_t thousandths, Value& out) {
    if (thousandths > 0) {
        out.number = arguments.empty() ? 0 : arguments[0]->number;
        out.seconds = thousandths;
        return true;
    }
    const Value& top = *arguments[0];
    const Value& bottom = *arguments[1];
    if (bottom.number < 2 || bottom.number > 4 || top.number >= bottom.number || top.number == 0)
        return false;
    out.seconds = 1000 * top.number / bottom.number;
    return true;
}

bool act_year4(const Context&, Arguments arguments, std::int32_t, Value& out) {
    const Value& number = *arguments[0];
    const bool plausible = number.number >= 1900 && number.number <= 2150;
    if (!plausible || (number.digits != 4 && number.digits != 0)) return false;
    out.form = DayForm::kFields;
    out.grain = Grain::kYear;
    out.year = static_cast<std::int16_t>(number.number);
    out.flags = kExplicitYear;
    return true;
}

bool act_year2(const Context& context, Arguments arguments, std::int32_t, Value& out) {
    const Value& number = *arguments[0];
    if (number.digits != 2) return false;
    const int this_year = static_cast<int>(to_date(context.today).year());
    int year = this_year / 100 * 100 + number.number;
    if (year > this_year + 30) year -= 100;
    out.form = DayForm::kFields;
    out.grain = Grain::kYear;
    out.year = static_cast<std::int16_t>(year);
    out.flags = kExplicitYear;
    return true;
}

/// Parameter: the least number that counts; "the third" is rarely a day, "the fifteenth" is.
bool act_dom(const Context&, Arguments arguments, std::int32_t least, Value& out) {
    const Value& number = *arguments[0];
    if (number.number < std::max(least, 1) || number.number > 31 || number.digits > 2 || number.seconds != 0)
        return false;
    out.form = DayForm::kFields;
    out.digits = number.digits;
    out.dom = static_cast<std::int8_t>(number.number);
    return true;
}

bool act_month_number(const Context&, Arguments arguments, std::int32_t, Value& out) {
    const Value& number = *arguments[0];
    if (number.number < 1 || number.number > 12 || number.digits > 2) return false;
    out.form = DayForm::kFields;
    out.grain = Grain::kMonth;
    out.month = static_cast<std::int8_t>(number.number);
    return true;
}

}  // namespace scheduling::language
