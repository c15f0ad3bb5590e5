#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "tests/bench/load/database.hpp"
#include "tests/torture/google_checker.hpp"

namespace migue::torture {

struct GoogleTortureOptions {
    std::uint64_t seed = 1;
    std::size_t hosts = 1;
    std::size_t people = 12;
    std::size_t kills = 0;                        ///< after so many the run ends; 0: only by `limit`
    std::chrono::milliseconds limit{20'000};      ///< of writing; what is open then is waited for
    std::chrono::milliseconds silence{45'000};    ///< longer than this nobody waits for an end
    std::function<void(const std::string&)> say;  ///< progress; may be empty
};

struct GoogleTortureResult {
    CalendarLedger ledger;
    CalendarFindings findings;
    std::size_t kills = 0;
    std::map<std::string, std::size_t> steps;  ///< kills by step: "events.insert, done"
    std::size_t repeated = 0;                  ///< replies that came again
    std::vector<std::string> breaches;         ///< requests that no correct client makes
    std::string log_tail;                      ///< of the hosts, when something was violated
};

/// People book, move, cancel and take back on Google Calendar, in three languages, while hosts
/// are killed at chosen steps: when a call arrives at Google, after it took effect, after its
/// answer, and any time up to some milliseconds later, where the host commits.
/// Throws std::runtime_error when a host ends by itself or cannot start.
[[nodiscard]] GoogleTortureResult torture_google(const GoogleTortureOptions& options,
                                                 load::Database& database);

}  // namespace migue::torture
