#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "audit/audit.hpp"
#include "calendar/calendar.hpp"
#include "migue/cpp/services.hpp"
#include "migue/cpp/task.hpp"

/// What is done to a person's calendar: every attempt leaves its trace in the audit, and
/// every answer says what is known to be true.
namespace scheduling {

struct Outcome {
    enum class Kind {
        kDone = 1,  ///< the calendar said so
        kTaken,     ///< another event has the time
        kGone,      ///< there is no such event any more
        kFailed,    ///< nothing happened
        kUnknown,   ///< no answer, and asking again gave none either: it may still happen
    };
    Kind kind = Kind::kFailed;
    Event event;  ///< with kDone, as it is now
};

/// Why the calendar could not be used, beyond what an Outcome says.
enum class Trouble {
    kNone = 1,
    kNotLinked,    ///< the person has linked no calendar
    kAccessEnded,  ///< the link is dead
    kScope,        ///< a permission is missing
    kService,      ///< set up wrongly by whoever runs this bot
    kNotYours,     ///< only the event's organizer may
    kSilent,       ///< no usable answer; passes
};

/// One turn's way to one person's calendar.
class Booking {
public:
    Booking(Calendar& calendar, Audit& audit, Caller caller)
        : calendar_(calendar), audit_(audit), caller_(std::move(caller)) {}

    /// Makes the event under the id it brings. Repeating it finds the same event.
    [[nodiscard]] migue::Task<Outcome> book(Event event, Overlap overlap);
    [[nodiscard]] migue::Task<Outcome> change(Event event, Overlap overlap);
    [[nodiscard]] migue::Task<Outcome> cancel(std::vector<Event> events);
    /// Takes a booking back.
    [[nodiscard]] migue::Task<Outcome> undo_booking(Event event);
    /// Puts events back to how they were before a change or a cancellation.
    [[nodiscard]] migue::Task<Outcome> put_back(std::vector<Event> before);

    [[nodiscard]] migue::Task<migue::Result<std::vector<Event>>> list(Interval span);
    /// Lists a span that will be asked for soon, so that list() has it until something is
    /// written. A failure is left to that list().
    [[nodiscard]] migue::Task<void> look_ahead(Interval span);
    [[nodiscard]] migue::Task<migue::Result<std::optional<Event>>> get(std::string id);

    /// Of the last call that failed.
    [[nodiscard]] Trouble trouble() const noexcept { return trouble_; }
    /// A write got no answer and may still take effect.
    [[nodiscard]] bool is_open() const noexcept { return is_open_; }
    [[nodiscard]] Caller caller() const { return caller_; }

    /// Events that this turn changed, took away or put back.
    [[nodiscard]] const std::vector<std::string>& touched() const noexcept { return touched_; }

    /// Records that a time was looked at and found taken.
    [[nodiscard]] migue::Task<void> note_taken(const Event& event);

private:
    struct Seen {
        Interval span;
        std::vector<Event> events;
    };
    void remember(const migue::Error& error);
    migue::Task<Outcome> settle(std::string action, Event event, migue::Error error, std::uint64_t since_ns);
    migue::Task<void> note(std::string action, const Event& event, std::string outcome, std::string error,
                           std::uint64_t since_ns);

    Calendar& calendar_;
    Audit& audit_;
    Caller caller_;
    std::optional<Seen> seen_;
    Trouble trouble_ = Trouble::kNone;
    bool is_open_ = false;
    std::vector<std::string> touched_;
};

}  // namespace scheduling
