#include "dialogue/questions.hpp"

#include <algorithm>
#include <array>

#include "calendar/zone_time.hpp"
#include "dialogue/folding.hpp"

namespace scheduling {

namespace {

constexpr int kMostOpeners = 4;

/// What the text says behind the longest phrase of the list that it begins with; "" when that is all of it.
std::optional<std::string> led_by(const Answers& answers, std::string_view list, std::string_view text) {
    if (auto rest = answers.after_lead(list, text)) return rest;
    if (answers.is(list, text)) return std::string();
    return std::nullopt;
}

Inquiry ask(Asks asks, std::string about) {
    Inquiry inquiry;
    inquiry.asks = asks;
    inquiry.about = std::move(about);
    return inquiry;
}

struct LedQuestion {
    Asks asks;
    std::string_view list;
};

/// The first list that leads the text wins: what is said in more words stands before what is said in fewer.
constexpr std::array kLed{
    LedQuestion{Asks::kUntil, "asks_until"},   LedQuestion{Asks::kFree, "asks_free_days"},
    LedQuestion{Asks::kSlots, "asks_slots"},   LedQuestion{Asks::kFree, "asks_free"},
    LedQuestion{Asks::kBusy, "asks_busy"},     LedQuestion{Asks::kAmount, "asks_amount"},
    LedQuestion{Asks::kFinish, "asks_finish"}, LedQuestion{Asks::kStart, "asks_start"},
    LedQuestion{Asks::kLength, "asks_length"}, LedQuestion{Asks::kAfter, "asks_after"},
    LedQuestion{Asks::kCount, "asks_count"},   LedQuestion{Asks::kWhen, "asks_day"},
    LedQuestion{Asks::kWhere, "asks_where"},   LedQuestion{Asks::kWho, "asks_who"},
};

/// "what time does it finish", "when is it over": what is asked is told by a later word.
std::optional<Inquiry> read_hour_question(const Answers& answers, std::string_view text) {
    const auto rest = led_by(answers, "asks_hour", text);
    if (rest && answers.has_word("end_verbs", text)) return ask(Asks::kEnd, *rest);
    auto about = led_by(answers, "asks_when", text);
    if (!about) return std::nullopt;
    return ask(answers.has_word("asks_next", text) ? Asks::kNext : Asks::kWhen, std::move(*about));
}

/// "is friday free?", "¿está libre el viernes?": nothing but days, hours and that word.
std::optional<Inquiry> read_is_free(const Scene& scene, std::string_view text) {
    const Answers& answers = scene.answers();
    const auto rest = led_by(answers, "is_leads", text);
    if (!rest || !answers.has_word("free_ends", *rest)) return std::nullopt;
    const Understanding read = scene.understand(*rest, "query_agenda");
    if (read.times.empty()) return std::nullopt;
    std::vector<std::string> left = answers.left_over(*rest, read.times, "follow_words");
    std::erase_if(left, [&](const std::string& word) { return answers.is("free_ends", word); });
    if (!left.empty()) return std::nullopt;
    return ask(Asks::kFree, *rest);
}

/// "is the 28th a Saturday?": two days, one of them by its name alone.
std::optional<Inquiry> read_is_day(const Scene& scene, std::string_view text, bool is_marked) {
    const Understanding read = scene.understand(text, "query_agenda");
    const bool begins_so = led_by(scene.answers(), "is_leads", text).has_value();
    if (read.times.size() != 2 || (!is_marked && !begins_so)) return std::nullopt;
    for (const TimeMention& time : read.times)
        if (time.type != "date") return std::nullopt;
    if (!scene.answers().left_over(text, read.times, "is_day_words").empty()) return std::nullopt;
    const auto has_digit = [](const TimeMention& time) {
        return time.text.find_first_of("0123456789") != std::string::npos;
    };
    if (has_digit(read.times[0]) == has_digit(read.times[1])) return std::nullopt;
    return ask(Asks::kIsDay, std::string(text));
}

/// "what's on Friday": sure only where nothing else is said beside days and hours.
std::optional<Inquiry> read_agenda_question(const Scene& scene, std::string_view text) {
    auto rest = led_by(scene.answers(), "asks_agenda", text);
    if (!rest) return std::nullopt;
    const Understanding read = scene.understand(*rest, "query_agenda");
    const bool plain = scene.answers().left_over(*rest, read.times, "agenda_words").empty();
    const bool says_all = !read.times.empty() || !words_of(fold(*rest)).empty();
    if (!plain || !says_all) return std::nullopt;
    return ask(Asks::kAgenda, std::move(*rest));
}

/// "pásame lo de la semana": what is asked to be handed over is the agenda only where a noun or several days
/// say so; "dame la de las 3" picks an hour.
std::optional<Inquiry> read_handed_agenda(const Scene& scene, std::string_view text) {
    const Answers& answers = scene.answers();
    auto rest = led_by(answers, "asks_agenda_soft", text);
    if (!rest) return std::nullopt;
    const Understanding read = scene.understand(*rest, "query_agenda");
    const bool of_days = std::any_of(read.times.begin(), read.times.end(),
                                     [](const TimeMention& time) { return time.type == "daterange"; });
    const bool of_hours = std::any_of(read.times.begin(), read.times.end(), [](const TimeMention& time) {
        return time.type != "daterange" && time.type != "date";
    });
    if (of_hours || (!of_days && !answers.has_word("agenda_nouns", *rest))) return std::nullopt;
    if (!answers.left_over(*rest, read.times, "agenda_words").empty()) return std::nullopt;
    return ask(Asks::kAgenda, std::move(*rest));
}

const Asked* last_question(const Scene& scene) {
    const auto& asked = scene.state.asked;
    if (!asked || scene.now_ms - asked->at_ms > kAskedLifeMs) return nullptr;
    // What was opened later is what a short message answers.
    const Open* open = scene.state.alive(scene.now_ms);
    return open != nullptr && open->at_ms > asked->at_ms ? nullptr : &*asked;
}

/// "whats my next thing", "qual o próximo?": of all that comes the first, in whatever words.
bool asks_what_is_next(const Scene& scene, std::string_view text, bool is_marked) {
    const Answers& answers = scene.answers();
    const bool goes_on = last_question(scene) != nullptr;
    if (answers.is("asks_next_now", text) || (!goes_on && answers.is("asks_next_plain", text))) return true;
    const std::vector<std::string> words = words_of(fold(text));
    const auto any = [&](std::string_view list) {
        return std::any_of(words.begin(), words.end(),
                           [&](const std::string& word) { return answers.is(list, word); });
    };
    constexpr std::size_t kMostWords = 9;
    if (words.size() > kMostWords || !any("asks_next") || !(is_marked || any("next_asks"))) return false;
    return std::all_of(words.begin(), words.end(), [&](const std::string& word) {
        return answers.is("asks_next", word) || answers.is("next_fillers", word);
    });
}

/// "is the dentist thursday or friday?", "o dentista é quinta?": when it is, of an event that is named.
std::optional<Inquiry> read_which_day(const Scene& scene, std::string_view text) {
    const Answers& answers = scene.answers();
    const Understanding read = scene.understand(text, "query_agenda");
    const bool of_days = !read.times.empty() && read.draft.rrule.empty() &&
                         std::all_of(read.times.begin(), read.times.end(),
                                     [](const TimeMention& time) { return time.type != "duration"; });
    if (!of_days || !answers.has_word("copulas", text)) return std::nullopt;
    std::vector<std::string> words = naming_words(scene, text);
    std::erase_if(words, [&](const std::string& word) {
        return answers.is("copulas", word) || answers.is("or_words", word);
    });
    const bool of_free_time = std::any_of(words.begin(), words.end(), [&](const std::string& word) {
        return answers.is("free_ends", word) || answers.is("free", word);
    });
    constexpr std::size_t kMostWords = 4;
    if (words.empty() || words.size() > kMostWords || of_free_time) return std::nullopt;
    std::string about;
    for (const std::string& word : words) about += (about.empty() ? "" : " ") + word;
    Inquiry inquiry = ask(Asks::kWhen, std::move(about));
    inquiry.is_doubtful = true;
    return inquiry;
}

/// "the week after": the same question, so many days later.
std::optional<Inquiry> read_shift(const Answers& answers, const Asked& asked, std::string_view text) {
    const bool week = answers.is("week_after", text), day = answers.is("day_after", text);
    if (!week && !day) return std::nullopt;
    Inquiry inquiry = ask(asked.asks, "");
    inquiry.window = asked.window;
    inquiry.window->takes_next_week = false;
    inquiry.window->last += date::days(week ? 7 : 1);
    inquiry.window->first = week && asked.window.takes_next_week ? asked.window.last + date::days(1)
                            : week                               ? asked.window.first + date::days(7)
                                                                 : inquiry.window->last;
    return inquiry;
}

/// "and Friday?", "anything after 4?": the last question with another day, or other hours.
std::optional<Inquiry> read_follow_up(const Scene& scene, std::string_view text, bool is_marked) {
    const Asked* asked = last_question(scene);
    if (asked == nullptr || asked->asks <= Asks::kIsDay) return std::nullopt;
    if (auto shifted = read_shift(scene.answers(), *asked, text)) return shifted;
    const Answers& answers = scene.answers();
    if (!is_marked && !led_by(answers, "question_joiners", text)) return std::nullopt;
    const Understanding read = scene.understand(text, "query_agenda");
    if (read.times.empty() || !answers.left_over(text, read.times, "follow_words").empty())
        return std::nullopt;
    const SaidTime said = read_said_time(scene, text);
    // An hour alone picks from a list of hours.
    if (said.is_empty() || (asked->asks == Asks::kSlots && said.is_hour)) return std::nullopt;
    Inquiry inquiry = ask(asked->asks, asked->words);
    inquiry.window = window_of(said, asked->window);
    return inquiry;
}

/// The text without what people say before they ask.
std::string_view without_openers(const Answers& answers, std::string_view text, std::string& kept) {
    kept = text;
    for (int i = 0; i < kMostOpeners; ++i) {
        auto rest = answers.after_lead("question_openers", kept);
        if (!rest) break;
        kept = std::move(*rest);
    }
    return kept;
}

/// A confirmation of what has just been done, asked for once more.
std::optional<Inquiry> read_booked_question(const Scene& scene, std::string_view whole) {
    const Open* open = scene.state.alive(scene.now_ms);
    const bool is_done = open != nullptr && open->waiting == Waiting::kDone && !open->target.empty();
    const bool affirms = is_done && scene.answers().is("affirms_done", whole);
    if (!affirms && !scene.answers().mentions("asks_booked", whole)) return std::nullopt;
    return ask(Asks::kBooked, "");
}

}  // namespace

std::optional<Inquiry> read_question(const Scene& scene, std::string_view text) {
    const Answers& answers = scene.answers();
    const bool is_marked = text.find('?') != std::string_view::npos;
    if (answers.is("asks_clock", text)) return std::nullopt;
    if (auto booked = read_booked_question(scene, text)) return booked;
    if (auto follow = read_follow_up(scene, text, is_marked)) return follow;
    if (asks_what_is_next(scene, text, is_marked)) return ask(Asks::kNext, "");
    if (auto day = read_is_day(scene, text, is_marked)) return day;
    std::string kept;
    for (const std::string_view said : {text, without_openers(answers, text, kept)}) {
        if (auto free = read_is_free(scene, said)) return free;
        for (const LedQuestion& led : kLed)
            if (auto about = led_by(answers, led.list, said)) {
                // "how many people fit in a room" counts nothing of the calendar.
                if (led.asks == Asks::kCount && !answers.has_word("count_verbs", *about)) continue;
                // "where are you?" is about nothing in the calendar.
                if (answers.has_word("about_others", *about)) return std::nullopt;
                Inquiry inquiry = ask(led.asks, std::move(*about));
                inquiry.in_the_past = answers.has_word("plain_past_words", said);
                return inquiry;
            }
        if (auto hour = read_hour_question(answers, said)) {
            hour->in_the_past = answers.has_word("plain_past_words", said);
            return hour;
        }
    }
    if (answers.mentions("asks_clash", text)) return ask(Asks::kClash, std::string(text));
    if (is_marked)
        if (auto day = read_which_day(scene, text)) return day;
    for (const std::string_view said : {text, std::string_view(kept)})
        if (auto agenda = read_agenda_question(scene, said)) return agenda;
    return read_handed_agenda(scene, text);
}

void take_asked_day(const Scene& scene, Understanding& read) {
    const Asked* asked = last_question(scene);
    EventDraft& draft = read.draft;
    const bool of_free_time = asked != nullptr && (asked->asks == Asks::kFree || asked->asks == Asks::kBusy ||
                                                   asked->asks == Asks::kSlots);
    const bool asks_else = read.question && read.question->kind != "missing_date" &&
                           read.question->kind != "missing_time" && read.question->kind != "past";
    if (!of_free_time || !asked->window.is_one_day() || draft.has_date || !draft.rrule.empty() || asks_else)
        return;
    const LocalMinutes day(asked->window.first);
    if (draft.has_time && draft.start) {
        const auto shift = day - LocalMinutes(day_of(*draft.start));
        *draft.start += shift;
        if (draft.end) *draft.end += shift;
    } else if (asked->window.is_hour) {
        draft.start = day + *asked->window.from;
        draft.has_time = true;
    } else {
        draft.start = day;
    }
    draft.has_date = true;
    read.question.reset();
}

std::vector<std::string> naming_words(const Scene& scene, std::string_view about) {
    const Understanding read = scene.understand(about, "query_agenda");
    std::vector<std::string> words = scene.answers().left_over(about, read.times, "question_fillers");
    std::erase_if(words, [&](const std::string& word) {
        return scene.answers().is("reference_words", word) || scene.answers().is("asks_next", word) ||
               scene.answers().is("past_words", word);
    });
    return words;
}

}  // namespace scheduling
