#include "calendar/local/event_statements.hpp"

#include <nlohmann/json.hpp>

#include "calendar/recurrence.hpp"
#include "tables/rows.hpp"

namespace scheduling {

namespace {

using nlohmann::json;

// How far ahead a series without an end keeps its hours, and how many of them at most.
constexpr std::int64_t kReservedAheadMs = 400LL * 24 * 3600 * 1000;
constexpr std::size_t kMostReserved = 400;
constexpr std::size_t kRowsAStatement = 100;

constexpr const char* kNoOverlap =
    " AND NOT EXISTS (SELECT 1 FROM scheduling.reservations mine JOIN scheduling.reservations theirs"
    " ON theirs.person_id = mine.person_id AND theirs.event_id <> mine.event_id AND theirs.event_id <> $17"
    " AND theirs.start_ms < mine.end_ms AND theirs.end_ms > mine.start_ms"
    " WHERE mine.person_id = $1 AND mine.event_id = $2)";

constexpr const char* kColumns =
    "event_id, title, start_ms, end_ms, all_day, busy, zone, location, guests, rrule, exdates, status,"
    " sequence, created_ms, updated_ms";

json event_params(const std::string& person, const Event& event) {
    return json::array({person, event.id, event.title, event.start_ms, event.end_ms, event.all_day ? 1 : 0,
                        event.busy ? 1 : 0, event.zone, event.location, json(event.guests).dump(),
                        event.rrule, json(event.exdates).dump(), event.cancelled ? "cancelled" : "confirmed",
                        event.sequence, event.created_ms, event.updated_ms});
}

/// With the event whose time does not count, where overlaps are looked at.
std::string params_of(const std::string& person, const Event& event, Overlap overlap) {
    json params = event_params(person, event);
    if (overlap == Overlap::kRefuse) params.push_back(event.replaces);
    return params.dump();
}

std::string guard(Overlap overlap) {
    return overlap == Overlap::kRefuse ? kNoOverlap : "";
}

}  // namespace

migue::SqlStatement lock_person(const std::string& person, std::int64_t now_ms) {
    return {
        "INSERT INTO scheduling.people (person_id, created_ms, bookings) VALUES ($1, $2, 1)"
        " ON CONFLICT (person_id) DO UPDATE SET bookings = people.bookings + 1",
        json::array({person, now_ms}).dump(), false};
}

migue::SqlStatement insert_event(const std::string& person, const Event& event, Overlap overlap) {
    return {"INSERT INTO scheduling.local_events (person_id, " + std::string(kColumns) +
                ") SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS BIGINT),"
                " CAST($5 AS BIGINT), CAST($6 AS BIGINT), CAST($7 AS BIGINT), CAST($8 AS TEXT),"
                " CAST($9 AS TEXT), CAST($10 AS TEXT), CAST($11 AS TEXT), CAST($12 AS TEXT),"
                " CAST($13 AS TEXT), CAST($14 AS BIGINT), CAST($15 AS BIGINT), CAST($16 AS BIGINT)"
                " WHERE 1 = 1" +
                guard(overlap) + " ON CONFLICT (person_id, event_id) DO NOTHING RETURNING event_id",
            params_of(person, event, overlap), true};
}

migue::SqlStatement update_event(const std::string& person, const Event& event, Overlap overlap) {
    return {
        "UPDATE scheduling.local_events SET title = $3, start_ms = $4, end_ms = $5, all_day = $6, busy = $7,"
        " zone = $8, location = $9, guests = $10, rrule = $11, exdates = $12, status = $13, sequence = $14,"
        " created_ms = $15, updated_ms = $16 WHERE person_id = $1 AND event_id = $2" +
            guard(overlap) + " RETURNING event_id",
        params_of(person, event, overlap), true};
}

std::vector<migue::SqlStatement> reserve(const std::string& person, const Event& event) {
    std::vector<migue::SqlStatement> statements;
    if (!event.busy || event.cancelled) return statements;
    const Interval ahead{event.start_ms, event.start_ms + kReservedAheadMs};
    json params;
    std::string values;
    std::size_t rows = 0;
    const auto flush = [&] {
        if (rows == 0) return;
        statements.push_back(
            {"INSERT INTO scheduling.reservations (person_id, event_id, start_ms, end_ms) VALUES " + values +
                 " ON CONFLICT (person_id, event_id, start_ms) DO NOTHING",
             params.dump(), false});
        rows = 0;
    };
    for (const Event& occurrence : occurrences(event, ahead, kMostReserved)) {
        if (rows == 0) {
            params = json::array({person, event.id});
            values.clear();
        }
        const std::string first = std::to_string(3 + 2 * rows), second = std::to_string(4 + 2 * rows);
        values += (rows == 0 ? "" : ", ");
        values += "($1, $2, $" + first + ", $" + second + ")";
        params.push_back(occurrence.start_ms);
        params.push_back(occurrence.end_ms);
        if (++rows == kRowsAStatement) flush();
    }
    flush();
    return statements;
}

migue::SqlStatement release(const std::string& person, const std::string& event_id) {
    return {"DELETE FROM scheduling.reservations WHERE person_id = $1 AND event_id = $2",
            json::array({person, event_id}).dump(), false};
}

migue::SqlStatement select_event(const std::string& person, const std::string& event_id) {
    return {"SELECT " + std::string(kColumns) +
                " FROM scheduling.local_events WHERE person_id = $1 AND event_id = $2",
            json::array({person, event_id}).dump(), false};
}

migue::SqlStatement select_span(const std::string& person, Interval span) {
    return {"SELECT " + std::string(kColumns) +
                " FROM scheduling.local_events WHERE person_id = $1 AND status = 'confirmed'"
                " AND start_ms < $2 AND (end_ms > $3 OR rrule <> '') ORDER BY start_ms, event_id",
            json::array({person, span.end_ms, span.begin_ms}).dump(), false};
}

migue::SqlStatement select_since(const std::string& person, std::int64_t since_ms) {
    return {"SELECT " + std::string(kColumns) +
                " FROM scheduling.local_events WHERE person_id = $1 AND (end_ms > $2 OR rrule <> '')"
                " ORDER BY start_ms, event_id",
            json::array({person, since_ms}).dump(), false};
}

migue::SqlStatement cancel_event(const std::string& person, const std::string& event_id,
                                 std::int64_t now_ms) {
    return {
        "UPDATE scheduling.local_events SET"
        " sequence = CASE WHEN status = 'cancelled' THEN sequence ELSE sequence + 1 END,"
        " status = 'cancelled', updated_ms = $3 WHERE person_id = $1 AND event_id = $2",
        json::array({person, event_id, now_ms}).dump(), true};
}

Event read_event(const json& row) {
    Event event;
    event.id = text_of(row, "event_id");
    event.title = text_of(row, "title");
    event.start_ms = number_of(row, "start_ms");
    event.end_ms = number_of(row, "end_ms");
    event.all_day = number_of(row, "all_day") != 0;
    event.busy = number_of(row, "busy") != 0;
    event.zone = text_of(row, "zone");
    event.location = text_of(row, "location");
    event.rrule = text_of(row, "rrule");
    event.cancelled = text_of(row, "status") == "cancelled";
    event.sequence = number_of(row, "sequence");
    event.created_ms = number_of(row, "created_ms");
    event.updated_ms = number_of(row, "updated_ms");
    for (const auto& guest : json::parse(text_of(row, "guests"), nullptr, false))
        if (guest.is_string()) event.guests.push_back(guest);
    for (const auto& start : json::parse(text_of(row, "exdates"), nullptr, false))
        if (start.is_number_integer()) event.exdates.push_back(start);
    return event;
}

}  // namespace scheduling
