#include <algorithm>

#include "calendar/zone_time.hpp"
#include "dialogue/agenda_text.hpp"
#include "dialogue/cards.hpp"
#include "dialogue/dates.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/event_search.hpp"
#include "dialogue/flows.hpp"
#include "dialogue/folding.hpp"

namespace scheduling {

namespace {

using migue::Task;
using std::chrono::minutes;

constexpr int kMostDaysShown = 7;
constexpr std::size_t kMostSlots = 9, kMostOfOneDay = 6, kMostOfEachDay = 3;
constexpr int kLookAheadDays = 14;
constexpr std::int64_t kNextWithinMs = 365LL * 24 * 3600 * 1000;

bool is_weekend(date::local_days day) {
    const date::weekday weekday(day);
    return weekday == date::Saturday || weekday == date::Sunday;
}

Interval to_interval(const LocalSpan& span, std::string_view zone) {
    return {to_unix_ms(span.begin, zone), to_unix_ms(span.end, zone)};
}

std::string write_events(const Scene& scene, const std::vector<Event>& events) {
    std::vector<std::string> parts;
    for (const Event& event : events) {
        if (parts.size() == 5) break;
        if (event.all_day) {
            parts.push_back(scene.phrases.say("agenda_all_day", {{"title", shorten(event.title, 40)}}));
            continue;
        }
        const LocalSpan span = span_of(event, scene.person.zone);
        parts.push_back(scene.phrases.say("agenda_event",
                                          {{"time", write_clock_range(scene.phrases, span.begin, span.end)},
                                           {"title", shorten(event.title, 40)}}));
    }
    return scene.phrases.join(parts);
}

/// "Wednesday, November 25, 12–6 PM"; of several days the days alone.
std::string asked_when(const Phrases& phrases, const LocalSpan& span, bool whole_days) {
    const auto first = day_of(span.begin);
    if (first != day_of(span.end - minutes(1)))
        return write_when(phrases, span, whole_days, DateStyle::kLong);
    return phrases.say("dates/at", {{"date", write_date(phrases, first, DateStyle::kLong)},
                                    {"time", write_window(phrases, span.begin, span.end)}});
}

/// "am I free Wednesday afternoon?"
Task<Reply> tell_free(Scene& scene, LocalSpan span) {
    const Phrases& phrases = scene.phrases;
    const bool days = span.begin == day_of(span.begin) && span.end == day_of(span.end);
    if (days && span.end - span.begin == date::days(1)) {
        const auto day = day_of(span.begin);
        span = {day + scene.moment.work_begin, day + scene.moment.work_end};
    }
    if (span.end - span.begin < kDefaultLength) span.end = span.begin + kDefaultLength;  // "at 11?"
    auto listed = co_await scene.booking.list(to_interval(span, scene.person.zone));
    if (!listed) co_return say(phrases.say("failed_read"), Reply::After::kKeep);
    std::erase_if(*listed, [](const Event& event) { return !event.busy; });
    const std::string when = asked_when(phrases, span, days);
    if (listed->empty()) co_return say(phrases.say("free_yes", {{"when", when}}), Reply::After::kKeep);
    const std::vector<LocalSpan> busy = busy_spans(*listed, scene.person.zone);
    if (gaps(span, busy).empty())
        co_return say(phrases.say("free_no", {{"when", when}, {"events", write_events(scene, *listed)}}),
                      Reply::After::kKeep);
    std::vector<std::string> times;
    for (const LocalSpan& taken : busy) {
        if (times.size() == 8) break;
        times.push_back(day_of(span.begin) == day_of(span.end - minutes(1))
                            ? write_clock_range(phrases, taken.begin, taken.end)
                            : write_when(phrases, taken, false, DateStyle::kShort));
    }
    co_return say(phrases.say("free_except", {{"when", when}, {"times", phrases.join(times)}}),
                  Reply::After::kKeep);
}

/// "quando é minha próxima reunião com a Ana?"
Task<Reply> tell_next(Scene& scene, std::string_view text) {
    const Phrases& phrases = scene.phrases;
    EventReference reference = read_reference(scene, text, "query_agenda");
    reference.time.reset();
    auto listed = co_await scene.booking.list(Interval{scene.now_ms, scene.now_ms + kNextWithinMs});
    if (!listed) co_return say(phrases.say("failed_read"), Reply::After::kKeep);
    const std::vector<Event> found = matching(reference, *listed, scene.person.zone);
    const std::string words = shorten(reference.said, 60);
    // What is going on already is not what comes next.
    const auto next = std::find_if(found.begin(), found.end(),
                                   [&](const Event& event) { return event.start_ms >= scene.now_ms; });
    if (next == found.end())
        co_return say(words.empty() ? phrases.say("nothing_planned")
                                    : phrases.say("not_found_with", {{"words", words}}),
                      Reply::After::kKeep);
    scene.state.last_event = next->id;
    const std::string title = shown(next->title), when = when_of(scene, *next, true);
    co_return say(words.empty()
                      ? phrases.say("next", {{"title", title}, {"when", when}})
                      : phrases.say("next_with", {{"words", words}, {"title", title}, {"when", when}}),
                  Reply::After::kKeep);
}

Task<Reply> tell_days(Scene& scene, LocalSpan span) {
    const Phrases& phrases = scene.phrases;
    auto listed = co_await scene.booking.list(to_interval(span, scene.person.zone));
    if (!listed) co_return say(phrases.say("failed_read"), Reply::After::kKeep);
    const auto first = day_of(span.begin);
    const auto last = std::max(first, day_of(span.end - minutes(1)));
    DayWish wish;
    wish.zone = scene.person.zone;
    wish.work_begin = scene.moment.work_begin;
    wish.work_end = scene.moment.work_end;
    wish.now = scene.now();
    if (first == last) {
        wish.day = first;
        const std::vector<Event> events = events_of_day(*listed, first, scene.person.zone);
        if (events.size() == 1) scene.state.last_event = events.front().id;
        scene.state.listed.clear();
        for (const Event& event : events) scene.state.listed.push_back(event.id);
        co_return say(write_day(phrases, wish, events), Reply::After::kKeep);
    }
    std::string text;
    int shown_days = 0;
    wish.with_gaps = false;
    wish.most_events = 6;
    for (auto day = first; day <= last && shown_days < kMostDaysShown; day += date::days(1)) {
        const std::vector<Event> events = events_of_day(*listed, day, scene.person.zone);
        if (events.empty()) continue;
        wish.day = day;
        text += (text.empty() ? "" : "\n") + write_day(phrases, wish, events);
        ++shown_days;
    }
    if (text.empty())
        text = phrases.say("agenda_range_empty", {{"begin", write_date(phrases, first, DateStyle::kLong)},
                                                  {"end", write_date(phrases, last, DateStyle::kLong)}});
    co_return say(text, Reply::After::kKeep);
}

/// "en la tarde": its own hours count, not those of work.
bool is_part_of_day(const Span& span) {
    return span.begin != day_of(span.begin) && day_of(span.begin) == day_of(span.end - minutes(1));
}

/// Free hours of each day of the stretch, not more than a list holds.
std::vector<LocalSpan> slots_within(const SlotWish& wish, Span span, bool part_of_day,
                                    const std::vector<LocalSpan>& busy) {
    const auto first = day_of(span.begin), last = day_of(span.end - minutes(1));
    const bool only_weekend = last - first < date::days(2) && is_weekend(first) && is_weekend(last);
    const std::size_t most = first == last ? kMostOfOneDay : kMostOfEachDay;
    std::vector<LocalSpan> slots;
    for (auto day = first; day <= last && slots.size() + most <= kMostSlots; day += date::days(1)) {
        if (is_weekend(day) && !only_weekend) continue;
        LocalSpan within{day + wish.work_begin, day + wish.work_end};
        if (part_of_day) within = {span.begin, span.end};
        within.begin = std::max(within.begin, span.begin);
        within.end = std::min(within.end, span.end);
        if (within.begin >= within.end) continue;
        const std::vector<LocalSpan> found = spaced_slots(wish, within, busy, most);
        slots.insert(slots.end(), found.begin(), found.end());
    }
    return slots;
}

/// A list of free hours, each of which books the draft.
Task<Reply> offer_slots(Scene& scene, EventDraft draft, std::optional<Span> asked) {
    const Phrases& phrases = scene.phrases;
    const LocalMinutes now = scene.now();
    SlotWish wish;
    wish.length = length_of(draft);
    wish.work_begin = scene.moment.work_begin;
    wish.work_end = scene.moment.work_end;
    wish.now = now;
    Span span{now, day_of(now) + date::days(kLookAheadDays)};
    if (asked) span = {std::max(asked->begin, now), std::max(asked->end, now)};
    const LocalMinutes until = std::max(span.end, span.begin) + date::days(kLookAheadDays);
    auto listed = co_await scene.booking.list(to_interval({day_of(span.begin), until}, scene.person.zone));
    if (!listed) co_return say(phrases.say("failed_read"));
    const std::vector<LocalSpan> busy = busy_spans(*listed, scene.person.zone);
    std::vector<LocalSpan> slots;
    if (span.begin < span.end) slots = slots_within(wish, span, asked && is_part_of_day(*asked), busy);
    const bool later = slots.empty() && asked.has_value();
    if (later)
        slots = slots_within(wish, {day_of(span.end - minutes(1)) + date::days(1), until}, false, busy);
    const std::string length = std::to_string(wish.length.count());
    if (slots.empty()) co_return say(phrases.say("slots_none", {{"minutes", length}}));
    Reply reply;
    reply.text = phrases.say(later ? "slots_later" : "slots", {{"minutes", length}});
    reply.list_label = phrases.label("see_times");
    Open open;
    open.waiting = Waiting::kTime;
    open.draft = std::move(draft);
    open.draft.duration = wish.length;
    open.options = slot_rows(scene, slots);
    reply.open = std::move(open);
    co_return reply;
}

}  // namespace

Task<Reply> show_agenda(Scene& scene, std::string_view text) {
    const Understanding read = scene.understand(text, "query_agenda");
    const auto today = day_of(scene.now());
    const bool asks_free = scene.answers().has_word("free", text);
    // No day said: free today, busy in the days that come.
    LocalSpan span{today, today + date::days(asks_free ? 1 : kMostDaysShown)};
    if (read.span) span = {read.span->begin, read.span->end};
    // Of a week or month that is under way the days that are over are not asked about.
    const bool under_way = span.end - span.begin > date::days(1) && span.begin < today && span.end > today;
    if (under_way) span.begin = today;
    if (asks_free) co_return co_await tell_free(scene, span);
    const bool asks_next = scene.answers().has_word("next", text) && !read.span;
    if (asks_next) co_return co_await tell_next(scene, text);
    co_return co_await tell_days(scene, span);
}

Task<Reply> find_slot(Scene& scene, std::string_view text) {
    Understanding read = scene.understand(text, "find_slot");
    if (scene.answers().has_phrase("am_free", text) && !scene.answers().has_phrase("which_hours", text))
        co_return co_await show_agenda(scene, text);
    EventDraft draft = std::move(read.draft);
    draft.zone = scene.person.zone;
    draft.rrule.clear();
    draft.all_day = false;
    draft.end.reset();
    draft.has_time = false;
    if (!draft.attendees.empty() || is_generic_title(scene.answers(), draft.title)) draft.title.clear();
    complete_title(scene.phrases, draft);
    co_return co_await offer_slots(scene, std::move(draft), read.span);
}

Task<Reply> offer_free_hours(Scene& scene, const Open& open) {
    EventDraft draft = open.draft;
    std::optional<Span> day;
    if (draft.has_date && draft.start) day = Span{day_of(*draft.start), day_of(*draft.start) + date::days(1)};
    co_return co_await offer_slots(scene, std::move(draft), day);
}

Task<Reply> show_feed(Scene& scene, std::string_view text) {
    if (scene.answers().has_word("revoke", text)) {
        auto revoked = co_await scene.tools.people.revoke_feed(scene.person.id);
        if (!revoked) co_return say(scene.phrases.say("failed"), Reply::After::kKeep);
    }
    auto token = co_await scene.tools.people.feed_token(scene.person.id);
    if (!token) co_return say(scene.phrases.say("failed_read"), Reply::After::kKeep);
    const std::string path = "/p/scheduling/feed/" + *token + ".ics";
    const std::string& base = scene.tools.settings.public_url;
    if (base.empty())
        co_return say(scene.phrases.say("link_feed_path", {{"path", path}}), Reply::After::kKeep);
    Reply reply = say(scene.phrases.say("link_feed"), Reply::After::kKeep);
    reply.link_title = scene.phrases.label("feed");
    reply.link_url = base + path;
    co_return reply;
}

}  // namespace scheduling
