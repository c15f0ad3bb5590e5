#pragma once
#include <cstdint>
#include <vector>

#include "language/algebra.hpp"
#include "language/knowledge.hpp"
#include "language/text.hpp"

/// Finds the time expressions of a tokenized message.
///
/// A chart filled from right to left: at each token all patterns that begin there are tried,
/// whose later parts are complete by then. Work per token is bounded, so it is linear in the
/// length of the message whatever the bytes are.
namespace scheduling::language {

/// Some tokens read as one thing.
struct Edge {
    std::uint32_t begin = 0, end = 0;  ///< tokens, half-open
    Symbol symbol = kNoSymbol;
    std::int16_t score = 0;
    Value value;
};

struct ChartResult {
    std::vector<Edge> best;     ///< time expressions that do not overlap, in order
    std::vector<Edge> others;   ///< other readings of exactly the same tokens, equally good
    std::uint64_t steps = 0;    ///< pattern steps taken: what the work is measured by
    LanguageMask language = 0;  ///< the one the message was read in
};

[[nodiscard]] ChartResult parse(const Knowledge&, const Text&, LanguageMask preferred, const Context&);

}  // namespace scheduling::language
