#include "dialogue/agenda_text.hpp"

#include <algorithm>

#include "dialogue/dates.hpp"
#include "dialogue/folding.hpp"
#include "dialogue/scene.hpp"

namespace scheduling {

namespace {

constexpr std::size_t kTitle = 60;

std::string write_gaps(const Phrases& phrases, const DayWish& wish, const std::vector<Event>& events) {
    const LocalMinutes from = std::max(LocalMinutes(wish.day + wish.work_begin), wish.now);
    const LocalSpan hours{from, wish.day + wish.work_end};
    if (hours.begin >= hours.end) return {};
    std::vector<std::string> free;
    for (const LocalSpan& gap : gaps(hours, busy_spans(events, wish.zone)))
        if (gap.end - gap.begin >= std::chrono::minutes(15))
            free.push_back(write_clock_range(phrases, gap.begin, gap.end));
    if (free.empty()) return phrases.say("agenda_full");
    return phrases.say("agenda_free", {{"gaps", phrases.join(free)}});
}

}  // namespace

std::string write_event(const Phrases& phrases, const Event& event, date::local_days day,
                        std::string_view zone) {
    const std::string title = shorten(event.title, kTitle);
    const LocalSpan span = span_of(event, zone);
    const bool from_before = span.begin < day;
    const bool goes_on = span.end > day + date::days(1);
    if (event.all_day || (from_before && goes_on)) return phrases.say("agenda_all_day", {{"title", title}});
    std::string time = write_clock_range(phrases, span.begin, span.end);
    if (goes_on) time = phrases.say("questions/from", {{"time", write_clock(phrases, span.begin)}});
    if (from_before) time = phrases.say("questions/to", {{"time", write_clock(phrases, span.end)}});
    return phrases.say("agenda_event", {{"time", time}, {"title", title}});
}

std::string write_length(const Phrases& phrases, std::chrono::minutes length) {
    const auto hours = static_cast<std::size_t>(length.count() / 60);
    const auto rest = static_cast<std::size_t>(length.count() % 60);
    std::string text;
    if (hours > 0) text = phrases.count("questions/hours", hours);
    if (rest > 0) text += (text.empty() ? "" : " ") + phrases.count("questions/minutes", rest);
    return text;
}

std::vector<Event> events_of_day(const std::vector<Event>& events, date::local_days day,
                                 std::string_view zone) {
    std::vector<Event> found;
    for (const Event& event : events) {
        const LocalSpan span = span_of(event, zone);
        if (span.begin < day + date::days(1) && span.end > day) found.push_back(event);
    }
    std::stable_partition(found.begin(), found.end(), [](const Event& event) { return event.all_day; });
    return found;
}

std::string write_day(const Phrases& phrases, const DayWish& wish, const std::vector<Event>& events) {
    const std::string date = capitalised(write_date(phrases, wish.day, DateStyle::kLong));
    std::string list;
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (i == wish.most_events) {
            list += " · " + phrases.say("agenda_more", {{"count", std::to_string(events.size() - i)}});
            break;
        }
        list += (i == 0 ? "" : " · ") + write_event(phrases, events[i], wish.day, wish.zone);
    }
    std::string text = events.empty() ? phrases.say("agenda_empty", {{"date", date}})
                                      : phrases.say("agenda_day", {{"date", date}, {"events", list}});
    const std::string free = wish.with_gaps ? write_gaps(phrases, wish, events) : std::string();
    if (!free.empty()) text += " " + free;
    return text;
}

}  // namespace scheduling
