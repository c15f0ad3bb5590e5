#pragma once
#include <iosfwd>
#include <string>

namespace migue::host::chat {

/// A chat in the terminal, over the same HTTP API as the page. Each line of `in` is one
/// message; a bare number taps that button or row while the last reply offered any; /quit
/// or the end of `in` ends it. Waits for the answer before it reads the next line, and
/// shows what comes unasked (reminders) when it comes. Colours only when `out` is a terminal.
///
/// Returns 0, or 2 when the server could not be reached or refused (said on `out`).
[[nodiscard]] int run_terminal_chat(const std::string& base_url, const std::string& token,
                                    const std::string& person, std::istream& in, std::ostream& out);

}  // namespace migue::host::chat
