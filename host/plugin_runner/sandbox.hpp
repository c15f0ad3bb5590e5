#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "migue/cpp/result.hpp"

namespace migue::runner {

struct Limits {
    unsigned long cpu_seconds = 10;
    std::size_t memory = std::size_t{1} << 30;  ///< address space; not under a sanitizer
};

/// Gives up, for good, what a plugin needs not: privileges, new programs and processes,
/// sockets, signals to and the memory of other processes, core dumps, and all files but those below
/// `readable` and the system's libraries and time zones. Dies with its parent. The error names what the
/// kernel does not offer; what can be had is in force all the same.
[[nodiscard]] Result<void> enter_sandbox(const Limits& limits,
                                         const std::vector<std::filesystem::path>& readable);

}  // namespace migue::runner
