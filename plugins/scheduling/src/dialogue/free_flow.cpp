#include <algorithm>

#include "calendar/zone_time.hpp"
#include "dialogue/agenda_text.hpp"
#include "dialogue/cards.hpp"
#include "dialogue/dates.hpp"
#include "dialogue/draft_checks.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/flows.hpp"
#include "dialogue/folding.hpp"
#include "dialogue/questions.hpp"

/// Free time: yes or no, which days, and hours to pick.
namespace scheduling {

namespace {

using migue::Task;
using std::chrono::minutes;

constexpr int kMostLines = 7, kLookAheadDays = 14;
constexpr std::size_t kMostSlots = 9, kMostOfOneDay = 6, kMostOfEachDay = 3, kMostTimes = 8;

bool is_weekend(date::local_days day) {
    const date::weekday weekday(day);
    return weekday == date::Saturday || weekday == date::Sunday;
}

Interval to_interval(const LocalSpan& span, std::string_view zone) {
    return {to_unix_ms(span.begin, zone), to_unix_ms(span.end, zone)};
}

/// The days that count: the working ones, unless only others were named.
std::vector<date::local_days> days_in(const Window& window) {
    std::vector<date::local_days> days;
    const bool some_work =
        window.last - window.first >= date::days(2) || !is_weekend(window.first) || !is_weekend(window.last);
    for (auto day = window.first; day <= window.last && days.size() < 31; day += date::days(1))
        if (window.is_one_day() || !some_work || !is_weekend(day)) days.push_back(day);
    return days;
}

/// A stretch without the part that is outside the working hours, where it holds nothing there and some of it
/// is inside: a morning begins at nine, and "after 4" ends when work does.
LocalSpan inside_work(const Scene& scene, LocalSpan part, date::local_days day,
                      const std::vector<LocalSpan>& busy) {
    const LocalMinutes opens = day + scene.moment.work_begin, closes = day + scene.moment.work_end;
    if (part.begin >= closes || part.end <= opens) return part;
    const auto taken = [&](LocalMinutes begin, LocalMinutes end) {
        return std::any_of(busy.begin(), busy.end(),
                           [&](const LocalSpan& span) { return span.begin < end && begin < span.end; });
    };
    if (part.begin < opens && !taken(part.begin, opens)) part.begin = opens;
    if (part.end > closes && !taken(closes, part.end)) part.end = closes;
    return part;
}

/// What of a day is asked about.
LocalSpan asked_of(const Scene& scene, const Window& window, date::local_days day,
                   const std::vector<LocalSpan>& busy) {
    const LocalMinutes now = scene.now();
    LocalSpan span{day + scene.moment.work_begin, day + scene.moment.work_end};
    if (window.from) {
        span = span_on(window, day);
        if (!window.is_hour) span = inside_work(scene, span, day, busy);
    } else if (day == day_of(now) && now >= span.end) {
        span.end = day + date::days(1);
    }
    if (!window.is_hour && span.begin < now && now < span.end) span.begin = now;
    return span;
}

std::string write_events(const Scene& scene, const std::vector<Event>& events, LocalSpan span) {
    std::vector<std::string> parts;
    for (const Event& event : events) {
        const LocalSpan taken = span_of(event, scene.person.zone);
        if (taken.end <= span.begin || taken.begin >= span.end) continue;
        if (parts.size() == 5) break;
        parts.push_back(write_event(scene.phrases, event, day_of(span.begin), scene.person.zone));
    }
    return scene.phrases.join(parts);
}

std::string write_times(const Phrases& phrases, LocalSpan span, const std::vector<LocalSpan>& busy) {
    std::vector<std::string> times;
    for (const LocalSpan& taken : busy) {
        if (taken.end <= span.begin || taken.begin >= span.end) continue;
        if (times.size() == kMostTimes) break;
        const auto day = day_of(span.begin);
        times.push_back(write_clock_range(phrases, std::max(taken.begin, LocalMinutes(day)),
                                          std::min(taken.end, LocalMinutes(day + date::days(1)))));
    }
    return phrases.join(times);
}

std::string write_asked(const Phrases& phrases, const Window& window, date::local_days day, LocalSpan span,
                        DateStyle style) {
    const std::string date = write_date(phrases, day, style);
    if (!window.from) return date;
    return phrases.say("dates/at", {{"date", date}, {"time", write_window(phrases, span.begin, span.end)}});
}

/// One day: "Yes, you are free: …", or what is in the way.
std::string say_of_day(const Scene& scene, const Window& window, const std::vector<Event>& events,
                       bool asks_busy) {
    const Phrases& phrases = scene.phrases;
    const auto day = window.first;
    const std::vector<LocalSpan> busy = busy_spans(events, scene.person.zone);
    const LocalSpan span = asked_of(scene, window, day, busy);
    const std::string when = write_asked(phrases, window, day, span, DateStyle::kLong);
    const std::vector<LocalSpan> free = gaps(span, busy);
    const bool all_free = free.size() == 1 && free.front() == span;
    if (all_free)
        return phrases.say(asks_busy ? "questions/busy_no" : "questions/free_yes", {{"when", when}});
    if (free.empty() || window.is_hour)
        return phrases.say(asks_busy ? "questions/busy_yes" : "questions/free_no",
                           {{"when", when}, {"events", write_events(scene, events, span)}});
    return phrases.say("free_except", {{"when", when}, {"times", write_times(phrases, span, busy)}});
}

/// " Todo el día: Vacaciones.", what takes no hour of that day; "" when nothing does.
std::string say_whole_days(const Scene& scene, date::local_days day, const std::vector<Event>& events) {
    std::vector<std::string> titles;
    for (const Event& event : events_of_day(events, day, scene.person.zone))
        if (event.all_day && !event.busy && titles.size() < 5)
            titles.push_back("*" + shown(event.title) + "*");
    if (titles.empty()) return {};
    return " " + scene.phrases.say("questions/whole_day_too", {{"events", scene.phrases.join(titles)}});
}

/// Several days: all of them free, or one line for each.
std::string say_of_days(const Scene& scene, const Window& window, const std::vector<date::local_days>& days,
                        const std::vector<LocalSpan>& busy) {
    const Phrases& phrases = scene.phrases;
    std::string lines;
    bool all_free = true;
    int count = 0;
    for (const auto day : days) {
        const LocalSpan span = asked_of(scene, window, day, busy);
        const std::vector<LocalSpan> free = gaps(span, busy);
        const bool is_free = free.size() == 1 && free.front() == span;
        all_free = all_free && is_free;
        if (count++ == kMostLines) break;
        const std::string date = capitalised(write_date(phrases, day, DateStyle::kShort));
        lines += lines.empty() ? "" : "\n";
        if (is_free || free.empty())
            lines += phrases.say(is_free ? "questions/line_free" : "questions/line_busy", {{"date", date}});
        else
            lines += phrases.say("questions/line_except",
                                 {{"date", date}, {"times", write_times(phrases, span, busy)}});
    }
    if (!all_free) return lines;
    const std::string begin = write_date(phrases, days.front(), DateStyle::kLong);
    const std::string end = write_date(phrases, days.back(), DateStyle::kLong);
    std::string when = phrases.say("dates/span", {{"begin", begin}, {"end", end}});
    if (window.from) {
        const LocalSpan span = asked_of(scene, window, days.back(), busy);
        when =
            phrases.say("dates/at", {{"date", when}, {"time", write_window(phrases, span.begin, span.end)}});
    }
    return phrases.say("questions/free_yes", {{"when", when}});
}

Task<migue::Result<std::vector<Event>>> list_busy(Scene& scene, LocalMinutes begin, LocalMinutes end) {
    auto listed = co_await scene.booking.list(to_interval({begin, end}, scene.person.zone));
    if (listed) std::erase_if(*listed, [](const Event& event) { return !event.busy; });
    co_return listed;
}

/// Free hours of each day of the window, not more than a list holds.
std::vector<LocalSpan> slots_within(const Scene& scene, const SlotWish& wish, const Window& window,
                                    const std::vector<LocalSpan>& busy) {
    const std::size_t most = window.is_one_day() ? kMostOfOneDay : kMostOfEachDay;
    std::vector<LocalSpan> slots;
    for (const auto day : days_in(window)) {
        if (slots.size() + most > kMostSlots) break;
        LocalSpan within{day + wish.work_begin, day + wish.work_end};
        if (window.from) within = inside_work(scene, span_on(window, day), day, {});
        if (window.is_hour) within.end = std::max(within.end, within.begin + wish.length);
        within.begin = std::max(within.begin, wish.now);
        if (within.begin >= within.end) continue;
        const std::vector<LocalSpan> found = spaced_slots(wish, within, busy, most);
        slots.insert(slots.end(), found.begin(), found.end());
    }
    return slots;
}

/// Nothing is left of the window that could be free: it is no use to say that it is taken.
bool is_over(const Scene& scene, const Window& window, const SlotWish& wish) {
    const std::vector<date::local_days> days = days_in(window);
    return days.empty() || std::all_of(days.begin(), days.end(), [&](date::local_days day) {
               const LocalMinutes end =
                   window.from ? inside_work(scene, span_on(window, day), day, {}).end : day + wish.work_end;
               return end < wish.now + wish.length;
           });
}

std::string slots_text(const Scene& scene, const EventDraft& draft, std::string_view phrase) {
    const Phrases& phrases = scene.phrases;
    const std::string length = std::to_string(length_of(draft).count());
    const bool named = !is_generic_title(scene.answers(), draft.title);
    if (phrase == "slots" && named)
        return phrases.say("questions/slots_for", {{"minutes", length}, {"title", shown(draft.title)}});
    if (phrase == "questions/slots_over") return phrases.say(phrase);
    return phrases.say(phrase, {{"minutes", length}});
}

}  // namespace

Task<Reply> tell_free(Scene& scene, Window window, bool asks_busy) {
    remember_question(scene, asks_busy ? Asks::kBusy : Asks::kFree, window);
    const LocalSpan asked{window.first, window.last + date::days(1)};
    auto listed = co_await scene.booking.list(to_interval(asked, scene.person.zone));
    if (!listed) co_return say(scene.phrases.say("failed_read"), Reply::After::kKeep);
    const std::vector<date::local_days> days = days_in(window);
    if (days.size() == 1) window.first = window.last = days.front();
    const std::string beside = window.is_one_day() ? say_whole_days(scene, window.first, *listed) : "";
    std::erase_if(*listed, [](const Event& event) { return !event.busy; });
    if (window.is_one_day())
        co_return say(say_of_day(scene, window, *listed, asks_busy) + beside, Reply::After::kKeep);
    const std::vector<LocalSpan> busy = busy_spans(*listed, scene.person.zone);
    co_return say(say_of_days(scene, window, days, busy), Reply::After::kKeep);
}

Task<Reply> tell_amount(Scene& scene, Window window) {
    const Phrases& phrases = scene.phrases;
    remember_question(scene, Asks::kAmount, window);
    auto listed = co_await list_busy(scene, window.first, window.last + date::days(1));
    if (!listed) co_return say(phrases.say("failed_read"), Reply::After::kKeep);
    const std::vector<LocalSpan> busy = busy_spans(*listed, scene.person.zone);
    std::string lines;
    int count = 0;
    for (const auto day : days_in(window)) {
        if (count++ == kMostLines) break;
        minutes sum{0};
        std::vector<std::string> times;
        for (const LocalSpan& gap : gaps(asked_of(scene, window, day, busy), busy)) {
            sum += gap.end - gap.begin;
            times.push_back(write_clock_range(phrases, gap.begin, gap.end));
        }
        const std::string date = capitalised(write_date(phrases, day, DateStyle::kLong));
        lines += lines.empty() ? "" : "\n";
        if (times.empty())
            lines += phrases.say("questions/amount_none", {{"date", date}});
        else
            lines += phrases.say("questions/amount",
                                 {{"date", date},
                                  {"length", write_length(phrases, sum)},
                                  {"gaps", phrases.say("agenda_free", {{"gaps", phrases.join(times)}})}});
    }
    co_return say(lines, Reply::After::kKeep);
}

Task<Reply> offer_slots(Scene& scene, EventDraft draft, std::optional<Window> asked) {
    const Phrases& phrases = scene.phrases;
    complete_title(phrases, draft);
    SlotWish wish;
    wish.length = length_of(draft);
    wish.work_begin = scene.moment.work_begin;
    wish.work_end = scene.moment.work_end;
    wish.now = scene.now();
    const Window window = asked.value_or(days_from_today(scene, kLookAheadDays));
    remember_question(scene, Asks::kSlots, window);
    const auto after = std::max(window.last, day_of(wish.now)) + date::days(1);
    const auto until = after + date::days(kLookAheadDays);
    const LocalMinutes first = std::min(window.first, day_of(wish.now));
    auto listed = co_await list_busy(scene, first, until);
    if (!listed) co_return say(phrases.say("failed_read"));
    const std::vector<LocalSpan> busy = busy_spans(*listed, scene.person.zone);
    std::string_view phrase = "slots";
    std::vector<LocalSpan> slots = slots_within(scene, wish, window, busy);
    if (slots.empty() && asked) {
        phrase = is_over(scene, window, wish) ? "questions/slots_over" : "slots_later";
        slots = slots_within(scene, wish, Window{after, until, {}, {}}, busy);
    }
    if (slots.empty()) co_return say(slots_text(scene, draft, "slots_none"));
    Reply reply;
    reply.text = slots_text(scene, draft, phrase);
    reply.list_label = phrases.label("see_times");
    Open open;
    open.waiting = Waiting::kTime;
    open.draft = std::move(draft);
    open.draft.duration = wish.length;
    open.options = slot_rows(scene, slots);
    reply.open = std::move(open);
    co_return reply;
}

Task<Reply> find_slot(Scene& scene, std::string_view text) {
    Understanding read = scene.understand(text, "find_slot");
    if (scene.answers().has_phrase("am_free", text) && !scene.answers().has_phrase("which_hours", text))
        co_return co_await show_agenda(scene, text);
    EventDraft draft = untimed(std::move(read.draft));
    draft.zone = scene.person.zone;
    // A question is no title: "which is best".
    const Answers& answers = scene.answers();
    const std::vector<std::string> words = words_of(fold(draft.title));
    const bool asks = !words.empty() &&
                      (answers.is("no_title_begins", words.front()) || answers.has_word("free", draft.title));
    if (asks || !draft.attendees.empty() || is_generic_title(answers, draft.title)) draft.title.clear();
    const SaidTime said = read_said_time(scene, text);
    const bool wants_time = !said.is_empty() || draft.duration || answers.has_phrase("which_hours", text) ||
                            answers.has_word("free", text) || answers.has_word("slot_words", text);
    // Nothing in it asks for time: what the message resembled is not what it says.
    if (!wants_time) co_return pass_on();
    std::optional<Window> window;
    if (const auto day = day_asked_about(scene); day && !said.days && draft.title.empty()) {
        // Hours of the day that is asked for, for what they are asked for.
        const Open open = *scene.state.alive(scene.now_ms);
        const minutes length = draft.duration.value_or(length_of(open.draft));
        draft = untimed(open.draft);
        draft.duration = length;
        Reply reply =
            co_await offer_slots(scene, std::move(draft), window_of(said, Window{*day, *day, {}, {}}));
        if (reply.open) reply.open->target = open.target;
        co_return reply;
    }
    if (!said.is_empty()) window = window_of(said, days_from_today(scene, said.days ? 1 : kLookAheadDays));
    co_return co_await offer_slots(scene, std::move(draft), window);
}

Task<Reply> offer_free_hours(Scene& scene, const Open& open) {
    EventDraft draft = open.draft;
    std::optional<Window> window;
    if (draft.has_date && draft.start) window = Window{day_of(*draft.start), day_of(*draft.start), {}, {}};
    if (window && draft.part_begin && draft.part_end) {
        window->from = draft.part_begin;
        window->to = draft.part_end;
    }
    co_return co_await offer_slots(scene, std::move(draft), window);
}

}  // namespace scheduling
