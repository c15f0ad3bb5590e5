#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <date/date.h>

/// Conversations as text: what people write, tap and share, what the bot answers, and what is in
/// the calendar afterwards. docs/conversations.md tells how to write one.
namespace migue::conversations {

struct Step {
    enum class Kind {
        kSay = 1,   ///< U: text
        kForward,   ///< forward: text of somebody else
        kTap,       ///< tap: title of a button or row of the newest message that has it
        kShare,     ///< share: Name <mail>  or  Name <+573001112233>
        kBurst,     ///< burst: text / text / text
        kSticker,   ///< sticker:
        kQuote,     ///< quote: part of an earlier answer, which the next message replies to
        kAnswer,    ///< B: the whole answer
        kPart,      ///< B~ a part of it, or /a pattern/
        kNothing,   ///< nothing: no answer comes
        kClock,     ///< clock: +16 min
        kCalendar,  ///< calendar: an event; those in a row are all there are
        kMails,     ///< mails: what Google mailed to guests since the last look, or none
        kGoogle,    ///< google: down | up
        kRemoved,   ///< access: withdrawn — in the person's Google account
        kLink,  ///< link: opens the link that was sent, consents, sends the code; link: luz — with another
                ///< account
        kShared,  ///< calendars: Trabajo, Familia (reader) — that the Google account has besides
        kEvent,   ///< event: something another program puts into the calendar
    };
    Kind kind = Kind::kSay;
    int line = 0;
    std::string text;
};

struct Script {
    std::filesystem::path file;
    int line = 0;
    std::string title;     ///< of its "#" line
    std::string name;      ///< file and title, fit for a test's name
    std::string language;  ///< es, en, pt: the folder's name
    std::string zone;      ///< IANA
    std::string person = "María";
    std::string confirm = "when_unsure";
    std::string message_template;  ///< "name language" of the approved one; "" none
    date::local_time<std::chrono::minutes> now{};
    bool on_local = true, on_google = true;
    bool on_chat = true, on_whatsapp = true;
    bool is_linked = true;
    std::vector<Step> steps;
};

/// Every script below the folder, by file and line. Throws std::runtime_error with file and line
/// at the first line that cannot be read.
[[nodiscard]] std::vector<Script> read_scripts(const std::filesystem::path& folder);

/// "2026-11-23 10:05", with whatever follows. Throws std::runtime_error.
[[nodiscard]] date::local_time<std::chrono::minutes> read_time(const std::string& text);

/// An event as scripts write it:
///
///     Dentista 2026-11-27 14:00-15:00
///     Vacaciones 2026-12-21..2026-12-24                          whole days, the last one included
///     Yoga 2026-11-24 07:00-08:00 with ana@x.co every FREQ=DAILY free on Familia
struct EventLine {
    std::string title;
    date::local_time<std::chrono::minutes> begin{}, end{};
    bool all_day = false;
    bool busy = true;
    std::vector<std::string> guests;
    std::string rrule;
    std::string calendar;  ///< "" the person's own
};
/// Throws std::runtime_error that says what was expected.
[[nodiscard]] EventLine read_event(const std::string& text);
[[nodiscard]] std::string write_event(const EventLine& event);

}  // namespace migue::conversations
