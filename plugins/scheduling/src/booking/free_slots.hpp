#pragma once
#include <chrono>
#include <cstddef>
#include <vector>

#include "understanding/draft.hpp"

/// Free time, computed on the wall clock of one zone. Pure: no clock, no store.
namespace scheduling {

/// Busy or free, the end exclusive.
struct LocalSpan {
    LocalMinutes begin{}, end{};
    friend bool operator==(const LocalSpan&, const LocalSpan&) = default;
};

struct SlotWish {
    LocalMinutes wanted{};  ///< nearest to this
    std::chrono::minutes length{30};
    std::chrono::minutes work_begin{9 * 60}, work_end{18 * 60};
    LocalMinutes now{};                         ///< nothing begins before
    LocalMinutes earliest{};                    ///< nor before this; default: no bound
    LocalMinutes latest = LocalMinutes::max();  ///< and all is over by then
    std::size_t limit = 8;
    std::size_t most_that_day = 5;    ///< of the wanted day, where other days may be offered too
    std::size_t most_other_days = 2;  ///< of each other day
};

/// Free slots on the half hour inside working hours, the nearest to `wanted` first, before
/// and after it; on other working days from the same hour outwards. Weekends only when the
/// wanted day is one or nothing else is allowed.
[[nodiscard]] std::vector<LocalSpan> free_slots(const SlotWish& wish, const std::vector<LocalSpan>& busy);

/// Up to three free hours spread over [begin, end) of a day, by time.
[[nodiscard]] std::vector<LocalSpan> spread_slots(const SlotWish& wish, LocalSpan within,
                                                  const std::vector<LocalSpan>& busy);

/// Up to `most` free hours of [begin, end) of a day, an hour or more apart and spread over all of
/// it, by time.
[[nodiscard]] std::vector<LocalSpan> spaced_slots(const SlotWish& wish, LocalSpan within,
                                                  const std::vector<LocalSpan>& busy, std::size_t most);

/// What is left of `within` once the busy spans are taken out, by time.
[[nodiscard]] std::vector<LocalSpan> gaps(LocalSpan within, std::vector<LocalSpan> busy);

}  // namespace scheduling
