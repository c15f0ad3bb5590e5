#pragma once
#include <string>
#include <vector>

#include "calendar/google/event_calls.hpp"
#include "calendar/google/held_times.hpp"

namespace scheduling {

/// Whether a time may be written to: held against our own writers first (HeldTimes), then looked
/// for in every calendar that the person reads. Thread-safe.
class TimeCheck {
public:
    TimeCheck(const migue::Services& services, EventCalls& calls)
        : services_(services), calls_(calls), held_(services) {}

    struct Wish {
        Place place;                          ///< where the event is, or will be
        std::vector<GoogleAccount> accounts;  ///< of the person
        Event event;
        std::vector<std::string> own_ids;  ///< ids, without place, that do not count as somebody else
        bool is_new = true;                ///< false: the event stands, and shows in free/busy itself
    };
    /// kConflict: taken, by ours or by others; nothing is held then. kUnavailable: not known. Else
    /// the time is held until booked() or release().
    [[nodiscard]] migue::Task<migue::Result<void>> reserve(Caller caller, Wish wish, Overlap overlap);

    /// The write succeeded. False: the hold was gone by then, somebody else may have the time.
    [[nodiscard]] migue::Task<bool> booked(Place place, std::string event);
    /// The write is known not to have happened, or shows in lists. A hold that stays is asked about
    /// by whoever it stands in the way of.
    [[nodiscard]] migue::Task<void> release(Place place, std::string event);

private:
    migue::Task<migue::Result<bool>> settle_stale(Caller caller, const Place& place, Interval span);
    migue::Task<migue::Result<bool>> is_taken(Caller caller, const Wish& wish);
    migue::Task<migue::Result<std::vector<Event>>> busy_events(Caller caller, GoogleAccount account,
                                                               std::vector<std::string> calendars,
                                                               Interval span);

    const migue::Services services_;
    EventCalls& calls_;
    const HeldTimes held_;
};

}  // namespace scheduling
