#include "calendar/google/google_calendar.hpp"

#include <algorithm>

#include "accounts/web_text.hpp"
#include "booking/event_id.hpp"
#include "calendar/google/event_json.hpp"
#include "calendar/recurrence.hpp"
#include "calendar/zone_time.hpp"

namespace scheduling {

namespace {

using migue::Error;
using migue::Result;
using migue::Task;
using nlohmann::json;

constexpr std::string_view kEvents = "calendars/primary/events";
constexpr int kMostPages = 8;
constexpr int kMostRevisions = 4;
constexpr std::size_t kCheckedOccurrences = 60;
constexpr std::int64_t kAheadMs = 400LL * 24 * 3600 * 1000;
constexpr char kAccountMark = '~';  // never in Google's ids of events

constexpr std::string_view kItemFields =
    "items(id,etag,status,summary,location,start,end,attendees(email,self,resource,organizer,responseStatus),"
    "transparency,"
    "eventType,recurringEventId,recurrence,sequence,reminders,hangoutLink)";

std::string event_path(const std::string& id) {
    return std::string(kEvents) + "/" + percent_encode(id);
}

Error failed(const ApiAnswer& answer) {
    return to_error(answer.error, answer.status);
}

/// For reading: nothing can have happened, so it is only worth trying again.
Error of_reading(Error error) {
    const bool unclear = error.code == Error::Code::kDeadline || error.code == Error::Code::kInternal;
    if (unclear) error.code = Error::Code::kUnavailable;
    return error;
}

std::string key_of(const json& item) {
    return item.value("/extendedProperties/private/migueKey"_json_pointer, std::string());
}

/// A function, because GCC 12 destroys a braced aggregate inside a co_await twice.
CalendarKey primary_of(const GoogleAccount& account) {
    return {account.id, "primary"};
}

bool overlaps(const Event& a, const Event& b) {
    return a.start_ms < b.end_ms && b.start_ms < a.end_ms;
}

}  // namespace

Event GoogleCalendar::read(const Place& place, const json& item, const std::string& zone) const {
    Event event = from_google(item, zone);
    if (place.writes) return event;
    event.id += kAccountMark + place.account.id;
    if (!event.series.empty()) event.series += kAccountMark + place.account.id;
    return event;
}

Result<std::string> GoogleCalendar::revised_id(const std::string& key, int revision) const {
    if (revision == 0) return key;
    auto digest = services_.vault.sha256("migue/revision/" + key + "/" + std::to_string(revision));
    if (!digest) return std::move(digest).error().within("event id");
    return base32hex(*digest);
}

Task<Result<GoogleAccount>> GoogleCalendar::writer(Caller caller) {
    auto accounts = co_await accounts_.all(caller.person);
    if (!accounts) co_return std::move(accounts).error();
    if (accounts->empty()) co_return Error{Error::Code::kUnsupported, std::string(kWhyNotLinked)};
    if (!accounts->front().is_alive) co_return Error{Error::Code::kUnsupported, std::string(kWhyAccessEnded)};
    co_return std::move(accounts->front());
}

Task<Result<GoogleCalendar::Place>> GoogleCalendar::place_of(Caller caller, std::string id) {
    const std::size_t mark = id.rfind(kAccountMark);
    Place place;
    place.id = id.substr(0, mark);
    place.writes = mark == std::string::npos;
    if (place.writes) {
        auto account = co_await writer(caller);
        if (!account) co_return std::move(account).error();
        place.account = std::move(*account);
        co_return place;
    }
    auto accounts = co_await accounts_.all(caller.person);
    if (!accounts) co_return std::move(accounts).error();
    for (GoogleAccount& account : *accounts)
        if (account.id == id.substr(mark + 1)) {
            place.account = std::move(account);
            co_return place;
        }
    co_return Error{Error::Code::kState, "the event's account is not linked any more"};
}

Task<Result<void>> GoogleCalendar::list_one(Caller caller, const GoogleAccount& account, std::string calendar,
                                            Interval span, std::vector<Event>& into) {
    const Place place{account, "", account.writes};
    std::string page;
    for (int pages = 0; pages < kMostPages; ++pages) {
        ApiRequest request;
        request.path = "calendars/" + percent_encode(calendar) + "/events";
        request.query = write_form({{"timeMin", write_rfc3339(span.begin_ms, "UTC")},
                                    {"timeMax", write_rfc3339(span.end_ms, "UTC")},
                                    {"singleEvents", "true"},
                                    {"orderBy", "startTime"},
                                    {"maxResults", "1000"},
                                    {"fields", "nextPageToken,timeZone," + std::string(kItemFields)}});
        if (!page.empty()) request.query += "&pageToken=" + percent_encode(page);
        auto answer = co_await client_.call(caller, account, std::move(request));
        if (!answer) co_return of_reading(std::move(answer).error());
        if (answer->error.verdict != Verdict::kFine) co_return of_reading(failed(*answer));
        const auto items = answer->body.find("items");
        if (items == answer->body.end() || !items->is_array())
            co_return Error{Error::Code::kUnavailable, "calendar API: a list without items"};
        std::string zone = answer->body.value("timeZone", "UTC");
        if (!is_zone(zone)) zone = "UTC";
        for (const json& item : *items) {
            Event event = read(place, item, zone);
            if (!event.cancelled && event.end_ms > event.start_ms) into.push_back(std::move(event));
        }
        page = answer->body.value("nextPageToken", "");
        if (page.empty()) co_return Result<void>();
    }
    // Half a list would make taken hours look free.
    co_return Error{Error::Code::kUnavailable, "calendar API: more events than are read at once"};
}

Task<Result<std::vector<Event>>> GoogleCalendar::list(Caller caller, Interval span) {
    auto accounts = co_await accounts_.all(caller.person);
    if (!accounts) co_return std::move(accounts).error();
    if (accounts->empty()) co_return Error{Error::Code::kUnsupported, std::string(kWhyNotLinked)};
    std::vector<Event> found;
    for (const GoogleAccount& account : *accounts) {
        if (!account.is_alive) co_return Error{Error::Code::kUnsupported, std::string(kWhyAccessEnded)};
        for (const std::string& calendar : account.calendars) {
            auto listed = co_await list_one(caller, account, calendar, span, found);
            if (!listed) co_return std::move(listed).error();
        }
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const Event& a, const Event& b) { return a.start_ms < b.start_ms; });
    co_return found;
}

Task<Result<std::optional<GoogleCalendar::Stored>>> GoogleCalendar::fetch(Caller caller, const Place& place) {
    std::optional<Stored> found;
    ApiRequest request;
    request.path = event_path(place.id);
    auto answer = co_await client_.call(caller, place.account, std::move(request));
    if (!answer) co_return of_reading(std::move(answer).error());
    if (answer->error.verdict == Verdict::kMissing || answer->error.verdict == Verdict::kDeleted)
        co_return found;
    if (answer->error.verdict != Verdict::kFine) co_return of_reading(failed(*answer));
    if (!answer->body.is_object())
        co_return Error{Error::Code::kUnavailable, "calendar API: an event that is no object"};
    const std::string zone = answer->body.value("/start/timeZone"_json_pointer, std::string("UTC"));
    found.emplace(Stored{std::move(answer->body), zone});
    co_return found;
}

Task<Result<std::optional<Event>>> GoogleCalendar::get(Caller caller, std::string id) {
    std::optional<Event> none;
    auto place = co_await place_of(caller, std::move(id));
    if (!place && place.error().code == Error::Code::kState) co_return none;
    if (!place) co_return std::move(place).error();
    auto stored = co_await fetch(caller, *place);
    if (!stored) co_return std::move(stored).error();
    if (!stored->has_value()) co_return none;
    co_return std::optional<Event>(read(*place, (*stored)->item, (*stored)->zone));
}

Task<Result<std::string>> GoogleCalendar::zone_of(Caller caller, GoogleAccount account) {
    ApiRequest request;
    request.path = kEvents;
    request.query = write_form({{"maxResults", "1"}, {"fields", "timeZone,accessRole,defaultReminders"}});
    auto answer = co_await client_.call(caller, account, std::move(request));
    if (!answer) co_return std::move(answer).error();
    if (answer->error.verdict != Verdict::kFine) co_return failed(*answer);
    co_return answer->body.value("timeZone", std::string());
}

/// Writes of ours that stand in the way and are older than any turn: Google knows what became
/// of them. True: it is worth trying again.
Task<Result<bool>> GoogleCalendar::settle_stale(Caller caller, const GoogleAccount& account, Interval span) {
    const CalendarKey key = primary_of(account);
    auto ids = co_await held_.stale(key, span);
    if (!ids) co_return std::move(ids).error();
    for (const std::string& id : *ids) {
        // What Google has stands in its lists as well, and is seen there: either way the hold
        // has done its work. A holder that comes later still finds its hold gone.
        const Place place{account, id, true};
        auto stored = co_await fetch(caller, place);
        if (!stored) co_return std::move(stored).error();
        auto released = co_await held_.release(key, id);
        if (!released) co_return std::move(released).error();
    }
    co_return !ids->empty();
}

Task<Result<void>> GoogleCalendar::reserve(Caller caller, const GoogleAccount& account, Event event,
                                           Overlap overlap) {
    const CalendarKey key = primary_of(account);
    auto held = co_await held_.hold(key, caller.person, event, overlap);
    if (!held && held.error().code == Error::Code::kConflict) {
        auto settled = co_await settle_stale(caller, account, Interval{event.start_ms, event.end_ms});
        if (!settled) co_return std::move(settled).error();
        if (!*settled) co_return std::move(held).error();
        held = co_await held_.hold(key, caller.person, event, overlap);
    }
    if (!held) co_return std::move(held).error();
    if (overlap == Overlap::kAllow || !event.busy) co_return Result<void>();
    const Interval ahead{event.start_ms, event.start_ms + kAheadMs};
    const std::vector<Event> wanted = occurrences(event, ahead, kCheckedOccurrences);
    std::vector<std::string> own;  // an earlier attempt of the same turn may stand under any of them
    for (int revision = 0; revision <= kMostRevisions; ++revision) {
        auto id = revised_id(event.id, revision);
        if (!id) co_return std::move(id).error();
        own.push_back(std::move(*id));
    }
    Interval span{event.start_ms, event.end_ms};
    for (const Event& one : wanted) span.end_ms = std::max(span.end_ms, one.end_ms);
    auto listed = co_await list(caller, span);
    Error refusal{Error::Code::kConflict, "the time is taken"};
    bool is_taken = !listed;
    if (!listed) refusal = std::move(listed).error();
    if (listed)
        for (const Event& other : *listed) {
            const bool is_own = std::find(own.begin(), own.end(), other.id) != own.end() ||
                                std::find(own.begin(), own.end(), other.series) != own.end();
            if (!other.busy || is_own) continue;
            is_taken = is_taken || std::any_of(wanted.begin(), wanted.end(),
                                               [&](const Event& one) { return overlaps(one, other); });
        }
    if (!is_taken) co_return Result<void>();
    auto released = co_await held_.release(key, event.id);
    if (!released)
        services_.log.warn("a held time stays until somebody asks about it",
                           {{"why", released.error().what}});
    co_return refusal;
}

Task<Result<Event>> GoogleCalendar::insert(Caller caller, Event event, Overlap overlap) {
    auto account = co_await writer(caller);
    if (!account) co_return std::move(account).error();
    const std::string key = event.id;
    auto reserved = co_await reserve(caller, *account, event, overlap);
    if (!reserved) co_return std::move(reserved).error();
    for (int revision = 0; revision < kMostRevisions; ++revision) {
        auto id = revised_id(key, revision);
        if (!id) co_return std::move(id).error();
        event.id = std::move(*id);
        bool is_spent = false;
        auto made = co_await send_insert(caller, *account, event, key, is_spent);
        if (!made && is_spent) continue;
        if (made) {
            auto kept = co_await held_.booked(primary_of(*account), key);
            if (kept && !*kept && overlap == Overlap::kRefuse)
                co_return co_await finish_insert(caller, *account, std::move(*made));
            co_return made;
        }
        const bool open = made.error().code == Error::Code::kDeadline ||
                          made.error().code == Error::Code::kInternal ||
                          made.error().code == Error::Code::kCancelled;
        if (!open) {
            auto released = co_await held_.release(primary_of(*account), key);
            if (!released)
                services_.log.warn("a held time stays until somebody asks about it",
                                   {{"why", released.error().what}});
        }
        co_return std::move(made).error();
    }
    co_return Error{Error::Code::kInternal, "insert event: every id is spent"};
}

/// Our hold was gone when the answer came: whoever asked about it may have booked the hour.
Task<Result<Event>> GoogleCalendar::finish_insert(Caller caller, const GoogleAccount& account, Event event) {
    auto listed = co_await list(caller, Interval{event.start_ms, event.end_ms});
    if (!listed) co_return event;
    const bool is_taken = std::any_of(listed->begin(), listed->end(), [&](const Event& other) {
        return other.busy && other.id != event.id && other.series != event.id && overlaps(event, other);
    });
    if (!is_taken) co_return event;
    auto removed = co_await remove(caller, event.id);
    if (!removed) co_return std::move(removed).error();
    services_.log.warn("a booking that came too late was taken back", {{"account", account.id.substr(0, 4)}});
    co_return Error{Error::Code::kConflict, "insert event: the time is taken"};
}

Task<Result<Event>> GoogleCalendar::send_insert(Caller caller, const GoogleAccount& account, Event event,
                                                std::string key, bool& is_spent) {
    const Place place{account, event.id, true};
    ApiRequest request;
    request.method = "POST";
    request.path = kEvents;
    request.query = "sendUpdates=all";
    if (event.video_call) request.query += "&conferenceDataVersion=1";
    request.body = to_google(event, key).dump(-1, ' ', false, json::error_handler_t::replace);
    auto answer = co_await client_.call(caller, account, std::move(request));
    if (!answer) co_return std::move(answer).error();
    if (answer->error.verdict == Verdict::kFine) {
        if (answer->body.is_object() && !answer->body.value("id", "").empty())
            co_return read(place, answer->body, event.zone);
        co_return Error{Error::Code::kInternal, "calendar API: an insert's answer without an event"};
    }
    if (answer->error.verdict != Verdict::kDuplicate) co_return failed(*answer);
    auto there = co_await fetch(caller, place);
    // It is known to be taken, by whom is not: it may be ours.
    if (!there) co_return Error{Error::Code::kInternal, "insert event: " + there.error().what};
    const bool is_ours = there->has_value() && key_of((*there)->item) == key &&
                         (*there)->item.value("status", "") != "cancelled";
    if (is_ours) co_return read(place, (*there)->item, event.zone);
    is_spent = true;
    co_return Error{Error::Code::kState, "insert event: its id is spent"};
}

Task<Result<Event>> GoogleCalendar::update(Caller caller, Event event, Overlap overlap) {
    auto place = co_await place_of(caller, event.id);
    if (!place) co_return std::move(place).error();
    auto stored = co_await fetch(caller, *place);
    if (!stored) co_return std::move(stored).error();
    if (!stored->has_value() || (*stored)->item.value("status", "") == "cancelled")
        co_return Error{Error::Code::kState, "update event: it is gone or cancelled"};
    const json change = difference((*stored)->item, event, (*stored)->zone);
    if (change.empty()) co_return read(*place, (*stored)->item, (*stored)->zone);
    event.busy = is_busy((*stored)->item);
    const bool moves = change.contains("start") || change.contains("recurrence");
    if (moves) {
        auto reserved = co_await reserve(caller, place->account, event, overlap);
        if (!reserved) co_return std::move(reserved).error();
    }
    auto done = co_await patch(caller, *place, event, std::move(*stored));
    if (moves) {
        auto ended = co_await held_.release(primary_of(place->account), event.id);
        if (!ended)
            services_.log.warn("a held time stays until somebody asks about it",
                               {{"why", ended.error().what}});
    }
    co_return done;
}

/// Read, change what differs, only if it is still what was read; on a change in between once
/// more. After a lost answer our own write shows here as nothing left to change.
Task<Result<Event>> GoogleCalendar::patch(Caller caller, const Place& place, Event wanted,
                                          std::optional<Stored> known) {
    const bool revives = !known;
    Error last{Error::Code::kUnavailable, "update event: changed by somebody else meanwhile"};
    for (int round = 0; round < 2; ++round) {
        if (!known) {
            auto stored = co_await fetch(caller, place);
            if (!stored) co_return Error{round == 0 ? stored.error().code : last.code, stored.error().what};
            if (!stored->has_value()) co_return Error{Error::Code::kState, "update event: it is gone"};
            known = std::move(*stored);
        }
        const json& item = known->item;
        const bool is_cancelled = item.value("status", "") == "cancelled";
        if (is_cancelled && !revives) co_return Error{Error::Code::kState, "update event: it was cancelled"};
        json change = difference(item, wanted, known->zone);
        if (is_cancelled) change["status"] = "confirmed";
        if (change.empty()) co_return read(place, item, known->zone);
        ApiRequest request;
        request.method = "PATCH";
        request.path = event_path(place.id);
        request.query = "sendUpdates=all";
        request.body = change.dump(-1, ' ', false, json::error_handler_t::replace);
        request.etag = item.value("etag", "");
        auto answer = co_await client_.call(caller, place.account, std::move(request));
        if (!answer) co_return std::move(answer).error();
        if (answer->error.verdict == Verdict::kFine && answer->body.is_object())
            co_return read(place, answer->body, known->zone);
        if (answer->error.verdict != Verdict::kChanged) co_return failed(*answer);
        if (answer->is_repeat) last.code = Error::Code::kInternal;
        known.reset();
    }
    co_return last;
}

Task<Result<void>> GoogleCalendar::remove(Caller caller, std::string id) {
    auto place = co_await place_of(caller, std::move(id));
    if (!place) co_return std::move(place).error();
    ApiRequest request;
    request.method = "DELETE";
    request.path = event_path(place->id);
    request.query = "sendUpdates=all";
    auto answer = co_await client_.call(caller, place->account, std::move(request));
    if (!answer) co_return std::move(answer).error();
    const Verdict verdict = answer->error.verdict;
    // Something that is not Google says "200 OK" to anything; a deletion has no content.
    if (verdict == Verdict::kFine && answer->status != 204)
        co_return Error{Error::Code::kInternal, "calendar API: no answer to a deletion"};
    if (verdict != Verdict::kFine && verdict != Verdict::kDeleted && verdict != Verdict::kMissing)
        co_return failed(*answer);
    auto released = co_await held_.release(primary_of(place->account), place->id);
    if (!released)
        services_.log.warn("a held time stays until somebody asks about it",
                           {{"why", released.error().what}});
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
    auto place = co_await place_of(caller, remembered.id);
    if (!place) co_return std::move(place).error();
    auto stored = co_await fetch(caller, *place);
    if (!stored) co_return std::move(stored).error();
    if (stored->has_value() && (*stored)->item.value("status", "") != "cancelled")
        co_return read(*place, (*stored)->item, (*stored)->zone);
    auto reserved = co_await reserve(caller, place->account, remembered, overlap);
    if (!reserved) co_return std::move(reserved).error();
    auto back = Result<Event>(Error{Error::Code::kState, "restore event: it is unknown"});
    if (stored->has_value()) back = co_await patch(caller, *place, remembered, std::nullopt);
    auto ended = co_await held_.release(primary_of(place->account), remembered.id);
    if (!ended)
        services_.log.warn("a held time stays until somebody asks about it", {{"why", ended.error().what}});
    const bool is_spent =
        !back && (back.error().code == Error::Code::kState || back.error().code == Error::Code::kInvalid);
    if (!is_spent) co_return back;
    // Google keeps no deleted event for ever: another one takes its place.
    auto id = revised_id(place->id, kMostRevisions);
    if (!id) co_return std::move(id).error();
    remembered.id = std::move(*id);
    remembered.series.clear();
    remembered.cancelled = false;
    co_return co_await insert(caller, std::move(remembered), overlap);
}

}  // namespace scheduling
