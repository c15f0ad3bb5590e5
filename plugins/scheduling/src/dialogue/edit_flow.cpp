#include <algorithm>

#include "calendar/zone_time.hpp"
#include "dialogue/cards.hpp"
#include "dialogue/dates.hpp"
#include "dialogue/draft_checks.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/event_edit.hpp"
#include "dialogue/flows.hpp"
#include "dialogue/folding.hpp"
#include "dialogue/reminder_times.hpp"
#include "dialogue/wishes.hpp"

namespace scheduling {

namespace {

using migue::Task;
using std::chrono::minutes;

/// "Reunião com a Laura e o Pedro" is the title that is made of Laura and Pedro.
bool is_same_title(std::string_view said, std::string_view made) {
    const auto bare = [](std::string_view title) {
        std::vector<std::string> words = words_of(fold(title));
        std::erase_if(words, [](const std::string& word) {
            return word == "a" || word == "o" || word == "la" || word == "el" || word == "the";
        });
        return words;
    };
    return !made.empty() && bare(said) == bare(made);
}

constexpr std::string_view kWeekMark = "week/";
constexpr std::size_t kMostDays = 3;

/// How much later the choice is in the week that begins then, or in one after it.
date::weeks weeks_until(const Choice& choice, date::local_days begin) {
    date::weeks later{0};
    while (day_of(choice.start) + later < begin) ++later;
    return later;
}

/// A weekday after that is one of the week that was said.
Understanding inside_week(const Open& open, Understanding said) {
    if (!open.said.starts_with(kWeekMark) || !said.draft.has_date || !said.draft.start) return said;
    const auto begin = day_in(std::string_view(open.said).substr(kWeekMark.size()));
    const bool is_numbered = std::any_of(said.times.begin(), said.times.end(), [](const TimeMention& time) {
        return time.type == "date" && time.text.find_first_of("0123456789") != std::string::npos;
    });
    if (!begin || is_numbered) return said;
    // "tuesday or wednesday" are two days of that week.
    if (said.question && said.times.size() > 1) {
        for (Choice& choice : said.question->choices) {
            const auto weeks = weeks_until(choice, *begin);
            choice.start += weeks;
            if (choice.end) *choice.end += weeks;
        }
        return said;
    }
    // "tuesday" on a Tuesday is two days, of which the week has one.
    if (said.question && said.question->kind == "ambiguous_date")
        for (const Choice& choice : said.question->choices) {
            if (day_of(choice.start) < *begin || day_of(choice.start) >= *begin + date::days(7)) continue;
            said.draft.start = choice.start;
            said.draft.end = choice.end;
            said.question.reset();
            return said;
        }
    while (day_of(*said.draft.start) < *begin) {
        *said.draft.start += date::days(7);
        if (said.draft.end) *said.draft.end += date::days(7);
    }
    return said;
}

/// "just Tuesday", to a series of Tuesdays and Thursdays that is not booked yet: the days of the series.
Understanding as_days_of_series(const Scene& scene, const Open& open, Understanding said) {
    static constexpr std::string_view kWeekly = "FREQ=WEEKLY;BYDAY=";
    static constexpr std::string_view kDays[] = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};
    const std::string& rule = open.draft.rrule;
    const bool of_series = open.target.empty() && open.waiting == Waiting::kCard && rule.starts_with(kWeekly);
    const bool names_days = !said.times.empty() &&
                            std::all_of(said.times.begin(), said.times.end(), [&](const TimeMention& time) {
                                return is_weekday_name(scene, time);
                            });
    if (!of_series || !names_days || !said.draft.rrule.empty() || said.draft.has_time) return said;
    std::string days;
    for (const TimeMention& time : said.times) {
        const auto day = day_in(time.start);
        if (!day) return said;
        days += (days.empty() ? "" : ",") + std::string(kDays[date::weekday(*day).c_encoding()]);
    }
    const std::size_t end = rule.find(';', kWeekly.size());
    said.draft.rrule = std::string(kWeekly) + days + (end == std::string::npos ? "" : rule.substr(end));
    return time_for(open.draft, std::move(said));
}

/// A series that is talked about as a whole stands for its next occurrence; nothing for other events.
std::optional<Event> next_of_series(const Scene& scene, const Open& open) {
    if (open.draft.rrule.empty() || !open.draft.start) return std::nullopt;
    Event series = to_event(open.draft);
    series.id = open.target;
    return next_of(series, scene.now_ms);
}

/// The hour came first: the days that were offered stay open, now at that hour.
/// Those on which that hour is over go; one of two readings that is left is the day.
Task<Reply> ask_day_again(Scene& scene, const Open& open, EventDraft draft) {
    Reply reply;
    reply.text = open.prompt;
    reply.open = open;
    const auto time = *draft.start - day_of(*draft.start);
    std::vector<Option>& options = reply.open->options;
    for (Option& shown : options) {
        const bool is_day = shown.day_only || open.said == kTheseDays;
        if (!is_day || !shown.start) continue;
        shown.start = day_of(*shown.start) + time;
        shown.end = *shown.start + length_of(draft);
        shown.day_only = false;
    }
    std::erase_if(options, [&](const Option& shown) { return shown.start && *shown.start < scene.now(); });
    if (open.said == kTheseDays && options.size() == 1 && options.front().start) {
        draft.start = options.front().start;
        draft.end = options.front().end;
        draft.has_date = true;
        co_return co_await proceed(scene, std::move(draft), open.target, false);
    }
    reply.open->draft = std::move(draft);
    co_return reply;
}

minutes time_of(LocalMinutes at) {
    return at - day_of(at);
}

bool works_at(const Scene& scene, minutes time) {
    return time >= scene.moment.work_begin && time < scene.moment.work_end;
}

/// An hour from 1 to 12 that says nothing of its half of the day: "8", "at 6:30", "a las 8".
bool is_bare_hour(const Scene& scene, const Understanding& said) {
    if (!said.draft.start || !said.draft.has_time || said.times.size() != 1) return false;
    const std::string text = fold(said.times.front().text);
    if (scene.answers().mentions("half_of_day", text)) return false;
    bool is_first = true;
    for (const std::string& word : words_of(text)) {
        const std::size_t digits = word.find_first_not_of("0123456789");
        if (digits == 0) continue;
        // "15h", "8pm", "08:00"
        if (digits != std::string::npos || (is_first && word.starts_with('0')) ||
            (is_first && std::stoi(word.substr(0, 3)) > 12))
            return false;
        is_first = false;
    }
    return true;
}

/// "to 8" of an event at seven in the evening is eight in the evening: of two readings of an hour the one
/// that is nearer to the event's own, and at work where that is. It is shown on a card before anything is
/// done.
void read_in_own_half(const Scene& scene, const EventDraft& draft, Understanding& said) {
    const bool asks_half = said.question && said.question->kind == "ambiguous_hour";
    const bool asks_else =
        said.question && !asks_half && said.question->kind != "missing_date" && said.question->kind != "past";
    if (!draft.start || !draft.has_time || draft.all_day || asks_else) return;
    if (!is_bare_hour(scene, said)) return;
    constexpr minutes kNoon{12 * 60}, kDawn{7 * 60}, kEarly{8 * 60};
    const minutes own = time_of(*draft.start);
    const minutes morning = time_of(*said.draft.start) % kNoon, evening = morning + kNoon;
    const auto far = [&](minutes time) { return std::chrono::abs(time - own); };
    bool is_evening = far(evening) < far(morning);
    if (far(evening) == far(morning)) is_evening = time_of(*said.draft.start) >= kNoon;
    if (works_at(scene, own) && works_at(scene, morning) != works_at(scene, evening))
        is_evening = works_at(scene, evening);
    if (!is_evening && morning < kDawn && own >= kEarly) is_evening = true;
    const auto move = (is_evening ? evening : morning) - time_of(*said.draft.start);
    *said.draft.start += move;
    if (said.draft.end) *said.draft.end += move;
    if (asks_half) said.question.reset();
}

/// "at 9", of a dinner whose hour is asked for, is nine in the evening: what it is called tells.
void read_as_titled(const Scene& scene, const EventDraft& draft, Understanding& said) {
    const bool asks_half = said.question && said.question->kind == "ambiguous_hour";
    if (draft.has_time || draft.all_day || draft.title.empty() || !is_bare_hour(scene, said)) return;
    const Understanding titled =
        scene.understand(draft.title + " " + said.times.front().text, "schedule_meeting");
    if (!titled.draft.has_time || !titled.draft.start || titled.times.size() != 1) return;
    const bool still_asks = titled.question && titled.question->kind == "ambiguous_hour";
    const minutes noon{12 * 60};
    const auto move = time_of(*titled.draft.start) - time_of(*said.draft.start);
    if (still_asks || (move != minutes(0) && std::chrono::abs(move) != noon)) return;
    *said.draft.start += move;
    if (said.draft.end) *said.draft.end += move;
    if (asks_half) said.question.reset();
}

/// "to the 15th" of an event in January is the 15th of January.
void read_in_own_month(const Scene& scene, const EventDraft& draft, Understanding& said) {
    if (!draft.start || !draft.has_date || !said.draft.has_date || !said.draft.start || said.times.empty())
        return;
    const auto& mention = said.times.front();
    if (mention.type != "date" || said.draft.all_day) return;
    std::vector<std::string> words = words_of(fold(mention.text));
    std::erase_if(words, [&](const std::string& word) { return scene.answers().is("day_leads", word); });
    if (words.size() != 1 || words.front().find_first_of("0123456789") != 0) return;
    if (words.front().size() > 4 || std::stoi(words.front()) > 31) return;
    const date::year_month_day own(day_of(*draft.start));
    const auto day = own.year() / own.month() / date::day(static_cast<unsigned>(std::stoi(words.front())));
    if (!day.ok() || date::local_days(day) < day_of(scene.now())) return;
    const auto move = date::local_days(day) - day_of(*said.draft.start);
    *said.draft.start += move;
    if (said.draft.end) *said.draft.end += move;
}

bool is_as_before(const EventDraft& now, const EventDraft& before) {
    return now.start == before.start && now.end == before.end && now.rrule == before.rrule &&
           now.title == before.title && now.attendees == before.attendees &&
           now.location == before.location && now.all_day == before.all_day && !now.video_call;
}

/// What is still asked, on the day that is known already.
Question question_of(const Open& open, const Understanding& said) {
    Question question = *said.question;
    if (said.draft.has_date || !open.draft.has_date || !open.draft.start) return question;
    for (Choice& choice : question.choices) {
        const auto move = day_of(*open.draft.start) - day_of(choice.start);
        choice.start += move;
        if (choice.end) *choice.end += move;
    }
    return question;
}

/// The edit left the event as it is; nothing when it did not. A card that was about to change it is not valid
/// any more.
std::optional<Reply> say_same(const Scene& scene, const Open& open, const EventDraft& draft) {
    // What is done stands on the card itself.
    const bool is_done = open.waiting == Waiting::kDone || open.waiting == Waiting::kReminder;
    const bool is_same = !open.target.empty() && is_complete(draft) &&
                         (is_done ? is_as_before(draft, open.draft)
                                  : open.before && is_as_before(draft, to_draft(*open.before)));
    if (!is_same) return std::nullopt;
    return say(scene.phrases.say("edit/same",
                                 {{"title", shown(draft.title)}, {"when", when_of(scene, draft, true)}}),
               is_done ? Reply::After::kKeep : Reply::After::kClose);
}

}  // namespace

bool is_weekday_name(const Scene& scene, const TimeMention& time) {
    std::string name;
    for (const std::string& word : words_of(fold(time.text)))
        if (!scene.answers().is("day_leads", word) && word != "na") name += (name.empty() ? "" : " ") + word;
    return time.type == "date" && scene.answers().is("weekday_names", name);
}

std::optional<Reply> ask_day_of_week(const Scene& scene, const Open& open, const Understanding& said) {
    if (open.waiting != Waiting::kTime || open.draft.has_date) return std::nullopt;
    const auto is_stretch = [](const TimeMention& time) { return time.type == "daterange"; };
    const auto week = std::find_if(said.times.begin(), said.times.end(), is_stretch);
    if (week == said.times.end() || std::count_if(week, said.times.end(), is_stretch) > 1)
        return std::nullopt;
    const auto begin = day_in(week->start), end = day_in(week->end);
    if (!begin || !end || *end - *begin < date::days(2)) return std::nullopt;
    const bool timed = open.draft.has_time && open.draft.start;
    const auto time = timed ? *open.draft.start - day_of(*open.draft.start) : std::chrono::minutes(0);
    Reply reply = say(scene.phrases.say(
        "ask_day_of", {{"begin", write_date(scene.phrases, *begin, DateStyle::kShort)},
                       {"end", write_date(scene.phrases, *end - date::days(1), DateStyle::kShort)}}));
    Open asked;
    asked.waiting = Waiting::kTime;
    asked.draft = open.draft;
    asked.target = open.target;
    asked.said = std::string(kWeekMark) + week->start;
    for (auto day = *begin; day < *end && asked.options.size() < kMostDays; day += date::days(1)) {
        const date::weekday weekday(day);
        const bool over = day + time < scene.now() && day <= day_of(scene.now());
        if (over || ((weekday == date::Saturday || weekday == date::Sunday) && *end - *begin > date::days(2)))
            continue;
        Option choice;
        choice.action = Action::kPick;
        choice.start = day + time;
        choice.day_only = !timed;
        if (timed) choice.end = *choice.start + length_of(open.draft);
        choice.label = capitalised(write_date(scene.phrases, day, DateStyle::kButton));
        asked.options.push_back(std::move(choice));
    }
    reply.open = std::move(asked);
    return reply;
}

std::string without_end(std::string_view rrule) {
    std::string kept;
    for (std::size_t at = 0; at < rrule.size();) {
        const std::size_t end = std::min(rrule.find(';', at), rrule.size());
        const std::string_view part = rrule.substr(at, end - at);
        if (!part.starts_with("COUNT=") && !part.starts_with("UNTIL="))
            kept += (kept.empty() ? "" : ";") + std::string(part);
        at = end + 1;
    }
    return kept;
}

bool is_made_title(const Scene& scene, const EventDraft& draft) {
    if (is_generic_title(scene.answers(), draft.title)) return true;
    std::vector<std::string> names;
    for (const std::string& guest : draft.attendees) names.push_back(name_of(scene, guest));
    return !names.empty() &&
           is_same_title(draft.title,
                         scene.phrases.say("meeting_with", {{"names", scene.phrases.join(names)}}));
}

void retitle(const Scene& scene, const EventDraft& before, EventDraft& draft) {
    if (draft.attendees.size() == before.attendees.size()) return;
    EventDraft unnamed = before;
    unnamed.title = draft.title;
    if (!is_made_title(scene, unnamed)) return;
    EventDraft named = draft;
    named.title.clear();
    for (std::string& guest : named.attendees) guest = name_of(scene, guest);
    complete_title(scene.phrases, named);
    draft.title = named.title;
}

Task<Reply> edit_open(Scene& scene, const Open& open, const Understanding& read) {
    if (read.times.size() == 1)
        if (auto days = ask_day_of_week(scene, open, read)) co_return std::move(*days);
    Understanding said = as_days_of_series(scene, open, inside_week(open, read));
    if (!open.target.empty()) scene.before = open.before ? open.before : next_of_series(scene, open);
    EventDraft draft = open.draft;
    if (scene.before && !open.before) {
        draft.start = to_local(scene.before->start_ms, draft.zone);
        draft.end = to_local(scene.before->end_ms, draft.zone);
    }
    read_as_titled(scene, draft, said);
    read_in_own_half(scene, draft, said);
    read_in_own_month(scene, draft, said);
    apply_edit(draft, said.draft);
    retitle(scene, open.draft, draft);
    if (said.draft.attendees.size() > 0 && scene.tools.google != nullptr) draft.invites = true;
    const bool has_day = draft.has_date;
    // With the day known, an hour that is past today or has no day is no question any more.
    const bool still_asks = said.question && said.question->kind != "missing_date" &&
                            said.question->kind != "missing_time" &&
                            !(said.question->kind == "past" && has_day && !said.draft.has_date);
    const bool days_open =
        !draft.has_date && draft.has_time && draft.start && open.waiting == Waiting::kTime &&
        (open.said == kTheseDays || std::any_of(open.options.begin(), open.options.end(),
                                                [](const Option& shown) { return shown.day_only; }));
    const bool only_over = !said.question || said.question->kind == "past" || !still_asks;
    if (days_open && only_over && !said.draft.has_date)
        co_return co_await ask_day_again(scene, open, std::move(draft));
    if (still_asks) {
        Question question = question_of(open, said);
        co_return co_await ask_question(scene, std::move(draft), open.target, std::move(question));
    }
    // What answers a question for a time needs no second look; what changes a card is shown again.
    const bool answers = open.waiting == Waiting::kTime || open.waiting == Waiting::kTaken;
    if (auto same = say_same(scene, open, draft)) co_return std::move(*same);
    if (answers)
        co_return co_await proceed(scene, std::move(draft), open.target, open.waiting == Waiting::kTaken);
    co_return co_await show_again(scene, std::move(draft), open.target);
}

bool says_open_end(const Understanding& read) {
    return read.times.size() == 1 && read.times.front().type == "daterange" &&
           read.times.front().start.empty() && !read.times.front().end.empty();
}

namespace {

/// The last day of a series: the day that was said, or where "until June" ends.
std::optional<date::local_days> last_day_said(const Scene& scene, std::string_view text) {
    const Understanding read = scene.understand(text, "reschedule_meeting");
    if (read.draft.has_time) return std::nullopt;
    if (says_open_end(read)) return day_in(read.times.front().end);
    if (!read.draft.has_date || !read.draft.start) return std::nullopt;
    return day_of(*read.draft.start);
}

}  // namespace

Task<std::optional<Reply>> end_series(Scene& scene, const Open& open, std::string_view text) {
    std::optional<Reply> reply;
    EventDraft draft = open.draft;
    const std::size_t digits = text.find_first_of("0123456789");
    std::string end;
    if (scene.answers().has_word("times_words", text) && digits != std::string_view::npos) {
        const std::size_t after = std::min(text.find_first_not_of("0123456789", digits), text.size());
        const std::string count(text.substr(digits, after - digits));
        if (count.size() > 3 || count == "0") co_return reply;
        end = "COUNT=" + count;
    } else {
        const auto last = last_day_said(scene, text);
        if (!last) co_return reply;
        end = until_day(draft, *last);
    }
    draft.rrule = without_end(draft.rrule) + ";" + end;
    reply = co_await show_again(scene, std::move(draft), open.target);
    co_return reply;
}

Task<Reply> rename(Scene& scene, const Open& open, std::string title) {
    EventDraft draft = open.draft;
    draft.title = capitalised(std::move(title));
    if (is_complete(draft)) co_return co_await show_draft_card(scene, std::move(draft), open.target);
    Reply reply;
    reply.text = open.prompt;
    reply.open = open;
    reply.open->draft = std::move(draft);
    co_return reply;
}

}  // namespace scheduling
