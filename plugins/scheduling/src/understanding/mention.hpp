#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "language/reading.hpp"
#include "understanding/draft.hpp"

/// From the algebra's values to wall-clock times and to what `migue understand` prints.
namespace scheduling {

/// Now, in a zone.
struct LocalNow {
    language::DayNumber day = 0;
    std::int32_t seconds = 0;
};
[[nodiscard]] LocalNow local_now(std::int64_t unix_ms, const std::string& zone);

/// Seconds east of UTC at a wall-clock time; for a time the clock skips, the offset before.
[[nodiscard]] std::int32_t offset_at(const std::string& zone, language::DayNumber day, std::int64_t seconds);

/// How often a wall-clock time happens: 1; 0 when the clock skips it, 2 when it repeats it.
[[nodiscard]] int occurrences(const std::string& zone, language::DayNumber day, std::int64_t seconds);

/// "in 6 hours" is counted by the stopwatch: where the clock changes meanwhile, the wall clock that `value`
/// carries is moved by the change.
void follow_clock_change(language::Value& value, const language::Context& context, const std::string& zone);

/// RFC 5545, without "RRULE:"; "" when the value does not repeat.
[[nodiscard]] std::string rrule_of(const language::Value& value);

/// The expression as printed; nullopt when it has no place on the calendar (31 April).
[[nodiscard]] std::optional<TimeMention> mention_of(const language::Expression& expression,
                                                    const language::Context& context,
                                                    const std::string& zone);

/// "YYYY-MM-DD".
[[nodiscard]] std::string print_day(language::DayNumber day);
/// RFC 3339 with the zone's offset.
[[nodiscard]] std::string print_moment(const std::string& zone, language::DayNumber day,
                                       std::int64_t seconds);

/// The zone said in the expression, else `zone`.
[[nodiscard]] const std::string& zone_of(const language::Value& value, const std::string& zone);

}  // namespace scheduling
