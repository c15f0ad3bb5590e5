#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/torture/spoken.hpp"

namespace migue::torture {

/// Starts of what stands in a calendar, in order; Unix milliseconds.
using Calendar = std::vector<std::int64_t>;

/// What a person heard, and how their calendar looked at that moment.
struct Told {
    Said said = Said::kOther;
    std::string text;
    Calendar calendar;
    std::chrono::milliseconds after{0};  ///< since the message was sent
};

/// One thing that a person asked to be done to their calendar.
struct CalendarStep {
    std::size_t person = 0;
    Said wanted = Said::kBooked;  ///< or kMoved, kCancelled, kUndone
    Calendar before, after;       ///< the calendar without it, and when it is done
    std::vector<Told> told = {};
    bool is_over = false;  ///< false: the run ended first
};

struct CalendarLedger {
    std::vector<CalendarStep> steps;
    std::vector<std::string> unasked;        ///< replies that answered nothing
    std::map<std::size_t, Calendar> at_end;  ///< by person, when all was quiet
};

struct CalendarViolation {
    enum class Kind {
        kSilence = 1,   ///< no end was told, or a promise to tell one was not kept
        kTwoEvents,     ///< one request, two events
        kNotTrue,       ///< what was said is not what the calendar has
        kNoReason,      ///< refused for a time that only the request itself took
        kToldTwice,     ///< two ends of one request
        kUnasked,       ///< a reply nobody waited for, or one that is no answer
        kChangedLater,  ///< the calendar changed after the last word about it
    };
    Kind kind;
    std::size_t person = 0;
    std::string what;
};
[[nodiscard]] std::string_view to_string(CalendarViolation::Kind kind);

struct CalendarFindings {
    std::vector<CalendarViolation> violations;
    std::size_t done = 0;                  ///< and said so
    std::size_t nothing = 0;               ///< told that nothing was done, which is true
    std::size_t unsure = 0;                ///< told that it is not known
    std::size_t gone = 0;                  ///< done, and told that there is no such event any more
    std::size_t promised = 0;              ///< "still trying", and an end later
    std::chrono::milliseconds longest{0};  ///< until the end was told
};

/// Checks a finished run in which each person writes alone in a calendar of their own.
[[nodiscard]] CalendarFindings check(const CalendarLedger& ledger);

}  // namespace migue::torture
