#include "calendar/google/google_calendar.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "booking/event_id.hpp"
#include "calendar/google/event_json.hpp"
#include "calendar/side_by_side.hpp"

namespace scheduling {

namespace {

using migue::Error;
using migue::Result;
using migue::Task;

constexpr int kMostRevisions = 4;

bool overlaps(const Event& a, const Event& b) {
    return a.start_ms < b.end_ms && b.start_ms < a.end_ms;
}

bool is_cancelled(const StoredEvent& stored) {
    return stored.item.value("status", "") == "cancelled";
}

/// Whether it is not known what became of a write.
bool is_open(Error::Code code) {
    return code == Error::Code::kDeadline || code == Error::Code::kInternal ||
           code == Error::Code::kCancelled;
}

/// An invitation stands in the calendar of each account that has it.
void leave_one_of_each(std::vector<Event>& events) {
    std::set<std::pair<std::string, std::int64_t>> seen;
    std::erase_if(events, [&](const Event& event) {
        return !event.uid.empty() && !seen.emplace(event.uid, event.start_ms).second;
    });
}

}  // namespace

Result<std::string> GoogleCalendar::revised_id(const std::string& key, int revision) const {
    if (revision == 0) return key;
    auto digest = services_.vault.sha256("migue/revision/" + key + "/" + std::to_string(revision));
    if (!digest) return std::move(digest).error().within("event id");
    return base32hex(*digest);
}

/// An earlier attempt of the same turn may stand under any of them.
Result<std::vector<std::string>> GoogleCalendar::own_ids(const std::string& key) const {
    std::vector<std::string> own;
    for (int revision = 0; revision <= kMostRevisions; ++revision) {
        auto id = revised_id(key, revision);
        if (!id) return std::move(id).error();
        own.push_back(std::move(*id));
    }
    return own;
}

Task<Result<GoogleCalendar::Accounts>> GoogleCalendar::accounts_of(Caller caller) {
    auto accounts = co_await accounts_.all(caller.person);
    if (!accounts) co_return std::move(accounts).error();
    if (accounts->empty()) co_return Error{Error::Code::kUnsupported, std::string(kWhyNotLinked)};
    if (!accounts->front().is_alive) co_return Error{Error::Code::kUnsupported, std::string(kWhyAccessEnded)};
    co_return std::move(*accounts);
}

/// An id without a place is at home; or where home was when it was made, so that is looked at too.
Task<Result<GoogleCalendar::Found>> GoogleCalendar::find(Caller caller, const Accounts& accounts,
                                                         std::string id) {
    const WrittenId written = read_id(id);
    std::vector<Place> places;
    if (written.account.empty()) {
        places = places_read(accounts);
    } else {
        for (const GoogleAccount& account : accounts)
            if (account.id == written.account)
                places.push_back(place_on(accounts, account, written.calendar));
        if (places.empty())
            co_return Error{Error::Code::kState, "the event's account is not linked any more"};
    }
    for (Place& place : places) {
        place.id = written.id;
        auto stored = co_await calls_.fetch(caller, place);
        if (!stored) co_return std::move(stored).error();
        if (stored->has_value()) co_return Found{std::move(place), std::move(*stored)};
    }
    co_return Found{std::move(places.front()), std::nullopt};
}

Task<Result<std::vector<Event>>> GoogleCalendar::list(Caller caller, Interval span) {
    auto accounts = co_await accounts_of(caller);
    if (!accounts) co_return std::move(accounts).error();
    std::vector<Task<Result<std::vector<Event>>>> calls;
    for (const Place& place : places_read(*accounts)) {
        if (!place.account.is_alive) co_return Error{Error::Code::kUnsupported, std::string(kWhyAccessEnded)};
        calls.push_back(calls_.list(caller, place, span));
    }
    auto listed = co_await side_by_side(std::move(calls));
    std::vector<Event> found;
    for (std::size_t i = 0; i < listed.size(); ++i) {
        // A calendar of somebody else that was taken back hides nothing of the person's own.
        if (!listed[i] && i > 0 && listed[i].error().code == Error::Code::kState) continue;
        if (!listed[i]) co_return std::move(listed[i]).error();
        found.insert(found.end(), std::make_move_iterator(listed[i]->begin()),
                     std::make_move_iterator(listed[i]->end()));
    }
    leave_one_of_each(found);
    std::stable_sort(found.begin(), found.end(),
                     [](const Event& a, const Event& b) { return a.start_ms < b.start_ms; });
    co_return found;
}

Task<Result<std::optional<Event>>> GoogleCalendar::get(Caller caller, std::string id) {
    std::optional<Event> none;
    auto accounts = co_await accounts_of(caller);
    if (!accounts) co_return std::move(accounts).error();
    auto found = co_await find(caller, *accounts, std::move(id));
    if (!found && found.error().code == Error::Code::kState) co_return none;
    if (!found) co_return std::move(found).error();
    if (!found->stored) co_return none;
    co_return std::optional<Event>(EventCalls::read(found->place, found->stored->item, found->stored->zone));
}

Task<Result<std::string>> GoogleCalendar::zone_of(Caller caller, GoogleAccount account) {
    Place place;
    place.account = std::move(account);
    co_return co_await calls_.zone_of(std::move(caller), std::move(place));
}

Task<Result<Event>> GoogleCalendar::insert(Caller caller, Event event, Overlap overlap) {
    auto accounts = co_await accounts_of(caller);
    if (!accounts) co_return std::move(accounts).error();
    TimeCheck::Wish wish;
    wish.place = home_of(*accounts);
    if (!event.calendar.empty()) {
        const WrittenId named = read_id("~" + event.calendar);
        const auto account = std::find_if(accounts->begin(), accounts->end(),
                                          [&](const GoogleAccount& one) { return one.id == named.account; });
        if (account == accounts->end())
            co_return Error{Error::Code::kInvalid, "insert event: the calendar's account is not linked"};
        wish.place = place_on(*accounts, *account, named.calendar);
    }
    auto own = own_ids(event.id);
    if (!own) co_return std::move(own).error();
    wish.own_ids = std::move(*own);
    event.replaces = read_id(event.replaces).id;
    if (!event.replaces.empty()) wish.own_ids.push_back(event.replaces);
    wish.accounts = std::move(*accounts);
    std::string key = event.id;
    wish.event = std::move(event);
    auto reserved = co_await check_.reserve(caller, wish, overlap);
    if (!reserved) co_return std::move(reserved).error();
    co_return co_await insert_under(std::move(caller), std::move(wish), std::move(key), overlap);
}

/// The time is held; an id that somebody else's or a deleted event has is followed by the next one.
Task<Result<Event>> GoogleCalendar::insert_under(Caller caller, TimeCheck::Wish wish, std::string key,
                                                 Overlap overlap) {
    for (int revision = 0; revision < kMostRevisions; ++revision) {
        auto id = revised_id(key, revision);
        if (!id) co_return std::move(id).error();
        wish.event.id = std::move(*id);
        auto made = co_await calls_.insert(caller, wish.place, wish.event, key);
        if (made && !made->event) continue;
        if (!made) {
            if (!is_open(made.error().code)) co_await check_.release(wish.place, key);
            co_return std::move(made).error();
        }
        const bool was_held = co_await check_.booked(wish.place, key);
        if (was_held || overlap == Overlap::kAllow) co_return std::move(*made->event);
        co_return co_await finish_insert(caller, std::move(wish), std::move(*made->event));
    }
    co_return Error{Error::Code::kInternal, "insert event: every id is spent"};
}

/// Our hold was gone when the answer came: whoever asked about it may have booked the hour.
Task<Result<Event>> GoogleCalendar::finish_insert(Caller caller, TimeCheck::Wish wish, Event event) {
    if (!event.busy) co_return event;
    auto listed = co_await calls_.list(caller, wish.place, Interval{event.start_ms, event.end_ms});
    if (!listed) co_return event;
    const bool is_taken = std::any_of(listed->begin(), listed->end(), [&](const Event& other) {
        return other.busy && other.id != event.id && other.series != event.id && overlaps(event, other);
    });
    if (!is_taken) co_return event;
    auto removed = co_await remove(caller, event.id);
    if (!removed) co_return std::move(removed).error();
    services_.log.warn("a booking that came too late was taken back",
                       {{"account", wish.place.account.id.substr(0, 4)}});
    co_return Error{Error::Code::kConflict, "insert event: the time is taken"};
}

Task<Result<Event>> GoogleCalendar::update(Caller caller, Event event, Overlap overlap) {
    auto accounts = co_await accounts_of(caller);
    if (!accounts) co_return std::move(accounts).error();
    auto found = co_await find(caller, *accounts, event.id);
    if (!found) co_return std::move(found).error();
    if (!found->stored || is_cancelled(*found->stored))
        co_return Error{Error::Code::kState, "update event: it is gone or cancelled"};
    const auto change = difference(found->stored->item, event, found->stored->zone);
    if (change.empty()) co_return EventCalls::read(found->place, found->stored->item, found->stored->zone);
    const bool moves = change.contains("start") || change.contains("recurrence");
    event.busy = is_busy(found->stored->item);
    const std::string id = found->place.id;
    if (moves) {
        TimeCheck::Wish wish;
        wish.place = found->place;
        wish.own_ids.push_back(id);
        wish.event = event;
        wish.event.id = id;
        // A series that was booked a moment ago still holds the hours of its occurrences.
        wish.event.replaces = read_id(event.series).id;
        wish.is_new = false;
        wish.accounts = std::move(*accounts);
        auto reserved = co_await check_.reserve(caller, std::move(wish), overlap);
        if (!reserved) co_return std::move(reserved).error();
    }
    auto done = co_await calls_.patch(caller, found->place, std::move(event), std::move(found->stored));
    if (moves) co_await check_.release(found->place, id);
    co_return done;
}

Task<Result<void>> GoogleCalendar::remove(Caller caller, std::string id) {
    auto accounts = co_await accounts_of(caller);
    if (!accounts) co_return std::move(accounts).error();
    const WrittenId written = read_id(id);
    std::vector<Place> places;
    if (written.account.empty()) places = places_read(*accounts);
    for (const GoogleAccount& account : *accounts)
        if (account.id == written.account) places.push_back(place_on(*accounts, account, written.calendar));
    if (places.empty()) co_return Error{Error::Code::kState, "the event's account is not linked any more"};
    for (Place& place : places) {
        place.id = written.id;
        auto removed = co_await calls_.remove(caller, place);
        if (!removed) co_return std::move(removed).error();
        if (*removed == EventCalls::Removal::kNeverThere) continue;
        co_await check_.release(place, written.id);
        co_return Result<void>();
    }
    services_.log.info("an event to be deleted was not found");
    co_return Result<void>();
}

Task<Result<void>> GoogleCalendar::cancel(Caller caller, std::vector<std::string> ids) {
    for (std::size_t i = 0; i < ids.size(); ++i) {
        auto removed = co_await remove(caller, ids[i]);
        if (removed) continue;
        Error error = std::move(removed).error();
        // Some are gone already: not "nothing happened".
        if (i > 0 && error.code == Error::Code::kUnavailable) error.code = Error::Code::kInternal;
        co_return std::move(error).within("cancel events");
    }
    co_return Result<void>();
}

Task<Result<Event>> GoogleCalendar::restore(Caller caller, Event remembered, Overlap overlap) {
    auto accounts = co_await accounts_of(caller);
    if (!accounts) co_return std::move(accounts).error();
    auto found = co_await find(caller, *accounts, remembered.id);
    if (!found) co_return std::move(found).error();
    if (found->stored && !is_cancelled(*found->stored))
        co_return EventCalls::read(found->place, found->stored->item, found->stored->zone);
    TimeCheck::Wish wish;
    wish.place = found->place;
    wish.own_ids.push_back(found->place.id);
    wish.event = std::move(remembered);
    wish.event.id = found->place.id;
    wish.event.replaces = read_id(wish.event.series).id;
    wish.is_new = false;
    wish.accounts = std::move(*accounts);
    co_return co_await revive(std::move(caller), std::move(wish), *found, overlap);
}

Task<Result<Event>> GoogleCalendar::revive(Caller caller, TimeCheck::Wish wish, const Found& found,
                                           Overlap overlap) {
    auto reserved = co_await check_.reserve(caller, wish, overlap);
    if (!reserved) co_return std::move(reserved).error();
    auto back = Result<Event>(Error{Error::Code::kState, "restore event: it is unknown"});
    if (found.stored) back = co_await calls_.patch(caller, found.place, wish.event, std::nullopt);
    co_await check_.release(found.place, found.place.id);
    const bool is_spent =
        !back && (back.error().code == Error::Code::kState || back.error().code == Error::Code::kInvalid);
    if (!is_spent) co_return back;
    // Google keeps no deleted event for ever: another one takes its place.
    auto id = revised_id(found.place.id, kMostRevisions);
    if (!id) co_return std::move(id).error();
    Event again = std::move(wish.event);
    again.id = std::move(*id);
    again.series.clear();
    again.cancelled = false;
    again.replaces.clear();
    again.calendar = calendar_key(found.place.account.id, found.place.calendar);
    co_return co_await insert(std::move(caller), std::move(again), overlap);
}

}  // namespace scheduling
