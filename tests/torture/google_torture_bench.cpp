/// Kills at every step of what is done on Google Calendar: ./dev bench google_torture --seconds 600
///
///     bench_google_torture [--store sqlite,postgres] [--hosts 2] [--seconds 60] [--people 12] [--seed N]
///
/// Exit 1 when a promise was broken; the seed is printed and repeats what can be repeated.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "tests/integration/process.hpp"
#include "tests/torture/google_torture.hpp"

namespace {

using namespace migue::torture;

constexpr std::size_t kMostTold = 20;

void tell(const GoogleTortureResult& result) {
    const CalendarFindings& found = result.findings;
    fmt::print(
        "  {} steps asked for, {} done and said, {} told that nothing was done, {} that it is not known, "
        "{} that the event is gone\n",
        result.ledger.steps.size(), found.done, found.nothing, found.unsure, found.gone);
    fmt::print(
        "  {} kills, {} promises kept, the longest wait for an end {} ms, {} replies repeated, {} breaches\n",
        result.kills, found.promised, found.longest.count(), result.repeated, result.breaches.size());
    for (const auto& [step, kills] : result.steps) fmt::print("    {:4} {}\n", kills, step);
    std::size_t told = 0;
    for (const CalendarViolation& violation : found.violations) {
        if (++told > kMostTold) break;
        fmt::print("  VIOLATION {}: person {}: {}\n", to_string(violation.kind), violation.person,
                   violation.what);
    }
    fmt::print("  {} violations\n", found.violations.size());
    for (const std::string& breach : result.breaches) fmt::print("  BREACH {}\n", breach);
    if (!found.violations.empty()) fmt::print("{}\n", result.log_tail);
}

/// True: nothing was violated.
bool run(const std::string& store, const GoogleTortureOptions& options) {
    fmt::print("google torture: {}, {} host(s), seed {}\n", store, options.hosts, options.seed);
    std::fflush(stdout);
    const migue::test::TemporaryFolder folder;
    const auto database =
        store == "sqlite" ? migue::load::sqlite_database(folder.path()) : migue::load::postgres_database();
    const GoogleTortureResult result = torture_google(options, *database);
    tell(result);
    return result.findings.violations.empty() && result.breaches.empty();
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Kills hosts at every step of a booking and checks every promise from outside"};
    GoogleTortureOptions options;
    std::vector<std::string> stores{"sqlite", "postgres"};
    double seconds = 60;
    std::size_t hosts = 2;
    options.seed = std::random_device{}();
    options.say = [](const std::string& text) {
        fmt::print("  {}\n", text);
        std::fflush(stdout);
    };
    app.add_option("--store", stores, "sqlite, postgres")
        ->check(CLI::IsMember({"sqlite", "postgres"}))
        ->delimiter(',');
    app.add_option("--hosts", hosts, "on one Postgres; SQLite has one")->check(CLI::Range(1, 4));
    app.add_option("--seconds", seconds, "of each store")->check(CLI::Range(1.0, 36'000.0));
    app.add_option("--kills", options.kills, "ends after so many; 0: by the seconds alone");
    app.add_option("--people", options.people, "who write at the same time")->check(CLI::Range(1, 64));
    app.add_option("--seed", options.seed, "printed by an earlier run");
    CLI11_PARSE(app, argc, argv);
    options.limit = std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
    bool all_good = true;
    try {
        for (const std::string& store : stores) {
            options.hosts = store == "sqlite" ? 1 : hosts;
            all_good &= run(store, options);
        }
    } catch (const std::exception& error) {
        fmt::print(stderr, "bench_google_torture: {}\n", error.what());
        return 2;
    }
    return all_good ? 0 : 1;
}
