#include "calendar/google/held_times.hpp"

#include <nlohmann/json.hpp>

#include "calendar/recurrence.hpp"
#include "tables/rows.hpp"

namespace scheduling {

namespace {

using migue::Result;
using migue::Task;
using nlohmann::json;

constexpr std::size_t kMostHeld = 60;
constexpr std::int64_t kAheadMs = 400LL * 24 * 3600 * 1000;
constexpr std::int64_t kShownAfterMs = 30 * 1000;  // a list shows a new event by then
constexpr std::int64_t kStaleMs = 60 * 1000;       // longer than a turn and its request

migue::SqlStatement raise_revision(const CalendarKey& key) {
    return {
        "INSERT INTO scheduling.account_calendars (account_id, calendar_id, revision) VALUES ($1, $2, 1)"
        " ON CONFLICT (account_id, calendar_id) DO UPDATE SET revision = account_calendars.revision + 1",
        json::array({key.account, key.calendar}).dump(), false};
}

migue::SqlStatement drop_shown(const CalendarKey& key, std::int64_t before_ms) {
    return {
        "DELETE FROM scheduling.held_times WHERE account_id = $1 AND calendar_id = $2 AND status = 'booked' "
        "AND at_ms < $3",
        json::array({key.account, key.calendar, before_ms}).dump(), false};
}

migue::SqlStatement drop(const CalendarKey& key, const std::string& event) {
    return {"DELETE FROM scheduling.held_times WHERE account_id = $1 AND calendar_id = $2 AND event_id = $3",
            json::array({key.account, key.calendar, event}).dump(), false};
}

migue::SqlStatement put(const CalendarKey& key, const std::string& person, const Event& event,
                        std::int64_t now_ms) {
    json params = json::array({key.account, key.calendar, event.id, person, now_ms});
    std::string values;
    std::size_t rows = 0;
    const Interval ahead{event.start_ms, event.start_ms + kAheadMs};
    for (const Event& one : occurrences(event, ahead, kMostHeld)) {
        values += (rows == 0 ? "" : ", ");
        values += "($1, $2, $3, $" + std::to_string(6 + 2 * rows) + ", $" + std::to_string(7 + 2 * rows) +
                  ", $4, 'held', $5)";
        params.push_back(one.start_ms);
        params.push_back(one.end_ms);
        ++rows;
    }
    return {
        "INSERT INTO scheduling.held_times (account_id, calendar_id, event_id, start_ms, end_ms, person_id, "
        "status, at_ms)"
        " VALUES " +
            values,
        params.dump(), false};
}

/// Needs a row: gives one unless another's held time overlaps ours. What the event takes the place of
/// does not count.
migue::SqlStatement refuse_overlap(const CalendarKey& key, const Event& event) {
    return {
        "SELECT 1 AS free FROM scheduling.account_calendars WHERE account_id = $1 AND calendar_id = $2 AND "
        "NOT EXISTS"
        " (SELECT 1 FROM scheduling.held_times mine JOIN scheduling.held_times theirs"
        " ON theirs.account_id = mine.account_id AND theirs.calendar_id = mine.calendar_id"
        " AND theirs.event_id <> mine.event_id AND theirs.event_id <> $4 AND theirs.start_ms < mine.end_ms "
        "AND theirs.end_ms > "
        "mine.start_ms"
        " WHERE mine.account_id = $1 AND mine.calendar_id = $2 AND mine.event_id = $3)",
        json::array({key.account, key.calendar, event.id, event.replaces}).dump(), true};
}

}  // namespace

Task<Result<void>> HeldTimes::hold(CalendarKey key, std::string person, Event event, Overlap overlap) const {
    if (!event.busy) co_return Result<void>();
    const std::int64_t now = clock_.unix_ms();
    std::vector<migue::SqlStatement> statements;
    statements.push_back(raise_revision(key));
    statements.push_back(drop_shown(key, now - kShownAfterMs));
    statements.push_back(drop(key, event.id));
    statements.push_back(put(key, person, event, now));
    if (overlap == Overlap::kRefuse) statements.push_back(refuse_overlap(key, event));
    auto answer = co_await sql_.execute(std::move(statements));
    if (!answer) co_return std::move(answer).error().within("hold a time");
    co_return Result<void>();
}

Task<Result<bool>> HeldTimes::booked(CalendarKey key, std::string event) const {
    migue::SqlStatement update{
        "UPDATE scheduling.held_times SET status = 'booked', at_ms = $4 WHERE account_id = $1 AND "
        "calendar_id = $2 AND"
        " event_id = $3 RETURNING event_id",
        json::array({key.account, key.calendar, event, clock_.unix_ms()}).dump(), false};
    auto answer = co_await sql_.execute(std::move(update));
    if (!answer) co_return std::move(answer).error().within("end a hold");
    auto statements = read_rows(*answer);
    if (!statements) co_return std::move(statements).error();
    co_return !statements->at(0).rows.empty();
}

Task<Result<void>> HeldTimes::release(CalendarKey key, std::string event) const {
    auto answer = co_await sql_.execute(drop(key, event));
    if (!answer) co_return std::move(answer).error().within("release a time");
    co_return Result<void>();
}

Task<Result<std::vector<std::string>>> HeldTimes::stale(CalendarKey key, Interval span) const {
    migue::SqlStatement select{
        "SELECT DISTINCT event_id FROM scheduling.held_times WHERE account_id = $1 AND calendar_id = $2 AND "
        "start_ms < $3"
        " AND end_ms > $4 AND status = 'held' AND at_ms < $5",
        json::array({key.account, key.calendar, span.end_ms, span.begin_ms, clock_.unix_ms() - kStaleMs})
            .dump(),
        false};
    auto answer = co_await sql_.execute(std::move(select));
    if (!answer) co_return std::move(answer).error().within("look for held times");
    auto statements = read_rows(*answer);
    if (!statements) co_return std::move(statements).error();
    std::vector<std::string> ids;
    for (const auto& row : statements->at(0).rows) ids.push_back(text_of(row, "event_id"));
    co_return ids;
}

}  // namespace scheduling
