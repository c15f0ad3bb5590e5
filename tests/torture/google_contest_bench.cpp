/// Many people, one hour: ./dev bench google_contest --rounds 50
///
///     bench_google_contest [--people 64] [--hosts 2] [--rounds 10] [--seed N]
///
/// Exit 1 when any round had not exactly one winner.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <random>

#include "tests/torture/google_contest.hpp"

int main(int argc, char** argv) {
    using namespace migue::torture;
    CLI::App app{"Everybody asks for the same hour of one shared Google Calendar at once"};
    ContestOptions options;
    options.rounds = 10;
    options.seed = std::random_device{}();
    app.add_option("--people", options.people, "who linked the same account")->check(CLI::Range(2, 100));
    app.add_option("--hosts", options.hosts, "on one Postgres")->check(CLI::Range(1, 4));
    app.add_option("--rounds", options.rounds, "each for another hour");
    app.add_option("--seed", options.seed, "printed by an earlier run");
    CLI11_PARSE(app, argc, argv);
    fmt::print("google contest: {} people, {} hosts, seed {}\n", options.people, options.hosts, options.seed);
    try {
        const auto database = migue::load::postgres_database();
        const ContestResult result = contest(options, *database);
        std::size_t good = 0;
        for (const ContestRound& round : result.rounds) {
            const std::size_t booked = round.ends.at(Said::kBooked), taken = round.ends.at(Said::kTaken);
            const bool fair = round.events == 1 && booked == 1 && booked + taken == options.people;
            good += fair ? 1 : 0;
            if (!fair) fmt::print("  VIOLATION");
            fmt::print("  {} events, {} booked, {} taken, the last told after {} ms\n", round.events, booked,
                       taken, round.longest.count());
            for (std::size_t i = 0; i < std::min<std::size_t>(round.strange.size(), 5); ++i)
                fmt::print("    {}\n", round.strange[i]);
        }
        fmt::print("  {} of {} rounds had one winner, {} breaches\n", good, result.rounds.size(),
                   result.breaches.size());
        return good == result.rounds.size() && result.breaches.empty() ? 0 : 1;
    } catch (const std::exception& error) {
        fmt::print(stderr, "bench_google_contest: {}\n", error.what());
        return 2;
    }
}
