#include "booking/series_rule.hpp"

#include <date/date.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "calendar/recurrence.hpp"
#include "calendar/zone_time.hpp"

namespace scheduling {

namespace {

using Parts = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t kMostCounted = 5000;
constexpr std::array<std::string_view, 7> kDays{"MO", "TU", "WE", "TH", "FR", "SA", "SU"};

Parts read_rule(std::string_view rrule) {
    Parts parts;
    while (!rrule.empty()) {
        const std::string_view part = rrule.substr(0, rrule.find(';'));
        rrule.remove_prefix(std::min(part.size() + 1, rrule.size()));
        const std::size_t equals = part.find('=');
        if (equals != std::string_view::npos)
            parts.emplace_back(part.substr(0, equals), part.substr(equals + 1));
    }
    return parts;
}

std::string write_rule(const Parts& parts) {
    std::string rule;
    for (const auto& [name, value] : parts) rule += (rule.empty() ? "" : ";") + name + "=" + value;
    return rule;
}

std::string* value_of(Parts& parts, std::string_view name) {
    for (auto& [key, value] : parts)
        if (key == name) return &value;
    return nullptr;
}

/// A date for whole days; else an instant in UTC, a second before.
std::string until_before(const Event& series, std::int64_t occurrence_ms) {
    if (series.all_day)
        return date::format("%Y%m%d", day_of(to_local(occurrence_ms, series.zone)) - date::days(1));
    const date::sys_time<std::chrono::seconds> at{std::chrono::seconds(occurrence_ms / 1000 - 1)};
    return date::format("%Y%m%dT%H%M%SZ", at);
}

/// Those that were taken out count as well.
std::size_t count_before(Event series, std::int64_t occurrence_ms) {
    series.exdates.clear();
    const std::int64_t length = series.end_ms - series.start_ms;
    std::size_t before = 0;
    for (const Event& one : occurrences(series, {series.start_ms, occurrence_ms + length}, kMostCounted))
        before += one.start_ms < occurrence_ms ? 1 : 0;
    return before;
}

/// "TU" or "2TU" moved by some days; nothing for one with a number, which is of its month.
std::optional<std::string> moved_day(std::string_view day, int days) {
    const auto found = std::find(kDays.begin(), kDays.end(), day);
    if (found == kDays.end()) return std::nullopt;
    const int index = static_cast<int>(found - kDays.begin());
    return std::string(kDays[static_cast<std::size_t>(((index + days) % 7 + 7) % 7)]);
}

}  // namespace

std::string rule_until(const Event& series, std::int64_t occurrence_ms) {
    Parts parts = read_rule(series.rrule);
    std::erase_if(parts, [](const auto& part) { return part.first == "COUNT" || part.first == "UNTIL"; });
    parts.emplace_back("UNTIL", until_before(series, occurrence_ms));
    return write_rule(parts);
}

std::string rule_from(const Event& series, std::int64_t occurrence_ms) {
    Parts parts = read_rule(series.rrule);
    if (std::string* count = value_of(parts, "COUNT"); count != nullptr) {
        const auto all = static_cast<std::size_t>(std::max(1, std::atoi(count->c_str())));
        const std::size_t gone = count_before(series, occurrence_ms);
        *count = std::to_string(all > gone ? all - gone : 1);
    }
    return write_rule(parts);
}

std::optional<std::string> rule_moved(const std::string& rrule, int days) {
    if (days % 7 == 0 || rrule.empty()) return rrule;
    Parts parts = read_rule(rrule);
    const std::string* frequency = value_of(parts, "FREQ");
    if (frequency != nullptr && *frequency == "DAILY") return rrule;
    if (value_of(parts, "BYMONTHDAY") != nullptr || value_of(parts, "BYMONTH") != nullptr)
        return std::nullopt;
    std::string* by_day = value_of(parts, "BYDAY");
    if (by_day == nullptr) return rrule;  // it follows the first occurrence
    std::string moved;
    for (std::string_view rest = *by_day; !rest.empty();) {
        const std::string_view one = rest.substr(0, rest.find(','));
        rest.remove_prefix(std::min(one.size() + 1, rest.size()));
        const auto day = moved_day(one, days);
        if (!day) return std::nullopt;
        moved += (moved.empty() ? "" : ",") + *day;
    }
    *by_day = moved;
    return write_rule(parts);
}

}  // namespace scheduling
