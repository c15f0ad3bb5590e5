#pragma once

namespace migue::test {

/// What fixtures/failing.cpp carries and failing_swaps.hpp writes: who it is, when it fails
/// ("never", "always", "rehearsal", "warm", "real") and how, and what it answers when it works.
/// Texts end with NUL.
struct FailingMark {
    char lead[16];  ///< "migue-failing:"
    char id[32], when[16], fault[32], answer[32];
};

}  // namespace migue::test
