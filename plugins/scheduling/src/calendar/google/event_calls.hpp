#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "calendar/calendar.hpp"
#include "calendar/google/google_client.hpp"
#include "calendar/google/places.hpp"

namespace scheduling {

/// An event as the API gives it.
struct StoredEvent {
    nlohmann::json item;
    std::string zone;  ///< of the event, else of its calendar
};

/// The Calendar API's calls on one calendar: each is one request, with its pages and its repeats.
/// What an answer means for a booking is decided elsewhere. Thread-safe.
class EventCalls {
public:
    explicit EventCalls(GoogleClient& client) : client_(client) {}

    /// Not cancelled, touching the span, series as their occurrences, unsorted. kState: the
    /// calendar is gone.
    [[nodiscard]] migue::Task<migue::Result<std::vector<Event>>> list(Caller caller, Place place,
                                                                      Interval span);
    /// Nothing: it never was there, or Google has dropped it.
    [[nodiscard]] migue::Task<migue::Result<std::optional<StoredEvent>>> fetch(Caller caller, Place place);
    /// Busy times of several calendars of one account in one call (three for a year). A calendar that
    /// is not told of whole is an error: unknown is not free.
    [[nodiscard]] migue::Task<migue::Result<std::vector<Interval>>> busy(Caller caller, GoogleAccount account,
                                                                         std::vector<std::string> calendars,
                                                                         Interval span);

    struct Made {
        std::optional<Event> event;  ///< nothing: the id is spent, another one may do
    };
    /// Under the id of `event`; an event of ours that is there already is that event.
    [[nodiscard]] migue::Task<migue::Result<Made>> insert(Caller caller, Place place, Event event,
                                                          std::string key);
    /// Read, change what differs, only if it is still what was read; on a change in between once
    /// more. After a lost answer our own write shows here as nothing left to change. Without `known`,
    /// a deleted event comes back.
    [[nodiscard]] migue::Task<migue::Result<Event>> patch(Caller caller, Place place, Event wanted,
                                                          std::optional<StoredEvent> known);
    enum class Removal { kDone = 1, kNeverThere };
    [[nodiscard]] migue::Task<migue::Result<Removal>> remove(Caller caller, Place place);

    [[nodiscard]] migue::Task<migue::Result<std::string>> zone_of(Caller caller, Place place);

    /// With the id that names its place.
    [[nodiscard]] static Event read(const Place& place, const nlohmann::json& item, const std::string& zone);

private:
    migue::Task<migue::Result<std::vector<Interval>>> busy_within(Caller caller, const GoogleAccount& account,
                                                                  const std::vector<std::string>& calendars,
                                                                  Interval span);
    GoogleClient& client_;
};

}  // namespace scheduling
