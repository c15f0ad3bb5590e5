#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
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
    std::string series;                 ///< of an occurrence that has an id of its own: the series'
    bool video_call = false;            ///< wants a link to a video call
    std::string video_url;              ///< "" until the calendar made one
    std::optional<std::int64_t> reminder_minutes;  ///< before the start
    /// Of a new event: the calendar to make it on, a CalendarInfo::key; "" the person's default.
    std::string calendar;
    /// Of a new event: the series (its id) whose occurrences it takes the place of: no overlap.
    std::string replaces;
    std::string uid;  ///< the same in every calendar that shows the event; "" unknown
    bool cancelled = false;
    std::int64_t sequence = 0;  ///< grows with each change
    std::int64_t created_ms = 0, updated_ms = 0;
};

/// A stretch of time, the end exclusive.
struct Interval {
    std::int64_t begin_ms = 0, end_ms = 0;
};

/// On whose behalf something is done, and until when an answer is of use.
struct Caller {
    std::string person;
    std::uint64_t until_ns = 0;  ///< on the monotonic clock; 0: nobody waits

    Caller(std::string id, std::uint64_t until = 0)  // NOLINT(*-explicit-*)
        : person(std::move(id)), until_ns(until) {}
};

/// What an error of an outside calendar is about, as the last part of its text.
inline constexpr std::string_view kWhyNotLinked = "no calendar is linked";            // kUnsupported
inline constexpr std::string_view kWhyAccessEnded = "access was withdrawn";           // kUnsupported
inline constexpr std::string_view kWhyScopeMissing = "a permission was not given";    // kUnsupported
inline constexpr std::string_view kWhyNotYours = "only its organizer may change it";  // kInvalid

/// Whether two ids mean one event: an id may also name the calendar it is on.
[[nodiscard]] bool is_same_event(std::string_view one, std::string_view other);

enum class Overlap {
    kRefuse = 1,  ///< kConflict when a busy event has part of that time
    kAllow = 2,   ///< the person said so
};

/// Implementations are thread-safe. Every write may be repeated: the same write on an event
/// that already looks like that succeeds and changes nothing.
///
/// Errors of all: kUnavailable, nothing happened and it is worth trying again; kDeadline and
/// kInternal, it may have happened; kUnsupported, the person has to give access; kConfig, an
/// operator has to look.
class Calendar {
public:
    Calendar() = default;
    Calendar(const Calendar&) = delete;
    Calendar& operator=(const Calendar&) = delete;
    virtual ~Calendar() = default;

    /// Makes the event under the id it brings. The id known already: gives that event as it
    /// is now and makes none. kConflict: the time is taken.
    virtual migue::Task<migue::Result<Event>> insert(Caller caller, Event event, Overlap overlap) = 0;
    /// Not cancelled, touching the span, by start; series come as their occurrences.
    virtual migue::Task<migue::Result<std::vector<Event>>> list(Caller caller, Interval span) = 0;
    /// Cancelled ones too; a series comes as itself.
    virtual migue::Task<migue::Result<std::optional<Event>>> get(Caller caller, std::string id) = 0;
    /// Replaces what the person may change. kConflict: the new time is taken. kState: gone or
    /// cancelled.
    virtual migue::Task<migue::Result<Event>> update(Caller caller, Event event, Overlap overlap) = 0;
    /// Unknown ids are kState. Where the calendar can, all of them or none; else repeating it
    /// finishes the rest.
    virtual migue::Task<migue::Result<void>> cancel(Caller caller, std::vector<std::string> ids) = 0;
    /// Takes a cancellation back: the event as it is remembered, under another id if the old
    /// one is spent. kConflict: the time was given away meanwhile.
    virtual migue::Task<migue::Result<Event>> restore(Caller caller, Event remembered, Overlap overlap) = 0;
    /// A write without an answer may still take effect after the event was looked for in vain.
    [[nodiscard]] virtual bool answers_may_be_late() const { return false; }
};

}  // namespace scheduling
