#include "web/pages.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "accounts/sealed_rows.hpp"
#include "audit/audit.hpp"
#include "booking/booking.hpp"
#include "calendar/local/feed.hpp"
#include "calendar/local/local_calendar.hpp"
#include "calendar/zone_time.hpp"
#include "dialogue/agenda_text.hpp"
#include "dialogue/dates.hpp"
#include "dialogue/scene.hpp"
#include "tables/rows.hpp"

namespace scheduling {

namespace {

using migue::RouteReply;
using migue::RouteRequest;
using migue::Task;
using nlohmann::json;

constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;
constexpr std::int64_t kFeedBackMs = 90 * kDayMs;
constexpr std::string_view kFeedSuffix = ".ics";
constexpr int kMostDays = 62;

RouteReply json_reply(int status, const json& body) {
    RouteReply reply;
    reply.status = status;
    reply.headers.emplace_back("content-type", "application/json");
    reply.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
    return reply;
}

RouteReply fault(int status, std::string_view what) {
    return json_reply(status, json{{"error", what}});
}

std::optional<date::local_days> read_day(std::string_view text) {
    int year = 0;
    unsigned month = 0, day = 0;
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const auto number = [&](std::size_t at, std::size_t size, auto& value) {
        const auto [end, error] = std::from_chars(text.data() + at, text.data() + at + size, value);
        return error == std::errc() && end == text.data() + at + size;
    };
    if (!number(0, 4, year) || !number(5, 2, month) || !number(8, 2, day)) return std::nullopt;
    const date::year_month_day ymd{date::year(year), date::month(month), date::day(day)};
    if (!ymd.ok()) return std::nullopt;
    return date::local_days(ymd);
}

std::optional<int> read_days(std::string_view text) {
    if (text.empty()) return 14;
    int days = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), days);
    if (error != std::errc() || end != text.data() + text.size() || days < 1 || days > kMostDays)
        return std::nullopt;
    return days;
}

std::string clock_text(LocalMinutes at) {
    const auto minutes = static_cast<int>((at - day_of(at)).count());
    char text[16];
    std::snprintf(text, sizeof text, "%02d:%02d", minutes / 60, minutes % 60);
    return text;
}

std::string iso_day(date::local_days day) {
    return date::format("%F", day);
}

json day_json(const Phrases& phrases, date::local_days day, const std::vector<Event>& events,
              const std::string& zone) {
    json listed = json::array();
    for (const Event& event : events) {
        const LocalSpan span = span_of(event, zone);
        listed.push_back({{"id", event.id},
                          {"title", event.title},
                          {"start", event.all_day ? "" : clock_text(span.begin)},
                          {"end", event.all_day ? "" : clock_text(span.end)},
                          {"all_day", event.all_day},
                          {"location", event.location}});
    }
    return {
        {"date", iso_day(day)}, {"label", write_date(phrases, day, DateStyle::kLong)}, {"events", listed}};
}

/// An ETag may come alone, in a list, or marked weak.
bool matches_etag(std::string_view if_none_match, std::string_view etag) {
    return if_none_match == "*" || if_none_match.find(etag) != std::string_view::npos;
}

/// Who booked this event; "" when nobody is known to.
Task<migue::Result<std::string>> owner_of(const WebTools& tools, std::string event_id) {
    migue::SqlStatement select{
        "SELECT person_id FROM scheduling.audit_entries WHERE event_id = $1 AND action = 'booked' AND "
        "outcome = 'ok'"
        " LIMIT 1",
        json::array({event_id}).dump(), false};
    auto answer = co_await tools.services.sql.execute(std::move(select));
    if (!answer) co_return std::move(answer).error().within("owner of an event");
    auto statements = read_rows(*answer);
    if (!statements) co_return std::move(statements).error();
    const auto& rows = statements->at(0).rows;
    co_return rows.empty() ? std::string() : text_of(rows.front(), "person_id");
}

}  // namespace

Task<RouteReply> serve_feed(const WebTools& tools, const RouteRequest& request) {
    const std::string_view file = request.param("file");
    // A calendar outside has its own ways to be followed.
    if (!file.ends_with(kFeedSuffix) || tools.settings.uses_google) co_return RouteReply{404, {}, {}};
    auto person =
        co_await tools.people.find_by_feed(std::string(file.substr(0, file.size() - kFeedSuffix.size())));
    if (!person) co_return RouteReply{503, {}, {}};
    if (!person->has_value()) co_return RouteReply{404, {}, {}};
    const std::int64_t since = tools.services.clock.unix_ms() - kFeedBackMs;
    auto events = co_await stored_events(tools.services.sql, (*person)->id, since);
    if (!events) co_return RouteReply{503, {}, {}};
    const std::string body = write_feed("migue", *events);
    auto digest = tools.services.vault.sha256(body);
    if (!digest) co_return RouteReply{500, {}, {}};
    const std::string etag = "\"" + to_hex(*digest).substr(0, 32) + "\"";
    RouteReply reply;
    reply.headers.emplace_back("etag", etag);
    reply.headers.emplace_back("cache-control", "private, max-age=300");
    if (matches_etag(request.header("if-none-match"), etag)) {
        reply.status = 304;
        co_return reply;
    }
    reply.headers.emplace_back("content-type", "text/calendar; charset=utf-8");
    reply.headers.emplace_back("content-disposition", "inline; filename=\"calendar.ics\"");
    reply.body = body;
    co_return reply;
}

Task<RouteReply> serve_agenda(const WebTools& tools, const RouteRequest& request) {
    const std::string person_id(request.query("person"));
    if (person_id.empty()) co_return fault(400, "person: missing, expected a person's id");
    const auto days = read_days(request.query("days"));
    if (!days) co_return fault(400, "days: expected a number from 1 to 62");
    auto person = co_await tools.people.load(person_id);
    if (!person) co_return fault(503, "the store does not answer");
    const std::string zone = is_zone(person->zone) ? person->zone : tools.settings.zone;
    auto first = day_of(to_local(tools.services.clock.unix_ms(), zone));
    if (const std::string_view from = request.query("from"); !from.empty()) {
        const auto day = read_day(from);
        if (!day) co_return fault(400, "from: expected a day like 2026-11-24");
        first = *day;
    }
    const auto end = first + date::days(*days);
    const Interval span{to_unix_ms(first, zone), to_unix_ms(end, zone)};
    auto events = co_await tools.calendar.list(person_id, span);
    if (!events) co_return fault(503, "the calendar does not answer");
    const Phrases& phrases =
        tools.book.of(request.query("locale").empty() ? person->locale : request.query("locale"));
    json listed = json::array();
    for (auto day = first; day < end; day += date::days(1))
        listed.push_back(day_json(phrases, day, events_of_day(*events, day, zone), zone));
    if (tools.settings.uses_google)
        co_return json_reply(200, json{{"zone", zone}, {"days", listed}, {"feed_url", ""}});
    auto token = co_await tools.people.feed_token(person_id);
    if (!token) co_return fault(503, "the store does not answer");
    const std::string base =
        tools.settings.public_url.empty() ? std::string(request.public_url()) : tools.settings.public_url;
    co_return json_reply(
        200,
        json{{"zone", zone}, {"days", listed}, {"feed_url", base + "/p/scheduling/feed/" + *token + ".ics"}});
}

Task<RouteReply> serve_delete(const WebTools& tools, const RouteRequest& request) {
    const std::string id(request.param("id"));
    std::string person(request.query("person"));
    if (person.empty()) {
        auto owner = co_await owner_of(tools, id);
        if (!owner) co_return fault(503, "the store does not answer");
        if (owner->empty()) co_return fault(404, "no such event of ours");
        person = std::move(*owner);
    }
    auto event = co_await tools.calendar.get(person, id);
    if (!event) co_return fault(503, "the calendar does not answer");
    if (!event->has_value() || (*event)->cancelled) co_return fault(404, "no such event");
    auto nonce = tools.services.vault.random(8);
    if (!nonce) co_return fault(500, "no random bytes");
    Audit audit(tools.services, person, "admin-" + to_hex(*nonce), 1);
    Booking booking(tools.calendar, audit, person);
    std::vector<Event> events;
    events.push_back(std::move(**event));
    const Outcome outcome = co_await booking.cancel(std::move(events));
    if (outcome.kind == Outcome::Kind::kGone) co_return fault(404, "no such event");
    if (outcome.kind != Outcome::Kind::kDone) co_return fault(503, "the calendar does not answer");
    co_return json_reply(200, json{{"cancelled", id}});
}

Task<RouteReply> serve_export(const WebTools& tools, const RouteRequest& request) {
    auto document = co_await tools.data.export_json(std::string(request.param("id")));
    if (!document) co_return fault(503, "the store does not answer");
    RouteReply reply;
    reply.headers.emplace_back("content-type", "application/json");
    reply.headers.emplace_back("cache-control", "no-store");
    reply.body = std::move(*document);
    co_return reply;
}

Task<RouteReply> serve_erase(const WebTools& tools, const RouteRequest& request) {
    auto erased = co_await tools.data.erase(std::string(request.param("id")));
    if (!erased) co_return fault(503, "the store does not answer; some may be gone: repeat it");
    co_return json_reply(200, json{{"rows", erased->rows},
                                   {"revoked", erased->revoked},
                                   {"unrevoked", erased->unrevoked},
                                   {"shared", erased->shared}});
}

Task<RouteReply> serve_reseal(const WebTools& tools, const RouteRequest& request) {
    auto page = co_await reseal_page(tools.services, std::string(request.query("after")));
    if (!page && page.error().code == migue::Error::Code::kInvalid) co_return fault(400, page.error().what);
    if (!page) co_return fault(503, "the store does not answer");
    json body{{"resealed", page->values}, {"unreadable", page->unreadable}};
    if (!page->next.empty()) body["next"] = page->next;
    co_return json_reply(200, body);
}

}  // namespace scheduling
