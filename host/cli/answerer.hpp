#pragma once
#include <functional>
#include <string>

#include "host/intents/router.hpp"
#include "migue/cpp/result.hpp"
#include "migue/ext/understand.h"

namespace migue::host::cli {

/// Puts what a plugin says of a text, the JSON object of ext/understand.h, behind what is in `out`.
using ReadText = std::function<Result<void>(const migue_understand_request&, std::string& out)>;

/// Answers the questions on standard input, JSON lines as docs/language.md describes them, on standard output
/// until they end: what each text wants, as the router tells, and what it says, as `read` does. A question
/// that cannot be read gets an answer that says so. Fails when either side cannot be read or written.
[[nodiscard]] Result<void> answer_questions(const intents::Router& router, const ReadText& read);

}  // namespace migue::host::cli
