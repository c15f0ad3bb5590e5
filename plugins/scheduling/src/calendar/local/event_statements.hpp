#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "calendar/calendar.hpp"
#include "migue/cpp/services.hpp"

/// The SQL of the local calendar, in words that SQLite and Postgres both understand.
namespace scheduling {

/// Makes the person's row if needed and locks it until the transaction ends.
[[nodiscard]] migue::SqlStatement lock_person(const std::string& person, std::int64_t now_ms);

/// The event, unless its reservations overlap another's; needs a row.
[[nodiscard]] migue::SqlStatement insert_event(const std::string& person, const Event& event,
                                               Overlap overlap);

/// The event's fields and status, on the same condition; needs a row.
[[nodiscard]] migue::SqlStatement update_event(const std::string& person, const Event& event,
                                               Overlap overlap);

/// None for events that do not keep others away.
[[nodiscard]] std::vector<migue::SqlStatement> reserve(const std::string& person, const Event& event);
[[nodiscard]] migue::SqlStatement release(const std::string& person, const std::string& event_id);

[[nodiscard]] migue::SqlStatement select_event(const std::string& person, const std::string& event_id);
[[nodiscard]] migue::SqlStatement select_span(const std::string& person, Interval span);
[[nodiscard]] migue::SqlStatement select_since(const std::string& person, std::int64_t since_ms);
[[nodiscard]] migue::SqlStatement cancel_event(const std::string& person, const std::string& event_id,
                                               std::int64_t now_ms);

[[nodiscard]] Event read_event(const nlohmann::json& row);

}  // namespace scheduling
