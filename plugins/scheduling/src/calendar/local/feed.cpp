#include "calendar/local/feed.hpp"

#include <libical/ical.h>

#include <memory>
#include <set>

#include "calendar/zone_time.hpp"

namespace scheduling {

namespace {

struct ComponentFree {
    void operator()(icalcomponent* component) const noexcept { icalcomponent_free(component); }
};
using Component = std::unique_ptr<icalcomponent, ComponentFree>;

struct MemoryFree {
    void operator()(char* text) const noexcept { icalmemory_free_buffer(text); }
};

icaltimetype utc_time(std::int64_t unix_ms) {
    return icaltime_from_timet_with_zone(static_cast<time_t>(unix_ms / 1000), 0,
                                         icaltimezone_get_utc_timezone());
}

icaltimetype local_time(std::int64_t unix_ms, const Event& event) {
    const LocalMinutes local = to_local(unix_ms, event.zone);
    const auto day = day_of(local);
    const date::year_month_day ymd(day);
    const auto minutes = static_cast<int>((local - day).count());
    icaltimetype time = icaltime_null_time();
    time.year = int(ymd.year());
    time.month = static_cast<int>(unsigned(ymd.month()));
    time.day = static_cast<int>(unsigned(ymd.day()));
    time.hour = event.all_day ? 0 : minutes / 60;
    time.minute = event.all_day ? 0 : minutes % 60;
    time.is_date = event.all_day ? 1 : 0;
    return time;
}

/// A series repeats the wall clock of its zone, so it is written in that zone.
bool wants_zone(const Event& event) {
    return !event.rrule.empty() && !event.all_day && event.zone != "UTC";
}

enum class TimeOf { kStart = 1, kEnd, kException };

icalproperty* new_time_property(TimeOf which, icaltimetype time) {
    switch (which) {
        case TimeOf::kStart:
            return icalproperty_new_dtstart(time);
        case TimeOf::kEnd:
            return icalproperty_new_dtend(time);
        case TimeOf::kException:
            return icalproperty_new_exdate(time);
    }
    return nullptr;
}

void add_time(icalcomponent* component, TimeOf which, std::int64_t unix_ms, const Event& event) {
    const bool zoned = wants_zone(event);
    const icaltimetype time = event.all_day || zoned ? local_time(unix_ms, event) : utc_time(unix_ms);
    icalproperty* property = new_time_property(which, time);
    if (zoned) icalproperty_set_parameter(property, icalparameter_new_tzid(event.zone.c_str()));
    icalcomponent_add_property(component, property);
}

Component event_component(const Event& event) {
    Component component(icalcomponent_new(ICAL_VEVENT_COMPONENT));
    icalcomponent* raw = component.get();
    icalcomponent_add_property(raw, icalproperty_new_uid((event.id + "@migue").c_str()));
    icalcomponent_add_property(raw, icalproperty_new_dtstamp(utc_time(event.updated_ms)));
    icalcomponent_add_property(raw, icalproperty_new_created(utc_time(event.created_ms)));
    icalcomponent_add_property(raw, icalproperty_new_lastmodified(utc_time(event.updated_ms)));
    icalcomponent_add_property(raw, icalproperty_new_sequence(static_cast<int>(event.sequence)));
    add_time(raw, TimeOf::kStart, event.start_ms, event);
    add_time(raw, TimeOf::kEnd, event.end_ms, event);
    icalcomponent_add_property(raw, icalproperty_new_summary(event.title.c_str()));
    if (!event.location.empty())
        icalcomponent_add_property(raw, icalproperty_new_location(event.location.c_str()));
    if (!event.rrule.empty())
        icalcomponent_add_property(
            raw, icalproperty_new_rrule(icalrecurrencetype_from_string(event.rrule.c_str())));
    for (const std::int64_t exception : event.exdates) add_time(raw, TimeOf::kException, exception, event);
    icalcomponent_add_property(
        raw, icalproperty_new_status(event.cancelled ? ICAL_STATUS_CANCELLED : ICAL_STATUS_CONFIRMED));
    icalcomponent_add_property(
        raw, icalproperty_new_transp(event.busy ? ICAL_TRANSP_OPAQUE : ICAL_TRANSP_TRANSPARENT));
    return component;
}

/// The zone's rules under its plain IANA name; libical's own carry a prefix of its project.
Component zone_component(const std::string& zone) {
    icaltimezone* builtin = icaltimezone_get_builtin_timezone(zone.c_str());
    icalcomponent* rules = builtin != nullptr ? icaltimezone_get_component(builtin) : nullptr;
    if (rules == nullptr) return nullptr;
    Component copy(icalcomponent_new_clone(rules));
    if (icalproperty* tzid = icalcomponent_get_first_property(copy.get(), ICAL_TZID_PROPERTY);
        tzid != nullptr)
        icalproperty_set_tzid(tzid, zone.c_str());
    return copy;
}

}  // namespace

std::string write_feed(std::string_view name, const std::vector<Event>& events) {
    const Component calendar(icalcomponent_new(ICAL_VCALENDAR_COMPONENT));
    icalcomponent* raw = calendar.get();
    icalcomponent_add_property(raw, icalproperty_new_version("2.0"));
    icalcomponent_add_property(raw, icalproperty_new_prodid("-//migue//local calendar//EN"));
    icalcomponent_add_property(raw, icalproperty_new_calscale("GREGORIAN"));
    icalcomponent_add_property(raw, icalproperty_new_method(ICAL_METHOD_PUBLISH));
    icalproperty* title = icalproperty_new_x(std::string(name).c_str());
    icalproperty_set_x_name(title, "X-WR-CALNAME");
    icalcomponent_add_property(raw, title);
    std::set<std::string> zones;
    for (const Event& event : events)
        if (wants_zone(event)) zones.insert(event.zone);
    for (const std::string& zone : zones)
        if (Component rules = zone_component(zone)) icalcomponent_add_component(raw, rules.release());
    for (const Event& event : events) icalcomponent_add_component(raw, event_component(event).release());
    const std::unique_ptr<char, MemoryFree> text(icalcomponent_as_ical_string_r(raw));
    return text ? std::string(text.get()) : std::string();
}

}  // namespace scheduling
