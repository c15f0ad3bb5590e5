#include "language/actions.hpp"

namespace scheduling::language {
namespace {

constexpr std::int64_t kThousand = 1000;

}  // namespace

/// [count] unit [part]. A missing count is one.
bool act_duration(const Context&, Arguments arguments, std::int32_t fixed, Value& out) {
    const Value& unit = *arguments[arguments.size() > 1 ? 1 : 0];
    std::int64_t whole = 1, part = 0;
    if (arguments.size() > 1) {
        whole = arguments[0]->number;
        part = arguments[0]->seconds;
    }
    if (arguments.size() > 2) part += arguments[2]->seconds;  // "una hora y media"
    if (fixed > 0) whole = fixed;
    if (whole > 1'000'000 || whole < 0 || (whole == 0 && part == 0)) return false;
    const std::int64_t amount = whole * kThousand + part;
    const auto seconds = [&](std::int64_t each) {
        out.seconds = amount * each / kThousand;
        return true;
    };
    const auto days = [&](std::int64_t each) {
        out.days = static_cast<std::int32_t>(amount * each / kThousand);
        out.seconds = amount * each * kDaySeconds / kThousand - std::int64_t{out.days} * kDaySeconds;
        return true;
    };
    const auto months = [&](std::int64_t each, std::int64_t days_of_one) {
        if (part != 0) {
            out.months = static_cast<std::int32_t>(whole * each);
            out.days = static_cast<std::int32_t>(part * days_of_one / kThousand);
            out.seconds = part * days_of_one * kDaySeconds / kThousand - std::int64_t{out.days} * kDaySeconds;
            return true;
        }
        out.months = static_cast<std::int32_t>(whole * each);
        return true;
    };
    out.has_duration = true;
    switch (static_cast<Grain>(unit.number)) {
        case Grain::kSecond:
            return seconds(1);
        case Grain::kMinute:
            return seconds(60);
        case Grain::kHour:
            return seconds(3600);
        case Grain::kDay:
        case Grain::kNight:
        case Grain::kWorkday:
            return days(1);
        case Grain::kWeek:
            return days(7);
        case Grain::kWeekend:
            return days(2);
        case Grain::kFortnight:
            return days(14);
        case Grain::kMonth:
            return months(1, 30);
        case Grain::kQuarter:
            return months(3, 91);
        case Grain::kHalfYear:
            return months(6, 182);
        case Grain::kYear:
            return months(12, 365);
        case Grain::kDecade:
            return months(120, 3652);
        case Grain::kCentury:
            return months(1200, 36525);
    }
    return false;
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
