#include "dialogue/cards.hpp"

#include <algorithm>

#include "calendar/google/event_json.hpp"
#include "calendar/recurrence.hpp"
#include "calendar/zone_time.hpp"
#include "dialogue/asides.hpp"
#include "dialogue/calendars.hpp"
#include "dialogue/dates.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/flows.hpp"
#include "dialogue/folding.hpp"

namespace scheduling {

namespace {

constexpr std::size_t kMostNamed = 10;
constexpr std::size_t kMostExceptions = 5;
constexpr std::size_t kMostCounted = 1000;
constexpr std::int64_t kAheadMs = 3660LL * 24 * 3600 * 1000;

/// "Laura Gómez (laura@ejemplo.co)", or the address alone.
std::string write_guest(const Scene& scene, const std::string& mail) {
    const std::string name = name_of(scene, mail);
    if (name == mail) return mail;
    return scene.phrases.say("guest", {{"name", name}, {"mail", mail}});
}

/// Who will get a mail, and who only stands there.
void add_guests(const Scene& scene, const EventDraft& draft, std::string& details) {
    const Phrases& phrases = scene.phrases;
    std::vector<std::string> mailed, silent;
    const std::string folded_title = fold(draft.title);
    for (const std::string& guest : draft.attendees) {
        if (scene.tools.google != nullptr && is_mail_address(guest))
            mailed.push_back(guest);
        else if (folded_title.find(fold(guest)) == std::string::npos)
            silent.push_back(guest);
    }
    if (!silent.empty())
        details += " " + phrases.say("detail_guests", {{"names", shown(phrases.join(silent))}});
    if (mailed.size() == 1) {
        details += " " + phrases.say_for("detail_invited_one", name_of(scene, mailed.front()),
                                         {{"name", write_guest(scene, mailed.front())}});
        return;
    }
    if (mailed.empty()) return;
    std::vector<std::string> names;
    for (std::size_t i = 0; i < mailed.size() && i < kMostNamed; ++i)
        names.push_back(mailed.size() > 3 ? name_of(scene, mailed[i]) : write_guest(scene, mailed[i]));
    std::string all = phrases.join(names);
    if (mailed.size() > kMostNamed) {
        std::string listed;
        for (const std::string& name : names) listed += (listed.empty() ? "" : ", ") + name;
        all = phrases.say("guests_more",
                          {{"names", listed}, {"count", std::to_string(mailed.size() - kMostNamed)}});
    }
    details += " " + phrases.say("detail_invited_many", {{"names", all}});
}

/// Sentences after the first line of a card, each with a space in front.
std::string details_of(const Scene& scene, const EventDraft& draft) {
    const Phrases& phrases = scene.phrases;
    std::string details;
    const auto add = [&](const std::string& sentence) { details += " " + sentence; };
    add_guests(scene, draft, details);
    if (!draft.location.empty()) add(phrases.say("detail_place", {{"place", shown(draft.location)}}));
    if (draft.zone != scene.person.zone && !draft.all_day && draft.start) {
        const Event event = to_event(draft);
        add(phrases.say("detail_zone",
                        {{"when", when_of(scene, event, false)}, {"zone", zone_city(scene.person.zone)}}));
    }
    if (draft.start) details += home_note(scene, draft);
    const bool outside = scene.tools.google != nullptr;
    if (draft.video_call) add(phrases.say(outside ? "detail_google_video" : "detail_video"));
    if (!outside && draft.invites) add(phrases.say("detail_invite"));
    if (draft.reminder && draft.start) add(reminder_note(scene, to_event(draft)));
    if (scene.input.forwarded) add(phrases.say("detail_forwarded"));
    return details;
}

/// The last occurrence of a series that ends soon enough to be counted.
std::optional<LocalMinutes> last_of(const Event& event) {
    const bool ends =
        event.rrule.find("COUNT=") != std::string::npos || event.rrule.find("UNTIL=") != std::string::npos;
    if (!ends) return std::nullopt;
    const auto all = occurrences(event, Interval{event.start_ms, event.start_ms + kAheadMs}, kMostCounted);
    if (all.empty() || all.size() == kMostCounted) return std::nullopt;
    return to_local(all.back().start_ms, event.zone);
}

/// What is different in the new draft, beyond its time: "con Luis", "en la sala 2".
std::string changes_of(const Scene& scene, const EventDraft& was, const EventDraft& now) {
    const Phrases& phrases = scene.phrases;
    std::vector<std::string> changes;
    if (was.start != now.start || was.end != now.end)
        changes.push_back(day_of(*was.start) == day_of(*now.start) && now.end && !now.all_day
                              ? write_clock_range(phrases, *now.start, *now.end)
                              : write_begin(phrases, *now.start, now.all_day, DateStyle::kShort));
    std::vector<std::string> fresh;
    for (const std::string& guest : now.attendees)
        if (std::find(was.attendees.begin(), was.attendees.end(), guest) == was.attendees.end())
            fresh.push_back(name_of(scene, guest));
    if (!fresh.empty())
        changes.push_back(phrases.say("change_with", {{"names", shown(phrases.join(fresh))}}));
    std::vector<std::string> gone;
    for (const std::string& guest : was.attendees)
        if (std::find(now.attendees.begin(), now.attendees.end(), guest) == now.attendees.end())
            gone.push_back(name_of(scene, guest));
    if (!gone.empty()) changes.push_back(phrases.say("edit/without", {{"names", shown(phrases.join(gone))}}));
    if (was.location != now.location && now.location.empty())
        changes.push_back(phrases.say("edit/no_place_now"));
    if (was.location != now.location && !now.location.empty())
        changes.push_back(phrases.say("change_place", {{"place", shown(now.location)}}));
    if (was.rrule != now.rrule && !now.rrule.empty())
        changes.push_back(write_series(phrases, {*now.start, *now.start + length_of(now)}, now.all_day,
                                       now.rrule, last_of(to_event(now))));
    if (now.video_call && !was.video_call) changes.push_back(phrases.say("change_video"));
    if (changes.empty()) return {};
    std::string list;
    for (const std::string& change : changes) list += (list.empty() ? "" : ", ") + change;
    return " " + phrases.say("changes", {{"changes", list}});
}

/// Who hears of it from Google.
std::string notice_of(const Scene& scene, const Event& event) {
    const std::vector<std::string> names = mailed_names(scene, event.guests);
    if (names.empty()) return {};
    return " " + scene.phrases.count("notice", names.size(), {{"names", shown(scene.phrases.join(names))}});
}

/// "Menos el 7/12."
std::string exceptions_note(const Scene& scene, const Event& event) {
    std::vector<LocalMinutes> days;
    for (const std::int64_t at : event.exdates)
        if (days.size() < kMostExceptions) days.push_back(to_local(at, event.zone));
    if (event.rrule.empty() || days.empty()) return {};
    return " " + scene.phrases.say("repeat/except", {{"dates", write_dates(scene.phrases, days)}});
}

/// What was booked as it is told: the whole of it, or only what was not on the screen yet.
std::string booked_when(const Scene& scene, const Event& event, const EventDraft& draft,
                        BookedFrom::Look look) {
    const LocalSpan span = span_of(event, scene.person.zone);
    if (!event.rrule.empty()) return series_when(scene, event);
    if (look == BookedFrom::Look::kFull) return when_of(scene, draft, true);
    return write_when(scene.phrases, span, event.all_day,
                      look == BookedFrom::Look::kAfterSlot ? DateStyle::kWeekday : DateStyle::kLong);
}

std::string booked_details(const Scene& scene, const Event& event, const EventDraft& draft,
                           const BookedFrom& from, bool is_short) {
    const Phrases& phrases = scene.phrases;
    const std::vector<std::string> invited = mailed_names(scene, event.guests);
    std::string details = is_short || !invited.empty() ? std::string() : details_of(scene, draft);
    if (!invited.empty())
        details += " " + phrases.say("detail_invited", {{"names", shown(phrases.join(invited))}});
    if (!event.video_url.empty())
        details += " " + phrases.say("detail_video_link", {{"url", event.video_url}});
    else if (scene.tools.google != nullptr && from.said.video_call)
        details += " " + phrases.say("detail_video_later");
    details += exceptions_note(scene, event);
    if (!is_short && !from.said.calendar.empty()) details += calendar_note(scene, from.said);
    if (!from.new_contact.empty()) details += " " + phrases.say("keep_contact");
    return details;
}

}  // namespace

std::string when_of(const Scene& scene, const EventDraft& draft, bool with_year) {
    const Phrases& phrases = scene.phrases;
    const LocalMinutes start = draft.all_day ? LocalMinutes(day_of(*draft.start)) : *draft.start;
    const std::string when = write_when(phrases, LocalSpan{start, start + length_of(draft)}, draft.all_day,
                                        with_year ? DateStyle::kFull : DateStyle::kLong);
    if (draft.all_day) return when;
    if (draft.zone != scene.person.zone)
        return phrases.say("dates/in_zone", {{"when", when}, {"zone", zone_city(draft.zone)}});
    // Where others come along, they may be elsewhere.
    if (with_year && !draft.attendees.empty())
        return phrases.say("dates/meeting_in_zone", {{"when", when}, {"zone", zone_city(draft.zone)}});
    return when;
}

std::string series_when(const Scene& scene, const Event& event) {
    return write_series(scene.phrases, span_of(event, scene.person.zone), event.all_day, event.rrule,
                        last_of(event));
}

Reply draft_card(const Scene& scene, EventDraft draft, std::string target, const SeriesNote& series) {
    const Phrases& phrases = scene.phrases;
    std::string details = details_of(scene, draft) + calendar_note(scene, draft);
    const bool is_series = !draft.rrule.empty();
    const bool endless = is_series && draft.rrule.find("COUNT=") == std::string::npos &&
                         draft.rrule.find("UNTIL=") == std::string::npos;
    if (endless && !series.occurrences.empty())
        details += " " + phrases.say("repeat/next", {{"dates", write_dates(phrases, series.occurrences)}});
    details += exceptions_note(scene, to_event(draft));
    if (!series.clashes.empty())
        details += " " + phrases.say("repeat/clashes", {{"dates", write_dates(phrases, series.clashes)}});
    const std::string title = shown(draft.title);
    std::string when;
    if (is_series) {
        const LocalMinutes first = series.occurrences.empty() ? *draft.start : series.occurrences.front();
        when =
            write_series(phrases, {first, first + length_of(draft)}, draft.all_day, draft.rrule, series.last);
    } else {
        when = when_of(scene, draft, true);
    }
    Reply reply;
    if (is_series)
        reply.text = phrases.say("card_series", {{"title", title}, {"when", when}, {"details", details}});
    else
        reply.text =
            phrases.say_of("card", draft.title, {{"title", title}, {"when", when}, {"details", details}});
    Open open;
    open.waiting = Waiting::kCard;
    if (mailed_names(scene, draft.attendees).size() > kMostNamed)
        open.options.push_back(option(scene, Action::kShowGuests, "show_guests", "yes"));
    else
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

Reply guest_list_card(const Scene& scene, const Open& shown_before) {
    const EventDraft& draft = shown_before.draft;
    std::string names;
    std::size_t count = 0;
    for (const std::string& guest : draft.attendees) {
        if (!is_mail_address(guest)) continue;
        names += (names.empty() ? "• " : "\n• ") + write_guest(scene, guest);
        ++count;
    }
    const std::string number = std::to_string(count);
    Reply reply;
    reply.text = scene.phrases.say("guest_list", {{"title", shown(draft.title)},
                                                  {"when", when_of(scene, draft, true)},
                                                  {"count", number},
                                                  {"names", names}});
    Open open = shown_before;
    open.options.clear();
    Option all = option(scene, Action::kBook, "book", "yes");
    all.label = scene.phrases.say("labels/invite_all", {{"count", number}});
    open.options.push_back(std::move(all));
    open.options.push_back(option(scene, Action::kChange, "change", "change"));
    open.options.push_back(option(scene, Action::kDrop, "drop", "no"));
    reply.open = std::move(open);
    return reply;
}

Reply change_card(const Scene& scene, EventDraft draft, const Event& before) {
    const Phrases& phrases = scene.phrases;
    const EventDraft was = to_draft(before);
    const std::string title = shown(draft.title), after = when_of(scene, draft, true);
    const bool only_start = was.title == draft.title && was.attendees == draft.attendees &&
                            was.location == draft.location && was.rrule == draft.rrule &&
                            was.start != draft.start && length_of(was) == length_of(draft) &&
                            !draft.video_call;
    std::string notes = notice_of(scene, before);
    const bool asks_part = repeats(before) && draft.rrule == was.rrule;
    if (asks_part) notes += " " + phrases.say("which_part");
    Reply reply;
    if (only_start) {
        const std::string when = write_when(phrases, LocalSpan{*draft.start, *draft.start + length_of(draft)},
                                            draft.all_day, DateStyle::kFull);
        reply.text = phrases.say(
            "move_ask",
            {{"title", title}, {"before", begin_of(scene, before)}, {"after", when}, {"details", notes}});
    } else {
        const std::string details = details_of(scene, draft) + changes_of(scene, was, draft) + notes;
        reply.text = phrases.say("edit_ask", {{"title", title}, {"after", after}, {"details", details}});
    }
    Open open;
    open.waiting = Waiting::kCard;
    open.target = before.id;
    open.before = before;
    if (asks_part) {
        open.options.push_back(option(scene, Action::kChangeOne, "only_this", "this_one"));
        open.options.push_back(option(scene, Action::kChangeLater, "this_and_later", "this_and_later"));
        open.options.push_back(option(scene, Action::kChangeAll, "whole_series", "all"));
    } else {
        open.options.push_back(option(scene, Action::kBook, only_start ? "move" : "save", "yes"));
        open.options.push_back(option(scene, Action::kDrop, "keep_as_is", "no"));
    }
    open.draft = std::move(draft);
    reply.open = std::move(open);
    return reply;
}

Reply cancel_card(const Scene& scene, const Event& event) {
    const std::string title = shown(event.title), when = begin_of(scene, event);
    Reply reply;
    Open open;
    open.waiting = Waiting::kCancel;
    open.events.push_back(event.id);
    open.occurrences.push_back(event.rrule.empty() ? 0 : event.start_ms);
    if (repeats(event)) {
        reply.text = scene.phrases.say("cancel_ask_series", {{"title", title}, {"when", when}});
        open.options.push_back(option(scene, Action::kCancelOne, "only_this", "this_one"));
        open.options.push_back(option(scene, Action::kCancelLater, "this_and_later", "this_and_later"));
        open.options.push_back(option(scene, Action::kCancel, "whole_series", "all"));
    } else {
        reply.text =
            scene.phrases.say_of("cancel_ask", event.title,
                                 {{"title", title}, {"when", when}, {"details", notice_of(scene, event)}});
        open.options.push_back(option(scene, Action::kCancel, "cancel_yes", "yes"));
        open.options.push_back(option(scene, Action::kDrop, "cancel_no", "no"));
    }
    reply.open = std::move(open);
    return reply;
}

Reply cancel_occurrence_card(const Scene& scene, const Event& event) {
    Reply reply = cancel_card(scene, event);
    if (!repeats(event)) return reply;
    const std::string details = " " + scene.phrases.say("cancel_rest_stays") + notice_of(scene, event);
    reply.text = scene.phrases.say_of(
        "cancel_ask", event.title,
        {{"title", shown(event.title)}, {"when", begin_of(scene, event)}, {"details", details}});
    reply.open->options.clear();
    reply.open->options.push_back(option(scene, Action::kCancelOne, "only_this", "yes"));
    reply.open->options.push_back(option(scene, Action::kDrop, "cancel_no", "no"));
    return reply;
}

Reply booked_card(const Scene& scene, const Event& event, const BookedFrom& from) {
    const EventDraft& said = from.said;
    EventDraft draft = to_draft(event);
    draft.invites = said.invites;
    draft.video_call = said.video_call && event.video_url.empty() && scene.tools.google == nullptr;
    draft.reminder = said.reminder;
    // Not every calendar keeps the names of those who get no mail.
    if (draft.attendees.empty()) draft.attendees = said.attendees;
    const bool is_short = from.look != BookedFrom::Look::kFull && event.rrule.empty();
    Reply reply;
    reply.text = scene.phrases.say_of(is_short ? "booked_short" : "booked", event.title,
                                      {{"title", shown(event.title)},
                                       {"when", booked_when(scene, event, draft, from.look)},
                                       {"details", booked_details(scene, event, draft, from, is_short)}});
    Open open;
    open.waiting = Waiting::kDone;
    open.target = event.id;
    open.options.push_back(option(scene, Action::kUndo, "undo", "undo"));
    // Among several, a video call is the likelier next wish.
    const bool has_video = !event.video_url.empty() || event.video_call || said.video_call;
    const bool offers_meet = !has_video && !mailed_names(scene, event.guests).empty();
    if (offers_meet) open.options.push_back(option(scene, Action::kAddMeet, "add_meet", ""));
    if (from.look != BookedFrom::Look::kAfterSlot && !(offers_meet && !from.new_contact.empty()))
        open.options.push_back(option(scene, Action::kChange, "change", "change"));
    if (!from.new_contact.empty()) {
        Option keep = option(scene, Action::kKeepContact, "keep_contact", "");
        keep.event_id = from.new_contact;
        open.options.push_back(std::move(keep));
    }
    open.draft = std::move(draft);
    reply.open = std::move(open);
    return reply;
}

}  // namespace scheduling
