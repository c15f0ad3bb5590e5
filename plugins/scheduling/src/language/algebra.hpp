#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "language/calendar.hpp"
#include "language/value.hpp"

/// How values combine, whatever the language. Actions are named in the patterns files.
namespace scheduling::language {

/// What every reading depends on, besides the words.
struct Context {
    DayNumber today = 0;
    std::int32_t now = 0;     ///< seconds since local midnight
    bool day_first = true;    ///< 03/04 is the 3rd of April
    bool order_known = true;  ///< false: 03/04 must be asked
    /// What most people speak where the person is, as a LanguageMask; it counts when no locale is known. 0:
    /// any.
    std::uint8_t local_language = 0;
    /// "Friday 8" is a date up to so many days ahead; further on the number is an hour.
    DayNumber bare_day_reach = 400;
    Country country{};  ///< whose holidays are meant where countries differ
};

using Arguments = std::span<const Value* const>;

/// Writes the combined value; false when the arguments make no sense together.
using Action = bool (*)(const Context&, Arguments, std::int32_t parameter, Value& out);

/// nullptr when there is none of that name.
[[nodiscard]] Action find_action(std::string_view name);

/// Both at once: "Friday" and "next week", "March" and "3", "tomorrow" and "at 5".
[[nodiscard]] bool meet(const Context&, const Value& a, const Value& b, Value& out);

/// Puts day fields on the calendar: the nearest day, week, month or year that is not over.
/// False when no such day exists.
[[nodiscard]] bool fix_day(const Context&, Value& value);

/// Moves an hour said without its half of the day into the house's half (1–6 is the afternoon).
void settle_hours(Value& value);

/// The usual begin and end of a part of the day, in seconds; may pass midnight.
struct Stretch {
    std::int32_t begin = 0, end = 0;
};
[[nodiscard]] Stretch stretch_of(Part part);

}  // namespace scheduling::language
