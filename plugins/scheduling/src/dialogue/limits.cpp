#include <algorithm>

#include "calendar/zone_time.hpp"
#include "dialogue/cards.hpp"
#include "dialogue/dates.hpp"
#include "dialogue/draft_checks.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/event_edit.hpp"
#include "dialogue/flows.hpp"
#include "dialogue/folding.hpp"
#include "dialogue/steps.hpp"
#include "dialogue/wishes.hpp"

/// "any day but Thursday", "ella no puede el martes", "viajo no sábado": when a draft that is open cannot be.
namespace scheduling {

namespace {

using migue::Task;

/// What is said to be no good.
struct Limit {
    std::vector<Span> times;
    std::vector<std::string> who;  ///< folded names of those who cannot; "" for the person
    bool all_else = false;         ///< any other day will do
    bool is_away = false;          ///< told as news: "I'm travelling on Saturday"
};

bool is_inside(LocalMinutes at, const std::vector<Span>& times) {
    return std::any_of(times.begin(), times.end(),
                       [&](const Span& time) { return at >= time.begin && at < time.end; });
}

bool is_whole_day(const Span& time) {
    return time.end - time.begin >= date::days(1);
}

/// The part between two marks in which a time stands; nothing where two of them say one, or none does.
std::optional<std::string> only_timed_part(const Scene& scene, std::string_view text) {
    std::optional<std::string> found;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of(",.;"), text.size());
        const std::string part(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (scene.understand(part, "query_agenda").times.empty()) continue;
        if (found) return std::nullopt;
        found = part;
    }
    return found;
}

/// "mondays": those of the weeks in which something new is likely to be; none for other rules.
std::vector<Span> weekdays_of(const Scene& scene, std::string_view rrule) {
    static constexpr std::string_view kDays[] = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};
    constexpr int kAheadDays = 60;
    constexpr std::string_view kWeekly = "FREQ=WEEKLY;BYDAY=";
    std::vector<Span> days;
    if (!rrule.starts_with(kWeekly)) return days;
    const std::string_view named = rrule.substr(kWeekly.size(), rrule.find(';', kWeekly.size()));
    auto day = day_of(scene.now());
    for (int i = 0; i < kAheadDays; ++i, day += date::days(1))
        if (named.find(kDays[date::weekday(day).c_encoding()]) != std::string_view::npos)
            days.push_back({day, day + date::days(1)});
    return days;
}

/// The days, or the parts of days, that the words name; none where they say an hour, or days that are not
/// told apart by "or" and "and" alone.
std::vector<Span> days_said(const Scene& scene, const std::string& words, const Understanding& read) {
    std::vector<Span> days;
    for (std::size_t i = 0; i < read.times.size(); ++i) {
        const TimeMention& time = read.times[i];
        const bool is_set = time.type == "set";
        if (!is_set && time.type != "date" && time.type != "daterange" && time.type != "datetimerange")
            return {};
        if (i > 0) {
            const std::size_t behind = read.times[i - 1].finish;
            const auto between = words_of(fold(std::string_view(words).substr(behind, time.begin - behind)));
            if (between.size() != 1 || !scene.answers().is("joins_days", between.front())) return {};
        }
        if (is_set) {
            const std::vector<Span> weekdays = weekdays_of(scene, time.rrule);
            if (weekdays.empty()) return {};
            days.insert(days.end(), weekdays.begin(), weekdays.end());
            continue;
        }
        const Understanding alone = scene.understand(time.text, "query_agenda");
        const bool is_two = alone.question && alone.question->kind == "ambiguous_date";
        if (is_two)
            for (const Choice& choice : alone.question->choices)
                days.push_back({day_of(choice.start), day_of(choice.start) + date::days(1)});
        else if (alone.span)
            days.push_back(*alone.span);
        else
            return {};
    }
    return days;
}

/// "any day but thursday": what stands behind is all that is said.
std::optional<Limit> read_any_but(const Scene& scene, std::string_view text) {
    const auto rest = scene.answers().behind("any_but", text);
    if (!rest) return std::nullopt;
    const Understanding read = scene.understand(*rest, "query_agenda");
    Limit limit;
    limit.times = days_said(scene, *rest, read);
    limit.all_else = true;
    std::vector<std::string> left = scene.answers().left_over(*rest, read.times, "edit_words");
    std::erase_if(left, [&](const std::string& word) {
        return scene.answers().is("limit_fillers", word) || scene.answers().is("joins_days", word);
    });
    if (limit.times.empty() || !left.empty()) return std::nullopt;
    // The day may be meant of a later week.
    const std::vector<Span> said = limit.times;
    constexpr int kWeeks = 4;
    for (int week = 1; week <= kWeeks; ++week)
        for (const Span& day : said)
            limit.times.push_back({day.begin + date::days(7 * week), day.end + date::days(7 * week)});
    return limit;
}

/// "she can't do friday morning", "el martes Kim no puede": who it is, a verb that says so, a day.
std::optional<Limit> read_cannot(const Scene& scene, const std::string& text) {
    const Answers& answers = scene.answers();
    const bool is_away = answers.mentions("away_verbs", text);
    const std::string_view verbs = is_away ? "away_verbs" : "limit_verbs";
    const std::vector<std::string> all = words_of(fold(text));
    // "el jueves no": what stands behind all else denies it.
    const bool ends_no = !all.empty() && answers.is("denies_behind", all.back());
    if (!ends_no && !answers.mentions(verbs, text)) return std::nullopt;
    const Understanding read = scene.understand(text, "query_agenda");
    Limit limit;
    limit.times = days_said(scene, text, read);
    limit.is_away = is_away;
    std::string left;
    for (const std::string& word : answers.left_over(text, read.times, "")) left += " " + word;
    auto who = words_beside(answers, verbs, left);
    if (!who && ends_no) who = words_of(left);
    if (limit.times.empty() || !who) return std::nullopt;
    constexpr std::size_t kMostWho = 3;
    limit.who = std::move(*who);
    std::erase_if(limit.who, [&](const std::string& word) {
        return answers.is("limit_fillers", word) || answers.is("joins_days", word);
    });
    if (limit.who.size() > kMostWho) return std::nullopt;
    return limit;
}

std::optional<Limit> read_limit(const Scene& scene, std::string_view text) {
    if (scene.input.forwarded || text.find('?') != std::string_view::npos) return std::nullopt;
    if (auto any = read_any_but(scene, text)) return any;
    const auto part = only_timed_part(scene, text);
    return part ? read_cannot(scene, *part) : std::nullopt;
}

/// Those who cannot are of the draft, or of nothing else that is known.
Task<bool> is_of_draft(Scene& scene, const Open& open, const Limit& limit) {
    if (limit.who.empty() || names_all(limit.who, open.draft.title, open.draft.attendees)) co_return true;
    // "trabajo el lunes con Pedro", of another draft, is no news of it.
    if (limit.is_away) co_return false;
    EventReference reference;
    reference.words = limit.who;
    const auto found = co_await find_events(scene, reference);
    co_return found && found->empty();
}

/// The draft without the time that is no good.
EventDraft without_times(EventDraft draft, const std::vector<Span>& times) {
    if (!draft.start || !draft.has_date || !is_inside(*draft.start, times)) return draft;
    const bool whole = std::any_of(times.begin(), times.end(), [&](const Span& time) {
        return is_whole_day(time) && *draft.start >= time.begin && *draft.start < time.end;
    });
    if (whole)
        draft.has_date = false;
    else if (draft.has_time)
        draft.has_time = false;
    return draft;
}

/// A day to pick, behind those that are offered.
Option day_option(const Scene& scene, const EventDraft& draft, date::local_days day) {
    const bool timed = draft.has_time && draft.start;
    Option made;
    made.action = Action::kPick;
    made.start = timed ? day + (*draft.start - day_of(*draft.start)) : LocalMinutes(day);
    made.day_only = !timed;
    if (timed) made.end = *made.start + length_of(draft);
    made.label = capitalised(write_date(scene.phrases, day, DateStyle::kButton));
    return made;
}

bool is_weekend(date::local_days day) {
    const date::weekday weekday(day);
    return weekday == date::Saturday || weekday == date::Sunday;
}

/// Free hours on the days that are left; which day, where the hour is known or none was free.
Task<Reply> offer_all_else(Scene& scene, const Open& open, const Limit& limit) {
    Open asked = open;
    asked.draft.has_date = false;
    if (!open.draft.has_time && open.target.empty()) {
        Reply slots = co_await offer_free_hours(scene, asked);
        offer_without(scene, slots, limit.times);
        if (slots.open && !slots.open->options.empty()) co_return slots;
    }
    Reply reply = ask_date(scene, std::move(asked.draft), open.target);
    offer_without(scene, reply, limit.times);
    co_return reply;
}

}  // namespace

void offer_without(const Scene& scene, Reply& reply, const std::vector<Span>& times) {
    if (!reply.open) return;
    std::vector<Option>& options = reply.open->options;
    const EventDraft& draft = reply.open->draft;
    const bool asks_day = reply.open->waiting == Waiting::kTime && !draft.has_date;
    std::size_t days_gone = 0;
    std::erase_if(options, [&](const Option& one) {
        const bool gone = one.start && is_inside(*one.start, times);
        if (gone && asks_day && (one.day_only || draft.has_time)) ++days_gone;
        return gone;
    });
    // Days go on behind the last that was offered; hours of one day have no others.
    constexpr std::size_t kMostDays = 3;
    constexpr int kLookAhead = 14;
    auto day = day_of(scene.now()) + date::days(1);
    for (const Option& one : options)
        if (one.start) day = std::max(day, day_of(*one.start));
    for (int i = 0; i < kLookAhead && days_gone > 0 && options.size() < kMostDays; ++i) {
        day += date::days(1);
        const Option next = day_option(scene, draft, day);
        if (is_inside(*next.start, times) || is_weekend(day)) continue;
        options.push_back(next);
        --days_gone;
    }
}

std::vector<Span> take_exception(const Scene& scene, std::string& wish) {
    for (std::size_t at = 0; at < wish.size(); at = std::min(wish.find(' ', at), wish.size() - 1) + 1) {
        const auto rest = scene.answers().after_lead("any_but", std::string_view(wish).substr(at));
        if (!rest) continue;
        const auto limit = read_any_but(scene, std::string_view(wish).substr(at));
        if (!limit || at == 0) return {};
        wish.resize(at);
        while (!wish.empty() && (wish.back() == ' ' || wish.back() == ',')) wish.pop_back();
        return limit->times;
    }
    return {};
}

std::optional<std::vector<std::string>> words_beside(const Answers& answers, std::string_view list,
                                                     std::string_view text) {
    const auto behind = answers.behind(list, text);
    if (!behind) return std::nullopt;
    std::vector<std::string> words = words_of(fold(text));
    const std::vector<std::string> rest = words_of(*behind);
    words.resize(words.size() - rest.size());
    // What the words in front end with now is the phrase, the longest that it may be.
    constexpr std::size_t kLongest = 6;
    for (std::size_t size = std::min(words.size(), kLongest); size > 0; --size) {
        std::string phrase;
        for (std::size_t i = words.size() - size; i < words.size(); ++i)
            phrase += (phrase.empty() ? "" : " ") + words[i];
        if (!answers.is(list, phrase)) continue;
        words.resize(words.size() - size);
        break;
    }
    words.insert(words.end(), rest.begin(), rest.end());
    return words;
}

Reply ask_new_time(Scene& scene, const Event& event) {
    Reply reply = say(scene.phrases.say("move_when", {{"title", shown(event.title)}}));
    Open asked;
    asked.waiting = Waiting::kChange;
    asked.draft = to_draft(event);
    asked.target = event.id;
    asked.before = event;
    asked.options.push_back(option(scene, Action::kDrop, "keep", "no"));
    reply.open = std::move(asked);
    return reply;
}

Reply ask_other_day(Scene& scene, const Open& open, const std::vector<Span>& times) {
    EventDraft draft = without_times(open.draft, times);
    Reply reply;
    reply.open = open;
    reply.open->draft = draft;
    offer_without(scene, reply, times);
    const std::vector<Option>& left = reply.open->options;
    if (std::none_of(left.begin(), left.end(), [](const Option& one) { return one.start; })) {
        reply = ask_date(scene, std::move(draft), open.target);
        offer_without(scene, reply, times);
        return reply;
    }
    // What was asked stays the question, as long as the day that it names does.
    const bool same = draft.has_date && !open.is_slot_list;
    reply.text = same ? open.prompt : scene.phrases.say(open.is_slot_list ? "taken_short" : "ask_which_date");
    reply.list_label = scene.phrases.label("see_times");
    return reply;
}

Task<std::optional<Reply>> limit_by_words(Scene& scene, std::string_view text) {
    std::optional<Reply> reply;
    const Open* alive = scene.state.alive(scene.now_ms);
    if (alive == nullptr || !alive->pair.empty() || !alive->draft.rrule.empty()) co_return reply;
    const bool asks = alive->waiting == Waiting::kTime || alive->waiting == Waiting::kTaken;
    const bool is_done = alive->waiting == Waiting::kDone && !alive->target.empty();
    const bool is_card = alive->waiting == Waiting::kCard && alive->target.empty();
    if (!asks && !is_card && !is_done) co_return reply;
    const auto limit = read_limit(scene, text);
    if (!limit) co_return reply;
    const Open open = *alive;
    const EventDraft& draft = open.draft;
    const bool hits = draft.start && draft.has_date && is_inside(*draft.start, limit->times);
    // "oh wait, I work saturdays", "they can't do friday", "any day but friday", of what was just booked for
    // that day
    const bool is_theirs = limit->who.empty() || names_all(limit->who, draft.title, draft.attendees);
    if (is_done && hits && is_theirs) {
        const auto event = co_await standing(scene, open.target);
        if (event) reply = ask_new_time(scene, *event);
    }
    if (is_done) co_return reply;
    // "no puedo el martes", to a card about Thursday: of what is on Tuesday.
    const bool is_own = limit->who.empty() && !limit->is_away && !limit->all_else;
    if (!asks && !hits && is_own) co_return reply;
    const bool of_draft = co_await is_of_draft(scene, open, *limit);
    if (!of_draft) co_return reply;
    if (limit->all_else && (hits || !draft.has_date)) co_return co_await offer_all_else(scene, open, *limit);
    const bool offered = std::any_of(open.options.begin(), open.options.end(), [&](const Option& one) {
        return one.start && is_inside(*one.start, limit->times);
    });
    if (hits || offered) co_return ask_other_day(scene, open, limit->times);
    reply = say(scene.phrases.say("limit_noted") + open.prompt);
    reply->open = open;
    co_return reply;
}

}  // namespace scheduling
