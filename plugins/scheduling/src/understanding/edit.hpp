#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "understanding/draft.hpp"

/// What a message wants of an event that is there already, be it booked or still a draft: "muévelo una hora
/// más tarde", "add Sam and make it an hour", "cancela a segunda", "who's coming?". A value; what it means
/// for the calendar is the dialogue's business.
namespace scheduling {

/// How the words name the event.
struct EventWords {
    std::vector<std::string> words;            ///< folded; parts of its title or of its guests' names
    std::string said;                          ///< the same as written
    std::optional<Span> span;                  ///< it touches this stretch
    std::optional<std::chrono::minutes> time;  ///< and begins at this hour of the day
    int ordinal = 0;                           ///< "the second one": counted from 1 in what was shown
    bool last = false;                         ///< "la última"
    bool everything = false;                   ///< "all of tomorrow"
    bool both = false;                         ///< the two that were last talked about

    /// Nothing but a pronoun, or not even that: the event that is talked about.
    [[nodiscard]] bool is_it() const {
        return words.empty() && !span && !time && ordinal == 0 && !everything;
    }
};

struct Edit {
    enum class What {
        kNone = 1,  ///< something else: a new wish, a question about the day, an answer
        kCancel,
        kKeep,    ///< "don't cancel it"
        kMove,    ///< to another time; without one it is to be asked for
        kChange,  ///< anything else of it
        kRestore,
        kTell,
    };
    enum class Field { kNone = 1, kTitle, kWhen, kLength, kPlace, kGuests };

    What what = What::kNone;
    EventWords event;
    bool by_verb = false;      ///< a verb says so; otherwise the words only fit what is open
    bool corrects = false;     ///< "no", "mejor", "actually": it takes back what was said
    bool is_question = false;  ///< with kNone: it asks for something else
    /// With kCancel, "no gym on Monday": of what repeats only that day goes, and nothing else is meant by it.
    bool leaves_out = false;
    bool cannot = false;     ///< likewise, because the person cannot: what does not repeat may also be moved
    std::vector<Span> days;  ///< with `leaves_out`, the day; several where the words have several readings
    /// Of read_told(): who did it, or what was done to: "Lucía canceló", "the dentist moved me". `event` is
    /// what is named behind the verb.
    EventWords who;
    bool points = false;  ///< likewise: a pronoun stands for the event ("they moved it", "me canceló")
    Field field = Field::kNone;  ///< what is asked for, or to be changed where its new value is not said

    /// A new time, day, length or repeat rule, as understand() reads it: only `start`, `end`, `duration`,
    /// `rrule`, `all_day` and what goes with them is filled.
    std::optional<Understanding> time;
    bool time_is_end = false;                    ///< that time is the event's end
    std::optional<std::chrono::minutes> shift;   ///< its start, from where it is now; negative is earlier
    int shift_months = 0;                        ///< likewise
    std::optional<std::chrono::minutes> longer;  ///< its length, likewise
    std::optional<std::chrono::minutes> minute;  ///< "half past": of its own hour
    int end_day = 0;                             ///< "until 28": of its own month
    /// "after lunch with Ana": beside another event, where there is one of that name.
    struct Beside {
        bool before = false;
        EventWords event;
    };
    std::optional<Beside> beside;
    std::optional<std::string> title;
    std::optional<std::string> place;                    ///< "" takes it away
    std::vector<std::string> add_guests, remove_guests;  ///< names and addresses as written
    bool remove_all_guests = false;
    std::optional<bool> video;
    bool no_repeat = false;

    /// Something of the event becomes another.
    [[nodiscard]] bool has_changes() const {
        return time || shift || shift_months != 0 || longer || minute || end_day != 0 || beside || title ||
               place || !add_guests.empty() || !remove_guests.empty() || remove_all_guests || video ||
               no_repeat;
    }
};

/// Reads a message about an event. `guests` are the names of those who are invited to what is open: "remove
/// Sam" takes one of them off. Pure and thread-safe.
[[nodiscard]] Edit read_edit(std::string_view text, const Moment& moment,
                             const std::vector<std::string>& guests = {});

/// Reads what is told instead of asked: what others did with an event ("they moved it to Friday", "Lucía
/// canceló"), a day that is no good with another instead ("thursday's no good, friday same time"), an event
/// in front of what is asked for it ("la del dentista, ¿se puede pasar a las 5?"). kNone for all else. It may
/// be told of things that are in no calendar: only where the event is found is anything meant. Pure.
[[nodiscard]] Edit read_told(std::string_view text, const Moment& moment);

}  // namespace scheduling
