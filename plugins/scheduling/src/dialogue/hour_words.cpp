#include <algorithm>

#include "calendar/zone_time.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/event_edit.hpp"
#include "dialogue/flows.hpp"
#include "dialogue/folding.hpp"
#include "dialogue/wishes.hpp"

/// An hour that is said by one that is known: "same time", "a la misma hora".
namespace scheduling {

namespace {

using migue::Task;

/// The hour that "the same" means: of the event that is moved, else of what was talked about last.
Task<std::optional<std::chrono::minutes>> hour_before(Scene& scene, const Open& open) {
    std::optional<std::chrono::minutes> hour;
    std::optional<Event> event = open.before;
    if (!event && !open.target.empty()) event = co_await standing(scene, open.target);
    if (!event && open.target.empty() && scene.state.talks(scene.now_ms))
        event = co_await standing(scene, scene.state.last_event);
    if (!event || event->all_day) co_return hour;
    const LocalMinutes start = to_local(event->start_ms, event->zone);
    hour = start - day_of(start);
    co_return hour;
}

/// What is said beside it may be a day, and nothing else.
std::optional<Understanding> day_beside(const Scene& scene, const std::string& text) {
    const Answers& answers = scene.answers();
    const auto words = words_beside(answers, "same_hour", text);
    if (!words) return std::nullopt;
    std::string rest;
    for (const std::string& word : *words) rest += (rest.empty() ? "" : " ") + word;
    Understanding read = scene.understand(rest, "reschedule_meeting");
    std::vector<std::string> left = answers.left_over(rest, read.times, "edit_words");
    std::erase_if(left, [&](const std::string& word) { return answers.is("yes_fillers", word); });
    if (!left.empty() || read.draft.has_time || !read.draft.rrule.empty()) return std::nullopt;
    return read;
}

}  // namespace

Task<std::optional<Reply>> keep_hour(Scene& scene, const Open& open, const std::string& text) {
    std::optional<Reply> reply;
    const bool takes = open.waiting == Waiting::kTime || open.waiting == Waiting::kChange ||
                       open.waiting == Waiting::kTaken || open.waiting == Waiting::kCard;
    if (!takes || !open.pair.empty() || scene.input.forwarded) co_return reply;
    if (text.find('?') != std::string::npos) co_return reply;
    auto said = day_beside(scene, text);
    if (!said) co_return reply;
    const auto hour = co_await hour_before(scene, open);
    if (!hour) co_return reply;
    // A question for the day has no hour to be asked about any more.
    const bool asks_day = said->question && said->question->kind == "ambiguous_date";
    const bool moves = open.waiting == Waiting::kChange && !open.target.empty();
    Open asked = open;
    if (moves && !said->draft.has_date) {
        // Only the day is left to be said.
        asked.draft.has_date = false;
        co_return ask_date(scene, std::move(asked.draft), open.target);
    }
    const LocalMinutes day = said->draft.has_date && said->draft.start ? day_of(*said->draft.start)
                             : open.draft.start                        ? day_of(*open.draft.start)
                                                                       : day_of(scene.now());
    said->draft.start = day + *hour;
    said->draft.end.reset();
    said->draft.has_time = true;
    said->draft.all_day = false;
    if (asks_day)
        for (Choice& choice : said->question->choices) {
            choice.start = day_of(choice.start) + *hour;
            choice.end.reset();
            choice.all_day = false;
        }
    else
        said->question.reset();
    // Nobody wrote the hour of something new: it is shown first.
    if (open.target.empty()) asked.draft.show_first = true;
    co_return co_await edit_open(scene, asked, *said);
}

}  // namespace scheduling
