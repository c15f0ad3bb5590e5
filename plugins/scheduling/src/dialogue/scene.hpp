#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/link_attempts.hpp"
#include "accounts/people.hpp"
#include "accounts/personal_data.hpp"
#include "audit/audit.hpp"
#include "booking/booking.hpp"
#include "booking/free_slots.hpp"
#include "booking/series.hpp"
#include "calendar/google/calendar_choice.hpp"
#include "calendar/google/google_calendar.hpp"
#include "dialogue/answers.hpp"
#include "dialogue/contacts.hpp"
#include "dialogue/phrases.hpp"
#include "dialogue/state.hpp"
#include "migue/cpp/turn.hpp"
#include "privacy/export_links.hpp"
#include "reminders/reminders.hpp"
#include "settings.hpp"

/// One turn of the dialogue: everything it may look at, and what it answers.
namespace scheduling {

namespace model {
class SecondReader;
}

struct HeardNote;

/// What linking needs.
struct GoogleTools {
    const OAuthClient& oauth;
    const GoogleAccounts& accounts;
    const LinkAttempts& attempts;
    GoogleCalendar& calendar;
    const CalendarChoice& choice;
};

/// What every turn shares. Immutable but for the calendar, which is thread-safe.
struct Tools {
    const migue::Services& services;
    const Settings& settings;
    Calendar& calendar;
    const People& people;
    const PhraseBook& book;
    const Answers& answers;
    const Contacts& contacts;
    const Reminders& reminders;
    const ExportLinks& export_links;
    const GoogleTools* google = nullptr;    ///< null with the local calendar
    const PersonalData* data = nullptr;     ///< "export my data", "delete my data"
    model::SecondReader* reader = nullptr;  ///< null without a model
    std::uint32_t handed_over = 0;          ///< series
};

/// What came in, beside the words.
struct Input {
    std::string kind = "text";
    std::string tap;  ///< id of the pressed button
    bool forwarded = false;
    std::string quoted_message;        ///< the message whose answer is replied to; "" when none
    std::vector<Guest> contacts;       ///< shared ones; without an address when they have none
    std::string second_intent;         ///< of a second wish in the same message; "" when none
    std::string second_text;           ///< its words
    std::string job_key, job_payload;  ///< of a job of our own
};

/// What the person wants done, for when the calendar cannot do it now.
struct Plan {
    enum class Kind {
        kProceed = 1,  ///< check the draft, then ask, show or book
        kCommit,       ///< write the draft
        kCancel,       ///< cancel the events
        kUndo,         ///< take the last action back
    };
    Kind kind = Kind::kProceed;
    Open open;  ///< draft and target, or events and occurrences
    bool sure = false, force = false;
    SeriesPart part = SeriesPart::kOnlyThis;
};

struct Scene {
    migue::Turn& turn;
    const Tools& tools;
    const Phrases& phrases;
    Person person;
    State state;
    Input input;
    Moment moment;  ///< when and where the words count from
    std::int64_t now_ms = 0;
    Booking booking;
    std::string card;          ///< the name of the card this turn may show: from its message
    std::string own_event_id;  ///< the id of the event this turn may make
    std::optional<Plan> plan = {};
    std::vector<Guest> book = {};    ///< the person's contact book
    std::vector<Guest> guests = {};  ///< everybody whose address is known: contact book and draft
    /// The person's calendars outside, once somebody looked (know_calendars).
    std::optional<std::vector<CalendarInfo>> calendars = {};
    std::string intent = {};       ///< what the message wants
    std::string left_out = {};     ///< words of a second wish that this turn does not do
    std::string said_before = {};  ///< what this turn did before the rest of it
    /// The day that was talked about before this message: what says no day may mean it.
    std::optional<date::local_days> talk_day = {};
    bool picked_slot = false;          ///< the hour was just chosen from a list
    const HeardNote* heard = nullptr;  ///< these words were not typed: nothing is done without a tap
    /// The event that is being changed, of a series the occurrence, as the card showed it.
    std::optional<Event> before = {};
    SeriesPart part = SeriesPart::kOnlyThis;  ///< how much of its series is meant

    [[nodiscard]] const Answers& answers() const { return tools.answers; }
    /// Now, on the person's wall clock.
    [[nodiscard]] LocalMinutes now() const;
    [[nodiscard]] Understanding understand(std::string_view text, std::string_view as_intent) const;
};

/// The answer of a turn. What is open afterwards is the card it shows, nothing, or what was
/// open before.
struct Reply {
    enum class After { kClose = 1, kKeep };
    std::string text;
    std::optional<Open> open = {};
    std::string list_label = {};  ///< of the button that opens a list
    std::string link_title = {}, link_url = {};
    std::string media_id = {}, file_name = {};  ///< of a document
    After after = After::kClose;
    bool pass = false;         ///< not for this plugin
    bool silent = false;       ///< a job that has nothing to say yet
    bool forgets = false;      ///< nothing of the conversation is kept
    bool is_reminder = false;  ///< what it opens stands beside what is open
};

[[nodiscard]] Reply say(std::string text, Reply::After after = Reply::After::kClose);
[[nodiscard]] Reply pass_on();

/// Sends the reply inside the channel's limits and commits the state that goes with it.
[[nodiscard]] migue::TurnEnd finish(Scene& scene, Reply reply);

/// The name of the card in the answer to the message whose event would have this id: enough of it
/// to tell the cards of one conversation apart.
[[nodiscard]] std::string card_of(std::string_view event_id);

/// The index of the option a tap chose, if its card is the open one.
[[nodiscard]] std::optional<std::size_t> tapped_option(const Open& open, std::string_view tap_id);

/// Buttons by the name of their label.
[[nodiscard]] Option option(const Scene& scene, Action action, std::string_view label, std::string_view role);

/// An event's time on the person's wall clock, or on its own when whole days.
[[nodiscard]] LocalSpan span_of(const Event& event, std::string_view zone);
[[nodiscard]] std::string when_of(const Scene& scene, const Event& event, bool with_year);
/// Its day and the hour it begins.
[[nodiscard]] std::string begin_of(const Scene& scene, const Event& event);
/// The busy hours among the events, on that zone's wall clock.
[[nodiscard]] std::vector<LocalSpan> busy_spans(const std::vector<Event>& events, std::string_view zone);
/// A guest by name where it is known, else by address.
[[nodiscard]] std::string name_of(const Scene& scene, std::string_view guest);
/// Those who will get a mail, by name.
[[nodiscard]] std::vector<std::string> mailed_names(const Scene& scene,
                                                    const std::vector<std::string>& guests);
/// A title as it is shown: short enough for any card.
[[nodiscard]] std::string shown(std::string_view title);

}  // namespace scheduling
