#include <algorithm>

#include "language/actions.hpp"

namespace scheduling::language {
namespace {

constexpr std::int64_t kThousand = 1000;

/// One of a unit: seconds, or days, or months with their usual days for a part of one.
struct Length {
    Grain grain;
    std::int64_t seconds, days, months;
};
constexpr Length kLengths[] = {
    {Grain::kSecond, 1, 0, 0},  {Grain::kMinute, 60, 0, 0},     {Grain::kHour, 3600, 0, 0},
    {Grain::kDay, 0, 1, 0},     {Grain::kNight, 0, 1, 0},       {Grain::kWorkday, 0, 1, 0},
    {Grain::kWeek, 0, 7, 0},    {Grain::kWeekend, 0, 2, 0},     {Grain::kFortnight, 0, 14, 0},
    {Grain::kMonth, 0, 30, 1},  {Grain::kQuarter, 0, 91, 3},    {Grain::kHalfYear, 0, 182, 6},
    {Grain::kYear, 0, 365, 12}, {Grain::kDecade, 0, 3652, 120}, {Grain::kCentury, 0, 36525, 1200}};

/// `thousandths` of so many days, as days and seconds.
void add_days(std::int64_t thousandths, std::int64_t days, Value& out) {
    out.days = static_cast<std::int32_t>(thousandths * days / kThousand);
    out.seconds = thousandths * days * kDaySeconds / kThousand - std::int64_t{out.days} * kDaySeconds;
}

}  // namespace

/// [count] unit [part]. A missing count is one.
bool act_duration(const Context&, Arguments arguments, std::int32_t fixed, Value& out) {
    const auto grain = static_cast<Grain>(arguments[arguments.size() > 1 ? 1 : 0]->number);
    const auto* length = std::find_if(std::begin(kLengths), std::end(kLengths),
                                      [&](const Length& one) { return one.grain == grain; });
    if (length == std::end(kLengths)) return false;
    std::int64_t whole = 1, part = 0;
    if (arguments.size() > 1) {
        whole = arguments[0]->number;
        part = arguments[0]->seconds;
    }
    if (arguments.size() > 2) part += arguments[2]->seconds;  // "una hora y media"
    if (fixed > 0) whole = fixed;
    if (whole > 1'000'000 || whole < 0 || (whole == 0 && part == 0)) return false;
    out.has_duration = true;
    const std::int64_t amount = whole * kThousand + part;
    if (length->seconds != 0)
        out.seconds = amount * length->seconds / kThousand;
    else if (length->months == 0)
        add_days(amount, length->days, out);
    else if (part != 0)
        add_days(part, length->days, out);
    out.months = static_cast<std::int32_t>(whole * length->months);
    return true;
}

bool act_duration_sum(const Context&, Arguments arguments, std::int32_t, Value& out) {
    for (const Value* value : arguments) {
        if (!value->has_duration) return false;
        out.months += value->months;
        out.days += value->days;
        out.seconds += value->seconds;
    }
    out.has_duration = true;
    return true;
}

}  // namespace scheduling::language
