#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/bench/load/database.hpp"
#include "tests/torture/spoken.hpp"

namespace migue::torture {

struct ContestOptions {
    std::uint64_t seed = 1;
    std::size_t hosts = 2;
    std::size_t people = 64;                  ///< all have linked one and the same account
    std::size_t rounds = 1;                   ///< each for another hour
    std::chrono::milliseconds limit{60'000};  ///< of a round
};

struct ContestRound {
    std::map<Said, std::size_t> ends;      ///< how many were told what at the end
    std::map<Said, std::size_t> promised;  ///< the same, of those who were told first that it is tried on
    std::size_t events = 0;                ///< at that hour, when all were told
    std::vector<std::string> strange;      ///< replies that are neither "booked" nor "taken"
    std::chrono::milliseconds longest{0};  ///< until the last end
};

struct ContestResult {
    std::vector<ContestRound> rounds;
    std::vector<std::string> breaches;
};

/// Everybody asks for the same hour of one shared calendar at the same moment, on several hosts.
[[nodiscard]] ContestResult contest(const ContestOptions& options, load::Database& database);

}  // namespace migue::torture
