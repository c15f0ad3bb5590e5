#include "dialogue/cards.hpp"

/// What a draft is called, and whether it is shown before it is written.
namespace scheduling {

bool complete_title(const Phrases& phrases, EventDraft& draft) {
    if (!draft.title.empty()) return false;
    if (draft.attendees.empty()) {
        draft.title = phrases.say("meeting");
        return true;
    }
    draft.title = phrases.say("meeting_with", {{"names", phrases.join(draft.attendees)}});
    return false;
}

bool is_generic_title(const Answers& answers, std::string_view title) {
    return answers.is("generic_titles", title);
}

bool mails_somebody(const Scene& scene, const EventDraft& draft) {
    return !mailed_names(scene, draft.attendees).empty();
}

bool needs_card(const Scene& scene, const EventDraft& draft, const std::string& target) {
    if (!target.empty() || scene.input.forwarded) return true;
    switch (scene.tools.settings.confirm) {
        case Confirm::kAlways:
            return true;
        case Confirm::kNever:
            return false;
        case Confirm::kWhenUnsure:
            break;
    }
    if (mails_somebody(scene, draft)) return true;
    const bool inferred_time = !draft.has_date || (!draft.has_time && !draft.all_day);
    // Nobody asked for anything: what is made of it is shown first.
    const bool guessed =
        is_talk(scene.intent) && scene.input.kind == "text" && scene.state.open == std::nullopt;
    return guessed || inferred_time || draft.all_day || !draft.rrule.empty() ||
           is_generic_title(scene.answers(), draft.title);
}

}  // namespace scheduling
