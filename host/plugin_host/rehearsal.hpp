#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "migue/cpp/result.hpp"

namespace migue::host {

/// What is tried on a plugin file in a process of its own, `migue-plugin-runner`: a crash, a
/// hang or a leak there is a finding and nothing else.
struct Rehearsal {
    enum class Check {
        kTurns = 1,  ///< load, describe, create, one turn an intent, quiesce, destroy, unload
        kFuzz,       ///< turns of any input, by a seed
        kSwaps,      ///< loaded and unloaded 1,000 times: memory and mappings stay level
    };
    std::filesystem::path runner;  ///< the program
    std::filesystem::path file;    ///< absolute; nobody else writes it
    Check check = Check::kTurns;
    std::string config_json = "{}";
    bool may_stay = false;     ///< it may stay mapped (profile: pinned)
    bool own_process = false;  ///< isolation: process; it may stay mapped and have threads
    std::uint64_t seed = 1;
    std::chrono::milliseconds limit{10'000};
};

[[nodiscard]] std::string_view name_of(Rehearsal::Check check) noexcept;

/// What was found, each "<id>: <what>; <what to do>"; empty when all is well. An error: the
/// runner itself could not be run. Waits, at most for `limit`.
[[nodiscard]] Result<std::vector<std::string>> rehearse(const Rehearsal& rehearsal);

}  // namespace migue::host
