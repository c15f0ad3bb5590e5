#pragma once
#include <string>
#include <vector>

#include "calendar/calendar.hpp"
#include "migue/cpp/services.hpp"

/// The times that our own writes are under way for on one Google calendar, so that two of
/// them never take the same hour: one transaction raises the calendar's revision, which makes
/// writers take turns, and puts the interval down unless a live one overlaps. No lock lives
/// across a call. Thread-safe.
namespace scheduling {

struct CalendarKey {
    std::string account, calendar;
};

class HeldTimes {
public:
    explicit HeldTimes(const migue::Services& services) : sql_(services.sql), clock_(services.clock) {}

    /// kConflict: another write of ours has part of it, or had until a moment ago. Holding
    /// again what one holds is fine.
    [[nodiscard]] migue::Task<migue::Result<void>> hold(CalendarKey key, std::string person, Event event,
                                                        Overlap overlap) const;
    /// The write is known to have succeeded: the hold ends soon, once lists show the event.
    /// False: the hold was gone, somebody else may have the time.
    [[nodiscard]] migue::Task<migue::Result<bool>> booked(CalendarKey key, std::string event) const;
    /// The write is known not to have happened.
    [[nodiscard]] migue::Task<migue::Result<void>> release(CalendarKey key, std::string event) const;
    /// Ids of writes that stand in the way and have not been heard of for a while: ask about them.
    [[nodiscard]] migue::Task<migue::Result<std::vector<std::string>>> stale(CalendarKey key,
                                                                             Interval span) const;

private:
    migue::Sql sql_;
    migue::Clock clock_;
};

}  // namespace scheduling
