#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "migue/cpp/services.hpp"
#include "migue/cpp/task.hpp"

/// What people asked to be reminded of. One reminder an event and person: asking again replaces
/// it. The row decides what is sent; a job only wakes it up, so a job too many does nothing.
namespace scheduling {

struct Reminder {
    std::string person, event, conversation;
    std::int64_t minutes = 0;        ///< before the start
    std::int64_t occurrence_ms = 0;  ///< the start it belongs to
    std::int64_t due_ms = 0;         ///< when next; 0: not any more
    std::int64_t sent_due_ms = 0;    ///< the last that was sent: a turn that is repeated sends it again
    std::string locale;
};

/// Thread-safe.
class Reminders {
public:
    explicit Reminders(const migue::Services& services) : services_(services) {}

    /// Keeps it, and wakes up at `wake_ms` (at the latest when it is due).
    [[nodiscard]] migue::Task<migue::Result<void>> put(Reminder reminder, std::int64_t wake_ms) const;
    [[nodiscard]] migue::Task<migue::Result<std::optional<Reminder>>> find(std::string person,
                                                                           std::string event) const;
    /// Those still to come, the next one first.
    [[nodiscard]] migue::Task<migue::Result<std::vector<Reminder>>> all(std::string person) const;
    [[nodiscard]] migue::Task<migue::Result<void>> remove(Reminder reminder) const;

    [[nodiscard]] static std::string job_key(const std::string& event) { return "remind/" + event; }

private:
    const migue::Services& services_;
};

}  // namespace scheduling
