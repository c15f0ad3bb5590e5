#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "booking/series.hpp"
#include "calendar/calendar.hpp"
#include "dialogue/asked.hpp"
#include "understanding/draft.hpp"

/// What a conversation knows: the draft, what is open, what was last done. It travels with
/// the turn as JSON and is committed together with the replies.
namespace scheduling {

inline constexpr std::int64_t kCardLifeMs = 15 * 60 * 1000;
inline constexpr std::int64_t kUndoLifeMs = 10 * 60 * 1000;
inline constexpr std::int64_t kTalkLifeMs = 10 * 60 * 1000;
/// A link's ten minutes, a code's ten, and a little.
inline constexpr std::int64_t kLinkedWaitMs = 25 * 60 * 1000;
inline constexpr std::int64_t kReminderLifeMs = 12LL * 3600 * 1000;

/// What choosing an option does.
enum class Action {
    kBook = 1,   ///< the draft as shown; over an event when `Open::target` is set
    kForce,      ///< the same, although it overlaps
    kChange,     ///< asks what to change
    kDrop,       ///< leaves the draft or the question
    kPick,       ///< takes the option's time (or only its day) into the draft
    kOtherTime,  ///< asks for a time to be written
    kSetEnd,     ///< asks how long a series goes on
    kUndo,
    kCancel,          ///< cancels what the card names
    kCancelOne,       ///< the same, but of a series only the occurrence
    kChoose,          ///< lists the events of the card one by one
    kEvent,           ///< this event is the one meant
    kUnlink,          ///< takes the account's permissions back; the account is in `event_id`
    kShowGuests,      ///< shows all who will get a mail, before it is booked
    kGuest,           ///< this is who is meant; the address is in `event_id`
    kNoGuest,         ///< goes on without inviting the one who was asked about
    kKeepContact,     ///< keeps the address of the guests in the person's own contact book
    kCancelLater,     ///< cancels the occurrence and all after it
    kRetry,           ///< tries again what did not work
    kForgetContact,   ///< takes the address in `event_id` out of the contact book
    kRemind,          ///< reminds of the event in `event_id`, or of the target, so many `minutes` before
    kRemindWhen,      ///< asks how long before
    kUnremind,        ///< takes the reminder of the event in `event_id` back
    kGoing,           ///< answers a reminder: will be there
    kOnCalendar,      ///< puts the draft on the calendar in `event_id`
    kShowCalendar,    ///< what can be done with the calendar in `event_id`
    kWriteCalendar,   ///< new events go to the calendar in `event_id`
    kReadCalendar,    ///< it is read from now on
    kUnreadCalendar,  ///< it is not read any more
    kChangeOne,       ///< the change as shown, of a series only the occurrence
    kChangeLater,     ///< the occurrence and all after it
    kChangeAll,       ///< the whole series
    kAddMeet,         ///< gives the target a link to a video call
    kErase,           ///< deletes everything that is kept about the person
    kBookBoth,        ///< books both drafts of the card
    kChooseOne,       ///< lists the drafts of the card
    kBookOne,         ///< books the draft of that place, in `minutes`
    kSwap,            ///< each of two events goes to the other's time
};

/// One button or row, with the words that choose it when typed.
struct Option {
    Action action = Action::kDrop;
    std::string label;  ///< at most 20 characters as a button, 24 as a row
    std::string hint;   ///< the second line of a row
    std::string role;   ///< list of answers.json that chooses it: "yes", "no" …; or ""
    std::optional<LocalMinutes> start, end;
    bool day_only = false;
    bool all_day = false;
    std::string event_id;
    std::int64_t occurrence_ms = 0;
    std::int64_t minutes = 0;  ///< of a reminder
};

/// What is waiting for an answer.
enum class Waiting {
    kCard = 1,  ///< a draft, or a change of an event, to be confirmed
    kTime,      ///< for a day or an hour
    kTaken,     ///< for another time, because of an overlap
    kChange,    ///< for words that change the draft
    kCancel,    ///< for a yes to a cancellation
    kPick,      ///< for the event that is meant
    kDone,      ///< for nothing; done, and may still be undone or changed
    kLink,      ///< for the code that links a calendar; the draft waits
    kGuest,     ///< for the address of a guest, named in `said`
    kReminder,  ///< for nothing; the person was reminded of the target
    kCalendar,  ///< for a calendar: the draft's, or one to choose something for
};

enum class Purpose { kCancel = 1, kMove };

/// Somebody with an address.
struct Guest {
    std::string name, mail;
};

struct Open {
    Waiting waiting = Waiting::kCard;
    std::string card;  ///< names this card in the ids of its buttons
    std::int64_t at_ms = 0;
    std::string prompt;  ///< its text, to be shown again
    std::vector<Option> options;
    EventDraft draft;
    std::string target;                ///< the event that the draft changes, or ""
    std::optional<Event> before = {};  ///< that event, of a series the occurrence, as the card showed it
    SeriesPart part = SeriesPart::kOnlyThis;  ///< how much of its series was chosen already
    std::vector<std::string> events;          ///< those to be cancelled, or chosen from
    std::vector<std::int64_t> occurrences;    ///< beside `events`: of a series, the one meant; else 0
    Purpose purpose = Purpose::kCancel;
    std::vector<EventDraft> pair;  ///< two wishes of one message, on one card
    std::string said;              ///< the new time of an event that is still to be picked, as written
    std::vector<Guest> guests;     ///< the names behind the addresses of the draft
    bool is_slot_list = false;     ///< hours around one that is taken
};

/// What the last action can be taken back to.
struct Undo {
    enum class Kind { kBooked = 1, kCancelled, kMoved, kSwapped };
    Kind kind = Kind::kBooked;
    std::vector<Event> events;     ///< as they were before; after a booking as it is
    std::vector<Event> made = {};  ///< new ones of a series that was cut, to be taken away
    std::int64_t until_ms = 0;
};

/// A message of ours, and the event it was about: what a quotation of it means.
struct ShownEvent {
    std::string card, event_id;
};

struct State {
    std::optional<Open> open;
    /// The last reminder: it stands beside what is open, and goes on for longer.
    std::optional<Open> reminded;
    /// Drafts that another wish interrupted, the last one behind: they are asked about again after it.
    std::vector<Open> shelved;
    std::optional<Undo> undo;
    std::optional<Asked> asked;       ///< the last question about the calendar
    std::string last_event;           ///< what "it" means
    std::string locale;               ///< of the last message whose language was clear
    std::string fixed_locale;         ///< "habla en español": until another is asked for
    std::vector<std::string> listed;  ///< the events of the last agenda, in its order: "the second one"
    std::int64_t spoke_ms = 0;        ///< when we last said something
    std::vector<ShownEvent> shown;    ///< the last ones, oldest first
    std::vector<std::string> asked_contacts;  ///< addresses that were offered to be kept
    /// Jobs whose promise was told. An attempt of a turn that died may have left a job without.
    std::vector<std::string> promised;

    /// The open card, unless it is older than its life.
    [[nodiscard]] const Open* alive(std::int64_t now_ms) const;
    /// An event was talked about just now: "it" may mean it although no card is open.
    [[nodiscard]] bool talks(std::int64_t now_ms) const;
    /// The last reminder, likewise.
    [[nodiscard]] const Open* alive_reminder(std::int64_t now_ms) const;
};

[[nodiscard]] std::int64_t life_of(Waiting waiting);

/// One open thing as JSON, for a job to go on with; nothing when it cannot be read.
[[nodiscard]] std::string write_open(const Open& open);
[[nodiscard]] std::optional<Open> read_open(std::string_view json);

[[nodiscard]] std::string write_state(const State& state);
/// An empty, foreign or broken state reads as a fresh one.
[[nodiscard]] State read_state(std::string_view json);

}  // namespace scheduling
