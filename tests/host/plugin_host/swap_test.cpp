#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <set>

#include "host/plugin_host/generation.hpp"
#include "tests/host/plugin_host/test_bed.hpp"

namespace migue::host {
namespace {

using namespace std::chrono_literals;
using test::eventually;
using test::TestBed;

class Swaps : public ::testing::Test {
protected:
    void SetUp() override {
        bed.install("probe", "probe");
        bed.start();
    }
    void swap_to(const std::string& name) {
        bed.install(name, "probe");
        const auto reloaded = bed.host->reload();
        ASSERT_TRUE(reloaded) << reloaded.error().what;
    }
    TestBed bed;
};

TEST_F(Swaps, AnswerFromTheNewFileUnderTheSameName) {  // H8
    const std::uint64_t first = bed.turn("probe", "version").generation;
    EXPECT_EQ(bed.said("probe", "version"), "1.0.0");
    swap_to("probe2");
    EXPECT_EQ(bed.said("probe", "version"), "2.0.0");
    swap_to("probe");
    EXPECT_EQ(bed.said("probe", "version"), "1.0.0");
    EXPECT_GT(bed.turn("probe", "version").generation, first);
    EXPECT_TRUE(eventually([&] { return bed.host->generation_counts().closed == 2; }));
    EXPECT_EQ(bed.host->generation_counts().pinned, 0u);
}

TEST_F(Swaps, LetRunningTurnsFinishOnTheOldGeneration) {
    auto old_turn = bed.begin("probe", "timers 100");  // goes on asking for operations
    swap_to("probe2");
    EXPECT_EQ(bed.said("probe", "version"), "2.0.0");
    const TurnResult finished = old_turn.get();
    EXPECT_EQ(TestBed::text_of(finished), "waited");
    EXPECT_EQ(finished.plugin_version, "1.0.0");
}

TEST_F(Swaps, AreToldTruthfully) {
    bed.host.reset();
    const auto release = bed.directory.path() / "release";
    bed.configure("probe", "release_file: " + release.string());
    bed.start();
    auto old_turn = bed.begin("probe", "hang", 1min);
    EXPECT_EQ(bed.host->list().at(0).state, "active");
    EXPECT_EQ(bed.host->list().at(0).running, 1u);
    swap_to("probe2");
    auto list = bed.host->list();
    ASSERT_EQ(list.size(), 2u);
    EXPECT_EQ(list[0].version, "2.0.0");
    EXPECT_EQ(list[0].state, "active");
    EXPECT_EQ(list[0].isolation, name_of(bed.isolation));
    EXPECT_EQ(list[0].intents, (std::vector<std::string>{"probe", "other"}));
    EXPECT_EQ(list[1].version, "1.0.0");
    EXPECT_EQ(list[1].state, "draining");
    EXPECT_EQ(list[1].running, 1u);
    std::ofstream(release) << "go";
    EXPECT_EQ(old_turn.get().status, MIGUE_OK);
    EXPECT_TRUE(eventually([&] { return bed.host->list().size() == 1; }));
}

TEST_F(Swaps, WithManyOperationsPendingEndEachOfThemOnce) {  // H5
    bed.install("raw", "raw");
    ASSERT_TRUE(bed.host->reload());
    std::vector<std::future<TurnResult>> turns;
    for (int i = 0; i < 100; ++i) turns.push_back(bed.begin("probe", "timer 200"));
    auto left_open = bed.begin("raw", "leave_open");
    EXPECT_EQ(left_open.get().status, MIGUE_OK);
    swap_to("probe2");
    for (auto& turn : turns) {
        const TurnResult result = turn.get();
        EXPECT_EQ(TestBed::text_of(result), "waited");
        EXPECT_EQ(result.plugin_version, "1.0.0");
    }
    // The operation of a turn that is over holds its generation (T5), until it is cancelled.
    EXPECT_EQ(bed.host->list().at(1).running, 1u);
    bed.host->stop(50ms);
    EXPECT_EQ(bed.host->generation_counts().closed, 3u);
}

TEST_F(Swaps, LoseNoTurnUnderLoad) {
    std::atomic<bool> stop{false};
    std::atomic<int> good{0}, bad{0};
    std::vector<std::thread> clients;
    for (int i = 0; i < 3; ++i)
        clients.emplace_back([&, i] {
            while (!stop) {
                const TurnResult result = bed.turn("probe", i == 0 ? "timer 1" : "version");
                ++(result.status == MIGUE_OK && result.replies.size() == 1 ? good : bad);
            }
        });
    for (int i = 0; i < 20; ++i) swap_to(i % 2 == 0 ? "probe2" : "probe");
    stop = true;
    for (std::thread& client : clients) client.join();
    EXPECT_EQ(bad, 0);
    EXPECT_GT(good, 20);
    EXPECT_TRUE(eventually([&] { return bed.host->generation_counts().closed == 20; }));
}

TEST_F(Swaps, ThatFailChangeNothing) {
    bed.install("faulty_none", "faulty");
    bed.install("probe2", "probe");
    // Both changed, one of them is broken: neither is taken.
    std::ofstream(bed.directory.path() / "faulty.so", std::ios::app) << "x";
    const auto reloaded = bed.host->reload();
    ASSERT_FALSE(reloaded);
    EXPECT_NE(reloaded.error().what.find("faulty.so"), std::string::npos) << reloaded.error().what;
    EXPECT_EQ(bed.said("probe", "version"), "1.0.0");
    EXPECT_FALSE(bed.host->has("faulty"));
    EXPECT_EQ(bed.host->list().size(), 1u);
    // Limited to one plugin, the fault of the other is none of its business.
    ASSERT_TRUE(bed.host->reload("probe"));
    EXPECT_EQ(bed.said("probe", "version"), "2.0.0");
}

TEST_F(Swaps, OfNothingDoNothing) {
    const auto generation = bed.host->list().at(0).generation;
    ASSERT_TRUE(bed.host->reload());
    ASSERT_TRUE(bed.host->reload("probe"));
    EXPECT_EQ(bed.host->list().at(0).generation, generation);
    const auto unknown = bed.host->reload("nobody");
    ASSERT_FALSE(unknown);
    EXPECT_NE(unknown.error().what.find("nobody"), std::string::npos);
}

TEST_F(Swaps, AddAndRemovePlugins) {
    bed.install("raw", "raw");
    ASSERT_TRUE(bed.host->reload());
    EXPECT_TRUE(bed.host->has("raw"));
    EXPECT_EQ(bed.host->intents().at("probe"), (std::vector<std::string>{"probe", "other"}));
    LockFile lock = read_lock_file(bed.options.lock_file).value();
    std::erase_if(lock.entries, [](const LockEntry& entry) { return entry.id == "probe"; });
    ASSERT_TRUE(write_lock_file(bed.options.lock_file, lock));
    ASSERT_TRUE(bed.host->reload());
    EXPECT_FALSE(bed.host->has("probe"));
    EXPECT_EQ(bed.turn("probe", "version").status, MIGUE_E_UNAVAILABLE);
    EXPECT_TRUE(bed.host->has("raw"));
}

TEST_F(Swaps, NeedANewFileThatReadsTheOldState) {  // G4
    swap_to("probe_state2");
    bed.install("probe_state3", "probe");
    const auto reloaded = bed.host->reload();
    ASSERT_FALSE(reloaded);
    EXPECT_NE(reloaded.error().what.find("reads state versions 3 to 3, the active one writes 2"),
              std::string::npos)
        << reloaded.error().what;
    EXPECT_EQ(bed.said("probe", "version"), "2.1.0");
}

TEST_F(Swaps, ToAnImageThatStaysMappedAreCounted) {  // H15, H16
    // One in a process of its own goes with it (§9).
    const std::uint64_t stays = bed.isolation == LockEntry::Isolation::kProcess ? 0 : 1;
    swap_to("probe_pinned");
    EXPECT_EQ(bed.said("probe", "version"), "4.0.0");
    swap_to("probe");
    EXPECT_EQ(bed.said("probe", "version"), "1.0.0");
    EXPECT_TRUE(eventually([&] {
        const GenerationCounts counts = bed.host->generation_counts();
        return counts.pinned == stays && counts.closed == 2 - stays;
    }));
    EXPECT_EQ(bed.lines.contain("stays mapped"), stays == 1);
}

TEST_F(Swaps, AreRefusedBeyondTheCapOfPinnedImages) {  // G2
    bed.host.reset();
    bed.options.max_pinned = 0;
    bed.install("probe_pinned", "probe");
    bed.start();
    swap_to("probe");
    ASSERT_TRUE(eventually(
        [&] { return bed.host->generation_counts().pinned + bed.host->generation_counts().closed == 1; }));
    const bool goes = bed.isolation == LockEntry::Isolation::kProcess;  // with its process (§9)
    EXPECT_EQ(bed.host->can_swap(), goes);
    bed.install("probe2", "probe");
    if (goes) {
        ASSERT_TRUE(bed.host->reload());
        EXPECT_EQ(bed.said("probe", "version"), "2.0.0");
        return;
    }
    const auto reloaded = bed.host->reload();
    ASSERT_FALSE(reloaded);
    EXPECT_NE(reloaded.error().what.find("G2"), std::string::npos);
    EXPECT_EQ(bed.said("probe", "version"), "1.0.0");
}

TEST_F(Swaps, SurviveTheDeliveredFileBeingOverwritten) {  // H10
    std::ofstream(bed.directory.path() / "probe.so", std::ios::trunc) << "gone";
    EXPECT_EQ(bed.said("probe", "version"), "1.0.0");
    EXPECT_EQ(bed.said("probe", "timers 3"), "waited");
}

TEST_F(Swaps, SurviveTheDeliveredFileBeingOverwrittenUnderLoad) {  // H10
    std::atomic<bool> is_over{false};
    std::thread overwriting([&] {
        for (int i = 0; i < 200; ++i) {
            // In place, as a careless copy does: what is mapped from this file would be gone.
            std::ofstream file(bed.directory.path() / "probe.so", std::ios::binary | std::ios::trunc);
            file << std::string(static_cast<std::size_t>(i) * 100, '\xff');
        }
        is_over = true;
    });
    std::size_t turns = 0;
    while (!is_over || turns < 50) {
        ASSERT_EQ(bed.said("probe", "echo x"), "x");
        ++turns;
    }
    overwriting.join();
    EXPECT_FALSE(bed.host->reload("probe") && bed.said("probe", "version") != "1.0.0");
    EXPECT_EQ(bed.said("probe", "version"), "1.0.0");
}

TEST(Twins, OfEqualNamesEachFindTheirOwn) {  // H11
    TestBed bed;
    bed.install("twin_1", "twin_a");
    bed.install("twin_2", "twin_b");
    bed.start();
    EXPECT_EQ(bed.said("twin_a", "x"), "11 1");
    EXPECT_EQ(bed.said("twin_b", "x"), "22 2");
    // And a generation after the other does not go on with what the first one had.
    LockFile lock = read_lock_file(bed.options.lock_file).value();
    for (LockEntry& entry : lock.entries) entry.profile = LockEntry::Profile::kPinned;
    ASSERT_TRUE(write_lock_file(bed.options.lock_file, lock));
    ASSERT_TRUE(bed.host->reload());
    EXPECT_EQ(bed.said("twin_a", "x"), "11 1");
    EXPECT_EQ(bed.said("twin_b", "x"), "22 2");
}

TEST_F(Swaps, LeaveNoPrivateFilesBehind) {
    const auto private_files = [&] {
        int count = 0;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(bed.options.staging_dir))
            count += entry.path().extension() == ".so" ? 1 : 0;
        return count;
    };
    EXPECT_EQ(private_files(), 1);
    swap_to("probe2");
    EXPECT_TRUE(eventually([&] { return private_files() == 1; }));
    bed.host.reset();
    EXPECT_TRUE(std::filesystem::is_empty(bed.options.staging_dir));
}

TEST_F(Swaps, StopBackgroundWorkAtQuiesce) {  // T6
    bed.host.reset();
    bed.configure("probe", "background_ms: 1");
    bed.start();
    EXPECT_TRUE(eventually([&] { return std::stoi(bed.said("probe", "background")) > 3; }));
    EXPECT_GE(bed.host->list().at(0).running, 0u);
    swap_to("probe2");
    EXPECT_TRUE(eventually([&] { return bed.host->list().size() == 1; }));
    EXPECT_TRUE(eventually([&] { return std::stoi(bed.said("probe", "background")) > 3; }));
}

TEST(Stop, CancelsWhatDoesNotEndInTime) {
    TestBed bed;
    bed.install("probe", "probe");
    bed.start();
    auto turn = bed.begin("probe", "timer 3600000", 1h);
    bed.host->stop(20ms);
    EXPECT_EQ(turn.get().status, MIGUE_E_CANCELLED);
    EXPECT_TRUE(bed.host->list().empty());
    EXPECT_EQ(bed.host->generation_counts().closed, 1u);
    EXPECT_EQ(bed.turn("probe", "version").status, MIGUE_E_UNAVAILABLE);
    EXPECT_FALSE(bed.host->reload());
}

TEST(Stop, TellsWhoWaitsForATurnThatHangs) {
    TestBed bed;
    const auto release = bed.directory.path() / "release";
    bed.configure("probe", "release_file: " + release.string());
    bed.options.cancel_limit = 50ms;
    bed.install("probe", "probe");
    bed.start();
    auto turn = bed.begin("probe", "hang", 1h);
    ASSERT_TRUE(eventually([&] { return bed.host->list().at(0).running == 1; }));
    std::thread stopping([&] { bed.host->stop(20ms); });
    // A process of its own is ended; what hangs in ours is left behind.
    const bool is_inside = bed.isolation == LockEntry::Isolation::kNone;
    EXPECT_EQ(turn.get().status, is_inside ? MIGUE_E_DEADLINE : MIGUE_E_INTERNAL);
    std::ofstream(release) << "go";
    stopping.join();
    EXPECT_EQ(bed.host->generation_counts().abandoned, is_inside ? 1u : 0u);
}

TEST(Stop, WaitsForWhatEndsByItself) {
    TestBed bed;
    bed.install("probe", "probe");
    bed.start();
    auto turn = bed.begin("probe", "timer 100");
    bed.host->stop(10s);
    EXPECT_EQ(TestBed::text_of(turn.get()), "waited");
}

TEST(Stop, RunsDestructorsOfTheImageAgainstClosedServices) {  // H3, O6
    TestBed bed;
    bed.install("raw", "raw");
    bed.start();
    EXPECT_EQ(bed.said("raw", "dones"), "0");
    bed.host->stop(1s);
    EXPECT_EQ(bed.host->generation_counts().closed, 1u);
    EXPECT_FALSE(bed.lines.contain("from a destructor"));
}

TEST(Start, HappensOnce) {
    TestBed bed;
    bed.install("probe", "probe");
    bed.make();
    EXPECT_FALSE(bed.host->reload());
    ASSERT_TRUE(bed.host->start());
    const auto again = bed.host->start();
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, Error::Code::kState);
}

TEST(Generation, RefusesLeasesOnceRetired) {
    const auto generation = std::make_shared<Generation>(7);
    ASSERT_TRUE(generation->drain(std::chrono::steady_clock::now()));
    EXPECT_FALSE(generation->acquire());
    EXPECT_EQ(generation->number(), 7u);
}

TEST(Generation, DrainReportsALeaseStillOutAtTheDeadline) {
    const auto generation = std::make_shared<Generation>(7);
    const Lease stuck = generation->acquire();
    EXPECT_FALSE(generation->drain(std::chrono::steady_clock::now() + 5ms));
    EXPECT_EQ(generation->leases(), 1u);
}

TEST(Generation, TellsWhenTheLastLeaseOfARetiredOneComesBack) {
    int idle = 0;
    const auto generation = std::make_shared<Generation>(7, [&] { ++idle; });
    Lease first = generation->acquire();
    { const Lease second = generation->acquire(); }
    first = {};
    EXPECT_EQ(idle, 0);
    Lease third = generation->acquire();
    generation->retire();
    third = Lease();
    EXPECT_EQ(idle, 1);
}

}  // namespace
}  // namespace migue::host
