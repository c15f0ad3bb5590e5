#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "tests/torture/ledger.hpp"

namespace migue::torture {

/// A promise that was broken.
struct Violation {
    enum class Kind {
        kUnanswered = 1,       ///< acknowledged, and neither answered nor told that it failed
        kUnknownMessage,       ///< an answer to what was never sent, or in another's conversation
        kAnsweredTwice,        ///< two different answers to one message: the turn ran twice
        kRepeatedForNoReason,  ///< a reply came again though its sender was not killed
        kRepeatedTooOften,     ///< more than one reply of a conversation came again for one kill
        kOutOfOrder,           ///< A was acknowledged before B was sent, yet B's answer came first
        kStateLost,            ///< the counts of a conversation's answers are not 1, 2, 3 …
    };
    Kind kind;
    std::uint64_t conversation = 0;
    std::string what;
};

/// What is no violation and yet worth knowing.
struct Findings {
    std::vector<Violation> violations;
    std::size_t answered = 0;
    std::size_t failure_sentences = 0;  ///< in place of answers
    std::size_t repeats = 0;            ///< replies that came again for a kill or an outage
};

/// Checks the whole of a finished run. The bounds:
///
///  - Every acknowledged message is answered; in a conversation as many may lack an answer as
///    there were sentences about failures.
///  - A reply may come again only from another process, after its sender was killed, and of
///    each conversation one for each kill: the one that was under way. An outage of the
///    database counts as a kill of everybody, as nobody could note what was sent.
///  - If A was acknowledged before B of the same conversation was first sent, every copy of
///    A's answer precedes B's.
///  - Each answer counts one more than the one before: each turn took effect once, and what
///    the one before left was there.
[[nodiscard]] Findings check(const Ledger& ledger);

[[nodiscard]] std::string to_string(Violation::Kind kind);

}  // namespace migue::torture
