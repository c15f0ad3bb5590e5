#include <algorithm>

#include "calendar/zone_time.hpp"
#include "dialogue/cards.hpp"
#include "dialogue/dates.hpp"
#include "dialogue/draft_checks.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/flows.hpp"
#include "dialogue/folding.hpp"
#include "dialogue/reminder_times.hpp"

namespace scheduling {

namespace {

using migue::Task;

/// A title that was made of the guests' names is made anew when there are more of them.
void retitle(const Scene& scene, const EventDraft& before, EventDraft& draft) {
    if (draft.attendees.size() == before.attendees.size()) return;
    std::vector<std::string> names;
    for (const std::string& guest : before.attendees) names.push_back(name_of(scene, guest));
    const std::string made = names.empty()
                                 ? std::string()
                                 : scene.phrases.say("meeting_with", {{"names", scene.phrases.join(names)}});
    if (draft.title != made && !is_generic_title(scene.answers(), draft.title)) return;
    EventDraft named = draft;
    named.title.clear();
    for (std::string& guest : named.attendees) guest = name_of(scene, guest);
    complete_title(scene.phrases, named);
    draft.title = named.title;
}

/// A series that is talked about as a whole stands for its next occurrence; nothing for other events.
std::optional<Event> next_of_series(const Scene& scene, const Open& open) {
    if (open.draft.rrule.empty() || !open.draft.start) return std::nullopt;
    Event series = to_event(open.draft);
    series.id = open.target;
    return next_of(series, scene.now_ms);
}

/// The rule without COUNT and UNTIL, which exclude each other.
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

/// The hour came first: the days that were offered stay open, now at that hour.
Reply ask_day_again(const Open& open, EventDraft draft) {
    Reply reply;
    reply.text = open.prompt;
    reply.open = open;
    const auto time = *draft.start - day_of(*draft.start);
    for (Option& shown : reply.open->options) {
        if (!shown.day_only || !shown.start) continue;
        shown.start = day_of(*shown.start) + time;
        shown.end = *shown.start + length_of(draft);
        shown.day_only = false;
    }
    reply.open->draft = std::move(draft);
    return reply;
}

/// "to 8" of an event at seven in the morning is eight in the morning: of two readings of an hour
/// the one in the event's own half of the day. It is shown on a card before anything is done.
bool is_same_half(const Open& open, const Question& question, EventDraft& draft) {
    if (question.kind != "ambiguous_hour" || open.target.empty() || !open.draft.start || !open.draft.has_time)
        return false;
    const auto time_of = [](LocalMinutes at) { return at - day_of(at); };
    const auto noon = std::chrono::hours(12);
    const bool morning = time_of(*open.draft.start) < noon;
    const Choice* only = nullptr;
    for (const Choice& choice : question.choices) {
        if ((time_of(choice.start) < noon) != morning) continue;
        if (only != nullptr) return false;
        only = &choice;
    }
    if (only == nullptr) return false;
    const auto length = length_of(open.draft);
    const auto day = day_of(draft.start ? *draft.start : *open.draft.start);
    draft.start = day + time_of(only->start);
    draft.end = *draft.start + length;
    draft.has_time = draft.has_date = true;
    return true;
}

}  // namespace

Task<Reply> edit_open(Scene& scene, const Open& open, const Understanding& said) {
    if (!open.target.empty()) scene.before = open.before ? open.before : next_of_series(scene, open);
    EventDraft draft = open.draft;
    if (scene.before && !open.before) {
        draft.start = to_local(scene.before->start_ms, draft.zone);
        draft.end = to_local(scene.before->end_ms, draft.zone);
    }
    apply_edit(draft, said.draft);
    retitle(scene, open.draft, draft);
    if (said.draft.attendees.size() > 0 && scene.tools.google != nullptr) draft.invites = true;
    const bool has_day = draft.has_date;
    // With the day known, an hour that is past today or has no day is no question any more.
    const bool still_asks = said.question && said.question->kind != "missing_date" &&
                            said.question->kind != "missing_time" &&
                            !(said.question->kind == "past" && has_day && !said.draft.has_date);
    if (still_asks && is_same_half(open, *said.question, draft))
        co_return co_await show_again(scene, std::move(draft), open.target);
    if (still_asks) {
        Question question = *said.question;
        if (!said.draft.has_date && open.draft.has_date && open.draft.start)
            for (Choice& choice : question.choices) {
                const auto move = day_of(*open.draft.start) - day_of(choice.start);
                choice.start += move;
                if (choice.end) *choice.end += move;
            }
        co_return co_await ask_question(scene, std::move(draft), open.target, std::move(question));
    }
    const bool days_open = !draft.has_date && draft.has_time && draft.start &&
                           open.waiting == Waiting::kTime &&
                           std::any_of(open.options.begin(), open.options.end(),
                                       [](const Option& shown) { return shown.day_only; });
    if (days_open) co_return ask_day_again(open, std::move(draft));
    // What answers a question for a time needs no second look; what changes a card is shown again.
    const bool answers = open.waiting == Waiting::kTime || open.waiting == Waiting::kTaken;
    if (answers)
        co_return co_await proceed(scene, std::move(draft), open.target, open.waiting == Waiting::kTaken);
    co_return co_await show_again(scene, std::move(draft), open.target);
}

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
        const Understanding read = scene.understand(text, "reschedule_meeting");
        if (!read.draft.has_date || !read.draft.start || read.draft.has_time) co_return reply;
        // The day that was said is the last one.
        end = until_day(draft, day_of(*read.draft.start));
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

Task<Reply> add_guest(Scene& scene, const Open& open, std::string name) {
    EventDraft draft = open.draft;
    draft.invites = scene.tools.google != nullptr;
    draft.attendees.push_back(std::move(name));
    retitle(scene, open.draft, draft);
    if (is_complete(draft)) {
        if (auto asked = ask_guest(scene, draft, open.target)) co_return std::move(*asked);
        co_return co_await show_draft_card(scene, std::move(draft), open.target);
    }
    // The question stays open, about the draft with its new guest.
    Reply reply;
    reply.text = open.prompt;
    reply.open = open;
    reply.open->draft = std::move(draft);
    co_return reply;
}

}  // namespace scheduling
