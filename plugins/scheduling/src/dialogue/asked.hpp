#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "understanding/draft.hpp"

/// What a question about the calendar is about, and what a later one goes on from. Plain values.
namespace scheduling {

/// How long "and Friday?" still goes on from the last question.
inline constexpr std::int64_t kAskedLifeMs = 10 * 60 * 1000;

/// What is wanted. Up to kBooked of one event, after it of days.
enum class Asks {
    kWhen = 1,  ///< "what time is my massage?"
    kNext,      ///< "when is my next meeting with Ana?"
    kWhere,
    kWho,
    kLength,
    kEnd,
    kUntil,  ///< "how many days until my flight?"
    kAfter,  ///< "and what is after that?"
    kBooked,
    kIsDay,   ///< "is the 28th a Saturday?"
    kAgenda,  ///< "what do I have on Friday?"
    kCount,
    kFinish,  ///< "what time do I finish on Wednesday?"
    kStart,
    kClash,
    kFree,    ///< "am I free on Friday?"
    kBusy,    ///< the same, the other way round
    kSlots,   ///< "when am I free?": hours to pick
    kAmount,  ///< "how much free time do I have?"
};

/// Days, and hours in each of them.
struct Window {
    date::local_days first{}, last{};                ///< both are in it
    std::optional<std::chrono::minutes> from, to{};  ///< the hours, where some were said
    bool is_hour = false;                            ///< one clock time, no stretch or part of the day
    bool takes_next_week = false;  ///< this week is over today: the coming one is in it as well

    [[nodiscard]] bool is_one_day() const { return first == last; }
};

/// The last question that was answered.
struct Asked {
    Asks asks = Asks::kAgenda;
    Window window;
    std::string words;          ///< that named the event, folded, with spaces
    std::int64_t event_ms = 0;  ///< the start of the occurrence that was shown
    std::int64_t at_ms = 0;
};

}  // namespace scheduling
