#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "migue/cpp/result.hpp"

namespace migue::host::cli {

/// Puts the answer to a line behind what is in `out`.
using AnswerLine = std::function<void(std::string_view line, std::string& out)>;

/// Answers each line of one file descriptor with a line on the other, in order, until the first one ends.
///
/// Whoever waits for an answer before asking again gets it at once: all answers are out before more is
/// waited for. Lines that have arrived together are answered together, which saves most of the system calls.
/// Fails when either side cannot be read or written.
[[nodiscard]] Result<void> answer_lines(int in, int out, const AnswerLine& answer);

}  // namespace migue::host::cli
