#pragma once
#include <optional>
#include <string>
#include <vector>

#include "calendar/calendar.hpp"
#include "calendar/google/google_client.hpp"
#include "calendar/google/held_times.hpp"

namespace scheduling {

/// Each person's own Google Calendar.
///
/// New events go to the primary calendar of the account that writes; lists merge the chosen
/// calendars of all. Occurrences of a series come with ids of their own and name their
/// series. An event of another account has that account in its id. Google cannot refuse an
/// overlap: our own writes take turns (HeldTimes), and what other programs made is looked at
/// right before each write.
class GoogleCalendar final : public Calendar {
public:
    GoogleCalendar(const migue::Services& services, const GoogleAccounts& accounts,
                   const GoogleSettings& settings)
        : services_(services), accounts_(accounts), client_(services, accounts, settings), held_(services) {}

    migue::Task<migue::Result<Event>> insert(Caller caller, Event event, Overlap overlap) override;
    migue::Task<migue::Result<std::vector<Event>>> list(Caller caller, Interval span) override;
    migue::Task<migue::Result<std::optional<Event>>> get(Caller caller, std::string id) override;
    migue::Task<migue::Result<Event>> update(Caller caller, Event event, Overlap overlap) override;
    migue::Task<migue::Result<void>> cancel(Caller caller, std::vector<std::string> ids) override;
    migue::Task<migue::Result<Event>> restore(Caller caller, Event remembered, Overlap overlap) override;
    [[nodiscard]] bool answers_may_be_late() const override { return true; }

    /// The zone of the account's primary calendar.
    [[nodiscard]] migue::Task<migue::Result<std::string>> zone_of(Caller caller, GoogleAccount account);

private:
    /// An event's place: which account, which id there.
    struct Place {
        GoogleAccount account;
        std::string id;
        bool writes = false;
    };
    /// An event as the API gives it.
    struct Stored {
        nlohmann::json item;
        std::string zone;
    };

    migue::Task<migue::Result<GoogleAccount>> writer(Caller caller);
    migue::Task<migue::Result<Place>> place_of(Caller caller, std::string id);
    migue::Task<migue::Result<std::optional<Stored>>> fetch(Caller caller, const Place& place);
    migue::Task<migue::Result<void>> list_one(Caller caller, const GoogleAccount& account,
                                              std::string calendar, Interval span, std::vector<Event>& into);
    /// kConflict: taken, by ours or by others. Otherwise the time is held for `event`.
    migue::Task<migue::Result<void>> reserve(Caller caller, const GoogleAccount& account, Event event,
                                             Overlap overlap);
    migue::Task<migue::Result<bool>> settle_stale(Caller caller, const GoogleAccount& account, Interval span);
    migue::Task<migue::Result<Event>> send_insert(Caller caller, const GoogleAccount& account, Event event,
                                                  std::string key, bool& is_spent);
    migue::Task<migue::Result<Event>> finish_insert(Caller caller, const GoogleAccount& account, Event event);
    /// Without `known`, a deleted event comes back.
    migue::Task<migue::Result<Event>> patch(Caller caller, const Place& place, Event wanted,
                                            std::optional<Stored> known);
    migue::Task<migue::Result<void>> remove(Caller caller, std::string id);
    [[nodiscard]] Event read(const Place& place, const nlohmann::json& item, const std::string& zone) const;
    [[nodiscard]] migue::Result<std::string> revised_id(const std::string& key, int revision) const;

    const migue::Services services_;
    const GoogleAccounts& accounts_;
    GoogleClient client_;
    const HeldTimes held_;
};

}  // namespace scheduling
