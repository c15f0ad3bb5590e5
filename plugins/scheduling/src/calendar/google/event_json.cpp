#include "calendar/google/event_json.hpp"

#include <date/tz.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "calendar/zone_time.hpp"

namespace scheduling {

namespace {

using nlohmann::json;

std::string text(const json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool truth(const json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_boolean() && found->get<bool>();
}

json time_json(std::int64_t at_ms, const Event& event) {
    if (event.all_day) return {{"date", date::format("%F", day_of(to_local(at_ms, event.zone)))}};
    return {{"dateTime", write_rfc3339(at_ms, event.zone)}, {"timeZone", event.zone}};
}

/// For a patch: the other form is taken away.
json time_change(std::int64_t at_ms, const Event& event) {
    json at = time_json(at_ms, event);
    if (event.all_day) {
        at["dateTime"] = nullptr;
        at["timeZone"] = nullptr;
    } else {
        at["date"] = nullptr;
    }
    return at;
}

struct ReadTime {
    std::int64_t at_ms = 0;
    bool all_day = false;
    std::string zone;
};

/// "2026-11-24", or RFC 3339 with or without an offset.
struct WallTime {
    LocalMinutes wall{};
    int seconds = 0;
    std::optional<std::chrono::minutes> offset;
};

std::optional<int> digits(std::string_view written, std::size_t at, std::size_t count) {
    int value = 0;
    if (at + count > written.size()) return std::nullopt;
    const auto [end, fault] = std::from_chars(written.data() + at, written.data() + at + count, value);
    if (fault != std::errc() || end != written.data() + at + count) return std::nullopt;
    return value;
}

std::optional<WallTime> read_wall(std::string_view written) {
    const auto year = digits(written, 0, 4), month = digits(written, 5, 2), day = digits(written, 8, 2);
    if (!year || !month || !day) return std::nullopt;
    const date::year_month_day ymd{date::year(*year), date::month(static_cast<unsigned>(*month)),
                                   date::day(static_cast<unsigned>(*day))};
    if (!ymd.ok()) return std::nullopt;
    WallTime time;
    time.wall = date::local_days(ymd);
    if (written.size() == 10) return time;
    const auto hour = digits(written, 11, 2), minute = digits(written, 14, 2),
               second = digits(written, 17, 2);
    if (!hour || !minute || !second) return std::nullopt;
    time.wall += std::chrono::hours(*hour) + std::chrono::minutes(*minute);
    time.seconds = *second;
    if (written.ends_with('Z')) time.offset = std::chrono::minutes(0);
    const std::size_t sign = written.find_first_of("+-", 19);
    if (sign == std::string_view::npos) return time;
    const auto hours = digits(written, sign + 1, 2), minutes = digits(written, sign + 4, 2);
    if (!hours || !minutes) return std::nullopt;
    time.offset = std::chrono::minutes((*hours * 60 + *minutes) * (written[sign] == '-' ? -1 : 1));
    return time;
}

std::optional<ReadTime> read_time(const json& item, const char* name, const std::string& calendar_zone) {
    const auto found = item.find(name);
    if (found == item.end() || !found->is_object()) return std::nullopt;
    ReadTime time;
    time.zone = text(*found, "timeZone");
    if (!is_zone(time.zone)) time.zone = calendar_zone;
    const std::string day = text(*found, "date");
    const auto at = read_wall(day.empty() ? text(*found, "dateTime") : day);
    if (!at) return std::nullopt;
    time.all_day = !day.empty();
    const auto since_epoch =
        std::chrono::duration_cast<std::chrono::milliseconds>(at->wall.time_since_epoch());
    time.at_ms = at->offset ? since_epoch.count() + at->seconds * 1000 - at->offset->count() * 60'000
                            : to_unix_ms(at->wall, time.zone) + at->seconds * 1000;
    return time;
}

std::vector<std::string> addresses(const json& item) {
    std::vector<std::string> found;
    const auto guests = item.find("attendees");
    if (guests == item.end() || !guests->is_array()) return found;
    for (const json& guest : *guests)
        if (guest.is_object() && !truth(guest, "self") && !truth(guest, "resource") &&
            !truth(guest, "organizer"))
            found.push_back(text(guest, "email"));
    return found;
}

std::string lower(std::string_view mail) {
    std::string out(mail);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

bool holds(const std::vector<std::string>& mails, std::string_view mail) {
    return std::any_of(mails.begin(), mails.end(),
                       [&](const std::string& one) { return lower(one) == lower(mail); });
}

/// Arrays are replaced whole: those who stay go along as they are.
json guests_after(const json& item, const std::vector<std::string>& wanted) {
    json guests = json::array();
    const std::vector<std::string> there = addresses(item);
    if (item.contains("attendees"))
        for (const json& guest : item.at("attendees"))
            if (!holds(there, text(guest, "email")) || holds(wanted, text(guest, "email")))
                guests.push_back(guest);
    for (const std::string& mail : wanted)
        if (!holds(there, mail)) guests.push_back({{"email", mail}, {"responseStatus", "needsAction"}});
    return guests;
}

/// "20261207T070000", with a Z in UTC, or "20261207".
std::optional<std::int64_t> read_basic(std::string_view written, const std::string& zone) {
    const auto year = digits(written, 0, 4), month = digits(written, 4, 2), day = digits(written, 6, 2);
    if (!year || !month || !day) return std::nullopt;
    const date::year_month_day ymd{date::year(*year), date::month(static_cast<unsigned>(*month)),
                                   date::day(static_cast<unsigned>(*day))};
    if (!ymd.ok()) return std::nullopt;
    LocalMinutes wall = date::local_days(ymd);
    if (written.size() < 13 || written[8] != 'T') return to_unix_ms(wall, zone);
    const auto hour = digits(written, 9, 2), minute = digits(written, 11, 2);
    if (!hour || !minute) return std::nullopt;
    wall += std::chrono::hours(*hour) + std::chrono::minutes(*minute);
    return to_unix_ms(wall, written.size() > 15 && written[15] == 'Z' ? std::string("UTC") : zone);
}

std::string rule_of(const json& item) {
    const auto lines = item.find("recurrence");
    if (lines == item.end() || !lines->is_array()) return {};
    for (const json& line : *lines)
        if (line.is_string() && line.get<std::string>().starts_with("RRULE:"))
            return line.get<std::string>().substr(6);
    return {};
}

/// "EXDATE;TZID=America/Bogota:20261207T070000", "EXDATE;VALUE=DATE:20261224,20261231".
std::vector<std::int64_t> exceptions_of(const json& item, const std::string& zone) {
    std::vector<std::int64_t> starts;
    const auto lines = item.find("recurrence");
    if (lines == item.end() || !lines->is_array()) return starts;
    for (const json& line : *lines) {
        const std::string written = line.is_string() ? line.get<std::string>() : std::string();
        const std::size_t colon = written.find(':');
        if (!written.starts_with("EXDATE") || colon == std::string::npos) continue;
        const std::size_t named = written.find("TZID=");
        std::string of = zone;
        if (named < colon) of = written.substr(named + 5, written.find_first_of(";:", named) - named - 5);
        if (!is_zone(of)) of = zone;
        for (std::size_t at = colon + 1; at < written.size(); at = written.find(',', at) + 1) {
            const auto start = read_basic(std::string_view(written).substr(at), of);
            if (start) starts.push_back(*start);
            if (written.find(',', at) == std::string::npos) break;
        }
    }
    return starts;
}

std::string exception_line(const Event& event) {
    std::string line = event.all_day ? "EXDATE;VALUE=DATE:" : "EXDATE;TZID=" + event.zone + ":";
    for (std::size_t i = 0; i < event.exdates.size(); ++i)
        line += (i == 0 ? "" : ",") + date::format(event.all_day ? "%Y%m%d" : "%Y%m%dT%H%M00",
                                                   to_local(event.exdates[i], event.zone));
    return line;
}

/// Lines that are not the rule's own stay as they are.
json rule_after(const json& item, const Event& wanted) {
    json lines = json::array();
    if (!wanted.rrule.empty()) lines.push_back("RRULE:" + wanted.rrule);
    if (!wanted.rrule.empty() && !wanted.exdates.empty()) lines.push_back(exception_line(wanted));
    if (item.contains("recurrence"))
        for (const json& line : item.at("recurrence"))
            if (const auto written = line.get<std::string>();
                !written.starts_with("RRULE:") && !written.starts_with("EXDATE"))
                lines.push_back(line);
    return lines;
}

json reminders_of(std::int64_t minutes) {
    return {{"useDefault", false}, {"overrides", json::array({{{"method", "popup"}, {"minutes", minutes}}})}};
}

void read_video(const json& item, Event& event) {
    event.video_url = text(item, "hangoutLink");
    const auto data = item.find("conferenceData");
    if (data == item.end() || !data->is_object()) return;
    event.video_call = true;
    if (const auto points = data->find("entryPoints"); points != data->end() && points->is_array())
        for (const json& point : *points)
            if (event.video_url.empty() && text(point, "entryPointType") == "video")
                event.video_url = text(point, "uri");
}

}  // namespace

std::string write_rfc3339(std::int64_t unix_ms, std::string_view zone) {
    const date::sys_time<std::chrono::seconds> at{std::chrono::seconds(unix_ms / 1000)};
    return date::format("%FT%T%Ez", date::make_zoned(date::locate_zone(is_zone(zone) ? zone : "UTC"), at));
}

std::optional<std::int64_t> read_rfc3339(std::string_view written) {
    const auto at = read_wall(written);
    if (!at || !at->offset) return std::nullopt;
    const auto wall = std::chrono::duration_cast<std::chrono::milliseconds>(at->wall.time_since_epoch());
    return wall.count() + at->seconds * 1000 - at->offset->count() * 60'000;
}

bool is_mail_address(std::string_view mail) {
    const std::size_t at = mail.find('@');
    return at != std::string_view::npos && at > 0 && mail.find('@', at + 1) == std::string_view::npos &&
           mail.find('.', at) != std::string_view::npos && !mail.ends_with('.') &&
           mail.find_first_of(" \t\r\n<>,;\"") == std::string_view::npos;
}

std::vector<std::string> invited(const Event& event) {
    std::vector<std::string> mails;
    for (const std::string& guest : event.guests)
        if (is_mail_address(guest) && !holds(mails, guest)) mails.push_back(guest);
    return mails;
}

json to_google(const Event& event, std::string_view key) {
    json body{{"id", event.id},
              {"summary", event.title},
              {"start", time_json(event.start_ms, event)},
              {"end", time_json(event.end_ms, event)},
              {"transparency", event.busy ? "opaque" : "transparent"},
              {"extendedProperties", {{"private", {{"migueKey", key}}}}}};
    if (!event.location.empty()) body["location"] = event.location;
    if (!event.rrule.empty()) body["recurrence"] = rule_after(json::object(), event);
    if (const auto mails = invited(event); !mails.empty())
        body["attendees"] = guests_after(json::object(), mails);
    if (event.reminder_minutes) body["reminders"] = reminders_of(*event.reminder_minutes);
    if (event.video_call)
        body["conferenceData"] = {
            {"createRequest", {{"requestId", key}, {"conferenceSolutionKey", {{"type", "hangoutsMeet"}}}}}};
    return body;
}

Event from_google(const json& item, const std::string& zone) {
    Event event;
    event.id = text(item, "id");
    event.uid = text(item, "iCalUID");
    event.title = text(item, "summary");
    if (event.title.empty()) event.title = "—";
    if (const auto start = read_time(item, "start", zone)) {
        event.start_ms = start->at_ms;
        event.all_day = start->all_day;
        event.zone = start->zone;
    }
    if (const auto end = read_time(item, "end", zone)) event.end_ms = end->at_ms;
    event.busy = is_busy(item);
    event.location = text(item, "location");
    event.guests = addresses(item);
    event.rrule = rule_of(item);
    if (!event.rrule.empty()) event.exdates = exceptions_of(item, event.zone);
    event.series = text(item, "recurringEventId");
    event.cancelled = text(item, "status") == "cancelled";
    if (const auto sequence = item.find("sequence"); sequence != item.end() && sequence->is_number_integer())
        event.sequence = sequence->get<std::int64_t>();
    if (const json minutes = item.value("/reminders/overrides/0/minutes"_json_pointer, json());
        minutes.is_number_integer())
        event.reminder_minutes = minutes.get<std::int64_t>();
    read_video(item, event);
    return event;
}

json difference(const json& stored, const Event& wanted, const std::string& zone) {
    const Event now = from_google(stored, zone);
    json change = json::object();
    if (now.title != wanted.title) change["summary"] = wanted.title;
    if (now.location != wanted.location) change["location"] = wanted.location;
    const bool moved =
        now.start_ms != wanted.start_ms || now.end_ms != wanted.end_ms || now.all_day != wanted.all_day;
    if (moved) {
        change["start"] = time_change(wanted.start_ms, wanted);
        change["end"] = time_change(wanted.end_ms, wanted);
    }
    const bool other_rule =
        now.rrule != wanted.rrule || (!wanted.rrule.empty() && now.exdates != wanted.exdates);
    if (now.series.empty() && other_rule) change["recurrence"] = rule_after(stored, wanted);
    const std::vector<std::string> mails = invited(wanted);
    const bool same_guests =
        mails.size() == now.guests.size() &&
        std::all_of(mails.begin(), mails.end(), [&](const std::string& m) { return holds(now.guests, m); });
    if (!same_guests) change["attendees"] = guests_after(stored, mails);
    if (wanted.reminder_minutes && wanted.reminder_minutes != now.reminder_minutes)
        change["reminders"] = reminders_of(*wanted.reminder_minutes);
    return change;
}

bool is_busy(const json& item) {
    if (text(item, "transparency") == "transparent" || text(item, "status") == "cancelled") return false;
    const std::string type = text(item, "eventType");
    if (type == "workingLocation" || type == "birthday") return false;
    if (const auto guests = item.find("attendees"); guests != item.end() && guests->is_array())
        for (const json& guest : *guests)
            if (truth(guest, "self") && text(guest, "responseStatus") == "declined") return false;
    return true;
}

}  // namespace scheduling
