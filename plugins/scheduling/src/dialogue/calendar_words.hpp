#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "dialogue/answers.hpp"

/// How a sentence names a calendar: "en mi calendario personal", "in my work calendar", "na agenda da
/// família". Pure.
namespace scheduling {

/// A stretch that may name one. Where a name ends only the list of calendars can tell, so there are
/// several of different lengths.
struct CalendarMention {
    std::size_t begin = 0, end = 0;  ///< in bytes, with the words that lead to it
    std::string name;                ///< as written
    /// It names a calendar even when there is none of that name: it is no event's title.
    bool is_sure = false;
};

/// The longest names first.
[[nodiscard]] std::vector<CalendarMention> calendar_mentions(const Answers& answers, std::string_view text);

/// The text without that stretch, its spaces joined.
[[nodiscard]] std::string without(std::string_view text, const CalendarMention& mention);

/// What is left of a sentence that does nothing but choose a calendar: "muéstrame también el de la
/// familia" is "familia".
[[nodiscard]] std::string calendar_name_left(const Answers& answers, std::string_view text);

}  // namespace scheduling
