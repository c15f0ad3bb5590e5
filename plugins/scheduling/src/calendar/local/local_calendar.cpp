#include "calendar/local/local_calendar.hpp"

#include <algorithm>

#include "calendar/local/event_statements.hpp"
#include "calendar/recurrence.hpp"
#include "tables/rows.hpp"

namespace scheduling {

namespace {

using migue::Error;
using migue::Result;
using migue::Task;

constexpr std::size_t kMostOccurrences = 400;

/// What the person may change looks the same: a write that was done before.
bool looks_like(const Event& stored, const Event& wanted) {
    return stored.start_ms == wanted.start_ms && stored.end_ms == wanted.end_ms &&
           stored.title == wanted.title && stored.all_day == wanted.all_day &&
           stored.location == wanted.location && stored.guests == wanted.guests &&
           stored.rrule == wanted.rrule && stored.exdates == wanted.exdates && stored.zone == wanted.zone &&
           stored.busy == wanted.busy;
}

std::vector<Event> read_events(const StatementRows& statement) {
    std::vector<Event> events;
    events.reserve(statement.rows.size());
    for (const auto& row : statement.rows) events.push_back(read_event(row));
    return events;
}

}  // namespace

Task<Result<Event>> LocalCalendar::insert(Caller caller, Event event, Overlap overlap) {
    event.created_ms = event.updated_ms = clock_.unix_ms();
    std::vector<migue::SqlStatement> statements;
    statements.push_back(lock_person(caller.person, event.created_ms));
    for (auto& statement : reserve(caller.person, event)) statements.push_back(std::move(statement));
    statements.push_back(insert_event(caller.person, event, overlap));
    auto written = co_await sql_.execute(std::move(statements));
    if (written) co_return event;
    if (written.error().code != Error::Code::kConflict)
        co_return std::move(written).error().within("insert event");
    auto stored = co_await get(caller.person, event.id);
    if (!stored) co_return std::move(stored).error();
    if (stored->has_value()) co_return **stored;
    co_return Error{Error::Code::kConflict, "insert event: the time is taken"};
}

Task<Result<std::vector<Event>>> LocalCalendar::list(Caller caller, Interval span) {
    auto answer = co_await sql_.execute(select_span(caller.person, span));
    if (!answer) co_return std::move(answer).error().within("list events");
    auto statements = read_rows(*answer);
    if (!statements) co_return std::move(statements).error();
    std::vector<Event> found;
    for (const Event& event : read_events(statements->at(0)))
        for (Event& occurrence : occurrences(event, span, kMostOccurrences))
            found.push_back(std::move(occurrence));
    std::stable_sort(found.begin(), found.end(),
                     [](const Event& a, const Event& b) { return a.start_ms < b.start_ms; });
    co_return found;
}

Task<Result<std::optional<Event>>> LocalCalendar::get(Caller caller, std::string id) {
    auto answer = co_await sql_.execute(select_event(caller.person, id));
    if (!answer) co_return std::move(answer).error().within("get event");
    auto statements = read_rows(*answer);
    if (!statements) co_return std::move(statements).error();
    std::optional<Event> found;
    if (!statements->at(0).rows.empty()) found = read_event(statements->at(0).rows.front());
    co_return found;
}

Task<Result<Event>> LocalCalendar::update(Caller caller, Event event, Overlap overlap) {
    auto stored = co_await get(caller.person, event.id);
    if (!stored) co_return std::move(stored).error();
    if (!stored->has_value() || (*stored)->cancelled)
        co_return Error{Error::Code::kState, "update event: it is gone or cancelled"};
    if (looks_like(**stored, event)) co_return **stored;
    event.sequence = (*stored)->sequence + 1;
    event.created_ms = (*stored)->created_ms;
    event.cancelled = false;
    co_return co_await rewrite(std::move(caller.person), std::move(event), overlap);
}

Task<Result<void>> LocalCalendar::cancel(Caller caller, std::vector<std::string> ids) {
    const std::int64_t now = clock_.unix_ms();
    std::vector<migue::SqlStatement> statements;
    statements.push_back(lock_person(caller.person, now));
    for (const std::string& id : ids) {
        statements.push_back(release(caller.person, id));
        statements.push_back(cancel_event(caller.person, id, now));
    }
    auto written = co_await sql_.execute(std::move(statements));
    if (written) co_return Result<void>();
    if (written.error().code == Error::Code::kConflict)
        co_return Error{Error::Code::kState, "cancel events: one of them is unknown"};
    co_return std::move(written).error().within("cancel events");
}

Task<Result<Event>> LocalCalendar::restore(Caller caller, Event remembered, Overlap overlap) {
    auto stored = co_await get(caller.person, std::move(remembered.id));
    if (!stored) co_return std::move(stored).error();
    if (!stored->has_value()) co_return Error{Error::Code::kState, "restore event: it is unknown"};
    Event event = std::move(**stored);
    if (!event.cancelled) co_return event;
    event.cancelled = false;
    event.sequence += 1;
    co_return co_await rewrite(std::move(caller.person), std::move(event), overlap);
}

Task<Result<Event>> LocalCalendar::rewrite(std::string person, Event event, Overlap overlap) {
    event.updated_ms = clock_.unix_ms();
    std::vector<migue::SqlStatement> statements;
    statements.push_back(lock_person(person, event.updated_ms));
    statements.push_back(release(person, event.id));
    for (auto& statement : reserve(person, event)) statements.push_back(std::move(statement));
    statements.push_back(update_event(person, event, overlap));
    auto written = co_await sql_.execute(std::move(statements));
    if (written) co_return event;
    if (written.error().code == Error::Code::kConflict)
        co_return Error{Error::Code::kConflict, "update event: the time is taken"};
    co_return std::move(written).error().within("update event");
}

Task<Result<std::vector<Event>>> stored_events(migue::Sql sql, std::string person, std::int64_t since_ms) {
    auto answer = co_await sql.execute(select_since(person, since_ms));
    if (!answer) co_return std::move(answer).error().within("stored events");
    auto statements = read_rows(*answer);
    if (!statements) co_return std::move(statements).error();
    co_return read_events(statements->at(0));
}

}  // namespace scheduling
