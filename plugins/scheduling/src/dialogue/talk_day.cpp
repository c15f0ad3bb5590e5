#include <algorithm>

#include "calendar/zone_time.hpp"
#include "dialogue/cards.hpp"
#include "dialogue/draft_checks.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/flows.hpp"
#include "dialogue/folding.hpp"
#include "dialogue/wishes.hpp"

namespace scheduling {

namespace {

using std::chrono::minutes;

/// What was done last, where it was one event that is there now.
const Event* last_done(const Scene& scene) {
    const auto& undo = scene.state.undo;
    const bool is_there = undo && undo->kind == Undo::Kind::kBooked && undo->events.size() == 1;
    if (!is_there || scene.now_ms - (undo->until_ms - kUndoLifeMs) > kTalkLifeMs) return nullptr;
    return &undo->events.front();
}

/// Its hours, as the conversation last saw it.
std::optional<LocalSpan> hours_of_last(const Scene& scene) {
    const Open* open = scene.state.alive(scene.now_ms);
    if (open != nullptr && !open->draft.all_day && is_complete(open->draft))
        return LocalSpan{*open->draft.start, *open->draft.start + length_of(open->draft)};
    const Event* done = last_done(scene);
    if (done == nullptr || done->all_day) return std::nullopt;
    return span_of(*done, scene.person.zone);
}

bool is_one_day(const EventDraft& draft) {
    return draft.has_date && draft.start && draft.rrule.empty() &&
           (!draft.all_day || length_of(draft) <= minutes(24 * 60));
}

bool asks_else(const Understanding& read) {
    return read.question && read.question->kind != "missing_date" && read.question->kind != "missing_time" &&
           read.question->kind != "past";
}

void put_on(EventDraft& draft, date::local_days day) {
    const auto shift = LocalMinutes(day) - LocalMinutes(day_of(*draft.start));
    *draft.start += shift;
    if (draft.end) *draft.end += shift;
    draft.has_date = true;
}

std::string join(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
}

}  // namespace

std::optional<date::local_days> day_of_talk(const Scene& scene) {
    std::optional<date::local_days> day;
    std::int64_t at_ms = 0;
    if (const Event* done = last_done(scene); done != nullptr && done->rrule.empty()) {
        const LocalSpan span = span_of(*done, scene.person.zone);
        if (span.end - span.begin <= minutes(24 * 60)) day = day_of(span.begin);
        at_ms = scene.state.undo->until_ms - kUndoLifeMs;
    }
    const auto& asked = scene.state.asked;
    const bool fresh = asked && scene.now_ms - asked->at_ms <= kAskedLifeMs && asked->at_ms >= at_ms;
    if (fresh && asked->window.is_one_day()) day = asked->window.first;
    if (fresh) at_ms = asked->at_ms;
    const Open* open = scene.state.alive(scene.now_ms);
    if (open != nullptr && open->at_ms >= at_ms && is_one_day(open->draft)) day = day_of(*open->draft.start);
    if (day && *day < day_of(scene.now())) day.reset();
    return day;
}

bool goes_on(const Scene& scene, std::string_view text) {
    const Answers& answers = scene.answers();
    return answers.after_lead("beside_leads", text).has_value() || answers.has_word("beside_words", text);
}

void take_talk_day(const Scene& scene, std::string_view text, Understanding& read) {
    EventDraft& draft = read.draft;
    if (draft.has_date || !draft.rrule.empty() || asks_else(read)) return;
    const bool after = scene.answers().mentions("right_after", text);
    const bool before = !after && scene.answers().mentions("right_before", text);
    if (!draft.has_time && !draft.part_begin && read.times.empty() && (after || before) &&
        goes_on(scene, text)) {
        const auto last = hours_of_last(scene);
        if (!last) return;
        draft.start = after ? last->end : last->begin - length_of(draft);
        draft.has_date = draft.has_time = true;
        draft.show_first = true;  // nobody said the hour: it is shown first
        read.question.reset();
        return;
    }
    if (!draft.has_time || !draft.start || !scene.talk_day || !goes_on(scene, text)) return;
    EventDraft there = draft;
    put_on(there, *scene.talk_day);
    if (*there.start < scene.now()) return;
    draft = std::move(there);
    read.question.reset();
}

void settle_feast(const Scene& scene, std::string_view text, Understanding& read) {
    EventDraft& draft = read.draft;
    const bool by_name = read.times.size() <= 2 && !read.times.empty() && read.times.front().is_feast;
    if (!by_name || !draft.has_date || !draft.start || !draft.rrule.empty() || asks_else(read)) return;
    // The day is said beside it: "cena de navidad el 24".
    for (std::size_t i = 1; i < read.times.size(); ++i)
        if (read.times[i].type != "time" && read.times[i].type != "timerange") return;
    const auto day = day_of(*draft.start);
    if (scene.talk_day && std::chrono::abs(*scene.talk_day - day) <= date::days(1)) {
        if (*scene.talk_day != day) put_on(draft, *scene.talk_day);
        return;
    }
    const date::year_month_day ymd(day);
    const bool has_eve = (ymd.month() == date::December && ymd.day() == date::day(25)) ||
                         (ymd.month() == date::January && ymd.day() == date::day(1));
    const bool is_evening = draft.has_time && *draft.start - LocalMinutes(day) >= minutes(18 * 60);
    if (!has_eve || !is_evening || scene.answers().has_word("feast_day_words", text)) return;
    Question question;
    question.kind = "ambiguous_date";
    for (const int back : {1, 0}) {
        Choice choice;
        choice.start = *draft.start - date::days(back);
        if (draft.end) choice.end = *draft.end - date::days(back);
        question.choices.push_back(choice);
    }
    read.question = std::move(question);
}

void tidy_title(const Scene& scene, std::string_view text, Understanding& read) {
    const Answers& answers = scene.answers();
    EventDraft& draft = read.draft;
    std::vector<std::string> words = words_of(draft.title);
    const std::size_t before = words.size();
    while (words.size() > 1 && answers.is("discourse_words", words.back())) words.pop_back();
    while (words.size() > 1 && answers.is("discourse_words", words.front())) words.erase(words.begin());
    if (answers.after_lead("beside_leads", text))
        while (words.size() > 1 && answers.is("title_heads", words.front())) words.erase(words.begin());
    // "el jueves creo", "any day": no word of it names anything.
    const bool says_nothing = std::all_of(words.begin(), words.end(), [&](const std::string& word) {
        return answers.is("answer_words", word);
    });
    if (says_nothing && !words.empty() && draft.attendees.empty()) draft.title.clear();
    if (words.size() != before && !says_nothing) draft.title = capitalised(join(words));
    const bool unnamed = draft.title.empty() || is_made_title(scene, draft);
    const auto feast = std::find_if(read.times.begin(), read.times.end(),
                                    [](const TimeMention& time) { return time.is_feast; });
    if (!unnamed || feast == read.times.end()) return;
    draft.title = capitalised(feast->text);
    if (!draft.attendees.empty())
        draft.title += " " + std::string(scene.phrases.say("change_with",
                                                           {{"names", scene.phrases.join(draft.attendees)}}));
}

std::string as_noun(const Answers& answers, std::string title) {
    std::vector<std::string> words = words_of(title);
    constexpr std::size_t kMostOfVerb = 3;
    for (std::size_t size = std::min(words.size(), kMostOfVerb); size > 0; --size) {
        const auto noun = answers.noun_of(join({words.begin(), words.begin() + static_cast<long>(size)}));
        if (!noun) continue;
        std::vector<std::string> named(words.begin() + static_cast<long>(size), words.end());
        named.insert(named.begin(), *noun);
        return capitalised(join(named));
    }
    return title;
}

bool introduces_itself(const Scene& scene, std::string_view text) {
    const Answers& answers = scene.answers();
    std::string rest(text);
    while (auto behind = answers.after_lead("greeting_leads", rest)) rest = std::move(*behind);
    return answers.after_lead("self_leads", rest).has_value();
}

}  // namespace scheduling
