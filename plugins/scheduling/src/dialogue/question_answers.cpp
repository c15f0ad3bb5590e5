#include <algorithm>

#include "calendar/zone_time.hpp"
#include "dialogue/agenda_text.hpp"
#include "dialogue/cards.hpp"
#include "dialogue/dates.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/event_search.hpp"
#include "dialogue/folding.hpp"
#include "dialogue/questions.hpp"

/// A question on one event: its field, from the calendar.
namespace scheduling {

namespace {

using migue::Task;
using std::chrono::minutes;

constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;
constexpr std::int64_t kAheadMs = 365 * kDayMs, kBackMs = 120 * kDayMs;
constexpr int kDaysOfAnHour = 7;

/// The event a question is about, and how it was named.
struct Found {
    std::optional<Event> event;
    std::string words;      ///< as a person would read them; "" when it was not named
    bool is_draft = false;  ///< it is on the card, and not booked yet
    bool failed = false;    ///< the calendar could not be read
    bool is_named = false;  ///< by words, a day or an hour
};

/// The words as they stand in the text, so that a name keeps its capital letter.
std::string as_said(std::string_view text, const std::vector<std::string>& words) {
    std::string said;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find_first_of(" \t\n?!.,;", at), text.size());
        const std::string word(text.substr(at, end - at));
        at = end + 1;
        if (std::find(words.begin(), words.end(), fold(word)) == words.end()) continue;
        said += (said.empty() ? "" : " ") + word;
    }
    return shorten(said, 60);
}

bool is_event(const Event& event, const std::string& id) {
    return event.id == id || (!event.series.empty() && event.series == id);
}

/// The draft on the card, or the event that is about to be cancelled.
Task<Found> on_the_card(Scene& scene, const Open& open) {
    Found found;
    const bool draft = open.target.empty() && open.draft.start && open.draft.has_date &&
                       (open.draft.has_time || open.draft.all_day) && open.waiting == Waiting::kCard;
    if (draft) {
        found.event = to_event(open.draft);
        found.is_draft = true;
        co_return found;
    }
    std::string id = open.target;
    if (id.empty() && open.events.size() == 1) id = open.events.front();
    if (id.empty()) co_return found;
    auto event = co_await scene.booking.get(id);
    found.failed = !event;
    if (event && event->has_value() && !(*event)->cancelled) found.event = std::move(**event);
    co_return found;
}

/// Of a series the next time that it takes place.
Task<Found> as_it_comes(Scene& scene, Found found) {
    if (!found.event || found.event->rrule.empty() || found.is_draft) co_return found;
    auto listed = co_await scene.booking.list(Interval{scene.now_ms, scene.now_ms + kAheadMs});
    if (!listed) {
        found.failed = true;
        co_return found;
    }
    const std::string id = found.event->id;
    for (const Event& event : *listed)
        if (is_event(event, id) && event.start_ms >= scene.now_ms) {
            found.event = event;
            break;
        }
    co_return found;
}

/// "it": what is on the card, else what was last shown.
Task<Found> last_shown(Scene& scene) {
    Found found;
    const Open* open = scene.state.alive(scene.now_ms);
    // What is done was shown by its card, and may not be what was shown last.
    if (open != nullptr && open->waiting != Waiting::kDone) {
        const Open shown_last = *open;
        found = co_await on_the_card(scene, shown_last);
    }
    if (!found.event && !found.failed && !scene.state.last_event.empty()) {
        auto event = co_await scene.booking.get(scene.state.last_event);
        found.failed = !event;
        if (event && event->has_value() && !(*event)->cancelled) found.event = std::move(**event);
    }
    co_return co_await as_it_comes(scene, std::move(found));
}

/// The first that begins from now on; else the last before.
std::optional<Event> nearest(const std::vector<Event>& events, std::int64_t now_ms, bool in_the_past) {
    std::optional<Event> past;
    for (const Event& event : events) {
        if (event.end_ms <= now_ms)
            past = event;
        else if (!in_the_past)
            return event;
    }
    return past;
}

/// The one that is named by words, by its day or by its hour.
Task<Found> named_event(Scene& scene, const Inquiry& inquiry, std::vector<std::string> words) {
    Found found;
    found.is_named = true;
    found.words = as_said(inquiry.about, words);
    EventReference reference;
    reference.words = std::move(words);
    const SaidTime said = read_said_time(scene, inquiry.about);
    const Window nearby = window_of(said, days_from_today(scene, kDaysOfAnHour));
    if (said.days || (reference.words.empty() && said.from))
        reference.span = Span{nearby.first, nearby.last + date::days(1)};
    if (said.from && said.is_hour) reference.time = said.from;
    auto listed = co_await scene.booking.list(Interval{scene.now_ms - kBackMs, scene.now_ms + kAheadMs});
    if (!listed) {
        found.failed = true;
        co_return found;
    }
    found.event = nearest(matching(reference, *listed, scene.person.zone), scene.now_ms, inquiry.in_the_past);
    co_return found;
}

std::string say_length(const Scene& scene, const Event& event) {
    const LocalSpan span = span_of(event, scene.person.zone);
    const std::string title = shown(event.title);
    const auto length = span.end - span.begin;
    if (event.all_day) {
        const auto days = std::max<std::int64_t>(1, length.count() / (24 * 60));
        return scene.phrases.count("questions/length_days", static_cast<std::size_t>(days),
                                   {{"title", title}});
    }
    return scene.phrases.say("questions/length",
                             {{"title", title}, {"length", write_length(scene.phrases, length)}});
}

std::string say_end(const Scene& scene, const Event& event) {
    const LocalSpan span = span_of(event, scene.person.zone);
    const std::string title = shown(event.title);
    const auto last = day_of(span.end - minutes(1));
    const std::string date = write_date(scene.phrases, last, DateStyle::kLong);
    if (event.all_day) return scene.phrases.say("questions/end_all_day", {{"title", title}, {"date", date}});
    return scene.phrases.say(
        "questions/end", {{"title", title}, {"time", write_clock(scene.phrases, span.end)}, {"date", date}});
}

std::string say_until(const Scene& scene, const Event& event) {
    const auto days = day_of(span_of(event, scene.person.zone).begin) - day_of(scene.now());
    const std::string title = shown(event.title), when = when_of(scene, event, false);
    if (days < date::days(0))
        return scene.phrases.say("questions/until_past", {{"title", title}, {"when", when}});
    if (days == date::days(0))
        return scene.phrases.say("questions/until_today", {{"title", title}, {"when", when}});
    return scene.phrases.count("questions/until", static_cast<std::size_t>(days.count()),
                               {{"title", title}, {"when", when}});
}

std::string say_who(const Scene& scene, const Event& event) {
    std::vector<std::string> names;
    for (const std::string& guest : event.guests) names.push_back(name_of(scene, guest));
    const std::string title = shown(event.title);
    if (names.empty()) return scene.phrases.say("questions/who_none", {{"title", title}});
    return scene.phrases.say("questions/who", {{"title", title}, {"names", scene.phrases.join(names)}});
}

std::string say_where(const Scene& scene, const Event& event) {
    const std::string title = shown(event.title);
    const std::string place = shorten(event.location.empty() ? event.video_url : event.location, 200);
    if (place.empty()) return scene.phrases.say("questions/where_none", {{"title", title}});
    return scene.phrases.say("questions/where", {{"title", title}, {"place", place}});
}

std::string say_field(const Scene& scene, Asks asks, const Found& found) {
    const Event& event = *found.event;
    const std::string title = shown(event.title);
    switch (asks) {
        case Asks::kLength:
            return say_length(scene, event);
        case Asks::kEnd:
            return say_end(scene, event);
        case Asks::kUntil:
            return say_until(scene, event);
        case Asks::kWho:
            return say_who(scene, event);
        case Asks::kWhere:
            return say_where(scene, event);
        case Asks::kBooked:
            if (found.is_draft) return scene.phrases.say("questions/not_booked", {{"title", title}});
            return scene.phrases.say("questions/booked",
                                     {{"title", title}, {"when", when_of(scene, event, true)}});
        default:
            return scene.phrases.say("questions/when",
                                     {{"title", title}, {"when", when_of(scene, event, true)}});
    }
}

/// What begins next: of those with the same name where the last question was for the next of them, else of
/// the same day.
Task<Reply> tell_after(Scene& scene, const Event& event) {
    const Phrases& phrases = scene.phrases;
    const std::optional<Asked> asked = scene.state.asked;
    const bool of_a_name = asked && asked->asks == Asks::kNext && !asked->words.empty() &&
                           scene.now_ms - asked->at_ms <= kAskedLifeMs;
    const LocalSpan span = span_of(event, scene.person.zone);
    const auto day = day_of(span.begin);
    const std::int64_t from = of_a_name ? std::max(asked->event_ms + 1, event.start_ms) : event.start_ms;
    const std::int64_t until =
        of_a_name ? from + kAheadMs : to_unix_ms(day + date::days(1), scene.person.zone);
    auto listed = co_await scene.booking.list(Interval{from, until});
    if (!listed) co_return say(phrases.say("failed_read"), Reply::After::kKeep);
    EventReference reference;
    if (of_a_name) reference.words = words_of(asked->words);
    std::optional<Event> next;
    for (Event& later : matching(reference, *listed, scene.person.zone)) {
        const bool is_later = of_a_name ? later.start_ms > asked->event_ms
                                        : later.start_ms >= event.end_ms && !is_event(later, event.id);
        if (later.all_day || !is_later) continue;
        next = std::move(later);
        break;
    }
    const std::string title = shown(event.title);
    if (!next)
        co_return say(phrases.say("questions/after_none",
                                  {{"title", title}, {"date", write_date(phrases, day, DateStyle::kLong)}}),
                      Reply::After::kKeep);
    scene.state.last_event = next->id;
    if (of_a_name) {
        scene.state.asked->event_ms = next->start_ms;
        scene.state.asked->at_ms = scene.now_ms;
    }
    co_return say(
        phrases.say("questions/after",
                    {{"title", title}, {"next", shown(next->title)}, {"when", when_of(scene, *next, true)}}),
        Reply::After::kKeep);
}

/// "is the 28th a Saturday?"
Reply tell_is_day(Scene& scene, const Inquiry& inquiry) {
    const Understanding read = scene.understand(inquiry.about, "query_agenda");
    const auto day_in = [&](const TimeMention& time) {
        const Understanding alone = scene.understand(time.text, "query_agenda");
        return alone.span ? day_of(alone.span->begin) : day_of(scene.now());
    };
    const bool first_is_date = read.times[0].text.find_first_of("0123456789") != std::string::npos;
    const auto day = day_in(read.times[first_is_date ? 0 : 1]);
    const auto named = day_in(read.times[first_is_date ? 1 : 0]);
    const bool same = date::weekday(day) == date::weekday(named);
    const std::string date = write_date(scene.phrases, day, DateStyle::kFull);
    return say(scene.phrases.say(same ? "questions/day_yes" : "questions/day_no", {{"date", date}}),
               Reply::After::kKeep);
}

/// "how many days until Christmas?"
std::optional<Reply> tell_days_until(const Scene& scene, std::string_view about) {
    const SaidTime said = read_said_time(scene, about);
    if (!said.days || said.days->first <= day_of(scene.now())) return std::nullopt;
    const auto days = static_cast<std::size_t>((said.days->first - day_of(scene.now())).count());
    const std::string date = write_date(scene.phrases, said.days->first, DateStyle::kFull);
    return say(scene.phrases.count("questions/until_day", days, {{"date", date}}), Reply::After::kKeep);
}

/// With nothing named: the days that were said, where the question says any.
Task<std::optional<Reply>> tell_unnamed_days(Scene& scene, const Inquiry& inquiry) {
    std::optional<Reply> reply;
    const SaidTime said = read_said_time(scene, inquiry.about);
    if (said.is_empty() || said.is_hour) co_return reply;
    if (inquiry.asks == Asks::kUntil)
        reply = tell_days_until(scene, inquiry.about);
    else if (said.days && !said.from)
        reply = co_await tell_days(scene, *said.days);
    co_return reply;
}

}  // namespace

Task<std::optional<Reply>> tell_of_event(Scene& scene, const Inquiry& inquiry) {
    std::optional<Reply> reply;
    if (inquiry.asks == Asks::kIsDay) {
        reply = tell_is_day(scene, inquiry);
        co_return reply;
    }
    std::vector<std::string> words = naming_words(scene, inquiry.about);
    // "what day was it now?"
    const bool is_noise = scene.answers().is("question_noise", inquiry.about);
    if (words.empty() && !is_noise) {
        reply = co_await tell_unnamed_days(scene, inquiry);
        if (reply) co_return reply;
    }
    const bool named = !words.empty() || (!is_noise && !read_said_time(scene, inquiry.about).is_empty());
    Found found;
    if (named)
        found = co_await named_event(scene, inquiry, std::move(words));
    else
        found = co_await last_shown(scene);
    if (found.failed) {
        reply = say(scene.phrases.say("failed_read"), Reply::After::kKeep);
        co_return reply;
    }
    // Nothing was shown that "it" could mean: somebody else may know.
    if (!found.event && (!found.is_named || inquiry.is_doubtful)) co_return reply;
    if (!found.event) {
        reply = say(found.words.empty() ? scene.phrases.say("not_found")
                                        : scene.phrases.say("not_found_with", {{"words", found.words}}),
                    Reply::After::kKeep);
        co_return reply;
    }
    if (inquiry.asks == Asks::kAfter) {
        reply = co_await tell_after(scene, *found.event);
        co_return reply;
    }
    if (!found.is_draft) scene.state.last_event = found.event->id;
    reply = say(say_field(scene, inquiry.asks, found), Reply::After::kKeep);
    co_return reply;
}

void remember_question(Scene& scene, Asks asks, const Window& window) {
    Asked asked;
    asked.asks = asks;
    asked.window = window;
    asked.at_ms = scene.now_ms;
    scene.state.asked = std::move(asked);
}

Task<std::optional<Reply>> answer_question(Scene& scene, std::string_view text) {
    std::optional<Reply> reply;
    if (scene.input.forwarded) co_return reply;
    auto inquiry = read_question(scene, text);
    if (!inquiry) co_return reply;
    // "y después cine" asks for more where no cinema is there.
    if (inquiry->asks == Asks::kAfter && text.find('?') == std::string_view::npos)
        inquiry->is_doubtful = true;
    if (inquiry->asks == Asks::kNext) {
        reply = co_await tell_next(scene, inquiry->about);
        co_return reply;
    }
    if (inquiry->asks <= Asks::kIsDay) {
        reply = co_await tell_of_event(scene, *inquiry);
        const bool goes_on = scene.state.asked && scene.state.asked->at_ms == scene.now_ms;
        if (reply && !goes_on) remember_question(scene, inquiry->asks, days_from_today(scene, 1));
        co_return reply;
    }
    reply = co_await answer_about_days(scene, *inquiry);
    co_return reply;
}

}  // namespace scheduling
