#include <algorithm>

#include "dialogue/cards.hpp"
#include "dialogue/draft_checks.hpp"
#include "dialogue/edits.hpp"
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

/// The days that are named, of those the series has.
std::vector<LocalMinutes> named_days(const Understanding& read) {
    std::vector<LocalMinutes> days;
    for (const TimeMention& time : read.times) {
        if (time.type != "date") continue;
        if (const auto day = day_in(time.start)) days.emplace_back(*day);
    }
    return days;
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
    if (!is_draft_open(open) || open.waiting != Waiting::kCard || open.draft.rrule.empty()) co_return reply;
    const Answers& answers = scene.answers();
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
