#include <algorithm>

#include "calendar/zone_time.hpp"
#include "dialogue/cards.hpp"
#include "dialogue/draft_checks.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/event_edit.hpp"
#include "dialogue/event_search.hpp"
#include "dialogue/flows.hpp"
#include "dialogue/folding.hpp"
#include "dialogue/wishes.hpp"
#include "understanding/edit.hpp"

/// What people say in the middle of something else.
namespace scheduling {

namespace {

using migue::Task;

bool is_draft_open(const Open& open) {
    return is_new_draft(open) && open.pair.empty();
}

bool may_be_interrupted(const Open& open) {
    return (is_draft_open(open) && open.said.rfind("field/", 0) != 0) || open.waiting == Waiting::kDone;
}

/// A name of its own: neither "meeting" nor one that was made of guests' names.
bool is_own_title(const Scene& scene, const EventDraft& draft) {
    return !draft.title.empty() && !is_generic_title(scene.answers(), draft.title) &&
           !is_made_title(scene, draft);
}

/// The words before the first time that neither answer nor soften.
std::vector<std::string> words_before_time(const Scene& scene, std::string_view text,
                                           const Understanding& read) {
    std::size_t begin = text.size();
    for (const TimeMention& time : read.times) begin = std::min(begin, time.begin);
    std::vector<std::string> words = scene.answers().left_over(text.substr(0, begin), {}, "edit_words");
    std::erase_if(words, [&](const std::string& word) { return scene.answers().is("answer_words", word); });
    return words;
}

/// "y el pádel también", right behind a cancellation: of what is there by that name, the same.
Task<std::optional<Reply>> cancel_another(Scene& scene, std::string text) {
    std::optional<Reply> reply;
    EventReference reference = read_reference(scene, text, "cancel_meeting");
    std::erase_if(reference.words,
                  [&](const std::string& word) { return scene.answers().is("discourse_words", word); });
    if (reference.words.empty()) co_return reply;
    auto found = co_await find_events(scene, reference);
    if (!found || found->empty()) co_return reply;
    reply = found->size() == 1 ? cancel_card(scene, found->front())
                               : pick_event(scene, *found, Purpose::kCancel, "");
    co_return reply;
}

}  // namespace

bool is_own_sentence(const Scene& scene, std::string_view text, const Understanding& read) {
    if (read.times.empty() || !read.draft.location.empty() || !read.draft.attendees.empty()) return false;
    const std::vector<std::string> own = words_before_time(scene, text, read);
    const std::vector<std::string> all = words_of(fold(text));
    if (own.empty() || all.empty()) return false;
    // "I'm closing on Wednesday", "we travel on friday"
    if (scene.answers().is("first_persons", all.front())) return true;
    // "cierro el miércoles", "viajamos el jueves": told by the verb's ending.
    constexpr std::size_t kShortest = 4;
    const std::string& first = own.front();
    // "médico el miércoles" names an event.
    if (scene.understand(first, "other").is_bare_wish) return false;
    return first == all.front() && first.size() >= kShortest &&
           (first.ends_with('o') || first.ends_with("mos"));
}

Task<std::optional<Reply>> begin_another(Scene& scene, const Open& open, const std::string& text) {
    std::optional<Reply> reply;
    if (scene.input.forwarded || !may_be_interrupted(open)) co_return reply;
    if (text.find('?') != std::string::npos) co_return reply;
    const Edit edit = read_edit(text, scene.moment);
    const bool edits = edit.by_verb || edit.corrects || edit.is_question || edit.title || edit.shift;
    if (edits || scene.answers().has_word("edit_cues", text)) co_return reply;
    const auto rest = scene.answers().after_lead("beside_leads", text);
    if (rest && scene.state.undo && scene.state.undo->kind == Undo::Kind::kCancelled)
        if (auto gone = co_await cancel_another(scene, *rest)) co_return gone;
    Understanding read = scene.understand(rest ? *rest : text, "schedule_meeting");
    tidy_title(scene, text, read);
    if (!rest && is_own_sentence(scene, text, read)) co_return reply;
    if (!is_own_title(scene, read.draft) || is_within(read.draft.title, open.draft.title)) co_return reply;
    const bool is_feast = std::any_of(read.times.begin(), read.times.end(),
                                      [](const TimeMention& time) { return time.is_feast; });
    const bool says_when = !read.times.empty() || scene.answers().mentions("right_after", text) ||
                           scene.answers().mentions("right_before", text);
    const bool named = scene.understand(rest ? *rest : text, "other").is_bare_wish;
    // What is done is changed by one new thing: only words that add something are another wish.
    const bool is_done = open.waiting == Waiting::kDone;
    const bool another = rest ? says_when || is_feast || named : !is_done && named && says_when;
    if (!another) co_return reply;
    // "friday works": the words before the time are an answer.
    if (!rest && words_before_time(scene, text, read).empty() && !is_feast &&
        is_made_title(scene, open.draft))
        co_return reply;
    reply = co_await start_draft(scene, text);
    co_return reply;
}

Task<std::optional<Reply>> name_draft(Scene& scene, const Open& open, const std::string& text) {
    std::optional<Reply> reply;
    if (scene.input.forwarded || !is_draft_open(open) || !is_made_title(scene, open.draft)) co_return reply;
    const bool says_else = text.find_first_of("?!@") != std::string::npos ||
                           scene.answers().has_word("new_words", text) ||
                           scene.answers().has_word("edit_cues", text);
    if (says_else || read_edit(text, scene.moment).by_verb) co_return reply;
    const Understanding read = scene.understand(text, "schedule_meeting");
    if (read.draft.attendees.empty() || !is_own_title(scene, read.draft)) co_return reply;
    Open named = open;
    for (const std::string& guest : read.draft.attendees)
        if (std::find(named.draft.attendees.begin(), named.draft.attendees.end(), guest) ==
            named.draft.attendees.end())
            named.draft.attendees.push_back(guest);
    if (named.draft.location.empty()) named.draft.location = read.draft.location;
    named.draft.title = read.draft.title;
    if (read.times.empty())
        reply = co_await rename(scene, named, read.draft.title);
    else
        reply = co_await edit_open(scene, named, read);
    co_return reply;
}

namespace {

/// "FR", as rules have it.
std::string_view weekday_code(LocalMinutes at) {
    static constexpr std::string_view kDays[] = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};
    return kDays[date::weekday(day_of(at)).c_encoding()];
}

/// The days that are named, of those the series has.
std::vector<LocalMinutes> named_days(const Understanding& read) {
    std::vector<LocalMinutes> days;
    for (const TimeMention& time : read.times) {
        if (time.type != "date") continue;
        if (const auto day = day_in(time.start)) days.emplace_back(*day);
    }
    return days;
}

/// "not on fridays", "menos los viernes", "los viernes no": what is left out; nothing for other words.
std::optional<std::string> words_left_out(const Answers& answers, const std::string& text) {
    if (auto rest = answers.after_lead("except_leads", text)) {
        // Its article belongs to the days: "los viernes" are all of them.
        const std::vector<std::string> lead = words_of(fold(text.substr(0, text.size() - rest->size())));
        static constexpr std::string_view kOfSeveral[] = {"los", "las", "os", "as", "aos"};
        const bool is_several = !lead.empty() && std::find(std::begin(kOfSeveral), std::end(kOfSeveral),
                                                           lead.back()) != std::end(kOfSeveral);
        return is_several ? lead.back() + " " + *rest : rest;
    }
    const std::size_t last = text.find_last_of(' ');
    if (last == std::string::npos || !answers.is("denies_behind", text.substr(last + 1))) return std::nullopt;
    return text.substr(0, last);
}

/// The rule without those days of the week; nothing where it has none of them, or no others.
std::optional<std::string> rule_without(const std::string& rule, const std::vector<std::string>& days) {
    static constexpr std::string_view kWeekly = "FREQ=WEEKLY;BYDAY=", kDaily = "FREQ=DAILY";
    std::string kept_from = "MO,TU,WE,TH,FR,SA,SU", behind;
    if (rule.starts_with(kWeekly)) {
        const std::size_t end = std::min(rule.find(';', kWeekly.size()), rule.size());
        kept_from = rule.substr(kWeekly.size(), end - kWeekly.size());
        behind = rule.substr(end);
    } else if (rule.starts_with(kDaily) && rule.find("INTERVAL=") == std::string::npos) {
        behind = rule.substr(kDaily.size());
    } else {
        return std::nullopt;
    }
    std::string kept;
    for (std::size_t at = 0; at < kept_from.size(); at += 3) {
        const std::string day = kept_from.substr(at, 2);
        if (std::find(days.begin(), days.end(), day) == days.end()) kept += (kept.empty() ? "" : ",") + day;
    }
    if (kept.empty() || kept == kept_from) return std::nullopt;
    return std::string(kWeekly) + kept + behind;
}

/// A series goes on without the days of the week that are said, and nothing else: "not on fridays".
std::optional<EventDraft> without_weekdays(const Scene& scene, const EventDraft& draft,
                                           const std::string& left_out) {
    static constexpr std::string_view kWeekly = "FREQ=WEEKLY;BYDAY=";
    const Understanding read = scene.understand(left_out, "schedule_meeting");
    const std::string& said = read.draft.rrule;
    const bool only_days = said.starts_with(kWeekly) && said.find(';', kWeekly.size()) == std::string::npos &&
                           !read.draft.has_time &&
                           scene.answers().left_over(left_out, read.times, "day_leads").empty();
    if (!only_days || !draft.start) return std::nullopt;
    std::vector<std::string> days;
    for (std::size_t at = kWeekly.size(); at < said.size(); at += 3) days.push_back(said.substr(at, 2));
    auto rule = rule_without(draft.rrule, days);
    if (!rule) return std::nullopt;
    EventDraft rest = draft;
    rest.rrule = std::move(*rule);
    // It begins on a day of its own.
    while (rest.rrule.find(weekday_code(*rest.start), kWeekly.size()) == std::string::npos) {
        *rest.start += date::days(1);
        if (rest.end) *rest.end += date::days(1);
    }
    return rest;
}

/// What is shown stays open, with a word in front of it.
Reply show_open(const Open& open, std::string text) {
    Reply reply = say(std::move(text) + "\n" + open.prompt);
    reply.open = open;
    return reply;
}

}  // namespace

Task<std::optional<Reply>> leave_out_of_draft(Scene& scene, const Open& open, const std::string& text) {
    std::optional<Reply> reply;
    const bool is_booked = open.waiting == Waiting::kDone && !open.target.empty();
    const bool on_card = is_draft_open(open) && open.waiting == Waiting::kCard;
    if (open.draft.rrule.empty() || !(is_booked || on_card) || scene.input.forwarded) co_return reply;
    const Answers& answers = scene.answers();
    if (const auto left_out = words_left_out(answers, text))
        if (auto rest = without_weekdays(scene, open.draft, *left_out))
            co_return co_await show_again(scene, std::move(*rest), open.target);
    if (!on_card) co_return reply;
    const std::string title = shown(open.draft.title);
    if (const auto left_out = answers.after_lead("except_leads", text)) {
        const std::vector<LocalMinutes> days = named_days(scene.understand(*left_out, "schedule_meeting"));
        const bool holidays = answers.has_word("holiday_words", *left_out);
        if (days.empty() && holidays)
            co_return show_open(open, scene.phrases.say("except_which", {{"title", title}}));
        if (days.empty()) co_return reply;
        EventDraft draft = open.draft;
        draft.except.insert(draft.except.end(), days.begin(), days.end());
        reply = co_await show_again(scene, std::move(draft), open.target);
        co_return reply;
    }
    // A single one of a series that is not there yet: the series first.
    const Edit edit = read_edit(text, scene.moment);
    const bool about_it =
        edit.by_verb &&
        (edit.event.words.empty() || names_all(edit.event.words, open.draft.title, open.draft.attendees));
    if (about_it && answers.mentions("only_once", text))
        reply = show_open(open, scene.phrases.say("series_first", {{"title", title}}));
    co_return reply;
}

}  // namespace scheduling
