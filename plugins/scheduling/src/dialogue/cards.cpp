#include "dialogue/cards.hpp"

#include <algorithm>

#include "calendar/google/event_json.hpp"
#include "calendar/zone_time.hpp"
#include "dialogue/dates.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/folding.hpp"

namespace scheduling {

namespace {

std::string dates_of(const Phrases& phrases, const std::vector<LocalMinutes>& days) {
    std::vector<std::string> dates;
    for (const LocalMinutes at : days) dates.push_back(write_date(phrases, day_of(at), DateStyle::kNumeric));
    std::string text;
    for (const std::string& day : dates) text += (text.empty() ? "" : ", ") + day;
    return text;
}

/// Who will get a mail, and who was to be invited but has no address.
void add_invitations(const Phrases& phrases, const EventDraft& draft, std::string& details) {
    std::vector<std::string> mailed, unknown;
    for (const std::string& guest : draft.attendees)
        (is_mail_address(guest) ? mailed : unknown).push_back(guest);
    if (!mailed.empty())
        details += " " + phrases.say("detail_google_invite", {{"names", shown(phrases.join(mailed))}});
    if (draft.invites && !unknown.empty())
        details += " " + phrases.say("detail_no_mail", {{"names", shown(phrases.join(unknown))}});
}

/// Sentences after the first line of a card, each with a space in front.
std::string details_of(const Scene& scene, const EventDraft& draft) {
    const Phrases& phrases = scene.phrases;
    std::string details;
    const auto add = [&](const std::string& sentence) { details += " " + sentence; };
    const std::string folded_title = fold(draft.title);
    const bool named = std::all_of(
        draft.attendees.begin(), draft.attendees.end(),
        [&](const std::string& name) { return folded_title.find(fold(name)) != std::string::npos; });
    if (!named) add(phrases.say("detail_guests", {{"names", shown(phrases.join(draft.attendees))}}));
    if (!draft.location.empty()) add(phrases.say("detail_place", {{"place", shown(draft.location)}}));
    if (draft.zone != scene.person.zone && !draft.all_day && draft.start) {
        const Event event = to_event(draft);
        add(phrases.say("detail_zone",
                        {{"when", when_of(scene, event, false)}, {"zone", zone_city(scene.person.zone)}}));
    }
    if (!draft.rrule.empty())
        add(phrases.say("detail_repeat", {{"rule", write_repeat(phrases, draft.rrule)}}));
    const bool outside = scene.tools.google != nullptr;
    if (draft.video_call) add(phrases.say(outside ? "detail_google_video" : "detail_video"));
    if (outside)
        add_invitations(phrases, draft, details);
    else if (draft.invites)
        add(phrases.say("detail_invite"));
    if (draft.reminder) add(phrases.say(outside ? "detail_google_reminder" : "detail_reminder"));
    if (scene.input.forwarded) add(phrases.say("detail_forwarded"));
    return details;
}

}  // namespace

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
    const bool mails = scene.tools.google != nullptr &&
                       std::any_of(draft.attendees.begin(), draft.attendees.end(),
                                   [](const std::string& guest) { return is_mail_address(guest); });
    if (mails) return true;
    const bool inferred_time = !draft.has_date || (!draft.has_time && !draft.all_day);
    return inferred_time || draft.all_day || !draft.rrule.empty() || draft.reminder.has_value() ||
           is_generic_title(scene.answers(), draft.title);
}

std::string when_of(const Scene& scene, const EventDraft& draft, bool with_year) {
    const LocalMinutes start = draft.all_day ? LocalMinutes(day_of(*draft.start)) : *draft.start;
    std::string when = write_when(scene.phrases, LocalSpan{start, start + length_of(draft)}, draft.all_day,
                                  with_year ? DateStyle::kFull : DateStyle::kLong);
    if (draft.zone != scene.person.zone && !draft.all_day) when += " (" + zone_city(draft.zone) + ")";
    return when;
}

Reply draft_card(const Scene& scene, EventDraft draft, std::string target, const SeriesNote& series) {
    const Phrases& phrases = scene.phrases;
    std::string details = details_of(scene, draft);
    if (!series.occurrences.empty())
        details += " " + phrases.say("repeat/next", {{"dates", dates_of(phrases, series.occurrences)}});
    if (!series.clashes.empty())
        details += " " + phrases.say("repeat/clashes", {{"dates", dates_of(phrases, series.clashes)}});
    const std::string title = shown(draft.title), when = when_of(scene, draft, true);
    Reply reply;
    reply.text =
        phrases.say_of("card", draft.title, {{"title", title}, {"when", when}, {"details", details}});
    Open open;
    open.waiting = Waiting::kCard;
    const bool endless = !draft.rrule.empty() && draft.rrule.find("COUNT=") == std::string::npos &&
                         draft.rrule.find("UNTIL=") == std::string::npos;
    open.options.push_back(
        option(scene, series.clashes.empty() ? Action::kBook : Action::kForce, "book", "yes"));
    open.options.push_back(endless ? option(scene, Action::kSetEnd, "define_end", "change")
                                   : option(scene, Action::kChange, "change", "change"));
    open.options.push_back(option(scene, Action::kDrop, "drop", "no"));
    open.draft = std::move(draft);
    open.target = std::move(target);
    reply.open = std::move(open);
    return reply;
}

Reply change_card(const Scene& scene, EventDraft draft, const Event& before) {
    const Phrases& phrases = scene.phrases;
    const EventDraft was = to_draft(before);
    const std::string title = shown(draft.title), after = when_of(scene, draft, true);
    const bool only_time =
        was.title == draft.title && was.attendees == draft.attendees && was.location == draft.location;
    Reply reply;
    const std::string only_this =
        before.series.empty() ? std::string() : " " + phrases.say("detail_one_of_series");
    if (only_time)
        reply.text = phrases.say(
            "move_ask", {{"title", title}, {"before", when_of(scene, before, false)}, {"after", after}});
    else
        reply.text = phrases.say("edit_ask",
                                 {{"title", title}, {"after", after}, {"details", details_of(scene, draft)}});
    reply.text += only_this;
    Open open;
    open.waiting = Waiting::kCard;
    open.target = before.id;
    open.before = before;
    open.options.push_back(option(scene, Action::kBook, "move", "yes"));
    open.options.push_back(option(scene, Action::kChange, "change", "change"));
    open.options.push_back(option(scene, Action::kDrop, "keep", "no"));
    open.draft = std::move(draft);
    reply.open = std::move(open);
    return reply;
}

Reply booked_card(const Scene& scene, const Event& event, const EventDraft& said) {
    EventDraft draft = to_draft(event);
    draft.invites = said.invites;
    draft.video_call = said.video_call && event.video_url.empty() && scene.tools.google == nullptr;
    draft.reminder = said.reminder;
    const std::string title = shown(event.title), when = when_of(scene, draft, true);
    std::string details = details_of(scene, draft);
    if (!event.video_url.empty())
        details += " " + scene.phrases.say("detail_video_link", {{"url", event.video_url}});
    else if (scene.tools.google != nullptr && said.video_call)
        details += " " + scene.phrases.say("detail_video_later");
    Reply reply;
    reply.text =
        scene.phrases.say_of("booked", event.title, {{"title", title}, {"when", when}, {"details", details}});
    Open open;
    open.waiting = Waiting::kDone;
    open.target = event.id;
    open.options.push_back(option(scene, Action::kUndo, "undo", "undo"));
    open.options.push_back(option(scene, Action::kChange, "change", "change"));
    open.draft = std::move(draft);
    reply.open = std::move(open);
    return reply;
}

}  // namespace scheduling
