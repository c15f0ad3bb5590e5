#pragma once
#include <string>
#include <string_view>

#include "migue/cpp/result.hpp"

namespace migue::host::postgres {

/// How far a call had come when it failed.
enum class Stage {
    kConnecting = 1,
    kInside,      ///< in a transaction whose COMMIT was not sent: nothing stays of it
    kCommitting,  ///< a statement of its own, or COMMIT: it may have happened
};

/// What Postgres, a pooler or libpq said.
struct Said {
    std::string_view sqlstate = {};  ///< five characters, or "" when it came from libpq
    std::string_view text = {};
    bool is_lost = false;  ///< the connection is gone
};

/// As a migue error:
///
///   kUnavailable  nothing happened, try again: serialization, deadlock, lock or statement
///                 time-out, shutting down, out of resources, away
///   kDeadline     in doubt: the connection was lost after the statement was sent
///   kConflict     a constraint
///   kConfig       an operator has to act: wrong password, missing right, table or database
///   kInvalid      data that its column does not take
///   kInternal     all else: a bug of ours, or a broken server
///
/// The text never holds a value of a row or of a parameter: only what is known not to is kept.
[[nodiscard]] Error failure(const Said& said, Stage stage);

}  // namespace migue::host::postgres
