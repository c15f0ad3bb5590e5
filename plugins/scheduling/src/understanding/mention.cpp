#include "understanding/mention.hpp"

#include <date/tz.h>

#include <array>
#include <cstdio>
#include <stdexcept>

#include "language/actions.hpp"
#include "language/knowledge.hpp"

namespace scheduling {
namespace {

using language::DayNumber;
using language::kDaySeconds;
using language::Value;

/// nullptr for a zone this machine does not know: then times are UTC.
const date::time_zone* find_zone(const std::string& name) {
    try {
        return date::locate_zone(name);
    } catch (const std::runtime_error&) {
        return nullptr;
    }
}

date::local_seconds local_time(DayNumber day, std::int64_t seconds) {
    return date::local_seconds(std::chrono::seconds(std::int64_t{day} * kDaySeconds + seconds));
}

template <typename... Numbers>
std::string printed(const char* format, Numbers... numbers) {
    std::array<char, 48> buffer;
    const int size = std::snprintf(buffer.data(), buffer.size(), format, numbers...);
    return std::string(buffer.data(), static_cast<std::size_t>(size));
}

/// Two digits, as "07": printf() reads its format for each, and every message holds several.
void put_two(char* at, unsigned number) {
    at[0] = static_cast<char>('0' + number / 10);
    at[1] = static_cast<char>('0' + number % 10);
}

std::string print_clock(std::int64_t seconds) {
    const int of_day = static_cast<int>(seconds % kDaySeconds);
    if (of_day >= 0) {
        const auto left = static_cast<unsigned>(of_day);
        std::string out = "hh:mm:ss";
        put_two(&out[0], left / 3600);
        put_two(&out[3], left / 60 % 60);
        put_two(&out[6], left % 60);
        return out;
    }
    return printed("%02d:%02d:%02d", of_day / 3600, of_day / 60 % 60, of_day % 60);
}

std::string print_duration(const Value& value) {
    std::string out = "P";
    if (value.months >= 12) out += std::to_string(value.months / 12) + "Y";
    if (value.months % 12 != 0) out += std::to_string(value.months % 12) + "M";
    if (value.days != 0) out += std::to_string(value.days) + "D";
    if (value.seconds == 0) return out == "P" ? "PT0S" : out;
    out += 'T';
    const std::int64_t hours = value.seconds / 3600, minutes = value.seconds / 60 % 60,
                       seconds = value.seconds % 60;
    if (hours != 0) out += std::to_string(hours) + "H";
    if (minutes != 0) out += std::to_string(minutes) + "M";
    if (seconds != 0) out += std::to_string(seconds) + "S";
    return out;
}

void print_days(const Value& value, TimeMention& out) {
    const bool open = value.has(language::kOpenBegin) || value.has(language::kOpenEnd);
    out.type = !open && value.day_end - value.day_begin == 1 && value.grain == language::Grain::kDay
                   ? "date"
                   : "daterange";
    if (!value.has(language::kOpenBegin)) out.start = print_day(value.day_begin);
    if (out.type == "daterange" && !value.has(language::kOpenEnd)) out.end = print_day(value.day_end);
}

void print_clocks(const Value& value, const std::string& zone, DayNumber today, TimeMention& out) {
    const bool range =
        value.clock_end >= 0 || value.has(language::kOpenEnd) || value.has(language::kOpenBegin);
    if (!value.has_day()) {
        out.type = range ? "timerange" : "time";
        if (value.clock >= 0) out.start = print_clock(value.clock);
        if (value.clock_end >= 0) out.end = print_clock(value.clock_end);
        if (value.zone < 0) return;
        // A zone was said: the hour alone would be read in the person's own.
        const std::string offset = print_moment(zone, today, 43'200).substr(19);
        if (!out.start.empty()) out.start += offset;
        if (!out.end.empty()) out.end += offset;
        return;
    }
    out.type = range ? "datetimerange" : "datetime";
    if (value.clock >= 0) out.start = print_moment(zone, value.day_begin, value.clock);
    if (value.clock_end >= 0) out.end = print_moment(zone, value.day_begin, value.clock_end);
}

}  // namespace

LocalNow local_now(std::int64_t unix_ms, const std::string& zone) {
    const date::sys_seconds at{
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::milliseconds(unix_ms))};
    std::int64_t local = at.time_since_epoch().count();
    if (const auto* found = find_zone(zone)) local += found->get_info(at).offset.count();
    std::int64_t day = local / kDaySeconds;
    if (local % kDaySeconds < 0) --day;
    return {static_cast<DayNumber>(day), static_cast<std::int32_t>(local - day * kDaySeconds)};
}

std::int32_t offset_at(const std::string& zone, DayNumber day, std::int64_t seconds) {
    const auto* found = find_zone(zone);
    if (found == nullptr) return 0;
    return static_cast<std::int32_t>(found->get_info(local_time(day, seconds)).first.offset.count());
}

int occurrences(const std::string& zone, DayNumber day, std::int64_t seconds) {
    const auto* found = find_zone(zone);
    if (found == nullptr) return 1;
    const int result = found->get_info(local_time(day, seconds)).result;
    return result == date::local_info::nonexistent ? 0 : result == date::local_info::ambiguous ? 2 : 1;
}

void follow_clock_change(Value& value, const language::Context& context, const std::string& zone) {
    if (!value.has(language::kMoment) || value.clock < 0 || value.clock_end >= 0 || !value.has_day()) return;
    const std::int32_t change =
        offset_at(zone, value.day_begin, value.clock) - offset_at(zone, context.today, context.now);
    if (change == 0) return;
    value.clock += change;
    const std::int32_t days = value.clock < 0 ? -1 : value.clock / kDaySeconds;
    value.clock -= days * kDaySeconds;
    value.day_begin += days;
    value.day_end += days;
}

std::string print_day(DayNumber day) {
    const auto ymd = language::to_date(day);
    const int year = static_cast<int>(ymd.year());
    if (year >= 0 && year <= 9999) {
        std::string out = "yyyy-mm-dd";
        put_two(&out[0], static_cast<unsigned>(year) / 100);
        put_two(&out[2], static_cast<unsigned>(year) % 100);
        put_two(&out[5], static_cast<unsigned>(ymd.month()));
        put_two(&out[8], static_cast<unsigned>(ymd.day()));
        return out;
    }
    return printed("%04d-%02u-%02u", static_cast<int>(ymd.year()), static_cast<unsigned>(ymd.month()),
                   static_cast<unsigned>(ymd.day()));
}

std::string print_moment(const std::string& zone, DayNumber day, std::int64_t seconds) {
    const std::int64_t extra = seconds / kDaySeconds;
    const DayNumber at = day + static_cast<DayNumber>(extra);
    const std::int64_t clock = seconds - extra * kDaySeconds;
    const std::int32_t offset = offset_at(zone, at, clock) / 60;
    const std::int32_t size = offset < 0 ? -offset : offset;
    std::string out = print_day(at);
    out.reserve(out.size() + 15);
    out += 'T';
    out += print_clock(clock);
    std::string zoned = "+hh:mm";
    if (offset < 0) zoned[0] = '-';
    put_two(&zoned[1], static_cast<unsigned>(size) / 60);
    put_two(&zoned[4], static_cast<unsigned>(size) % 60);
    return out += zoned;
}

const std::string& zone_of(const Value& value, const std::string& zone) {
    return value.zone < 0 ? zone
                          : language::knowledge().lexicon.zones()[static_cast<std::size_t>(value.zone)];
}

namespace {

constexpr const char* kFrequencies[] = {"",      "SECONDLY", "MINUTELY", "HOURLY",
                                        "DAILY", "WEEKLY",   "MONTHLY",  "YEARLY"};
constexpr const char* kWeekdays[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};

/// ";NAME=1,2,3"; nothing without items. `items` ends with a comma.
void append_list(std::string& out, const char* name, std::string items) {
    if (items.empty()) return;
    items.pop_back();
    out.append(";").append(name).append("=").append(items);
}

/// "MO,WE," or "1MO,-1FR,".
std::string weekday_items(const Value& value) {
    std::string items;
    for (int day = 0; day < 7; ++day) {
        if ((value.by_weekday >> day & 1) == 0) continue;
        if (value.nth_mask == 0) items += std::string(kWeekdays[day]) + ",";
        for (int nth = 0; nth < 8; ++nth)
            if (value.nth_mask >> nth & 1)
                items += std::to_string(nth < 6 ? nth + 1 : nth - 8) + kWeekdays[day] + ",";
    }
    return items;
}

std::string monthday_items(const Value& value) {
    std::string items;
    for (int day = 1; day < 32; ++day)
        if (value.by_monthday >> day & 1) items += std::to_string(day) + ",";
    if (value.by_monthday & 1) items += "-1,";
    return items;
}

void append_hours(std::string& out, const Value& value) {
    if (value.clock >= 0 && !value.has(language::kPartOnly)) {
        const int of_day = value.clock % kDaySeconds;
        out += ";BYHOUR=" + std::to_string(of_day / 3600) + ";BYMINUTE=" + std::to_string(of_day / 60 % 60);
    }
    std::string hours;
    for (int hour = 0; hour < 24; ++hour)
        if (value.by_hour >> hour & 1) hours += std::to_string(hour) + ",";
    append_list(out, "BYHOUR", hours);
}

}  // namespace

std::string rrule_of(const Value& value) {
    if (value.freq == language::Freq::kNone) return {};
    std::string out = std::string("FREQ=") + kFrequencies[static_cast<int>(value.freq)];
    if (value.interval > 1) out += ";INTERVAL=" + std::to_string(value.interval);
    if (value.by_month != 0) out += ";BYMONTH=" + std::to_string(value.by_month);
    append_list(out, "BYDAY", weekday_items(value));
    append_list(out, "BYMONTHDAY", monthday_items(value));
    if (value.set_pos != 0) out += ";BYSETPOS=" + std::to_string(value.set_pos);
    append_hours(out, value);
    if (value.count > 0) out += ";COUNT=" + std::to_string(value.count);
    if (value.until != 0) {
        const auto ymd = language::to_date(value.until);
        out += printed(";UNTIL=%04d%02u%02u", static_cast<int>(ymd.year()),
                       static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()));
    }
    return out;
}

std::optional<TimeMention> mention_of(const language::Expression& expression,
                                      const language::Context& context, const std::string& zone) {
    TimeMention out;
    out.begin = expression.begin;
    out.finish = expression.finish;
    out.text = std::string(expression.words);
    Value value = expression.value;
    settle_hours(value);
    if (value.freq != language::Freq::kNone) {
        out.type = "set";
        out.rrule = rrule_of(value);
        return out;
    }
    if (value.has_duration) {
        out.type = "duration";
        out.start = print_duration(value);
        return out;
    }
    if (value.count != 0) return std::nullopt;  // of a rule said elsewhere
    if (value.has(language::kImpossible) || (value.has(language::kExcept) && !value.has_day()))
        return std::nullopt;
    if (value.has_day() && !fix_day(context, value)) return std::nullopt;
    follow_clock_change(value, context, zone);
    // Tonight's midnight is the next one.
    if (value.clock == 0 && value.clock_end < 0 && !value.has(language::kMoment) && value.has_day() &&
        value.day_begin == context.today)
        ++value.day_begin;
    if (value.has_clock())
        print_clocks(value, zone_of(value, zone), context.today, out);
    else
        print_days(value, out);
    return out;
}

}  // namespace scheduling
