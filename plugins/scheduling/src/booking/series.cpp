#include "booking/series.hpp"

#include <algorithm>
#include <utility>

#include "booking/event_id.hpp"
#include "booking/series_rule.hpp"
#include "calendar/zone_time.hpp"

namespace scheduling {

namespace {

using migue::Result;
using migue::Task;

std::string series_id(const Event& occurrence) {
    return occurrence.series.empty() ? occurrence.id : occurrence.series;
}

SeriesDone ended(Outcome::Kind kind, const Event& event) {
    SeriesDone done;
    done.outcome = Outcome{kind, event};
    return done;
}

/// What the person may change, from one occurrence onto another event of its series.
void take_fields(Event& into, const Event& from) {
    into.title = from.title;
    into.location = from.location;
    into.guests = from.guests;
    into.all_day = from.all_day;
    into.zone = from.zone;
    into.reminder_minutes = from.reminder_minutes;
    into.video_call = from.video_call;
}

/// "<id>~<account>~<calendar>" names the calendar that the rest of a series stays on.
std::string calendar_of(const std::string& id) {
    const std::size_t mark = id.find('~');
    if (mark == std::string::npos) return {};
    const std::string place = id.substr(mark + 1);
    return place.find('~') == std::string::npos ? place + "~primary" : place;
}

}  // namespace

Result<std::string> SeriesBooking::part_id(const Event& occurrence, std::string_view what) const {
    auto digest = vault_.sha256("migue/series/" + std::string(what) + "/" + series_id(occurrence) + "/" +
                                std::to_string(occurrence.start_ms));
    if (!digest) return std::move(digest).error().within("event id");
    return base32hex(*digest);
}

Task<std::optional<Event>> SeriesBooking::series_of(const Event& occurrence, SeriesDone& done) {
    std::optional<Event> none;
    auto series = co_await booking_.get(series_id(occurrence));
    const bool is_there = series && series->has_value() && !(*series)->cancelled;
    done = ended(series ? Outcome::Kind::kGone : Outcome::Kind::kFailed, occurrence);
    if (!is_there) co_return none;
    co_return std::move(*series);
}

Task<SeriesDone> SeriesBooking::change(Event occurrence, Event wanted, SeriesPart part, Overlap overlap) {
    if (part == SeriesPart::kOnlyThis)
        co_return co_await change_one(std::move(occurrence), std::move(wanted), overlap);
    SeriesDone done;
    auto series = co_await series_of(occurrence, done);
    if (!series) co_return done;
    if (part == SeriesPart::kAll || occurrence.start_ms <= series->start_ms)
        co_return co_await change_all(std::move(*series), std::move(occurrence), std::move(wanted), overlap);
    co_return co_await change_following(std::move(*series), std::move(occurrence), std::move(wanted),
                                        overlap);
}

Task<SeriesDone> SeriesBooking::change_one(Event occurrence, Event wanted, Overlap overlap) {
    SeriesDone done;
    if (!occurrence.series.empty()) {
        wanted.id = occurrence.id;
        done.before.push_back(std::move(occurrence));
        done.outcome = co_await booking_.change(std::move(wanted), overlap);
        co_return done;
    }
    auto series = co_await series_of(occurrence, done);
    if (!series) co_return done;
    auto id = part_id(occurrence, "one");
    if (!id) co_return ended(Outcome::Kind::kFailed, occurrence);
    wanted.id = std::move(*id);
    wanted.rrule.clear();
    wanted.exdates.clear();
    wanted.replaces = series->id;
    auto booked = co_await booking_.book(wanted, overlap);
    if (booked.kind != Outcome::Kind::kDone) co_return SeriesDone{std::move(booked), {}, {}};
    done = co_await take_out(std::move(*series), occurrence.start_ms);
    done.made.push_back(booked.event);
    if (done.outcome.kind == Outcome::Kind::kDone) done.outcome.event = std::move(booked.event);
    co_return done;
}

Task<SeriesDone> SeriesBooking::take_out(Event series, std::int64_t occurrence_ms) {
    SeriesDone done;
    done.before.push_back(series);
    if (std::find(series.exdates.begin(), series.exdates.end(), occurrence_ms) == series.exdates.end())
        series.exdates.push_back(occurrence_ms);
    done.outcome = co_await booking_.change(std::move(series), Overlap::kAllow);
    co_return done;
}

Task<SeriesDone> SeriesBooking::change_following(Event series, Event occurrence, Event wanted,
                                                 Overlap overlap) {
    auto id = part_id(occurrence, "rest");
    if (!id) co_return ended(Outcome::Kind::kFailed, occurrence);
    const int days = static_cast<int>(
        (day_of(to_local(wanted.start_ms, series.zone)) - day_of(to_local(occurrence.start_ms, series.zone)))
            .count());
    const auto rule = rule_moved(rule_from(series, occurrence.start_ms), days);
    if (!rule) co_return ended(Outcome::Kind::kFailed, occurrence);
    Event rest = series;
    take_fields(rest, wanted);
    rest.id = std::move(*id);
    rest.start_ms = wanted.start_ms;
    rest.end_ms = wanted.end_ms;
    rest.rrule = *rule;
    rest.video_url.clear();
    rest.replaces = series.id;
    rest.calendar = calendar_of(series.id);
    std::erase_if(rest.exdates, [&](std::int64_t at) { return at < occurrence.start_ms; });
    // A repetition finds it; the series, cut already, would give it another rule now.
    auto known = co_await booking_.get(rest.id);
    const bool is_there = known && known->has_value() && !(*known)->cancelled;
    Outcome made{Outcome::Kind::kDone, is_there ? **known : rest};
    if (!is_there) made = co_await booking_.book(std::move(rest), overlap);
    if (made.kind != Outcome::Kind::kDone) co_return SeriesDone{std::move(made), {}, {}};
    SeriesDone done;
    done.before.push_back(series);
    done.made.push_back(made.event);
    series.rrule = rule_until(series, occurrence.start_ms);
    done.outcome = co_await booking_.change(std::move(series), Overlap::kAllow);
    if (done.outcome.kind == Outcome::Kind::kDone) done.outcome.event = std::move(made.event);
    co_return done;
}

Task<SeriesDone> SeriesBooking::change_all(Event series, Event occurrence, Event wanted, Overlap overlap) {
    const LocalMinutes from = to_local(occurrence.start_ms, series.zone),
                       to = to_local(wanted.start_ms, series.zone);
    const auto rule = rule_moved(series.rrule, static_cast<int>((day_of(to) - day_of(from)).count()));
    if (!rule) co_return ended(Outcome::Kind::kFailed, occurrence);
    SeriesDone done;
    done.before.push_back(series);
    // On the wall clock, so that a clock change between the first one and this one moves nothing.
    const LocalMinutes first = to_local(series.start_ms, series.zone) + (to - from);
    const auto length = to_local(wanted.end_ms, series.zone) - to;
    take_fields(series, wanted);
    series.start_ms = to_unix_ms(first, series.zone);
    series.end_ms = to_unix_ms(first + length, series.zone);
    series.rrule = *rule;
    for (std::int64_t& at : series.exdates)
        at = to_unix_ms(to_local(at, series.zone) + (to - from), series.zone);
    done.outcome = co_await booking_.change(std::move(series), overlap);
    co_return done;
}

Task<SeriesDone> SeriesBooking::cancel(Event occurrence, SeriesPart part) {
    SeriesDone done;
    std::vector<Event> gone;
    if (part == SeriesPart::kOnlyThis && !occurrence.series.empty()) {
        done.before.push_back(occurrence);
        gone.push_back(std::move(occurrence));
        done.outcome = co_await booking_.cancel(std::move(gone));
        co_return done;
    }
    auto series = co_await series_of(occurrence, done);
    if (!series) co_return done;
    if (part == SeriesPart::kOnlyThis) co_return co_await take_out(std::move(*series), occurrence.start_ms);
    done = SeriesDone{};
    done.before.push_back(*series);
    if (part == SeriesPart::kAll || occurrence.start_ms <= series->start_ms) {
        gone.push_back(std::move(*series));
        done.outcome = co_await booking_.cancel(std::move(gone));
        co_return done;
    }
    series->rrule = rule_until(*series, occurrence.start_ms);
    done.outcome = co_await booking_.change(std::move(*series), Overlap::kAllow);
    co_return done;
}

Task<Outcome> SeriesBooking::undo(SeriesDone done) {
    Outcome outcome = done.outcome;
    for (Event& made : done.made) {
        outcome = co_await booking_.undo_booking(std::move(made));
        if (outcome.kind != Outcome::Kind::kDone && outcome.kind != Outcome::Kind::kGone) co_return outcome;
    }
    if (!done.before.empty()) outcome = co_await booking_.put_back(std::move(done.before));
    co_return outcome;
}

}  // namespace scheduling
