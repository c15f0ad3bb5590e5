#include <algorithm>

#include "calendar/zone_time.hpp"
#include "dialogue/agenda_text.hpp"
#include "dialogue/cards.hpp"
#include "dialogue/dates.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/event_search.hpp"
#include "dialogue/flows.hpp"
#include "dialogue/folding.hpp"
#include "dialogue/questions.hpp"

namespace scheduling {

namespace {

using migue::Task;
using std::chrono::minutes;

constexpr int kMostDaysShown = 7;
constexpr std::size_t kMostNamed = 6;
constexpr std::int64_t kNextWithinMs = 365LL * 24 * 3600 * 1000;

Task<migue::Result<std::vector<Event>>> list_window(Scene& scene, const Window& window) {
    const std::string& zone = scene.person.zone;
    co_return co_await scene.booking.list(Interval{to_unix_ms(LocalMinutes(window.first), zone),
                                                   to_unix_ms(window.last + date::days(1), zone)});
}

/// "Tue, Nov 24 9:00–9:15 AM Standup"; of one day without it.
std::string write_events(const Scene& scene, const std::vector<Event>& events, bool one_day) {
    std::string text;
    std::size_t count = 0;
    for (const Event& event : events) {
        if (count == kMostNamed) {
            text +=
                " · " + scene.phrases.say("agenda_more", {{"count", std::to_string(events.size() - count)}});
            break;
        }
        const LocalSpan span = span_of(event, scene.person.zone);
        const std::string line = write_event(scene.phrases, event, day_of(span.begin), scene.person.zone);
        text += count++ == 0 ? "" : " · ";
        if (!one_day) text += write_date(scene.phrases, day_of(span.begin), DateStyle::kShort) + " ";
        text += line;
    }
    return text;
}

/// "Wednesday, December 2, 6–10 PM"; of several days the days alone.
std::string write_window_of(const Phrases& phrases, const Window& window) {
    if (!window.is_one_day())
        return phrases.say("dates/span", {{"begin", write_date(phrases, window.first, DateStyle::kLong)},
                                          {"end", write_date(phrases, window.last, DateStyle::kLong)}});
    const LocalSpan span = span_on(window, window.first);
    const std::string date = write_date(phrases, window.first, DateStyle::kLong);
    if (!window.from) return date;
    return phrases.say("dates/at", {{"date", date}, {"time", write_window(phrases, span.begin, span.end)}});
}

DayWish wish_for(const Scene& scene, date::local_days day) {
    DayWish wish;
    wish.zone = scene.person.zone;
    wish.work_begin = scene.moment.work_begin;
    wish.work_end = scene.moment.work_end;
    wish.now = scene.now();
    wish.day = day;
    return wish;
}

/// "the evening of the 2nd": what of the day lies in those hours.
std::string write_part(Scene& scene, const Window& window, const std::vector<Event>& listed) {
    const LocalSpan span = span_on(window, window.first);
    std::vector<Event> events;
    for (const Event& event : events_of_day(listed, window.first, scene.person.zone)) {
        const LocalSpan taken = span_of(event, scene.person.zone);
        if (event.all_day || (taken.begin < span.end && span.begin < taken.end)) events.push_back(event);
    }
    if (events.size() == 1) scene.state.last_event = events.front().id;
    const std::string when = write_window_of(scene.phrases, window);
    if (events.empty()) return scene.phrases.say("questions/part_empty", {{"when", when}});
    std::string list;
    for (const Event& event : events)
        list +=
            (list.empty() ? "" : " · ") + write_event(scene.phrases, event, window.first, scene.person.zone);
    return scene.phrases.say("questions/part", {{"when", when}, {"events", list}});
}

std::string write_days(const Scene& scene, const Window& window, const std::vector<Event>& listed) {
    std::string text;
    int shown_days = 0;
    for (auto day = window.first; day <= window.last && shown_days < kMostDaysShown; day += date::days(1)) {
        const std::vector<Event> events = events_of_day(listed, day, scene.person.zone);
        if (events.empty()) continue;
        DayWish wish = wish_for(scene, day);
        wish.with_gaps = false;
        wish.most_events = kMostNamed;
        text += (text.empty() ? "" : "\n") + write_day(scene.phrases, wish, events);
        ++shown_days;
    }
    if (!text.empty()) return text;
    return scene.phrases.say("agenda_range_empty",
                             {{"begin", write_date(scene.phrases, window.first, DateStyle::kLong)},
                              {"end", write_date(scene.phrases, window.last, DateStyle::kLong)}});
}

/// The words that the event must hold; nouns that fit all events hold nothing.
std::vector<Event> with_words(const Scene& scene, const std::vector<Event>& events,
                              std::vector<std::string> words) {
    EventReference reference;
    reference.words = std::move(words);
    return matching(reference, events, scene.person.zone);
}

}  // namespace

Task<Reply> tell_next(Scene& scene, std::string_view text) {
    const Phrases& phrases = scene.phrases;
    EventReference reference = read_reference(scene, text, "query_agenda");
    std::erase_if(reference.words, [&](const std::string& word) {
        const Answers& answers = scene.answers();
        return answers.is("question_fillers", word) || answers.is("next_fillers", word) ||
               answers.is("agenda_words", word);
    });
    reference.time.reset();
    auto listed = co_await scene.booking.list(Interval{scene.now_ms, scene.now_ms + kNextWithinMs});
    if (!listed) co_return say(phrases.say("failed_read"), Reply::After::kKeep);
    const std::vector<Event> found = matching(reference, *listed, scene.person.zone);
    const std::string words = reference.words.empty() ? std::string() : shorten(reference.said, 60);
    remember_question(scene, Asks::kNext, days_from_today(scene, 1));
    // What is going on already is not what comes next.
    const auto next = std::find_if(found.begin(), found.end(),
                                   [&](const Event& event) { return event.start_ms >= scene.now_ms; });
    if (next == found.end())
        co_return say(words.empty() ? phrases.say("nothing_planned")
                                    : phrases.say("not_found_with", {{"words", words}}),
                      Reply::After::kKeep);
    scene.state.last_event = next->id;
    scene.state.asked->event_ms = next->start_ms;
    for (const std::string& word : reference.words)
        scene.state.asked->words += (scene.state.asked->words.empty() ? "" : " ") + word;
    const std::string title = shown(next->title), when = when_of(scene, *next, true);
    co_return say(words.empty()
                      ? phrases.say("next", {{"title", title}, {"when", when}})
                      : phrases.say("next_with", {{"words", words}, {"title", title}, {"when", when}}),
                  Reply::After::kKeep);
}

Task<Reply> tell_days(Scene& scene, Window window) {
    remember_question(scene, Asks::kAgenda, window);
    auto listed = co_await list_window(scene, window);
    if (!listed) co_return say(scene.phrases.say("failed_read"), Reply::After::kKeep);
    if (window.is_one_day() && window.from)
        co_return say(write_part(scene, window, *listed), Reply::After::kKeep);
    if (window.is_one_day()) {
        const std::vector<Event> events = events_of_day(*listed, window.first, scene.person.zone);
        if (events.size() == 1) scene.state.last_event = events.front().id;
        scene.state.listed.clear();
        for (const Event& event : events) scene.state.listed.push_back(event.id);
        co_return say(write_day(scene.phrases, wish_for(scene, window.first), events), Reply::After::kKeep);
    }
    std::string text = write_days(scene, window, *listed);
    if (window.takes_next_week) text = scene.phrases.say("questions/week_over", {{"agenda", text}});
    co_return say(text, Reply::After::kKeep);
}

Task<Reply> tell_edge(Scene& scene, Window window, bool of_end) {
    const Phrases& phrases = scene.phrases;
    remember_question(scene, of_end ? Asks::kFinish : Asks::kStart, window);
    auto listed = co_await list_window(scene, window);
    if (!listed) co_return say(phrases.say("failed_read"), Reply::After::kKeep);
    std::optional<Event> edge;
    LocalMinutes at{};
    for (const Event& event : *listed) {
        if (event.all_day) continue;
        const LocalSpan span = span_of(event, scene.person.zone);
        const bool outside = day_of(span.begin) < window.first || day_of(span.begin) > window.last;
        if (outside || (edge && (of_end ? span.end <= at : span.begin >= at))) continue;
        at = of_end ? span.end : span.begin;
        edge = event;
    }
    if (!edge) co_return co_await tell_days(scene, std::move(window));
    scene.state.last_event = edge->id;
    const std::string date =
        capitalised(write_date(phrases, day_of(of_end ? at - minutes(1) : at), DateStyle::kLong));
    co_return say(
        phrases.say(of_end ? "questions/finish" : "questions/start",
                    {{"date", date}, {"time", write_clock(phrases, at)}, {"title", shown(edge->title)}}),
        Reply::After::kKeep);
}

Task<Reply> tell_count(Scene& scene, Window window, std::vector<std::string> words) {
    const Phrases& phrases = scene.phrases;
    remember_question(scene, Asks::kCount, window);
    for (const std::string& word : words)
        scene.state.asked->words += (scene.state.asked->words.empty() ? "" : " ") + word;
    auto listed = co_await list_window(scene, window);
    if (!listed) co_return say(phrases.say("failed_read"), Reply::After::kKeep);
    const std::vector<Event> found = with_words(scene, *listed, std::move(words));
    if (found.empty())
        co_return say(phrases.say("questions/count_none", {{"when", write_window_of(phrases, window)}}),
                      Reply::After::kKeep);
    if (found.size() == 1) scene.state.last_event = found.front().id;
    co_return say(phrases.count("questions/count", found.size(),
                                {{"events", write_events(scene, found, window.is_one_day())}}),
                  Reply::After::kKeep);
}

Task<Reply> tell_clashes(Scene& scene, Window window) {
    const Phrases& phrases = scene.phrases;
    remember_question(scene, Asks::kClash, window);
    auto listed = co_await list_window(scene, window);
    if (!listed) co_return say(phrases.say("failed_read"), Reply::After::kKeep);
    std::erase_if(*listed, [](const Event& event) { return !event.busy || event.all_day; });
    std::vector<Event> clashing;
    for (const Event& event : *listed)
        if (std::any_of(listed->begin(), listed->end(), [&](const Event& other) {
                return &other != &event && other.start_ms < event.end_ms && event.start_ms < other.end_ms;
            }))
            clashing.push_back(event);
    if (clashing.empty())
        co_return say(
            phrases.say("questions/no_clash", {{"begin", write_date(phrases, window.first, DateStyle::kLong)},
                                               {"end", write_date(phrases, window.last, DateStyle::kLong)}}),
            Reply::After::kKeep);
    const std::string events = write_events(scene, clashing, window.is_one_day());
    co_return say(phrases.say("questions/clash", {{"events", events}}), Reply::After::kKeep);
}

std::optional<date::local_days> day_asked_about(const Scene& scene) {
    const Open* open = scene.state.alive(scene.now_ms);
    const bool asks =
        open != nullptr && (open->waiting == Waiting::kTime || open->waiting == Waiting::kTaken);
    if (!asks || !open->draft.has_date || !open->draft.start) return std::nullopt;
    return day_of(*open->draft.start);
}

Task<Reply> answer_about_days(Scene& scene, const Inquiry& inquiry) {
    const SaidTime said = read_said_time(scene, inquiry.about);
    const bool of_one_day =
        inquiry.asks != Asks::kAgenda && inquiry.asks != Asks::kCount && inquiry.asks != Asks::kClash;
    Window window = days_from_today(scene, of_one_day ? 1 : kMostDaysShown);
    // "do they clash?", "busy at 3?" right behind another question: the days of that one.
    const auto& before = scene.state.asked;
    const bool goes_on = before && before->asks > Asks::kIsDay && inquiry.asks != Asks::kAgenda &&
                         scene.now_ms - before->at_ms <= kAskedLifeMs;
    if (goes_on && !said.days) {
        window = before->window;
        if (said.from || inquiry.asks == Asks::kClash) window.from = window.to = std::nullopt;
    } else if (const auto day = day_asked_about(scene); day && of_one_day && !said.days)
        window = Window{*day, *day, {}, {}};
    window = inquiry.window ? *inquiry.window : window_of(said, window);
    switch (inquiry.asks) {
        case Asks::kFree:
        case Asks::kBusy:
            co_return co_await tell_free(scene, std::move(window), inquiry.asks == Asks::kBusy);
        case Asks::kSlots: {
            EventDraft draft;
            // The list that is open goes on with what it is for.
            const Open* open = scene.state.alive(scene.now_ms);
            const bool same = inquiry.window && open != nullptr && open->waiting == Waiting::kTime;
            if (same) draft = open->draft;
            draft.zone = scene.person.zone;
            co_return co_await offer_slots(scene, std::move(draft), window);
        }
        case Asks::kAmount:
            co_return co_await tell_amount(scene, std::move(window));
        case Asks::kFinish:
        case Asks::kStart:
            co_return co_await tell_edge(scene, std::move(window), inquiry.asks == Asks::kFinish);
        case Asks::kClash:
            co_return co_await tell_clashes(scene, std::move(window));
        case Asks::kCount: {
            std::vector<std::string> words =
                inquiry.window ? words_of(inquiry.about) : naming_words(scene, inquiry.about);
            std::erase_if(words, [&](const std::string& word) {
                return scene.answers().is("question_nouns", word) || scene.answers().is("agenda_words", word);
            });
            co_return co_await tell_count(scene, std::move(window), std::move(words));
        }
        default:
            co_return co_await tell_days(scene, std::move(window));
    }
}

Task<Reply> show_agenda(Scene& scene, std::string_view text) {
    const SaidTime said = read_said_time(scene, text);
    const bool asks_free = scene.answers().has_word("free", text);
    // No day said: free today, busy in the days that come.
    Window days = days_from_today(scene, asks_free ? 1 : kMostDaysShown);
    if (const auto day = day_asked_about(scene); day && asks_free && !said.days)
        days.first = days.last = *day;
    const Window window = window_of(said, days);
    if (asks_free) {
        const bool asks_busy = scene.answers().has_word("busy_words", text);
        co_return co_await tell_free(scene, window, asks_busy);
    }
    if (!said.is_empty() || !scene.answers().has_word("next", text))
        co_return co_await tell_days(scene, window);
    co_return co_await tell_next(scene, text);
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
