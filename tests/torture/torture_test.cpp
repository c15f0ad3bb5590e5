#include "tests/torture/torture.hpp"

#include <gtest/gtest.h>

#include <random>

#include "tests/integration/process.hpp"

namespace migue::torture {
namespace {

using namespace std::chrono_literals;

/// The long run is ./dev bench torture.
TortureOptions short_run() {
    TortureOptions options;
    options.seed = std::random_device{}();
    options.kills = 15;
    options.limit = 30s;
    options.life = 900ms;
    return options;
}

void expect_all_kept(const TortureOptions& options, const TortureResult& result) {
    EXPECT_GE(result.kills, 3u);
    EXPECT_GT(result.findings.answered, 50u);
    for (const Violation& violation : result.findings.violations)
        ADD_FAILURE() << to_string(violation.kind) << ", conversation " << violation.conversation << ": "
                      << violation.what << ", seed " << options.seed;
    if (!result.findings.violations.empty()) ADD_FAILURE() << result.log_tail;
}

TEST(Torture, ASqliteHostThatIsKilledKeepsEveryPromise) {
    const test::TemporaryFolder folder;
    const auto database = load::sqlite_database(folder.path());
    const TortureOptions options = short_run();
    expect_all_kept(options, torture(options, *database));
}

TEST(Torture, TwoHostsOnOnePostgresThatGoesAwayKeepEveryPromise) {
    const auto database = load::postgres_database();
    TortureOptions options = short_run();
    options.hosts = 2;
    options.kills = 8;
    options.limit = 40s;
    options.outages_per_minute = 4;
    expect_all_kept(options, torture(options, *database));
}

}  // namespace
}  // namespace migue::torture
