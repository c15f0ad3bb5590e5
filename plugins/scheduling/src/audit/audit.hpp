#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "calendar/calendar.hpp"
#include "migue/cpp/services.hpp"
#include "migue/cpp/task.hpp"

/// The append-only record of every attempt on a calendar, for operators. Never a title, a
/// guest or words of a message. Nothing reads it to decide anything.
namespace scheduling {

struct AuditEntry {
    /// asked checked booked moved cancelled failed undone
    std::string action;
    std::string event_id;
    std::optional<Interval> time;
    std::string outcome;  ///< "ok", "taken", "unknown", "refused"
    std::string error;    ///< of the plugin, not of the person; "" when it went well
};

/// The record of one turn. Not shared between turns.
class Audit {
public:
    Audit(const migue::Services& services, std::string person, std::string message_id, std::uint32_t attempt);

    /// Adds one row. A row that cannot be written is logged and does not stop the turn: what
    /// was booked is booked. `since_ns`: when the step began, by the monotonic clock.
    [[nodiscard]] migue::Task<void> note(AuditEntry entry, std::uint64_t since_ns);

    /// An earlier attempt of the same turn may have done some of its work.
    [[nodiscard]] bool is_repeat() const noexcept { return attempt_ > 1; }

    [[nodiscard]] std::uint64_t begin() const { return clock_.monotonic_ns(); }

private:
    migue::Sql sql_;
    migue::Clock clock_;
    migue::Log log_;
    std::string person_, message_id_;
    std::uint32_t attempt_;
    unsigned written_ = 0;
};

}  // namespace scheduling
