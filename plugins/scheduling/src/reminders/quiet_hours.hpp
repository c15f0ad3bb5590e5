#pragma once
#include <chrono>
#include <cstdint>
#include <string_view>

#include "understanding/draft.hpp"

/// When the bot may write by itself. Pure.
namespace scheduling {

/// From `begin` in the evening to `end` in the morning, minutes of the person's day. Equal: never quiet.
struct QuietHours {
    std::chrono::minutes begin{21 * 60}, end{7 * 60};
};

[[nodiscard]] bool is_quiet(const QuietHours& quiet, LocalMinutes at);
/// The first minute from `at` on that is not quiet.
[[nodiscard]] LocalMinutes after_quiet(const QuietHours& quiet, LocalMinutes at);
/// A minute before `at` that is not quiet, with a little room so that a late one is not quiet either.
[[nodiscard]] LocalMinutes before_quiet(const QuietHours& quiet, LocalMinutes at);

/// When a person is reminded of something that starts then: so long before, or, where that is
/// quiet, at its end if that is still before the start, else before it began.
struct DueTime {
    std::int64_t due_ms = 0;
    bool is_shifted = false;  ///< by the quiet hours
};
[[nodiscard]] DueTime due_of(const QuietHours& quiet, std::string_view zone, std::int64_t start_ms,
                             std::chrono::minutes before);

}  // namespace scheduling
