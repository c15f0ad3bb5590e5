#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tests/bench/load/database.hpp"
#include "tests/torture/checker.hpp"

namespace migue::torture {

struct TortureOptions {
    std::uint64_t seed = 1;
    std::size_t hosts = 1;
    std::size_t kills = 20;                    ///< after so many the run ends; 0: only by `limit`
    std::chrono::milliseconds limit{120'000};  ///< of writing; what is open then is waited for
    std::chrono::milliseconds life{1'300};     ///< of a process between two kills, on average
    double outages_per_minute = 0;             ///< of the database, where it can fail
    double rate = 80;                          ///< messages a second, over all hosts
    std::size_t conversations = 80;
    std::chrono::milliseconds think{300};  ///< of the plugin, as a call to the outside takes
    std::chrono::milliseconds graph_latency{20};
    double duplicates = 0.1;                      ///< share of messages that Meta brings again unasked
    double reordered = 0.1;                       ///< share that is overtaken by later ones
    std::chrono::milliseconds settle{90'000};     ///< at most, for what is open at the end
    std::function<void(const std::string&)> say;  ///< progress; may be empty
};

struct TortureResult {
    Ledger ledger;
    Findings findings;
    std::size_t kills = 0, kills_at_start = 0, outages = 0;
    std::size_t duplicates = 0, reordered = 0, retries = 0;
    /// With two hosts: from a kill after which the process stayed away until all that it had
    /// acknowledged was answered by the other.
    std::vector<std::chrono::milliseconds> take_overs;
    std::string log_tail;  ///< of the hosts, when something was violated
};

/// Sends signed webhooks at a rate, to a host chosen by chance as a load balancer would, while
/// hosts are killed at random moments and the database goes away, and keeps a ledger of all
/// that is seen from outside. Messages without a 200 are brought again until there is one.
/// Throws std::runtime_error when a host ends by itself, cannot start or does not settle.
[[nodiscard]] TortureResult torture(const TortureOptions& options, load::Database& database);

}  // namespace migue::torture
