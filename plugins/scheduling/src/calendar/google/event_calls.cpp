#include "calendar/google/event_calls.hpp"

#include <algorithm>

#include "accounts/web_text.hpp"
#include "calendar/google/event_json.hpp"
#include "calendar/zone_time.hpp"

namespace scheduling {

namespace {

using migue::Error;
using migue::Result;
using migue::Task;
using nlohmann::json;

constexpr int kMostPages = 8;
// Longer ranges are refused.
constexpr std::int64_t kFreeBusyMs = 89LL * 24 * 3600 * 1000;

constexpr std::string_view kItemFields =
    "items(id,etag,status,summary,location,start,end,attendees(email,self,resource,organizer,responseStatus),"
    "transparency,eventType,recurringEventId,recurrence,sequence,reminders,hangoutLink,iCalUID)";

Error failed(const ApiAnswer& answer) {
    return to_error(answer.error, answer.status);
}

/// For reading: nothing can have happened, so it is only worth trying again.
Error of_reading(Error error) {
    const bool unclear = error.code == Error::Code::kDeadline || error.code == Error::Code::kInternal;
    if (unclear) error.code = Error::Code::kUnavailable;
    return error;
}

/// The body of a good answer to a question; else why there is none.
Result<json> answer_of(Result<ApiAnswer> answer) {
    if (!answer) return of_reading(std::move(answer).error());
    if (answer->error.verdict != Verdict::kFine) return of_reading(failed(*answer));
    if (!answer->body.is_object())
        return Error{Error::Code::kUnavailable, "calendar API: an answer that is no object"};
    return std::move(answer->body);
}

std::string booking_key(const json& item) {
    return item.value("/extendedProperties/private/migueKey"_json_pointer, std::string());
}

ApiRequest list_request(const Place& place, Interval span, const std::string& page) {
    ApiRequest request;
    request.path = calendar_path(place);
    request.query = write_form({{"timeMin", write_rfc3339(span.begin_ms, "UTC")},
                                {"timeMax", write_rfc3339(span.end_ms, "UTC")},
                                {"singleEvents", "true"},
                                {"orderBy", "startTime"},
                                {"maxResults", "1000"},
                                {"fields", "nextPageToken,timeZone," + std::string(kItemFields)}});
    if (!page.empty()) request.query += "&pageToken=" + percent_encode(page);
    return request;
}

/// kUnavailable: the answer leaves one of them out, or says that it could not look.
Result<std::vector<Interval>> read_busy(const json& answer, const std::vector<std::string>& calendars) {
    const Error unknown{Error::Code::kUnavailable, "calendar API: free/busy of a calendar is not known"};
    std::vector<Interval> busy;
    for (const std::string& calendar : calendars) {
        const auto told = answer.find("calendars");
        if (told == answer.end() || !told->is_object() || !told->contains(calendar)) return unknown;
        const json& one = told->at(calendar);
        const bool is_whole = one.is_object() && one.contains("busy") && one.at("busy").is_array() &&
                              one.value("errors", json::array()).empty();
        if (!is_whole) return unknown;
        for (const json& stretch : one.at("busy")) {
            const auto begin = read_rfc3339(stretch.value("start", "")),
                       end = read_rfc3339(stretch.value("end", ""));
            if (!begin || !end) return unknown;
            busy.push_back({*begin, *end});
        }
    }
    return busy;
}

}  // namespace

Event EventCalls::read(const Place& place, const json& item, const std::string& zone) {
    Event event = from_google(item, zone);
    event.id = write_id(place, event.id);
    event.series = write_id(place, event.series);
    return event;
}

Task<Result<std::vector<Event>>> EventCalls::list(Caller caller, Place place, Interval span) {
    std::vector<Event> found;
    std::string page;
    for (int pages = 0; pages < kMostPages; ++pages) {
        ApiRequest request = list_request(place, span, page);
        auto given = co_await client_.call(caller, place.account, std::move(request));
        auto answer = answer_of(std::move(given));
        if (!answer) co_return std::move(answer).error();
        const auto items = answer->find("items");
        if (items == answer->end() || !items->is_array())
            co_return Error{Error::Code::kUnavailable, "calendar API: a list without items"};
        std::string zone = answer->value("timeZone", "UTC");
        if (!is_zone(zone)) zone = "UTC";
        for (const json& item : *items) {
            Event event = read(place, item, zone);
            if (!event.cancelled && event.end_ms > event.start_ms) found.push_back(std::move(event));
        }
        page = answer->value("nextPageToken", "");
        if (page.empty()) co_return found;
    }
    // Half a list would make taken hours look free.
    co_return Error{Error::Code::kUnavailable, "calendar API: more events than are read at once"};
}

Task<Result<std::optional<StoredEvent>>> EventCalls::fetch(Caller caller, Place place) {
    std::optional<StoredEvent> found;
    ApiRequest request;
    request.path = event_path(place);
    auto answer = co_await client_.call(caller, place.account, std::move(request));
    const bool is_gone =
        answer && (answer->error.verdict == Verdict::kMissing || answer->error.verdict == Verdict::kDeleted);
    if (is_gone) co_return found;
    auto body = answer_of(std::move(answer));
    if (!body) co_return std::move(body).error();
    const std::string zone = body->value("/start/timeZone"_json_pointer, std::string("UTC"));
    found.emplace(StoredEvent{std::move(*body), zone});
    co_return found;
}

Task<Result<std::vector<Interval>>> EventCalls::busy_within(Caller caller, const GoogleAccount& account,
                                                            const std::vector<std::string>& calendars,
                                                            Interval span) {
    json items = json::array();
    for (const std::string& calendar : calendars) items.push_back({{"id", calendar}});
    ApiRequest request;
    request.method = "POST";
    request.path = "freeBusy";
    request.body = json{{"timeMin", write_rfc3339(span.begin_ms, "UTC")},
                        {"timeMax", write_rfc3339(span.end_ms, "UTC")},
                        {"items", std::move(items)}}
                       .dump();
    auto given = co_await client_.call(caller, account, std::move(request));
    auto answer = answer_of(std::move(given));
    if (!answer) co_return std::move(answer).error();
    co_return read_busy(*answer, calendars);
}

Task<Result<std::vector<Interval>>> EventCalls::busy(Caller caller, GoogleAccount account,
                                                     std::vector<std::string> calendars, Interval span) {
    std::vector<Interval> all;
    for (std::int64_t begin = span.begin_ms; begin < span.end_ms; begin += kFreeBusyMs) {
        const Interval part{begin, std::min(begin + kFreeBusyMs, span.end_ms)};
        auto busy = co_await busy_within(caller, account, calendars, part);
        if (!busy) co_return std::move(busy).error();
        all.insert(all.end(), busy->begin(), busy->end());
    }
    co_return all;
}

Task<Result<EventCalls::Made>> EventCalls::insert(Caller caller, Place place, Event event, std::string key) {
    ApiRequest request;
    request.method = "POST";
    request.path = calendar_path(place);
    request.query = "sendUpdates=all";
    if (event.video_call) request.query += "&conferenceDataVersion=1";
    request.body = to_google(event, key).dump(-1, ' ', false, json::error_handler_t::replace);
    auto answer = co_await client_.call(caller, place.account, std::move(request));
    if (!answer) co_return std::move(answer).error();
    Made made;
    if (answer->error.verdict == Verdict::kFine) {
        if (!answer->body.is_object() || answer->body.value("id", "").empty())
            co_return Error{Error::Code::kInternal, "calendar API: an insert's answer without an event"};
        made.event = read(place, answer->body, event.zone);
        co_return made;
    }
    if (answer->error.verdict != Verdict::kDuplicate) co_return failed(*answer);
    place.id = event.id;
    auto there = co_await fetch(caller, place);
    // It is known to be taken, by whom is not: it may be ours.
    if (!there) co_return Error{Error::Code::kInternal, "insert event: " + there.error().what};
    const bool is_ours = there->has_value() && booking_key((*there)->item) == key &&
                         (*there)->item.value("status", "") != "cancelled";
    if (is_ours) made.event = read(place, (*there)->item, event.zone);
    co_return made;
}

Task<Result<Event>> EventCalls::patch(Caller caller, Place place, Event wanted,
                                      std::optional<StoredEvent> known) {
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
        request.path = event_path(place);
        request.query = "sendUpdates=all";
        if (change.contains("conferenceData")) request.query += "&conferenceDataVersion=1";
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

Task<Result<EventCalls::Removal>> EventCalls::remove(Caller caller, Place place) {
    ApiRequest request;
    request.method = "DELETE";
    request.path = event_path(place);
    request.query = "sendUpdates=all";
    auto answer = co_await client_.call(caller, place.account, std::move(request));
    if (!answer) co_return std::move(answer).error();
    const Verdict verdict = answer->error.verdict;
    if (verdict == Verdict::kMissing) co_return Removal::kNeverThere;
    // Something that is not Google says "200 OK" to anything; a deletion has no content.
    if (verdict == Verdict::kFine && answer->status != 204)
        co_return Error{Error::Code::kInternal, "calendar API: no answer to a deletion"};
    if (verdict == Verdict::kFine || verdict == Verdict::kDeleted) co_return Removal::kDone;
    co_return failed(*answer);
}

Task<Result<std::string>> EventCalls::zone_of(Caller caller, Place place) {
    ApiRequest request;
    request.path = calendar_path(place);
    request.query = write_form({{"maxResults", "1"}, {"fields", "timeZone,accessRole,defaultReminders"}});
    auto answer = co_await client_.call(caller, place.account, std::move(request));
    if (!answer) co_return std::move(answer).error();
    if (answer->error.verdict != Verdict::kFine) co_return failed(*answer);
    co_return answer->body.value("timeZone", std::string());
}

}  // namespace scheduling
