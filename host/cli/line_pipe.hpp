#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "migue/cpp/result.hpp"

namespace migue::host::cli {

/// Answers each line of one file descriptor with a line on the other, in order, until the first one ends.
///
/// Whoever waits for an answer before asking again gets it at once: all answers are out before more is
/// waited for. Lines that have arrived together are answered together, which saves most of the system calls.
/// Fails when either side cannot be read or written.
[[nodiscard]] Result<void> answer_lines(int in, int out,
                                        const std::function<std::string(std::string_view)>& answer);

}  // namespace migue::host::cli
