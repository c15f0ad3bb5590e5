#include "calendar/google/time_check.hpp"

#include <algorithm>
#include <map>

#include "accounts/oauth_client.hpp"
#include "calendar/recurrence.hpp"
#include "calendar/side_by_side.hpp"

namespace scheduling {

namespace {

using migue::Error;
using migue::Result;
using migue::Task;

constexpr std::size_t kCheckedOccurrences = 60;
constexpr std::int64_t kAheadMs = 400LL * 24 * 3600 * 1000;

bool overlaps(const Event& a, const Event& b) {
    return a.start_ms < b.end_ms && b.start_ms < a.end_ms;
}

bool holds(const std::vector<std::string>& ids, const std::string& id) {
    return !id.empty() && std::find(ids.begin(), ids.end(), read_id(id).id) != ids.end();
}

}  // namespace

/// Writes of ours that stand in the way and are older than any turn: Google knows what became of
/// them. True: it is worth trying again.
Task<Result<bool>> TimeCheck::settle_stale(Caller caller, const Place& place, Interval span) {
    auto ids = co_await held_.stale(held_key(place), span);
    if (!ids) co_return std::move(ids).error();
    for (const std::string& id : *ids) {
        // What Google has stands in its lists as well, and is seen there: either way the hold
        // has done its work. A holder that comes later still finds its hold gone.
        Place there = place;
        there.id = id;
        auto stored = co_await calls_.fetch(caller, std::move(there));
        if (!stored) co_return std::move(stored).error();
        auto released = co_await held_.release(held_key(place), id);
        if (!released) co_return std::move(released).error();
    }
    co_return !ids->empty();
}

/// Free/busy as events without a name.
Task<Result<std::vector<Event>>> TimeCheck::busy_events(Caller caller, GoogleAccount account,
                                                        std::vector<std::string> calendars, Interval span) {
    auto busy = co_await calls_.busy(std::move(caller), std::move(account), std::move(calendars), span);
    if (!busy) co_return std::move(busy).error();
    std::vector<Event> events;
    for (const Interval& one : *busy) {
        Event event;
        event.start_ms = one.begin_ms;
        event.end_ms = one.end_ms;
        events.push_back(std::move(event));
    }
    co_return events;
}

/// The event's own calendar is listed, because a list tells events apart. Of the others, an
/// account's free/busy comes in one call where the person allowed that and the event is new: one
/// that stands would meet itself there.
Task<Result<bool>> TimeCheck::is_taken(Caller caller, const Wish& wish) {
    const Interval ahead{wish.event.start_ms, wish.event.start_ms + kAheadMs};
    const std::vector<Event> wanted = occurrences(wish.event, ahead, kCheckedOccurrences);
    Interval span{wish.event.start_ms, wish.event.end_ms};
    for (const Event& one : wanted) span.end_ms = std::max(span.end_ms, one.end_ms);

    std::vector<Task<Result<std::vector<Event>>>> looks;
    looks.push_back(calls_.list(caller, wish.place, span));
    std::map<std::string, std::vector<std::string>> by_account;
    for (const Place& other : places_read(wish.accounts)) {
        if (other.account.id == wish.place.account.id && other.calendar == wish.place.calendar) continue;
        if (!other.account.is_alive) co_return Error{Error::Code::kUnsupported, std::string(kWhyAccessEnded)};
        if (wish.is_new && may_see_busy(other.account.scopes))
            by_account[other.account.id].push_back(other.calendar);
        else
            looks.push_back(calls_.list(caller, other, span));
    }
    for (const GoogleAccount& account : wish.accounts)
        if (const auto found = by_account.find(account.id); found != by_account.end())
            looks.push_back(busy_events(caller, account, found->second, span));

    const auto seen = co_await side_by_side(std::move(looks));
    bool taken = false;
    for (std::size_t i = 0; i < seen.size(); ++i) {
        // A calendar of somebody else that was taken back hides nothing of the person's own.
        if (!seen[i] && i > 0 && seen[i].error().code == Error::Code::kState) continue;
        if (!seen[i]) co_return Error(seen[i].error());
        for (const Event& other : *seen[i]) {
            if (!other.busy || holds(wish.own_ids, other.id) || holds(wish.own_ids, other.series)) continue;
            taken = taken || std::any_of(wanted.begin(), wanted.end(),
                                         [&](const Event& one) { return overlaps(one, other); });
        }
    }
    co_return taken;
}

Task<Result<void>> TimeCheck::reserve(Caller caller, Wish wish, Overlap overlap) {
    const CalendarKey key = held_key(wish.place);
    auto held = co_await held_.hold(key, caller.person, wish.event, overlap);
    if (!held && held.error().code == Error::Code::kConflict) {
        auto settled =
            co_await settle_stale(caller, wish.place, Interval{wish.event.start_ms, wish.event.end_ms});
        if (!settled) co_return std::move(settled).error();
        if (!*settled) co_return std::move(held).error();
        held = co_await held_.hold(key, caller.person, wish.event, overlap);
    }
    if (!held) co_return std::move(held).error();
    if (overlap == Overlap::kAllow || !wish.event.busy) co_return Result<void>();
    auto taken = co_await is_taken(caller, wish);
    if (taken && !*taken) co_return Result<void>();
    co_await release(wish.place, wish.event.id);
    if (!taken) co_return std::move(taken).error();
    co_return Error{Error::Code::kConflict, "the time is taken"};
}

Task<bool> TimeCheck::booked(Place place, std::string event) {
    auto kept = co_await held_.booked(held_key(place), std::move(event));
    co_return !kept || *kept;  // with no answer from the store: as if it stood
}

Task<void> TimeCheck::release(Place place, std::string event) {
    auto released = co_await held_.release(held_key(place), std::move(event));
    if (!released)
        services_.log.warn("a held time stays until somebody asks about it",
                           {{"why", released.error().what}});
}

}  // namespace scheduling
