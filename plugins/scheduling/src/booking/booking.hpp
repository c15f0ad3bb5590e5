#pragma once
#include <memory>
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
        kUnknown,   ///< no answer, and asking again gave none either
    };
    Kind kind = Kind::kFailed;
    Event event;  ///< with kDone, as it is now
};

/// One turn's way to one person's calendar.
class Booking {
public:
    Booking(Calendar& calendar, Audit& audit, std::string person)
        : calendar_(calendar), audit_(audit), person_(std::move(person)) {}

    /// Makes the event under the id it brings. Repeating it finds the same event.
    [[nodiscard]] migue::Task<Outcome> book(Event event, Overlap overlap);
    [[nodiscard]] migue::Task<Outcome> change(Event event, Overlap overlap);
    [[nodiscard]] migue::Task<Outcome> cancel(std::vector<Event> events);
    /// Takes a booking back.
    [[nodiscard]] migue::Task<Outcome> undo_booking(Event event);
    /// Puts events back to how they were before a change or a cancellation.
    [[nodiscard]] migue::Task<Outcome> put_back(std::vector<Event> before);

    [[nodiscard]] migue::Task<migue::Result<std::vector<Event>>> list(Interval span);
    [[nodiscard]] migue::Task<migue::Result<std::optional<Event>>> get(std::string id);

    /// Records that a time was looked at and found taken.
    [[nodiscard]] migue::Task<void> note_taken(const Event& event);

private:
    migue::Task<Outcome> settle(std::string action, Event event, migue::Error error, std::uint64_t since_ns);
    migue::Task<void> note(std::string action, const Event& event, std::string outcome, std::string error,
                           std::uint64_t since_ns);

    Calendar& calendar_;
    Audit& audit_;
    std::string person_;
};

}  // namespace scheduling
