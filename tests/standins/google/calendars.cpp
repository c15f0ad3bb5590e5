#include "tests/standins/google/calendars.hpp"

#include <date/tz.h>
#include <libical/ical.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <regex>
#include <sstream>

#include "tests/standins/google/oauth.hpp"

namespace migue::standins {

namespace {

using nlohmann::json;
using Millis = std::chrono::milliseconds;
using LocalSeconds = date::local_seconds;

constexpr std::size_t kMostOccurrences = 800;

const date::time_zone* zone_of(const std::string& name) {
    try {
        return date::locate_zone(name);
    } catch (const std::runtime_error&) {
        return nullptr;
    }
}

std::optional<LocalSeconds> wall_of(const std::string& text) {
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    const int read =
        std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d", &year, &month, &day, &hour, &minute, &second);
    const date::year_month_day ymd{date::year(year), date::month(static_cast<unsigned>(month)),
                                   date::day(static_cast<unsigned>(day))};
    if ((text.size() == 10 ? read != 3 : read != 6) || !ymd.ok()) return std::nullopt;
    return LocalSeconds(date::local_days(ymd)) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
           std::chrono::seconds(second);
}

std::int64_t millis(date::sys_seconds at) {
    return static_cast<std::int64_t>(at.time_since_epoch().count()) * 1000;
}

std::int64_t at_zone(LocalSeconds wall, const std::string& zone) {
    const date::time_zone* found = zone_of(zone);
    return millis(
        (found != nullptr ? found : date::locate_zone("UTC"))->to_sys(wall, date::choose::earliest));
}

/// The instant of an EventDateTime, or of a parameter; whole days in `zone`.
std::optional<std::int64_t> instant_of(const std::string& text, const std::string& zone) {
    const auto wall = wall_of(text);
    if (!wall) return std::nullopt;
    static const std::regex kOffset(R"(.*([+-])(\d\d):(\d\d))");
    std::smatch match;
    if (text.ends_with('Z')) return millis(date::sys_seconds(wall->time_since_epoch()));
    if (text.size() > 10 && std::regex_match(text, match, kOffset)) {
        const auto offset = std::chrono::minutes(std::stoi(match[2]) * 60 + std::stoi(match[3]));
        const date::sys_seconds utc(wall->time_since_epoch());
        return millis(match[1] == "-" ? utc + offset : utc - offset);
    }
    return at_zone(*wall, zone);
}

std::string write_instant(std::int64_t at_ms, const std::string& zone) {
    const date::time_zone* found = zone_of(zone);
    const date::sys_time<std::chrono::seconds> at(std::chrono::seconds(at_ms / 1000));
    return date::format("%FT%T%Ez",
                        date::make_zoned(found != nullptr ? found : date::locate_zone("UTC"), at));
}

std::string write_utc(std::int64_t at_ms) {
    return date::format("%FT%T", date::sys_time<Millis>(Millis(at_ms))) + "Z";
}

bool is_all_day(const json& event) {
    return event.at("start").contains("date");
}

std::int64_t bound(const json& event, const char* which, const std::string& calendar_zone) {
    const json& at = event.at(which);
    const std::string zone = at.value("timeZone", calendar_zone);
    return instant_of(
               at.contains("date") ? at.at("date").get<std::string>() : at.at("dateTime").get<std::string>(),
               zone)
        .value_or(0);
}

std::string time_fault(const json& event, const char* which, bool repeats) {
    const json& at = event.value(which, json());
    if (!at.is_object()) return std::string("Missing ") + which + " time.";
    const bool day = at.contains("date") && !at.at("date").is_null();
    const bool timed = at.contains("dateTime") && !at.at("dateTime").is_null();
    if (day == timed) return std::string(which) + ": one of date and dateTime";
    if (at.contains("timeZone") && zone_of(at.at("timeZone")) == nullptr)
        return "Invalid time zone definition for " + std::string(which) + " time.";
    if (repeats && timed && !at.contains("timeZone"))
        return "Missing time zone definition for " + std::string(which) + " time.";
    if (timed) {
        static const std::regex kOffset(R"(.*(Z|[+-]\d\d:\d\d))");
        if (!at.contains("timeZone") && !std::regex_match(at.at("dateTime").get<std::string>(), kOffset))
            return "Missing time zone definition for " + std::string(which) + " time.";
        if (!wall_of(at.at("dateTime"))) return std::string("Bad ") + which + " time.";
    }
    if (day && !wall_of(at.at("date"))) return std::string("Bad ") + which + " date.";
    return {};
}

std::string recurrence_fault(const json& event) {
    if (!event.contains("recurrence")) return {};
    for (const auto& line : event.at("recurrence")) {
        const std::string text = line;
        static const std::regex kLine("(RRULE:|EXRULE|RDATE|EXDATE).*");
        if (!std::regex_match(text, kLine)) return "recurrence: '" + text.substr(0, 10) + "'";
        if (!text.starts_with("RRULE:")) continue;
        if (icalrecurrencetype_from_string(text.substr(6).c_str()).freq == ICAL_NO_RECURRENCE)
            return "recurrence: bad rule";
        const bool until = text.find("UNTIL=") != std::string::npos;
        if (until && text.find("COUNT=") != std::string::npos) return "recurrence: COUNT and UNTIL";
        static const std::regex kUtc(".*UNTIL=[0-9]{8}T[0-9]{6}Z.*"), kDay(".*UNTIL=[0-9]{8}(;.*)?");
        if (until && !std::regex_match(text, is_all_day(event) ? kDay : kUtc))
            return "recurrence: form of UNTIL";
    }
    return {};
}

std::string guests_fault(const json& event) {
    static const std::regex kMail(R"([^@\s]+@[^@\s]+\.[^@\s]+)");
    if (event.contains("attendees"))
        for (const auto& guest : event.at("attendees"))
            if (!std::regex_match(guest.value("email", ""), kMail)) return "Missing attendee email.";
    if (!event.contains("reminders")) return {};
    const json& reminders = event.at("reminders");
    const json overrides = reminders.value("overrides", json::array());
    if (reminders.value("useDefault", false) && !overrides.empty())
        return "Cannot specify both default reminders and overrides at the same time.";
    if (overrides.size() > 5) return "reminders: more than five";
    for (const auto& one : overrides) {
        const std::string method = one.value("method", "");
        const int minutes = one.value("minutes", -1);
        if ((method != "popup" && method != "email") || minutes < 0 || minutes > 40320)
            return "reminders: bad override";
    }
    return {};
}

/// What Google finds wrong with a whole event; {reason, message} or empty.
std::pair<std::string, std::string> event_fault(const json& event, const std::string& zone) {
    const bool repeats = event.contains("recurrence") && !event.at("recurrence").empty();
    for (const char* which : {"start", "end"})
        if (std::string fault = time_fault(event, which, repeats); !fault.empty()) return {"required", fault};
    if (is_all_day(event) != event.at("end").contains("date"))
        return {"invalid", "Start and end times must either both be date or both be dateTime."};
    const std::int64_t start = bound(event, "start", zone), end = bound(event, "end", zone);
    if (end < start || (is_all_day(event) && end == start))
        return {"timeRangeEmpty", "The specified time range is empty."};
    if (std::string fault = recurrence_fault(event); !fault.empty()) return {"invalid", fault};
    if (std::string fault = guests_fault(event); !fault.empty()) return {"invalid", fault};
    return {};
}

struct FreeIterator {
    void operator()(icalrecur_iterator_impl* iterator) const noexcept { icalrecur_iterator_free(iterator); }
};

/// Starts of a series on its zone's wall clock.
std::vector<LocalSeconds> starts_of(const json& event) {
    std::vector<LocalSeconds> starts;
    const bool all_day = is_all_day(event);
    const auto first = wall_of(all_day ? event.at("start").at("date") : event.at("start").at("dateTime"));
    if (!first) return starts;
    icalrecurrencetype rule{};
    std::string exceptions;
    for (const auto& line : event.at("recurrence"))
        if (line.get<std::string>().starts_with("EXDATE")) exceptions += line.get<std::string>() + ",";
    for (const auto& line : event.at("recurrence"))
        if (line.get<std::string>().starts_with("RRULE:"))
            rule = icalrecurrencetype_from_string(line.get<std::string>().substr(6).c_str());
    if (!icaltime_is_null_time(rule.until) && icaltime_is_utc(rule.until)) {
        const date::time_zone* zone = zone_of(event.at("start").value("timeZone", "UTC"));
        const auto local =
            zone->to_local(date::sys_seconds(std::chrono::seconds(icaltime_as_timet(rule.until))));
        rule.until = icaltime_from_timet_with_zone(local.time_since_epoch().count(), 0, nullptr);
    }
    const icaltimetype begin =
        icaltime_from_timet_with_zone(first->time_since_epoch().count(), all_day ? 1 : 0, nullptr);
    const std::unique_ptr<icalrecur_iterator_impl, FreeIterator> iterator(
        icalrecur_iterator_new(rule, begin));
    while (iterator && starts.size() < kMostOccurrences) {
        const icaltimetype next = icalrecur_iterator_next(iterator.get());
        if (icaltime_is_null_time(next)) break;
        const LocalSeconds start(std::chrono::seconds(icaltime_as_timet(next)));
        // In the event's zone, as the calendar's own clients write them.
        const std::string written = date::format(all_day ? "%Y%m%d" : "%Y%m%dT%H%M%S", start);
        if (exceptions.find(written + ",") == std::string::npos) starts.push_back(start);
    }
    return starts;
}

std::string instance_suffix(LocalSeconds start, const json& series, const std::string& zone) {
    if (is_all_day(series)) return date::format("_%Y%m%d", start);
    const std::int64_t at = at_zone(start, series.at("start").value("timeZone", zone));
    return date::format("_%Y%m%dT%H%M%SZ", date::sys_seconds(std::chrono::seconds(at / 1000)));
}

json instance_of(const json& series, const std::string& series_id, LocalSeconds start,
                 const std::string& calendar_zone) {
    json one = series;
    const std::string zone = series.at("start").value("timeZone", calendar_zone);
    one.erase("recurrence");
    one["id"] = series_id + instance_suffix(start, series, calendar_zone);
    one["recurringEventId"] = series_id;
    if (is_all_day(series)) {
        const auto length = *wall_of(series.at("end").at("date")) - *wall_of(series.at("start").at("date"));
        one["start"] = {{"date", date::format("%F", start)}};
        one["end"] = {{"date", date::format("%F", start + length)}};
    } else {
        const auto length =
            *wall_of(series.at("end").at("dateTime")) - *wall_of(series.at("start").at("dateTime"));
        one["start"] = {{"dateTime", write_instant(at_zone(start, zone), zone)}, {"timeZone", zone}};
        one["end"] = {{"dateTime", write_instant(at_zone(start + length, zone), zone)}, {"timeZone", zone}};
    }
    one["originalStartTime"] = one["start"];
    return one;
}

/// RFC 7396, but an array or a reminder block is replaced whole, as Google does.
void merge(json& into, const json& change) {
    for (const auto& [name, value] : change.items()) {
        if (value.is_null())
            into.erase(name);
        else if (value.is_object() && into.contains(name) && into[name].is_object())
            merge(into[name], value);
        else
            into[name] = value;
    }
}

}  // namespace

GoogleResponse api_error(int status, const std::string& reason, const std::string& message) {
    const bool limits = reason.find("xceeded") != std::string::npos;
    GoogleResponse response =
        json_answer(status, {{"error",
                              {{"code", status},
                               {"message", message},
                               {"errors", json::array({{{"domain", limits ? "usageLimits" : "global"},
                                                        {"reason", reason},
                                                        {"message", message}}})}}}});
    if (status == 401)
        response.headers.emplace_back("www-authenticate", "Bearer realm=\"https://accounts.google.com/\"");
    if (reason == "insufficientPermissions")
        response.headers.emplace_back(
            "www-authenticate",
            "Bearer realm=\"https://accounts.google.com/\", error=\"insufficient_scope\"");
    return response;
}

const GoogleCalendarEntry* Calendars::entry(const GoogleAccount& account, const std::string& id) const {
    const auto listed = entries_.find(account.sub);
    if (listed == entries_.end()) return nullptr;
    for (const auto& [version, one] : listed->second)
        if (one.id == id && !one.deleted) return &one;
    return nullptr;
}

std::optional<std::string> Calendars::key_of(const GoogleAccount& account, const std::string& id) const {
    if (id == "primary" || id == account.email) return account.sub;
    if (entry(account, id) == nullptr) return std::nullopt;
    return account.sub + "/" + id;
}

GoogleResponse Calendars::serve(const ApiCall& call, Caller caller, const Fields& query, const json& body) {
    if (call.name == "calendarList.list") return calendar_list(caller, query);
    if (call.name == "freebusy.query") return free_busy(caller, body);
    const std::string calendar = field(call.path, "calendarId"), id = field(call.path, "eventId");
    const auto key = key_of(caller.account, calendar);
    if (!key) return api_error(404, "notFound", "Not Found");
    caller.calendar = *key;
    const GoogleCalendarEntry* other = entry(caller.account, calendar);
    const bool writes =
        call.name == "events.insert" || call.name == "events.patch" || call.name == "events.delete";
    if (other != nullptr && writes && other->role != "owner" && other->role != "writer")
        return api_error(403, "requiredAccessLevel", "You need to have writer access to this calendar.");
    if (call.name == "events.insert") return insert(caller, query, body);
    if (call.name == "events.list") return list(caller, query);
    if (call.name == "events.get") return get(caller, id);
    if (call.name == "events.patch") return patch(caller, query, id, body);
    if (call.name == "events.delete") return remove_event(caller, query, id);
    return instances(caller, query, id);
}

void Calendars::touch(json& event, std::int64_t now_ms) {
    event["etag"] = "\"" + std::to_string(++version_) + "\"";
    event["updated"] = write_utc(now_ms);
}

void Calendars::mail(const std::string& what, const json& event, const Fields& query) {
    if (field(query, "sendUpdates") != "all" || !event.contains("attendees")) return;
    for (const auto& guest : event.at("attendees"))
        if (!guest.value("self", false)) mails_.push_back(what + " " + guest.at("email").get<std::string>());
}

void Calendars::make_meet(const Caller& caller, Stored& stored) {
    json& data = stored.event["conferenceData"];
    json& status = data["createRequest"]["status"];
    stored.meet_pending = false;
    if (!caller.account.may_make_meet) {
        status = {{"statusCode", "failure"}};
        return;
    }
    status = {{"statusCode", "success"}};
    const std::string url =
        "https://meet.google.com/" + stored.event.at("id").get<std::string>().substr(0, 10);
    stored.event["hangoutLink"] = url;
    data["entryPoints"] = json::array({{{"entryPointType", "video"}, {"uri", url}}});
}

GoogleResponse Calendars::insert(const Caller& caller, const Fields& query, json event) {
    Calendar& calendar = calendars_[caller.calendar];
    static const std::regex kId("[a-v0-9]{5,1024}");
    const std::string id = event.value("id", "standin" + std::to_string(++version_));
    if (!std::regex_match(id, kId)) return api_error(400, "invalid", "Invalid resource id value.");
    if (event.contains("id") && event.contains("iCalUID")) return api_error(400, "invalid", "id and iCalUID");
    if (const auto [reason, what] = event_fault(event, caller.account.zone); !reason.empty())
        return api_error(400, reason, what);
    if (calendar.contains(id)) return api_error(409, "duplicate", "The requested identifier already exists.");
    if (field(query, "conferenceDataVersion") != "1") event.erase("conferenceData");
    event["id"] = id;
    event["kind"] = "calendar#event";
    event["status"] = "confirmed";
    event["created"] = write_utc(caller.now_ms);
    event["sequence"] = 0;
    event["organizer"] = {{"email", caller.account.email}, {"self", true}};
    event["htmlLink"] = "https://www.google.com/calendar/event?eid=" + id;
    if (!event.contains("reminders")) event["reminders"] = {{"useDefault", true}};
    touch(event, caller.now_ms);
    Stored stored{std::move(event), false};
    if (stored.event.contains("conferenceData")) {
        if (options_.meet_is_slow) {
            stored.event["conferenceData"]["createRequest"]["status"] = {{"statusCode", "pending"}};
            stored.meet_pending = true;
        } else {
            make_meet(caller, stored);
        }
    }
    mail("insert", stored.event, query);
    const json answer = stored.event;
    calendar[id] = std::move(stored);
    return json_answer(200, answer);
}

/// A stored event, or an occurrence of a stored series.
std::optional<Calendars::Stored> Calendars::find(Calendar& calendar, const std::string& id) const {
    if (const auto found = calendar.find(id); found != calendar.end()) return found->second;
    const std::size_t split = id.rfind('_');
    if (split == std::string::npos) return std::nullopt;
    const auto series = calendar.find(id.substr(0, split));
    if (series == calendar.end() || !series->second.event.contains("recurrence")) return std::nullopt;
    for (const LocalSeconds start : starts_of(series->second.event)) {
        json one = instance_of(series->second.event, series->first, start, "UTC");
        if (one.at("id") == id) return Stored{std::move(one), false};
    }
    return std::nullopt;
}

GoogleResponse Calendars::get(const Caller& caller, const std::string& id) {
    Calendar& calendar = calendars_[caller.calendar];
    const auto found = find(calendar, id);
    if (!found) return api_error(404, "notFound", "Not Found");
    if (const auto stored = calendar.find(id); stored != calendar.end() && stored->second.meet_pending) {
        make_meet(caller, stored->second);
        return json_answer(200, stored->second.event);
    }
    return json_answer(200, found->event);
}

GoogleResponse Calendars::patch(const Caller& caller, const Fields& query, const std::string& id,
                                const json& change) {
    Calendar& calendar = calendars_[caller.calendar];
    auto stored = find(calendar, id);
    if (!stored) return api_error(404, "notFound", "Not Found");
    const bool gone = stored->event.at("status") == "cancelled";
    if (gone && !(options_.undeletes && change.value("status", "") == "confirmed"))
        return api_error(410, "deleted", "Resource has been deleted");
    if (!caller.if_match.empty() && caller.if_match != stored->event.at("etag").get<std::string>())
        return api_error(412, "conditionNotMet", "Precondition Failed");
    if (!stored->event.value("organizer", json::object()).value("self", false))
        return api_error(403, "forbiddenForNonOrganizer",
                         "Shared properties can only be changed by the organizer of the event.");
    json next = stored->event;
    json taken = change;
    if (field(query, "conferenceDataVersion") != "1") taken.erase("conferenceData");
    merge(next, taken);
    if (const auto [reason, what] = event_fault(next, caller.account.zone); !reason.empty())
        return api_error(400, reason, what);
    next["sequence"] = next.value("sequence", 0) + 1;
    touch(next, caller.now_ms);
    stored->event = next;
    if (taken.contains("conferenceData")) make_meet(caller, *stored);
    mail("patch", stored->event, query);
    calendar[id] = *stored;
    return json_answer(200, stored->event);
}

GoogleResponse Calendars::remove_event(const Caller& caller, const Fields& query, const std::string& id) {
    Calendar& calendar = calendars_[caller.calendar];
    auto stored = find(calendar, id);
    if (!stored) return api_error(404, "notFound", "Not Found");
    if (stored->event.at("status") == "cancelled")
        return api_error(410, "deleted", "Resource has been deleted");
    if (!caller.if_match.empty() && caller.if_match != stored->event.at("etag").get<std::string>())
        return api_error(412, "conditionNotMet", "Precondition Failed");
    mail("delete", stored->event, query);
    stored->event["status"] = "cancelled";
    touch(stored->event, caller.now_ms);
    calendar[id] = *stored;
    GoogleResponse response;
    response.status = 204;
    return response;
}

std::vector<json> Calendars::expanded(const Calendar& calendar, std::int64_t from, std::int64_t to) const {
    std::vector<json> found;
    const auto add = [&](const json& event) {
        const bool touches = bound(event, "start", "UTC") < to && bound(event, "end", "UTC") > from;
        if (event.at("status") != "cancelled" && touches) found.push_back(event);
    };
    for (const auto& [id, stored] : calendar) {
        if (!stored.event.contains("recurrence")) {
            add(stored.event);
            continue;
        }
        if (stored.event.at("status") == "cancelled") continue;
        for (const LocalSeconds start : starts_of(stored.event)) {
            const json one = instance_of(stored.event, id, start, "UTC");
            if (!calendar.contains(one.at("id"))) add(one);  // a changed one stands for itself
        }
    }
    std::stable_sort(found.begin(), found.end(), [](const json& a, const json& b) {
        return bound(a, "start", "UTC") < bound(b, "start", "UTC");
    });
    return found;
}

GoogleResponse Calendars::list(const Caller& caller, const Fields& query) {
    // Known to the document and not played here: ignoring one would give a wrong list.
    for (const char* name : {"syncToken", "iCalUID", "q", "showDeleted", "updatedMin", "eventTypes",
                             "sharedExtendedProperty", "showHiddenInvitations"})
        if (!field(query, name).empty())
            return api_error(400, "invalid", std::string(name) + ": the stand-in does not know it");
    if (field(query, "orderBy") == "updated")
        return api_error(400, "invalid", "orderBy: the stand-in does not know 'updated'");
    const Calendar& calendar = calendars_[caller.calendar];
    const bool single = field(query, "singleEvents") == "true";
    if (field(query, "orderBy") == "startTime" && !single)
        return api_error(400, "badRequest", "orderBy needs singleEvents");
    std::int64_t from = INT64_MIN, to = INT64_MAX;
    for (const char* name : {"timeMin", "timeMax"}) {
        const std::string text = field(query, name);
        if (text.empty()) continue;
        static const std::regex kOffset(R"(.*(Z|[+-]\d\d:\d\d))");
        if (!std::regex_match(text, kOffset)) return api_error(400, "badRequest", "Bad Request");
        (name == std::string("timeMin") ? from : to) = instant_of(text, "UTC").value_or(0);
    }
    if (from >= to) return api_error(400, "timeRangeEmpty", "The specified time range is empty.");
    std::vector<json> found;
    if (single)
        found = expanded(calendar, from, to);
    else
        for (const auto& [id, stored] : calendar)
            if (stored.event.at("status") != "cancelled") found.push_back(stored.event);
    const std::string wanted = field(query, "privateExtendedProperty");
    if (!wanted.empty())
        std::erase_if(found, [&](const json& event) {
            const std::size_t equals = wanted.find('=');
            const json own = event.value("/extendedProperties/private"_json_pointer, json::object());
            return own.value(wanted.substr(0, equals), "") != wanted.substr(equals + 1);
        });
    const std::string limit = field(query, "maxResults"), page = field(query, "pageToken");
    static const std::regex kPage("[0-9]{1,6}");  // as they are given out below
    if (!page.empty() && (!std::regex_match(page, kPage) || std::stoul(page) >= found.size()))
        return api_error(400, "invalid", "pageToken: none that was given out");
    const std::size_t size = limit.empty() ? 250 : std::stoul(limit),
                      begin = page.empty() ? 0 : std::stoul(page);
    json answer{{"kind", "calendar#events"},
                {"summary", caller.account.email},
                {"timeZone", caller.account.zone},
                {"accessRole", "owner"},
                {"defaultReminders", json::array({{{"method", "popup"}, {"minutes", 10}}})},
                {"items", json::array()}};
    for (std::size_t i = begin; i < found.size() && i < begin + size; ++i)
        answer["items"].push_back(found[i]);
    if (begin + size < found.size()) answer["nextPageToken"] = std::to_string(begin + size);
    return json_answer(200, answer);
}

GoogleResponse Calendars::instances(const Caller& caller, const Fields& query, const std::string& id) {
    const Calendar& calendar = calendars_[caller.calendar];
    const auto series = calendar.find(id);
    if (series == calendar.end()) return api_error(404, "notFound", "Not Found");
    json answer{{"kind", "calendar#events"},
                {"timeZone", caller.account.zone},
                {"accessRole", "owner"},
                {"items", json::array()}};
    const std::string original = field(query, "originalStart");
    for (const json& one : expanded({{id, series->second}}, INT64_MIN, INT64_MAX)) {
        const json& start = one.at("originalStartTime");
        const bool fits = original.empty() || start.value("date", "") == original ||
                          (start.contains("dateTime") &&
                           instant_of(start.at("dateTime"), "UTC") == instant_of(original, "UTC"));
        if (fits) answer["items"].push_back(one);
    }
    return json_answer(200, answer);
}

GoogleResponse Calendars::free_busy(const Caller& caller, const json& body) {
    const auto from = instant_of(body.value("timeMin", ""), "UTC"),
               to = instant_of(body.value("timeMax", ""), "UTC");
    if (!from || !to || *from >= *to)
        return api_error(400, "timeRangeEmpty", "The specified time range is empty.");
    constexpr std::int64_t kLongestMs = 90LL * 24 * 3600 * 1000;
    if (*to - *from > kLongestMs)
        return api_error(400, "timeRangeTooLong", "The requested time range is too long.");
    json answer{{"kind", "calendar#freeBusy"}, {"calendars", json::object()}};
    for (const auto& item : body.value("items", json::array())) {
        const std::string id = item.value("id", "");
        const auto key = key_of(caller.account, id);
        if (!key) {
            answer["calendars"][id] = {
                {"busy", json::array()},
                {"errors", json::array({{{"domain", "global"}, {"reason", "notFound"}}})}};
            continue;
        }
        json busy = json::array();
        for (const json& one : expanded(calendars_[*key], *from, *to))
            if (one.value("transparency", "opaque") == "opaque")
                busy.push_back({{"start", write_utc(bound(one, "start", "UTC"))},
                                {"end", write_utc(bound(one, "end", "UTC"))}});
        answer["calendars"][id] = {{"busy", busy}};
    }
    return json_answer(200, answer);
}

GoogleResponse Calendars::calendar_list(const Caller& caller, const Fields& query) {
    const std::string token = field(query, "syncToken"), page = field(query, "pageToken"),
                      limit = field(query, "maxResults");
    std::uint64_t since = 0;
    if (!token.empty()) {
        if (!token.starts_with("list-"))
            return api_error(410, "fullSyncRequired", "Sync token is no longer valid.");
        since = std::stoull(token.substr(5));
    }
    std::vector<json> found;
    if (since == 0)
        found.push_back({{"id", caller.account.email},
                         {"summary", caller.account.email},
                         {"primary", true},
                         {"accessRole", "owner"},
                         {"timeZone", caller.account.zone}});
    for (const auto& [version, one] : entries_[caller.account.sub]) {
        if (version <= since || (one.deleted && since == 0)) continue;
        json item{{"id", one.id}, {"summary", one.summary}, {"accessRole", one.role}, {"timeZone", one.zone}};
        if (one.deleted) item["deleted"] = true;
        found.push_back(std::move(item));
    }
    const std::size_t size = limit.empty() ? 100 : std::stoul(limit),
                      begin = page.empty() ? 0 : std::stoul(page);
    json answer{{"kind", "calendar#calendarList"}, {"items", json::array()}};
    for (std::size_t i = begin; i < found.size() && i < begin + size; ++i)
        answer["items"].push_back(found[i]);
    if (begin + size < found.size())
        answer["nextPageToken"] = std::to_string(begin + size);
    else
        answer["nextSyncToken"] = "list-" + std::to_string(++version_);
    return json_answer(200, answer);
}

void Calendars::put_calendar(const GoogleAccount& account, GoogleCalendarEntry entry) {
    auto& listed = entries_[account.sub];
    std::erase_if(listed, [&](const auto& one) { return one.second.id == entry.id; });
    listed.emplace_back(++version_, std::move(entry));
}

std::string Calendars::put(const GoogleAccount& account, json event, std::int64_t now_ms,
                           const std::string& calendar) {
    const std::string id = event.value("id", "foreign" + std::to_string(++version_));
    event["id"] = id;
    if (!event.contains("status")) event["status"] = "confirmed";
    if (!event.contains("organizer")) event["organizer"] = {{"email", account.email}, {"self", true}};
    touch(event, now_ms);
    calendars_[key_of(account, calendar).value()][id] = {std::move(event), false};
    return id;
}

void Calendars::remove(const GoogleAccount& account, const std::string& id, std::int64_t now_ms) {
    json& event = calendars_[account.sub].at(id).event;
    event["status"] = "cancelled";
    touch(event, now_ms);
}

std::vector<std::int64_t> Calendars::starts(const GoogleAccount& account) const {
    std::vector<std::int64_t> found;
    if (const auto calendar = calendars_.find(key_of(account, "primary").value());
        calendar != calendars_.end())
        for (const auto& [id, stored] : calendar->second)
            if (stored.event.at("status") != "cancelled")
                found.push_back(bound(stored.event, "start", account.zone));
    std::sort(found.begin(), found.end());
    return found;
}

json Calendars::events(const GoogleAccount& account, const std::string& id) const {
    json found = json::array();
    if (const auto calendar = calendars_.find(key_of(account, id).value()); calendar != calendars_.end())
        for (const auto& [event_id, stored] : calendar->second) found.push_back(stored.event);
    return found;
}

}  // namespace migue::standins
