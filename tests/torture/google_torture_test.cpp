#include "tests/torture/google_torture.hpp"

#include <gtest/gtest.h>

#include <random>

#include "tests/integration/process.hpp"
#include "tests/torture/google_contest.hpp"

namespace migue::torture {
namespace {

using namespace std::chrono_literals;

void expect_all_kept(const GoogleTortureOptions& options, const GoogleTortureResult& result) {
    EXPECT_GE(result.kills, 1u);
    EXPECT_GT(result.findings.done, 10u);
    for (const CalendarViolation& violation : result.findings.violations)
        ADD_FAILURE() << to_string(violation.kind) << ", person " << violation.person << ": "
                      << violation.what << ", seed " << options.seed;
    for (const std::string& breach : result.breaches) ADD_FAILURE() << breach;
    if (!result.findings.violations.empty()) ADD_FAILURE() << result.log_tail;
}

/// The long run is ./dev bench google_torture.
TEST(GoogleTorture, ASqliteHostThatIsKilledAtAnyStepTellsTheTruth) {
    const test::TemporaryFolder folder;
    const auto database = load::sqlite_database(folder.path());
    GoogleTortureOptions options;
    options.seed = std::random_device{}();
    options.kills = 14;
    options.limit = 12s;
    expect_all_kept(options, torture_google(options, *database));
}

TEST(GoogleTorture, TwoHostsOnOnePostgresTellTheTruth) {
    const auto database = load::postgres_database();
    GoogleTortureOptions options;
    options.seed = std::random_device{}();
    options.hosts = 2;
    options.kills = 3;
    options.limit = 12s;
    expect_all_kept(options, torture_google(options, *database));
}

TEST(GoogleContest, OfSixtyFourRequestsForOneHourOneWins) {
    const auto database = load::postgres_database();
    ContestOptions options;
    options.seed = std::random_device{}();
    const ContestResult result = contest(options, *database);
    ASSERT_EQ(result.rounds.size(), options.rounds);
    for (const ContestRound& round : result.rounds) {
        EXPECT_EQ(round.events, 1u) << "seed " << options.seed;
        EXPECT_EQ(round.ends.at(Said::kBooked), 1u) << "seed " << options.seed;
        EXPECT_EQ(round.ends.at(Said::kTaken), options.people - 1) << "seed " << options.seed;
    }
    for (const std::string& breach : result.breaches) ADD_FAILURE() << breach;
}

}  // namespace
}  // namespace migue::torture
