#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "accounts/google_accounts.hpp"
#include "calendar/google/held_times.hpp"

/// Which calendar of which account an event is on, and how its id says so. Pure.
///
/// On the calendar that a person writes to (their home) an event has Google's own id. Elsewhere
/// account and calendar follow it: "<id>~<account>" for an account's primary calendar, else
/// "<id>~<account>~<calendar>".
namespace scheduling {

inline constexpr const char* kPrimary = "primary";

struct Place {
    GoogleAccount account;
    std::string calendar = kPrimary;
    std::string id;  ///< of the event, Google's own; "" of none
    bool is_home = false;
};

/// An id taken apart; account and calendar are "" when it names none.
struct WrittenId {
    std::string id, account, calendar;
};
[[nodiscard]] WrittenId read_id(std::string_view id);
[[nodiscard]] std::string write_id(const Place& place, const std::string& id);

/// Event::calendar of that calendar, and what it stands for.
[[nodiscard]] std::string calendar_key(std::string_view account, std::string_view calendar);

/// Where new events go: the first account's calendar for writing. Not for a person without one.
[[nodiscard]] Place home_of(const std::vector<GoogleAccount>& accounts);
[[nodiscard]] Place place_on(const std::vector<GoogleAccount>& accounts, const GoogleAccount& account,
                             const std::string& calendar);
/// Every calendar that is read, home first.
[[nodiscard]] std::vector<Place> places_read(const std::vector<GoogleAccount>& accounts);

/// A function, because GCC 12 destroys a braced aggregate inside a co_await twice.
[[nodiscard]] CalendarKey held_key(const Place& place);
[[nodiscard]] std::string calendar_path(const Place& place);
[[nodiscard]] std::string event_path(const Place& place);

}  // namespace scheduling
