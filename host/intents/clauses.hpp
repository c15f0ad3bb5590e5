#pragma once
#include <string_view>
#include <vector>

namespace migue::host::intents {

/// At most this many clauses of a message are looked at.
inline constexpr std::size_t kMaxClauses = 4;

/// Where a message may hold two wishes ("cancela lo de hoy y muévelo … ", "thanks. What's on
/// tomorrow?"): its parts between ends of sentences, semicolons and the words that join wishes
/// (y, and, e, luego, then, depois …). Empty when it is one clause; parts of one word do not
/// count. Views into `text`.
[[nodiscard]] std::vector<std::string_view> clauses(std::string_view text);

}  // namespace migue::host::intents
