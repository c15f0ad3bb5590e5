#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "migue/cpp/result.hpp"
#include "migue/cpp/task.hpp"

/// A person's calendar, wherever it is kept.
namespace scheduling {

/// One event, or one occurrence of a series (then start and end are the occurrence's).
/// Instants are Unix milliseconds; the end is exclusive. An all-day event begins and ends at
/// midnight of its zone.
struct Event {
    std::string id;
    std::string title;
    std::int64_t start_ms = 0, end_ms = 0;
    bool all_day = false;
    bool busy = true;  ///< false: other bookings may overlap it
    std::string zone;  ///< IANA; the one it was made in
    std::string location;
    std::vector<std::string> guests;    ///< as written
    std::string rrule;                  ///< RFC 5545 without "RRULE:", "" for a single event
    std::vector<std::int64_t> exdates;  ///< starts of occurrences taken out of the series
    bool cancelled = false;
    std::int64_t sequence = 0;  ///< grows with each change
    std::int64_t created_ms = 0, updated_ms = 0;
};

/// A stretch of time, the end exclusive.
struct Interval {
    std::int64_t begin_ms = 0, end_ms = 0;
};

enum class Overlap {
    kRefuse = 1,  ///< kConflict when a busy event has part of that time
    kAllow = 2,   ///< the person said so
};

/// Implementations are thread-safe. Every write may be repeated: the same write on an event
/// that already looks like that succeeds and changes nothing.
class Calendar {
public:
    Calendar() = default;
    Calendar(const Calendar&) = delete;
    Calendar& operator=(const Calendar&) = delete;
    virtual ~Calendar() = default;

    /// Makes the event under the id it brings. The id known already: gives that event as it
    /// is now and makes none. kConflict: the time is taken.
    virtual migue::Task<migue::Result<Event>> insert(std::string person, Event event, Overlap overlap) = 0;
    /// Not cancelled, touching the span, by start; series come as their occurrences.
    virtual migue::Task<migue::Result<std::vector<Event>>> list(std::string person, Interval span) = 0;
    /// Cancelled ones too; a series comes as itself.
    virtual migue::Task<migue::Result<std::optional<Event>>> get(std::string person, std::string id) = 0;
    /// Replaces what the person may change. kConflict: the new time is taken. kState: gone or
    /// cancelled.
    virtual migue::Task<migue::Result<Event>> update(std::string person, Event event, Overlap overlap) = 0;
    /// Cancels all of them or none. Unknown ids are kState.
    virtual migue::Task<migue::Result<void>> cancel(std::string person, std::vector<std::string> ids) = 0;
    /// Takes a cancellation back. kConflict: the time was given away meanwhile.
    virtual migue::Task<migue::Result<Event>> restore(std::string person, std::string id,
                                                      Overlap overlap) = 0;
};

}  // namespace scheduling
