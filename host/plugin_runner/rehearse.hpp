#pragma once
#include <cstdint>
#include <string>

namespace migue::runner {

/// What is tried on a plugin; see host/plugin_host/rehearsal.hpp, which reads the report.
struct Task {
    std::string check;  ///< "turns", "fuzz" or "swaps"
    std::string file;
    std::string config_json;
    std::uint64_t seed = 1;
    bool may_stay = false;
    bool may_have_threads = false;  ///< it serves in a process of its own (H4)
};

/// Writes the report to standard output, one JSON object a line; gives the exit code. The
/// plugin is driven by migue::plugin_bench: no network, nothing stored.
int rehearse(const Task& task);

}  // namespace migue::runner
