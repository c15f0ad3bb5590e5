#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <date/date.h>

/// What a message says about an event: the border between language and dialogue.
/// Plain values; wall-clock times are in the draft's zone.
namespace scheduling {

using LocalMinutes = date::local_time<std::chrono::minutes>;

/// Everything a reading depends on, besides the words. No hidden clock.
struct Moment {
    std::int64_t now_unix_ms = 0;
    std::string zone = "UTC";  ///< IANA
    std::string locale;        ///< "es", "pt-BR" …; "" when unknown
    std::string region;        ///< ISO 3166 or ""; decides 03/04
    std::chrono::minutes work_begin{9 * 60}, work_end{18 * 60};
};

/// One time expression as `migue understand` prints it (docs of that command).
struct TimeMention {
    std::size_t begin = 0, finish = 0;  ///< byte offsets into the text, half-open
    std::string type;                   ///< date time datetime daterange timerange datetimerange duration set
    std::string start, end, rrule;      ///< "" when absent
    std::string text;                   ///< the words themselves
    bool is_feast = false;              ///< a feast's name: "Christmas", "año nuevo"
};

/// One way to read what was said, as a button would offer it.
struct Choice {
    LocalMinutes start{};
    std::optional<LocalMinutes> end;
    bool all_day = false;
    /// Only where the clock is set back and the hour happens twice: which of the two.
    std::optional<std::chrono::minutes> utc_offset;
};

/// What must be asked before booking.
struct Question {
    std::string kind;  ///< missing_date missing_time part_of_day ambiguous_hour ambiguous_date past
                       ///< impossible clock_change
    std::string said;  ///< for "impossible": what was impossible ("31 de abril")
    std::vector<Choice> choices;
};

struct EventDraft {
    std::string title;                  ///< cleaned, first letter upper case; "" when nothing was said
    std::optional<LocalMinutes> start;  ///< with has_date only: midnight of that day
    std::optional<LocalMinutes> end;    ///< exclusive
    bool has_date = false;              ///< a day was said (also "today", "in two hours")
    bool has_time = false;              ///< a clock time was said
    bool all_day = false;
    std::optional<std::chrono::minutes> duration;  ///< as said
    std::vector<std::string> attendees;            ///< as written: names, e-mails, phone numbers
    bool invites = false;  ///< the words ask to invite them ("invita a", "with … invite")
    std::string location;
    std::string rrule;  ///< RFC 5545, without "RRULE:"
    std::vector<LocalMinutes>
        except;        ///< midnights of days that the rule would hold and the words leave out (EXDATE)
    std::string zone;  ///< the zone of start/end: the one said, else Moment::zone
    bool video_call = false;
    std::optional<std::chrono::minutes> reminder;  ///< before the start
    std::vector<std::string> inferred;             ///< names of fields that were not said
    /// A part of the day without a clock time ("mañana por la tarde"): free hours are offered in it.
    std::optional<std::chrono::minutes> part_begin, part_end;
    std::string calendar;  ///< the one chosen for it (CalendarInfo::key); "" the person's default
    bool show_first =
        false;  ///< a model took part in the reading, or nobody said the hour: shown before it is written
};

/// A stretch of time asked about ("¿qué tengo mañana?", "am I free Wednesday afternoon?").
struct Span {
    LocalMinutes begin{}, end{};
};

struct Understanding {
    EventDraft draft;
    std::vector<TimeMention> times;
    std::optional<Question> question;
    std::optional<Span> span;  ///< what the times cover together; absent when no day was said
    /// A second wish in the same message, as it was typed: from the word that joins it ("y otra con Ana a las
    /// 11", "then 10am design review") to the message's end. Nothing of it is in `draft`, `question` or
    /// `span`, while `times` still lists its times. It can be given to understand() as a message of its own,
    /// with the draft's day in mind where it names none. "" when there is no second wish. Only wishes with an
    /// hour of their own are seen.
    std::string left_out;
    /// "pints friday at 8": nobody asks for anything, and an event is meant. Told apart from talk by its
    /// words alone, so what is made of it is shown before it is written.
    bool is_bare_wish = false;
    /// "estamos abertos das 8 às 17", "não aguento mais …": words that only tell of the world or complain,
    /// and nothing is asked. Whatever times stand in it, it is no event.
    bool is_only_told = false;
};

/// Reads a message. `intent` guides what counts as a title ("cancela la reunión con Laura").
/// Pure and thread-safe; linear in the text's length (at most 4096 characters are read).
[[nodiscard]] Understanding understand(std::string_view text, std::string_view intent, const Moment& moment);

/// An intent that this plugin answers, and what it does then.
struct Intent {
    std::string_view name, purpose;
};
/// All that this plugin answers; whatever else a message is taken for is talk.
inline constexpr Intent kIntents[] = {
    {"schedule_meeting", "puts something into the calendar"},
    {"contacts", "tells whose addresses are kept"},
    {"cancel_meeting", "takes something out of the calendar"},
    {"reschedule_meeting", "moves or changes something in the calendar"},
    {"query_agenda", "tells what is planned, or when one is free"},
    {"find_slot", "looks for free time"},
    {"reminder", "asks to be reminded of something"},
    {"privacy", "exports or deletes what is kept about a person"},
    {"handoff", "pauses and tells whoever runs the bot"},
    {"opt_out", "ends or resumes messages that are no answers"},
    {"travel", "says where the person is for a time"},
    {"digest", "sends the day's agenda in the morning"},
    {"never_mind", "drops what is open"},
    {"voice_note", "listens to a recording, where that is set up"},
    {"link_account", "connects a calendar, or asks for the calendar's link"}};

/// The intent of a message that nobody here has claimed: a bare wish is looked for in it.
[[nodiscard]] bool is_talk(std::string_view intent);

/// The JSON object of ext/understand.h: {"event":…,"times":[…],"question":…}.
[[nodiscard]] std::string to_json(const Understanding& understanding, const Moment& moment,
                                  std::string_view intent);

}  // namespace scheduling
