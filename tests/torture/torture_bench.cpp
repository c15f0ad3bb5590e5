/// The long run of the torture: ./dev bench torture --minutes 60
///
///     bench_torture [--store sqlite,postgres] [--hosts 2] [--minutes 1] [--kills 0] [--seed N]
///
/// Exit 1 when a promise was broken; the seed is printed and repeats what can be repeated.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "tests/integration/process.hpp"
#include "tests/torture/torture.hpp"

namespace {

using namespace migue::torture;

constexpr std::size_t kMostTold = 20;

void tell(const TortureResult& result) {
    fmt::print(
        "  {} messages ({} brought twice, {} overtaken, {} retried), {} answered, {} sentences about "
        "failures\n",
        result.ledger.messages.size(), result.duplicates, result.reordered, result.retries,
        result.findings.answered, result.findings.failure_sentences);
    fmt::print("  {} kills ({} before ready), {} outages of the database, {} replies repeated\n",
               result.kills, result.kills_at_start, result.outages, result.findings.repeats);
    if (!result.take_overs.empty())
        fmt::print(
            "  {} take-overs, the longest until all was answered {} ms (goal: the lease of 5,000 and "
            "1,000)\n",
            result.take_overs.size(),
            std::max_element(result.take_overs.begin(), result.take_overs.end())->count());
    std::size_t told = 0;
    for (const Violation& violation : result.findings.violations) {
        if (++told > kMostTold) {
            fmt::print("  and {} more\n", result.findings.violations.size() - kMostTold);
            break;
        }
        fmt::print("  VIOLATION {}: conversation {}: {}\n", to_string(violation.kind), violation.conversation,
                   violation.what);
    }
    if (!result.findings.violations.empty()) fmt::print("{}\n", result.log_tail);
}

/// True: nothing was violated.
bool run(const std::string& store, const TortureOptions& options) {
    fmt::print("torture: {}, {} host(s), seed {}\n", store, options.hosts, options.seed);
    std::fflush(stdout);
    const migue::test::TemporaryFolder folder;
    const auto database =
        store == "sqlite" ? migue::load::sqlite_database(folder.path()) : migue::load::postgres_database();
    const TortureResult result = torture(options, *database);
    tell(result);
    return result.findings.violations.empty();
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Kills hosts at random moments and checks every promise from outside"};
    TortureOptions options;
    std::vector<std::string> stores{"sqlite", "postgres"};
    double minutes = 1;
    options.kills = 0;
    options.seed = std::random_device{}();
    options.outages_per_minute = 4;
    options.say = [](const std::string& text) {
        fmt::print("  {}\n", text);
        std::fflush(stdout);
    };
    std::size_t hosts = 0;
    app.add_option("--store", stores, "sqlite, postgres")
        ->check(CLI::IsMember({"sqlite", "postgres"}))
        ->delimiter(',');
    app.add_option("--hosts", hosts, "on one Postgres; SQLite has one")->check(CLI::Range(1, 4));
    app.add_option("--minutes", minutes, "of each store")->check(CLI::Range(0.05, 600.0));
    app.add_option("--kills", options.kills, "ends after so many; 0: by the minutes alone");
    app.add_option("--seed", options.seed, "printed by an earlier run");
    app.add_option("--rate", options.rate, "messages a second")->check(CLI::Range(1.0, 2000.0));
    app.add_option("--outages", options.outages_per_minute, "of the database, a minute");
    int think_ms = 300;
    app.add_option("--think-ms", think_ms, "of the plugin")->check(CLI::Range(0, 1500));
    CLI11_PARSE(app, argc, argv);
    options.limit = std::chrono::milliseconds(static_cast<std::int64_t>(minutes * 60'000));
    options.think = std::chrono::milliseconds(think_ms);
    bool all_good = true;
    try {
        for (const std::string& store : stores) {
            options.hosts = store == "sqlite" ? 1 : hosts == 0 ? 2 : hosts;
            all_good &= run(store, options);
        }
    } catch (const std::exception& error) {
        fmt::print(stderr, "bench_torture: {}\n", error.what());
        return 2;
    }
    return all_good ? 0 : 1;
}
