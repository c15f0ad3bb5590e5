#pragma once
#include <cstddef>
#include <optional>

#include "understanding/edit.hpp"
#include "understanding/edit_clause.hpp"
#include "understanding/edit_line.hpp"

namespace scheduling {

/// "no gym this monday", "gym is off on friday", "salta el miércoles": an event, or one of a series, that
/// does not take place on a day. Nothing for other words, and for questions. `own`: the words are those of
/// the message's own language; "no" alone is one of others too.
[[nodiscard]] std::optional<Edit> read_left_out(Line& line, ClauseReader& clause, bool own, std::size_t begin,
                                                std::size_t end);

}  // namespace scheduling
