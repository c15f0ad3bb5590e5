#include "calendar/google/places.hpp"

#include <algorithm>

#include "accounts/web_text.hpp"

namespace scheduling {

namespace {

constexpr char kMark = '~';  // never in Google's ids of events and accounts

}  // namespace

WrittenId read_id(std::string_view id) {
    WrittenId read;
    const std::size_t first = id.find(kMark);
    read.id = id.substr(0, first);
    if (first == std::string_view::npos) return read;
    const std::string_view rest = id.substr(first + 1);
    const std::size_t second = rest.find(kMark);
    read.account = rest.substr(0, second);
    read.calendar =
        second == std::string_view::npos ? std::string(kPrimary) : std::string(rest.substr(second + 1));
    return read;
}

std::string write_id(const Place& place, const std::string& id) {
    if (place.is_home || id.empty()) return id;
    std::string written = id + kMark + place.account.id;
    if (place.calendar != kPrimary) written += kMark + place.calendar;
    return written;
}

std::string calendar_key(std::string_view account, std::string_view calendar) {
    return std::string(account) + kMark + std::string(calendar);
}

Place place_on(const std::vector<GoogleAccount>& accounts, const GoogleAccount& account,
               const std::string& calendar) {
    const GoogleAccount& home = accounts.front();
    return {account, calendar, "", account.id == home.id && calendar == home.write_calendar};
}

Place home_of(const std::vector<GoogleAccount>& accounts) {
    return place_on(accounts, accounts.front(), accounts.front().write_calendar);
}

std::vector<Place> places_read(const std::vector<GoogleAccount>& accounts) {
    std::vector<Place> places{home_of(accounts)};
    for (const GoogleAccount& account : accounts)
        for (const std::string& calendar : account.calendars) {
            Place place = place_on(accounts, account, calendar);
            if (!place.is_home) places.push_back(std::move(place));
        }
    return places;
}

CalendarKey held_key(const Place& place) {
    return {place.account.id, place.calendar};
}

std::string calendar_path(const Place& place) {
    return "calendars/" + percent_encode(place.calendar) + "/events";
}

std::string event_path(const Place& place) {
    return calendar_path(place) + "/" + percent_encode(place.id);
}

}  // namespace scheduling
