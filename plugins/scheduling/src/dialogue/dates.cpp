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
        case DateStyle::kNumericYear:
            return "dates/numeric_year";
        case DateStyle::kPlainYear:
            return "dates/plain_year";
        case DateStyle::kDayOnly:
            return "dates/day_only";
        case DateStyle::kOn:
            return "dates/on_day";
        case DateStyle::kWeekday:
            return "dates/weekday_numeric";
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

/// `list`: how they are written in this place.
std::string weekday_names(const Phrases& phrases, const std::string& byday, std::string_view list) {
    std::vector<std::string> names;
    for (std::size_t at = 0; at < byday.size();) {
        const std::size_t end = std::min(byday.find(',', at), byday.size());
        if (const unsigned index = weekday_index(byday.substr(at, end - at)); index < 7)
            names.push_back(phrases.item(list, index));
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
    const std::string form = "/" + phrases.item("dates/weekday_forms", weekday);
    const std::string ordinal =
        counted ? phrases.item("repeat/nth" + form, static_cast<std::size_t>(nth[0] - '1'))
                : phrases.say("repeat/nth_last" + form);
    return phrases.say("repeat/monthly_nth" + form,
                       {{"nth", ordinal}, {"weekday", phrases.item("dates/weekdays", weekday)}});
}

std::string every(const Phrases& phrases, const std::map<std::string, std::string>& parts) {
    const auto part = [&](const char* name) {
        const auto found = parts.find(name);
        return found == parts.end() ? std::string() : found->second;
    };
    const std::string frequency = part("FREQ"), interval = part("INTERVAL");
    const bool spaced = !interval.empty() && interval != "1";
    const std::string days =
        weekday_names(phrases, part("BYDAY"), spaced ? "dates/on_weekdays" : "dates/every_weekdays");
    if (frequency == "DAILY")
        return spaced ? phrases.say("repeat/every_days", {{"count", interval}}) : phrases.say("repeat/daily");
    if (frequency == "WEEKLY") {
        if (!spaced && part("BYDAY") == "MO,TU,WE,TH,FR") return phrases.say("repeat/weekdays");
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
    const std::string on_weekday = phrases.item("dates/on_weekdays", weekday);
    return phrases.say(style_key(style), {{"weekday", weekday_name},
                                          {"on_weekday", on_weekday},
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

std::string write_window(const Phrases& phrases, LocalMinutes begin, LocalMinutes end) {
    const auto whole = [](LocalMinutes at) { return (at - day_of(at)).count() % 60 == 0; };
    if (!is_12_hour(phrases) || !whole(begin) || !whole(end)) return write_clock_range(phrases, begin, end);
    const auto hour = [](LocalMinutes at) {
        const auto of_day = (at - day_of(at)).count() / 60 % 12;
        return std::to_string(of_day == 0 ? 12 : of_day);
    };
    const bool same_half = std::string_view(half_of_day(begin)) == half_of_day(end);
    return hour(begin) + (same_half ? "" : half_of_day(begin)) + "–" + hour(end) + half_of_day(end);
}

std::string write_begin(const Phrases& phrases, LocalMinutes begin, bool all_day, DateStyle style) {
    const std::string day = write_date(phrases, day_of(begin), style);
    if (all_day) return phrases.say("dates/all_day", {{"date", day}});
    return phrases.say("dates/at", {{"date", day}, {"time", write_clock(phrases, begin)}});
}

std::string write_near(const Phrases& phrases, LocalSpan span, LocalMinutes now) {
    const std::string when = write_when(phrases, span, false, DateStyle::kWeekday);
    const auto ahead = day_of(span.begin) - day_of(now);
    if (ahead != date::days(0) && ahead != date::days(1)) return when;
    const std::string relative = phrases.say(ahead == date::days(0) ? "dates/today" : "dates/tomorrow");
    return phrases.say("dates/relative", {{"relative", relative}, {"date", when}});
}

std::string write_repeat(const Phrases& phrases, std::string_view rrule) {
    return every(phrases, rule_parts(rrule));
}

std::string write_series(const Phrases& phrases, LocalSpan first, bool all_day, std::string_view rrule,
                         std::optional<LocalMinutes> last) {
    const auto parts = rule_parts(rrule);
    const std::string rule = every(phrases, parts);
    const bool ends = parts.contains("COUNT") || parts.contains("UNTIL");
    if (!ends && all_day) return phrases.say("repeat/endless_all_day", {{"rule", rule}});
    if (!ends)
        return phrases.say("repeat/endless",
                           {{"rule", rule}, {"time", write_clock_range(phrases, first.begin, first.end)}});
    const std::string begin = write_when(phrases, first, all_day, DateStyle::kFull);
    std::string text = phrases.say("repeat/then", {{"first", begin}, {"rule", rule}});
    if (const auto count = parts.find("COUNT"); count != parts.end())
        text += ", " + phrases.say("repeat/times", {{"count", count->second}});
    if (last)
        text += ", " + phrases.say("repeat/last",
                                   {{"date", write_date(phrases, day_of(*last), DateStyle::kPlainYear)}});
    return text;
}

std::string write_dates(const Phrases& phrases, const std::vector<LocalMinutes>& days) {
    const auto year_of = [](LocalMinutes at) { return date::year_month_day(day_of(at)).year(); };
    const bool years = std::any_of(days.begin(), days.end(),
                                   [&](LocalMinutes at) { return year_of(at) != year_of(days.front()); });
    std::string text;
    for (const LocalMinutes at : days)
        text += (text.empty() ? "" : ", ") +
                write_date(phrases, day_of(at), years ? DateStyle::kNumericYear : DateStyle::kNumeric);
    return text;
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
