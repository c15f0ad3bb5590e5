#pragma once
#include "calendar/calendar.hpp"
#include "migue/cpp/services.hpp"

namespace scheduling {

/// The calendar that needs no account: events in the plugin's own tables.
///
/// `reservations` holds the busy times, one row an occurrence. Every write first touches the
/// person's row, which makes writers of one person take turns on Postgres, and then refuses
/// in one statement when a reservation of another event overlaps.
class LocalCalendar final : public Calendar {
public:
    LocalCalendar(migue::Sql sql, migue::Clock clock) : sql_(sql), clock_(clock) {}

    migue::Task<migue::Result<Event>> insert(Caller caller, Event event, Overlap overlap) override;
    migue::Task<migue::Result<std::vector<Event>>> list(Caller caller, Interval span) override;
    migue::Task<migue::Result<std::optional<Event>>> get(Caller caller, std::string id) override;
    migue::Task<migue::Result<Event>> update(Caller caller, Event event, Overlap overlap) override;
    migue::Task<migue::Result<void>> cancel(Caller caller, std::vector<std::string> ids) override;
    migue::Task<migue::Result<Event>> restore(Caller caller, Event remembered, Overlap overlap) override;

private:
    migue::Task<migue::Result<Event>> rewrite(std::string person, Event event, Overlap overlap);

    migue::Sql sql_;
    migue::Clock clock_;
};

/// Every event of a person from `since_ms` on, series and cancelled ones too, as they are
/// stored: what a feed tells.
[[nodiscard]] migue::Task<migue::Result<std::vector<Event>>> stored_events(migue::Sql sql, std::string person,
                                                                           std::int64_t since_ms);

}  // namespace scheduling
