#include <algorithm>

#include "calendar/zone_time.hpp"
#include "dialogue/cards.hpp"
#include "dialogue/draft_checks.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/flows.hpp"
#include "dialogue/folding.hpp"
#include "dialogue/questions.hpp"
#include "dialogue/wishes.hpp"
#include "understanding/edit.hpp"

namespace scheduling {

namespace {

using migue::Task;
using std::chrono::minutes;

constexpr int kLookAheadDays = 14;

/// When people eat: hours in which a meal without one is looked for.
struct Meal {
    std::string_view list;
    minutes from, to;
};
constexpr Meal kMeals[] = {{"breakfasts", minutes(7 * 60), minutes(10 * 60)},
                           {"lunches", minutes(12 * 60), minutes(15 * 60)},
                           {"dinners", minutes(19 * 60), minutes(22 * 60)}};

/// What the talk is about: the open draft, or the event that was last shown.
struct Subject {
    EventDraft draft;
    std::string target;
};

Task<std::optional<Subject>> subject_of_talk(Scene& scene) {
    std::optional<Subject> subject;
    const Open* open = scene.state.alive(scene.now_ms);
    const bool is_named = open != nullptr && !open->draft.title.empty() && open->pair.empty() &&
                          !is_generic_title(scene.answers(), open->draft.title);
    if (is_named && open->waiting != Waiting::kLink) {
        subject = Subject{open->draft, open->target};
        co_return subject;
    }
    if (!scene.state.talks(scene.now_ms) || scene.state.last_event.empty()) co_return subject;
    std::string id = scene.state.last_event;
    auto event = co_await scene.booking.get(std::move(id));
    if (event && event->has_value() && !(*event)->cancelled && (*event)->rrule.empty())
        subject = Subject{to_draft(**event), (*event)->id};
    co_return subject;
}

void take_meal_hours(const Answers& answers, const EventDraft& draft, std::optional<Window>& window,
                     const Scene& scene) {
    if (window && window->from) return;
    for (const Meal& meal : kMeals) {
        if (!answers.has_word(meal.list, draft.title)) continue;
        if (!window) window = days_from_today(scene, kLookAheadDays);
        window->from = meal.from;
        window->to = meal.to;
        return;
    }
}

}  // namespace

Task<std::optional<Reply>> offer_for_wish(Scene& scene, const std::string& text) {
    std::optional<Reply> reply;
    const Answers& answers = scene.answers();
    if (scene.input.forwarded) co_return reply;
    std::string said = text;
    for (int i = 0; i < 3; ++i)
        if (auto behind = answers.after_lead("question_openers", said)) said = std::move(*behind);
    // "when" and "can I": each list has what people say for it.
    const auto behind_when = answers.after_lead("when_leads", said);
    const auto wish = behind_when ? answers.after_lead("can_leads", *behind_when) : std::nullopt;
    if (!wish) co_return reply;
    const Edit edit = read_edit(*wish, scene.moment);
    if (edit.what == Edit::What::kCancel || edit.what == Edit::What::kRestore) co_return reply;
    Understanding read = scene.understand(as_noun(answers, *wish), "schedule_meeting");
    if (read.draft.zone.empty()) read.draft.zone = scene.person.zone;
    const SaidTime time = read_said_time(scene, *wish);
    std::optional<Window> window;
    if (!time.is_empty()) window = window_of(time, days_from_today(scene, time.days ? 1 : kLookAheadDays));
    std::vector<std::string> own = answers.left_over(*wish, read.times, "subject_words");
    if (own.empty()) {
        auto subject = co_await subject_of_talk(scene);
        if (!subject) co_return reply;
        const minutes length = length_of(subject->draft);
        EventDraft draft = untimed(subject->draft);
        draft.duration = length;
        reply = co_await offer_slots(scene, std::move(draft), window);
        if (reply->open) reply->open->target = subject->target;
        co_return reply;
    }
    if (edit.by_verb && !edit.event.words.empty() && edit.what == Edit::What::kMove) co_return reply;
    EventDraft draft = untimed(read.draft);
    draft.title = as_noun(answers, draft.title);
    take_meal_hours(answers, draft, window, scene);
    reply = co_await offer_slots(scene, std::move(draft), window);
    co_return reply;
}

namespace {

/// The hours that are offered of one day, or what was taken there; nothing when none are, or of several days.
std::optional<LocalSpan> offered_hours(const Open& open) {
    std::optional<LocalSpan> hours;
    if (open.waiting == Waiting::kTaken && open.draft.start && open.draft.has_date && !open.draft.all_day)
        hours = {*open.draft.start, *open.draft.start};
    if (open.waiting != Waiting::kTime) return hours;
    for (const Option& shown : open.options) {
        if (shown.action != Action::kPick || !shown.start || shown.day_only || shown.all_day) continue;
        if (!hours) hours = {*shown.start, *shown.start};
        if (day_of(hours->begin) != day_of(*shown.start)) return std::nullopt;
        hours->begin = std::min(hours->begin, *shown.start);
        hours->end = std::max(hours->end, *shown.start);
    }
    return hours;
}

}  // namespace

Task<std::optional<Reply>> offer_beside(Scene& scene, const std::string& text) {
    std::optional<Reply> reply;
    const Open* alive = scene.state.alive(scene.now_ms);
    if (alive == nullptr || scene.input.forwarded) co_return reply;
    const bool later = scene.answers().is_made_of("later_hours", "hour_fillers", text);
    const bool earlier = !later && scene.answers().is_made_of("earlier_hours", "hour_fillers", text);
    const auto hours = later || earlier ? offered_hours(*alive) : std::nullopt;
    if (!hours) co_return reply;
    const Open open = *alive;
    const auto day = day_of(hours->begin);
    Window window{day, day, {}, {}};
    window.from = later ? hours->end - day + kDefaultLength : minutes(0);
    window.to = later ? minutes(24 * 60) : hours->begin - day;
    if (*window.from >= *window.to) co_return reply;
    const minutes length = length_of(open.draft);
    EventDraft draft = untimed(open.draft);
    draft.duration = length;
    reply = co_await offer_slots(scene, std::move(draft), window);
    if (reply->open) reply->open->target = open.target;
    co_return reply;
}

}  // namespace scheduling
