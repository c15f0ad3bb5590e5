#pragma once
#include <optional>
#include <string>
#include <vector>

#include "calendar/calendar.hpp"
#include "calendar/google/event_calls.hpp"
#include "calendar/google/google_client.hpp"
#include "calendar/google/time_check.hpp"

namespace scheduling {

/// Each person's own Google Calendar.
///
/// New events go to the person's default calendar, or to the one that Event::calendar names; lists
/// merge the chosen calendars of all accounts, one event shown by several once. Occurrences of a
/// series come with ids of their own and name their series. What an id says: places.hpp. Google
/// cannot refuse an overlap: our own writes take turns, and what other programs made is looked at
/// right before each write (TimeCheck).
class GoogleCalendar final : public Calendar {
public:
    GoogleCalendar(const migue::Services& services, const GoogleAccounts& accounts,
                   const GoogleSettings& settings)
        : services_(services),
          accounts_(accounts),
          client_(services, accounts, settings),
          calls_(client_),
          check_(services, calls_) {}

    migue::Task<migue::Result<Event>> insert(Caller caller, Event event, Overlap overlap) override;
    migue::Task<migue::Result<std::vector<Event>>> list(Caller caller, Interval span) override;
    migue::Task<migue::Result<std::optional<Event>>> get(Caller caller, std::string id) override;
    migue::Task<migue::Result<Event>> update(Caller caller, Event event, Overlap overlap) override;
    migue::Task<migue::Result<void>> cancel(Caller caller, std::vector<std::string> ids) override;
    migue::Task<migue::Result<Event>> restore(Caller caller, Event remembered, Overlap overlap) override;
    [[nodiscard]] bool answers_may_be_late() const override { return true; }

    /// The zone of the account's primary calendar.
    [[nodiscard]] migue::Task<migue::Result<std::string>> zone_of(Caller caller, GoogleAccount account);

    /// The calls of all that is asked of Google share one budget.
    [[nodiscard]] GoogleClient& client() noexcept { return client_; }

private:
    using Accounts = std::vector<GoogleAccount>;
    /// Where an event is, and as it is there; nothing when it is nowhere.
    struct Found {
        Place place;
        std::optional<StoredEvent> stored;
    };

    /// All of the person's, the one that writes alive.
    migue::Task<migue::Result<Accounts>> accounts_of(Caller caller);
    migue::Task<migue::Result<Found>> find(Caller caller, const Accounts& accounts, std::string id);
    migue::Task<migue::Result<Event>> insert_under(Caller caller, TimeCheck::Wish wish, std::string key,
                                                   Overlap overlap);
    migue::Task<migue::Result<Event>> finish_insert(Caller caller, TimeCheck::Wish wish, Event event);
    migue::Task<migue::Result<void>> remove(Caller caller, std::string id);
    migue::Task<migue::Result<Event>> revive(Caller caller, TimeCheck::Wish wish, const Found& found,
                                             Overlap overlap);
    [[nodiscard]] migue::Result<std::string> revised_id(const std::string& key, int revision) const;
    [[nodiscard]] migue::Result<std::vector<std::string>> own_ids(const std::string& key) const;

    const migue::Services services_;
    const GoogleAccounts& accounts_;
    GoogleClient client_;
    EventCalls calls_;
    TimeCheck check_;
};

}  // namespace scheduling
