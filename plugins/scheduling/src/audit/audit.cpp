#include "audit/audit.hpp"

#include <nlohmann/json.hpp>
#include <utility>

namespace scheduling {

using nlohmann::json;

Audit::Audit(const migue::Services& services, std::string person, std::string message_id,
             std::uint32_t attempt)
    : sql_(services.sql),
      clock_(services.clock),
      log_(services.log),
      person_(std::move(person)),
      message_id_(std::move(message_id)),
      attempt_(attempt) {}

migue::Task<void> Audit::note(AuditEntry entry, std::uint64_t since_ns) {
    const auto took_ms = static_cast<std::int64_t>((clock_.monotonic_ns() - since_ns) / 1'000'000);
    const std::string entry_id =
        message_id_ + "/" + std::to_string(attempt_) + "/" + std::to_string(written_++);
    const json begin = entry.time ? json(entry.time->begin_ms) : json();
    const json end = entry.time ? json(entry.time->end_ms) : json();
    migue::SqlStatement insert{
        "INSERT INTO scheduling.calendar_events (person_id, entry_id, message_id, event_id, action, start_ms,"
        " end_ms, outcome, error, duration_ms, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
        // No target: naming one needs the right to read, and this role has only that to add.
        " ON CONFLICT DO NOTHING",
        json::array({person_, entry_id, message_id_, entry.event_id, entry.action, begin, end, entry.outcome,
                     entry.error, took_ms, clock_.unix_ms()})
            .dump(),
        false};
    auto written = co_await sql_.execute(std::move(insert));
    if (!written)
        log_.error("audit row not written", {{"action", entry.action}, {"why", written.error().what}});
}

}  // namespace scheduling
