#pragma once
#include <string>
#include <vector>

#include "migue/cpp/bench.hpp"

namespace migue::bench {

/// A button or row.
struct Choice {
    std::string id, title;
};

/// Those of all replies, in order. The replies have passed check_reply().
[[nodiscard]] std::vector<Choice> choices_of(const std::vector<Reply>& replies);

}  // namespace migue::bench
