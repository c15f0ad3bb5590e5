#include "calendar/local/feed.hpp"

#include <gtest/gtest.h>
#include <libical/ical.h>

#include <memory>

#include "calendar/zone_time.hpp"

namespace scheduling {

namespace {

using namespace date::literals;

struct Free {
    void operator()(icalcomponent* component) const noexcept { icalcomponent_free(component); }
};
using Parsed = std::unique_ptr<icalcomponent, Free>;

Parsed parse(const std::string& text) {
    return Parsed(icalparser_parse_string(text.c_str()));
}

icalcomponent* first_event(const Parsed& calendar) {
    return icalcomponent_get_first_component(calendar.get(), ICAL_VEVENT_COMPONENT);
}

Event single() {
    Event event;
    event.id = "abc123";
    event.title = "Reunión; con, \"Laura\"\nen dos líneas \\";
    event.zone = "America/Bogota";
    event.location = "Café, 2º piso";
    event.start_ms = to_unix_ms(date::local_days(2026_y / 11 / 24) + std::chrono::hours(15), event.zone);
    event.end_ms = event.start_ms + 30 * 60 * 1000;
    event.sequence = 3;
    return event;
}

}  // namespace

TEST(Feed, IsReadBackByLibical) {
    const Parsed calendar = parse(write_feed("migue", {single()}));
    ASSERT_TRUE(calendar);
    EXPECT_EQ(icalcomponent_count_errors(calendar.get()), 0);
    icalcomponent* event = first_event(calendar);
    ASSERT_NE(event, nullptr);
    EXPECT_STREQ(icalcomponent_get_uid(event), "abc123@migue");
    EXPECT_EQ(std::string(icalcomponent_get_summary(event)), single().title);
    EXPECT_STREQ(icalcomponent_get_location(event), "Café, 2º piso");
    EXPECT_EQ(icalcomponent_get_sequence(event), 3);
    EXPECT_EQ(icalcomponent_get_status(event), ICAL_STATUS_CONFIRMED);
    const icaltimetype start = icalcomponent_get_dtstart(event);
    EXPECT_TRUE(icaltime_is_utc(start));
    EXPECT_EQ(static_cast<std::int64_t>(icaltime_as_timet(start)) * 1000, single().start_ms);
}

TEST(Feed, KeepsASeriesInItsZone) {
    Event series = single();
    series.rrule = "FREQ=WEEKLY;BYDAY=TU;COUNT=6";
    series.exdates = {series.start_ms + 7LL * 24 * 3600 * 1000};
    const std::string text = write_feed("migue", {series});
    const Parsed calendar = parse(text);
    ASSERT_TRUE(calendar);
    EXPECT_EQ(icalcomponent_count_errors(calendar.get()), 0);
    icalcomponent* zone = icalcomponent_get_first_component(calendar.get(), ICAL_VTIMEZONE_COMPONENT);
    ASSERT_NE(zone, nullptr);
    EXPECT_STREQ(icalproperty_get_tzid(icalcomponent_get_first_property(zone, ICAL_TZID_PROPERTY)),
                 "America/Bogota");
    EXPECT_NE(text.find("DTSTART;TZID=America/Bogota:20261124T150000"), std::string::npos) << text;
    EXPECT_NE(text.find("EXDATE;TZID=America/Bogota:20261201T150000"), std::string::npos) << text;
    icalproperty* rule = icalcomponent_get_first_property(first_event(calendar), ICAL_RRULE_PROPERTY);
    ASSERT_NE(rule, nullptr);
    EXPECT_EQ(icalproperty_get_rrule(rule).count, 6);
}

TEST(Feed, WritesWholeDaysAsDates) {
    Event event = single();
    event.all_day = true;
    event.busy = false;
    event.start_ms = to_unix_ms(date::local_days(2026_y / 12 / 21), event.zone);
    event.end_ms = to_unix_ms(date::local_days(2026_y / 12 / 25), event.zone);
    const std::string text = write_feed("migue", {event});
    EXPECT_NE(text.find("DTSTART;VALUE=DATE:20261221"), std::string::npos) << text;
    EXPECT_NE(text.find("DTEND;VALUE=DATE:20261225"), std::string::npos) << text;
    EXPECT_NE(text.find("TRANSP:TRANSPARENT"), std::string::npos);
}

TEST(Feed, TellsCancellations) {
    Event event = single();
    event.cancelled = true;
    const Parsed calendar = parse(write_feed("migue", {event}));
    EXPECT_EQ(icalcomponent_get_status(first_event(calendar)), ICAL_STATUS_CANCELLED);
}

TEST(Feed, OfNothingIsStillACalendar) {
    const Parsed calendar = parse(write_feed("migue", {}));
    ASSERT_TRUE(calendar);
    EXPECT_EQ(icalcomponent_isa(calendar.get()), ICAL_VCALENDAR_COMPONENT);
}

TEST(Feed, IsTheSameBytesForTheSameEvents) {
    EXPECT_EQ(write_feed("migue", {single(), single()}), write_feed("migue", {single(), single()}));
}

}  // namespace scheduling
