#include <algorithm>

#include "calendar/zone_time.hpp"
#include "dialogue/cards.hpp"
#include "dialogue/dates.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/flows.hpp"
#include "dialogue/folding.hpp"

namespace scheduling {

namespace {

using migue::Task;
using std::chrono::minutes;

constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;
constexpr std::size_t kMostSlots = 8;
constexpr std::size_t kMostOffered = 4, kMostThatDay = 3;
constexpr std::size_t kRowTitle = 24;
constexpr std::size_t kOfPart = 3;
constexpr minutes kLate{22 * 60};

Reply open_question(std::string text, Waiting waiting, EventDraft draft, std::string target,
                    std::vector<Option> options) {
    Reply reply;
    reply.text = std::move(text);
    Open open;
    open.waiting = waiting;
    open.draft = std::move(draft);
    open.target = std::move(target);
    open.options = std::move(options);
    reply.open = std::move(open);
    return reply;
}

Option pick(LocalMinutes start, std::optional<LocalMinutes> end, std::string label) {
    Option option;
    option.action = Action::kPick;
    option.start = start;
    option.end = end;
    option.label = std::move(label);
    return option;
}

/// "Hoy", "Mañana", or "Vie 27 nov".
std::string day_label(const Scene& scene, date::local_days day) {
    const auto today = day_of(scene.now());
    if (day == today) return scene.phrases.say("dates/today");
    if (day == today + date::days(1)) return scene.phrases.say("dates/tomorrow");
    return capitalised(write_date(scene.phrases, day, DateStyle::kButton));
}

/// How a choice is told from its neighbours: by its hour when all are of one day, by its day
/// when all are at one hour, else by both.
std::string choice_label(const Scene& scene, const Choice& choice, const std::vector<Choice>& all) {
    const Phrases& phrases = scene.phrases;
    const auto day = day_of(choice.start);
    const minutes time = choice.start - day;
    const bool one_day =
        std::all_of(all.begin(), all.end(), [&](const Choice& c) { return day_of(c.start) == day; });
    const bool one_time = std::all_of(all.begin(), all.end(),
                                      [&](const Choice& c) { return c.start - day_of(c.start) == time; });
    const std::string date = capitalised(write_date(phrases, day, DateStyle::kButton));
    if (choice.all_day || (one_time && all.size() > 1)) {
        if (day != day_of(scene.now())) return date;
        return phrases.say("dates/today_date", {{"date", write_date(phrases, day, DateStyle::kButton)}});
    }
    if (one_day && all.size() > 1) return write_clock(phrases, choice.start);
    return day_label(scene, day) + " " + write_clock(phrases, choice.start);
}

SlotWish wish_for(const Scene& scene, const EventDraft& draft) {
    SlotWish wish;
    wish.wanted = *draft.start;
    wish.length = length_of(draft);
    wish.work_begin = scene.moment.work_begin;
    wish.work_end = scene.moment.work_end;
    wish.now = to_local(scene.now_ms, draft.zone);
    wish.limit = kMostSlots;
    return wish;
}

Task<migue::Result<std::vector<LocalSpan>>> busy_around(Scene& scene, const EventDraft& draft,
                                                        const std::string& target) {
    const std::int64_t wanted = to_unix_ms(*draft.start, draft.zone);
    auto listed = co_await scene.booking.list(Interval{wanted - 16 * kDayMs, wanted + 16 * kDayMs});
    if (!listed) co_return std::move(listed).error();
    std::erase_if(*listed,
                  [&](const Event& event) { return !target.empty() && is_same_event(event.id, target); });
    co_return busy_spans(*listed, draft.zone);
}

/// Three free hours of a part of the day, whole ones first, by time.
std::vector<LocalSpan> whole_hours(const SlotWish& wish, LocalSpan within,
                                   const std::vector<LocalSpan>& busy) {
    const auto is_free = [&](LocalSpan slot) {
        return slot.begin >= wish.now && slot.end <= within.end &&
               std::none_of(busy.begin(), busy.end(), [&](const LocalSpan& taken) {
                   return taken.begin < slot.end && slot.begin < taken.end;
               });
    };
    std::vector<LocalSpan> whole, half;
    const auto day = day_of(within.begin);
    for (LocalMinutes at = day; at < within.end; at += minutes(30)) {
        const LocalSpan slot{at, at + wish.length};
        if (at >= within.begin && is_free(slot))
            ((at - day) % minutes(60) == minutes(0) ? whole : half).push_back(slot);
    }
    std::vector<LocalSpan> chosen;
    if (whole.size() >= kOfPart) {
        for (std::size_t i = 0; i < kOfPart; ++i)
            chosen.push_back(whole[i * (whole.size() - 1) / (kOfPart - 1)]);
        return chosen;
    }
    chosen = std::move(whole);
    for (const LocalSpan& slot : half)
        if (chosen.size() < kOfPart) chosen.push_back(slot);
    std::sort(chosen.begin(), chosen.end(),
              [](const LocalSpan& a, const LocalSpan& b) { return a.begin < b.begin; });
    return chosen;
}

/// Inside the working hours as long as the part has any free there; nobody means half past ten by
/// "tonight".
std::vector<LocalSpan> hours_of_part(const SlotWish& wish, LocalSpan part, LocalSpan working,
                                     const std::vector<LocalSpan>& busy) {
    const LocalSpan both{std::max(part.begin, working.begin), std::min(part.end, working.end)};
    std::vector<LocalSpan> hours;
    if (both.begin < both.end) hours = whole_hours(wish, both, busy);
    if (!hours.empty()) return hours;
    const LocalMinutes late = day_of(part.begin) + kLate;
    if (part.begin < late - minutes(60)) part.end = std::min(part.end, late);
    return whole_hours(wish, part, busy);
}

/// Two readings are none: what is asked about is not known yet.
void mark_unknown(EventDraft& draft, const std::string& kind) {
    if (kind == "ambiguous_hour" || kind == "past" || kind == "clock_change") draft.has_time = false;
    if (kind == "ambiguous_date") draft.has_date = false;
    if (kind == "impossible") draft.has_date = draft.has_time = false;
}

std::string question_text(const Scene& scene, const EventDraft& draft, const Question& question) {
    const Phrases& phrases = scene.phrases;
    if (question.kind == "past" && draft.start) {
        const std::string when = phrases.say(
            "dates/day_at",
            {{"date", day_label(scene, day_of(*draft.start))}, {"time", write_clock(phrases, *draft.start)}});
        return phrases.say("past_ask", {{"when", when}});
    }
    if (question.kind == "past") return phrases.say("ask_time_write");
    if (question.kind == "ambiguous_hour") return phrases.say("ask_hour");
    if (question.kind == "ambiguous_date") return phrases.say("ask_which_date");
    if (question.kind == "clock_change") return phrases.say("clock_change");
    if (question.kind == "impossible" && !question.said.empty())
        return phrases.say("impossible", {{"said", shown(question.said)}});
    if (question.kind == "impossible") return phrases.say("impossible_plain");
    return phrases.say("not_understood");
}

}  // namespace

std::vector<Option> slot_rows(const Scene& scene, const std::vector<LocalSpan>& slots) {
    const Phrases& phrases = scene.phrases;
    const auto label = [&](const LocalSpan& slot, const std::string& time) {
        return phrases.say(
            "dates/slot",
            {{"date", write_date(phrases, day_of(slot.begin), DateStyle::kShort)}, {"time", time}});
    };
    std::vector<Option> rows;
    bool fits = true;
    for (const LocalSpan& slot : slots) {
        rows.push_back(
            pick(slot.begin, slot.end, label(slot, write_clock_range(phrases, slot.begin, slot.end))));
        fits = fits && count_characters(rows.back().label) <= kRowTitle;
    }
    // One form for all rows: where the end has no room in a title it stands below.
    for (std::size_t i = 0; i < rows.size() && !fits; ++i) {
        rows[i].label = label(slots[i], write_clock(phrases, slots[i].begin));
        rows[i].hint = write_clock_range(phrases, slots[i].begin, slots[i].end);
    }
    return rows;
}

Task<Reply> ask_question(Scene& scene, EventDraft draft, std::string target, Question question) {
    if (question.choices.empty()) {
        if (question.kind == "missing_date") co_return ask_date(scene, std::move(draft), std::move(target));
        const bool wants_hours = question.kind == "missing_time" || question.kind == "part_of_day";
        if (wants_hours && draft.start && draft.has_date)
            co_return co_await ask_time(scene, std::move(draft), std::move(target));
        if (wants_hours) co_return ask_date(scene, std::move(draft), std::move(target));
    }
    if (question.kind == "missing_time" || question.kind == "part_of_day") {
        if (draft.start && draft.has_date)
            co_return co_await ask_time(scene, std::move(draft), std::move(target));
    }
    const std::string text = question_text(scene, draft, question);
    std::vector<Option> options;
    const bool day_only = question.kind == "ambiguous_date" && !draft.has_time;
    for (const Choice& choice : question.choices) {
        Option made = pick(choice.start, choice.end, choice_label(scene, choice, question.choices));
        // A day without an hour is a whole day only when whole days were said.
        made.all_day = choice.all_day && draft.all_day;
        made.day_only = day_only && !made.all_day;
        options.push_back(std::move(made));
        if (options.size() == 9) break;
    }
    if (question.kind == "past")
        options.push_back(option(scene, Action::kOtherTime, "other_time", "other_time"));
    mark_unknown(draft, question.kind);
    Reply reply =
        open_question(text, Waiting::kTime, std::move(draft), std::move(target), std::move(options));
    if (day_only) reply.open->said = kTheseDays;
    if (question.kind == "impossible" && !question.said.empty())
        reply.open->said = std::string(kImpossible) + question.said;
    co_return reply;
}

Task<Reply> ask_time(Scene& scene, EventDraft draft, std::string target) {
    auto busy = co_await busy_around(scene, draft, target);
    if (!busy) co_return say(scene.phrases.say("failed_read"));
    const auto day = day_of(*draft.start);
    const LocalSpan working{day + scene.moment.work_begin, day + scene.moment.work_end};
    const SlotWish wish = wish_for(scene, draft);
    std::vector<LocalSpan> hours;
    if (draft.part_begin && draft.part_end)
        hours = hours_of_part(wish, {day + *draft.part_begin, day + *draft.part_end}, working, *busy);
    else
        hours = spread_slots(wish, working, *busy);
    std::vector<Option> options;
    for (const LocalSpan& slot : hours)
        options.push_back(pick(slot.begin, slot.end, write_clock(scene.phrases, slot.begin)));
    const std::string date = write_date(scene.phrases, day, DateStyle::kOn);
    const std::string text =
        scene.phrases.say(options.empty() ? "ask_time_full" : "ask_time", {{"date", date}});
    co_return open_question(text, Waiting::kTime, std::move(draft), std::move(target), std::move(options));
}

Reply ask_date(Scene& scene, EventDraft draft, std::string target) {
    const LocalMinutes now = scene.now();
    std::vector<Option> options;
    std::vector<date::local_days> days{day_of(now), day_of(now) + date::days(1)};
    const bool hour_said = draft.has_time && target.empty();
    if (hour_said && scene.talk_day && *scene.talk_day > days.back())
        days.insert(days.begin(), *scene.talk_day);
    for (const auto day : days) {
        const bool timed = draft.has_time && draft.start;
        const LocalMinutes start = timed ? day + (*draft.start - day_of(*draft.start)) : LocalMinutes(day);
        const bool over = timed ? start < now : now >= day + scene.moment.work_end;
        if (over) continue;
        const std::string name = day_label(scene, day);
        std::optional<LocalMinutes> end;
        if (timed) end = start + length_of(draft);
        Option made = pick(start, end, timed ? name + " " + write_clock(scene.phrases, start) : name);
        made.day_only = !timed;
        options.push_back(std::move(made));
    }
    const std::string text = scene.phrases.say("ask_date", {{"title", shown(draft.title)}});
    return open_question(text, Waiting::kTime, std::move(draft), std::move(target), std::move(options));
}

Reply ask_past(Scene& scene, EventDraft draft, std::string target) {
    const LocalMinutes now = to_local(scene.now_ms, draft.zone);
    const LocalMinutes start = *draft.start;
    const auto length = length_of(draft);
    std::vector<Option> options;
    const auto today = day_of(now);
    const minutes time = start - day_of(start);
    const auto offer = [&](LocalMinutes at) {
        if (at > now && !draft.all_day)
            options.push_back(
                pick(at, at + length, day_label(scene, day_of(at)) + " " + write_clock(scene.phrases, at)));
    };
    if (time < minutes(12 * 60)) offer(today + time + minutes(12 * 60));
    offer(today + date::days(1) + time);
    options.push_back(option(scene, Action::kOtherTime, "other_time", "other_time"));
    const std::string when = when_of(scene, draft, false);
    return open_question(scene.phrases.say("past_ask", {{"when", when}}), Waiting::kTime, std::move(draft),
                         std::move(target), std::move(options));
}

Task<Reply> offer_other_times(Scene& scene, EventDraft draft, std::string target) {
    const Phrases& phrases = scene.phrases;
    const Event wanted = to_event(draft);
    auto listed = co_await scene.booking.list(Interval{wanted.start_ms, wanted.end_ms});
    auto busy = co_await busy_around(scene, draft, target);
    if (!listed || !busy) co_return say(phrases.say("failed_read"));
    std::string title;
    for (const Event& event : *listed)
        if (event.busy && !is_same_event(event.id, target) &&
            (event.series.empty() || !is_same_event(event.series, target))) {
            title = shown(event.title);
            break;
        }
    SlotWish wish = wish_for(scene, draft);
    wish.limit = kMostOffered;
    wish.most_that_day = kMostThatDay;
    wish.most_other_days = 1;
    std::vector<Option> options = slot_rows(scene, free_slots(wish, *busy));
    const bool none = options.empty();
    Option force = option(scene, Action::kForce, "force", "force");
    Option other = option(scene, Action::kOtherTime, "other_slot", "other_time");
    options.push_back(std::move(force));
    options.push_back(std::move(other));
    const LocalSpan asked{*draft.start, *draft.start + length_of(draft)};
    const std::string when = write_near(phrases, asked, to_local(scene.now_ms, draft.zone));
    const std::string text =
        title.empty() ? phrases.say("taken_short")
                      : phrases.say(none ? "taken_none" : "taken", {{"when", when}, {"title", title}});
    Reply reply =
        open_question(text, Waiting::kTaken, std::move(draft), std::move(target), std::move(options));
    reply.open->is_slot_list = true;
    reply.list_label = phrases.label("see_times");
    co_return reply;
}

Reply ask_number(Scene& scene, const Open& open, std::size_t number, const EventDraft& hour) {
    EventDraft by_hour = open.draft;
    apply_edit(by_hour, hour);
    std::vector<Option> options;
    Option choice = open.options[number - 1];
    choice.hint.clear();
    options.push_back(std::move(choice));
    if (by_hour.start)
        options.push_back(pick(*by_hour.start, by_hour.end, write_clock(scene.phrases, *by_hour.start)));
    const std::string text = scene.phrases.say("ask_hour_or_choice", {{"number", std::to_string(number)}});
    return open_question(text, Waiting::kTime, open.draft, open.target, std::move(options));
}

}  // namespace scheduling
