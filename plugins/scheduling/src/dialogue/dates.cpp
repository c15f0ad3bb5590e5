#include "dialogue/dates.hpp"

#include <algorithm>
#include <cstdio>
#include <map>

#include "calendar/zone_time.hpp"

namespace scheduling {

namespace {

using std::chrono::minutes;

const char* style_key(DateStyle style) {
    switch (style) {
        case DateStyle::kFull:
            return "dates/full";
        case DateStyle::kLong:
            return "dates/long";
        case DateStyle::kShort:
            return "dates/short";
        case DateStyle::kButton:
            return "dates/button";
        case DateStyle::kNumeric:
            return "dates/numeric";
        case DateStyle::kDayOnly:
            return "dates/day_only";
    }
    return "dates/full";
}

bool is_12_hour(const Phrases& phrases) {
    return phrases.say("dates/clock") == "12";
}

std::string clock_digits(LocalMinutes at, bool twelve) {
    const auto of_day = static_cast<int>((at - day_of(at)).count());
    int hour = of_day / 60;
    if (twelve) hour = hour % 12 == 0 ? 12 : hour % 12;
    char text[16];
    std::snprintf(text, sizeof text, "%d:%02d", hour, of_day % 60);
    return text;
}

const char* half_of_day(LocalMinutes at) {
    return at - day_of(at) < minutes(12 * 60) ? " AM" : " PM";
}

std::map<std::string, std::string> rule_parts(std::string_view rrule) {
    std::map<std::string, std::string> parts;
    for (std::size_t at = 0; at < rrule.size();) {
        const std::size_t end = std::min(rrule.find(';', at), rrule.size());
        const std::string_view part = rrule.substr(at, end - at);
        if (const std::size_t equals = part.find('='); equals != std::string_view::npos)
            parts.emplace(part.substr(0, equals), part.substr(equals + 1));
        at = end + 1;
    }
    return parts;
}

/// "MO" of "1MO" or "-1MO"; 7 when it is none.
unsigned weekday_index(std::string_view code) {
    static constexpr const char* kCodes[] = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};
    const std::string_view letters = code.size() < 2 ? code : code.substr(code.size() - 2);
    for (unsigned i = 0; i < 7; ++i)
        if (letters == kCodes[i]) return i;
    return 7;
}

std::string weekday_names(const Phrases& phrases, const std::string& byday) {
    std::vector<std::string> names;
    for (std::size_t at = 0; at < byday.size();) {
        const std::size_t end = std::min(byday.find(',', at), byday.size());
        if (const unsigned index = weekday_index(byday.substr(at, end - at)); index < 7)
            names.push_back(phrases.item("dates/weekdays", index));
        at = end + 1;
    }
    return phrases.join(names);
}

std::string monthly(const Phrases& phrases, const std::map<std::string, std::string>& parts) {
    if (const auto day = parts.find("BYMONTHDAY"); day != parts.end())
        return phrases.say("repeat/monthly_day", {{"day", day->second}});
    const auto byday = parts.find("BYDAY");
    if (byday == parts.end()) return phrases.say("repeat/monthly_plain");
    std::string nth = byday->second.substr(0, byday->second.size() < 2 ? 0 : byday->second.size() - 2);
    if (const auto position = parts.find("BYSETPOS"); nth.empty() && position != parts.end())
        nth = position->second;
    const unsigned weekday = weekday_index(byday->second);
    const bool counted = nth.size() == 1 && nth[0] >= '1' && nth[0] <= '5';
    if (weekday == 7 || (!counted && nth != "-1")) return phrases.say("repeat/monthly_plain");
    const std::string ordinal = counted ? phrases.item("repeat/nth", static_cast<std::size_t>(nth[0] - '1'))
                                        : phrases.say("repeat/nth_last");
    return phrases.say("repeat/monthly_nth",
                       {{"nth", ordinal}, {"weekday", phrases.item("dates/weekdays", weekday)}});
}

std::string every(const Phrases& phrases, const std::map<std::string, std::string>& parts) {
    const auto part = [&](const char* name) {
        const auto found = parts.find(name);
        return found == parts.end() ? std::string() : found->second;
    };
    const std::string frequency = part("FREQ"), days = weekday_names(phrases, part("BYDAY"));
    const std::string interval = part("INTERVAL");
    const bool spaced = !interval.empty() && interval != "1";
    if (frequency == "DAILY")
        return spaced ? phrases.say("repeat/every_days", {{"count", interval}}) : phrases.say("repeat/daily");
    if (frequency == "WEEKLY") {
        if (spaced && days.empty()) return phrases.say("repeat/every_weeks", {{"count", interval}});
        if (spaced) return phrases.say("repeat/every_weeks_on", {{"count", interval}, {"days", days}});
        return days.empty() ? phrases.say("repeat/weekly_plain")
                            : phrases.say("repeat/weekly", {{"days", days}});
    }
    if (frequency == "YEARLY")
        return spaced ? phrases.say("repeat/every_years", {{"count", interval}})
                      : phrases.say("repeat/yearly");
    return spaced ? phrases.say("repeat/every_months", {{"count", interval}}) : monthly(phrases, parts);
}

/// UNTIL=20270630… as a day; nothing when it has no eight digits.
std::string until_date(const Phrases& phrases, const std::string& until) {
    if (until.size() < 8 || until.find_first_not_of("0123456789TZ") != std::string::npos) return {};
    const date::year_month_day day{date::year(std::stoi(until.substr(0, 4))),
                                   date::month(static_cast<unsigned>(std::stoi(until.substr(4, 2)))),
                                   date::day(static_cast<unsigned>(std::stoi(until.substr(6, 2))))};
    return day.ok() ? write_date(phrases, date::local_days(day), DateStyle::kFull) : std::string();
}

}  // namespace

std::string write_date(const Phrases& phrases, date::local_days day, DateStyle style) {
    const date::year_month_day ymd(day);
    const unsigned weekday = date::weekday(day).c_encoding();
    const unsigned month = unsigned(ymd.month());
    const std::string weekday_name = phrases.item("dates/weekdays", weekday);
    const std::string weekday_short = phrases.item("dates/weekdays_short", weekday);
    const std::string month_name = phrases.item("dates/months", month - 1);
    const std::string month_short = phrases.item("dates/months_short", month - 1);
    const std::string day_number = std::to_string(unsigned(ymd.day())), month_number = std::to_string(month);
    const std::string year = std::to_string(int(ymd.year()));
    return phrases.say(style_key(style), {{"weekday", weekday_name},
                                          {"weekday_short", weekday_short},
                                          {"day", day_number},
                                          {"month", month_name},
                                          {"month_short", month_short},
                                          {"month_number", month_number},
                                          {"year", year}});
}

std::string write_clock(const Phrases& phrases, LocalMinutes at) {
    const bool twelve = is_12_hour(phrases);
    return clock_digits(at, twelve) + (twelve ? half_of_day(at) : "");
}

std::string write_clock_range(const Phrases& phrases, LocalMinutes begin, LocalMinutes end) {
    const bool same_half = is_12_hour(phrases) && std::string_view(half_of_day(begin)) == half_of_day(end);
    const std::string first = same_half ? clock_digits(begin, true) : write_clock(phrases, begin);
    return first + "–" + write_clock(phrases, end);
}

std::string write_when(const Phrases& phrases, LocalSpan span, bool all_day, DateStyle style) {
    const auto first = day_of(span.begin);
    if (!all_day) {
        const bool one_day = day_of(span.end) == first || span.end == first + date::days(1);
        const std::string first_date = write_date(phrases, first, style);
        if (one_day)
            return phrases.say("dates/at", {{"date", first_date},
                                            {"time", write_clock_range(phrases, span.begin, span.end)}});
        const std::string begin =
            phrases.say("dates/at", {{"date", first_date}, {"time", write_clock(phrases, span.begin)}});
        const std::string end =
            phrases.say("dates/at", {{"date", write_date(phrases, day_of(span.end), style)},
                                     {"time", write_clock(phrases, span.end)}});
        return phrases.say("dates/span", {{"begin", begin}, {"end", end}});
    }
    const auto last = std::max(first, day_of(span.end - minutes(1)));
    const auto count = std::to_string((last - first).count() + 1);
    if (last == first) return phrases.say("dates/all_day", {{"date", write_date(phrases, first, style)}});
    const date::year_month_day a(first), b(last);
    const bool same_month = a.year() == b.year() && a.month() == b.month();
    const std::string begin = write_date(phrases, first, same_month ? DateStyle::kDayOnly : style);
    return phrases.say(same_month ? "dates/days_same_month" : "dates/days",
                       {{"begin", begin}, {"end", write_date(phrases, last, style)}, {"count", count}});
}

std::string write_repeat(const Phrases& phrases, std::string_view rrule) {
    const auto parts = rule_parts(rrule);
    std::string text = every(phrases, parts);
    const auto count = parts.find("COUNT");
    const auto until = parts.find("UNTIL");
    if (count != parts.end()) return text + ", " + phrases.say("repeat/times", {{"count", count->second}});
    const std::string day = until == parts.end() ? std::string() : until_date(phrases, until->second);
    if (!day.empty()) return text + ", " + phrases.say("repeat/until", {{"date", day}});
    return text + ", " + phrases.say("repeat/no_end");
}

std::string zone_city(std::string_view zone) {
    // The database writes names without accents.
    static constexpr std::pair<std::string_view, std::string_view> kAccented[] = {
        {"America/Asuncion", "Asunción"}, {"America/Bogota", "Bogotá"},      {"America/Cancun", "Cancún"},
        {"America/Maceio", "Maceió"},     {"America/Merida", "Mérida"},      {"America/Panama", "Panamá"},
        {"America/Belem", "Belém"},       {"America/Sao_Paulo", "São Paulo"}};
    for (const auto& [name, city] : kAccented)
        if (name == zone) return std::string(city);

    const std::size_t slash = zone.rfind('/');
    std::string city(slash == std::string_view::npos ? zone : zone.substr(slash + 1));
    std::replace(city.begin(), city.end(), '_', ' ');
    return city;
}

}  // namespace scheduling
