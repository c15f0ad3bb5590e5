#pragma once
#include <string>
#include <string_view>

#include "migue/cpp/result.hpp"

/// What an answer of the Calendar API asks of us. Pure: by status and reason, never by the
/// message; a body that is no error of Google's counts by its status alone.
namespace scheduling {

enum class Verdict {
    kFine = 1,
    kRefresh,    ///< another token, once; then the link is dead
    kRetry,      ///< not done; passes in seconds
    kUnclear,    ///< it may have been done; passes
    kLater,      ///< not done; a limit that lasts
    kScope,      ///< the person has to allow more
    kNotYours,   ///< only the organizer may, or the calendar is read-only
    kOperator,   ///< the Cloud project is set up wrongly
    kMissing,    ///< 404
    kDeleted,    ///< 410
    kDuplicate,  ///< 409
    kChanged,    ///< 412
    kBad,        ///< our fault, or the person's words: never repeated
};

struct ApiError {
    Verdict verdict = Verdict::kFine;
    std::string reason;  ///< Google's, or "" when the body is none of its errors
};

[[nodiscard]] ApiError judge(int status, std::string_view body);

/// The error that a caller of Calendar sees. Not for kFine.
[[nodiscard]] migue::Error to_error(const ApiError& error, int status);

}  // namespace scheduling
