#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/host/plugin_host/test_bed.hpp"

namespace migue::host {
namespace {

using namespace std::chrono_literals;
using test::eventually;
using test::TestBed;

class Turns : public ::testing::Test {
protected:
    void SetUp() override {
        bed.install("probe", "probe");
        bed.install("raw", "raw");
        bed.start();
    }
    TestBed bed;
};

TEST_F(Turns, RunFromRequestToReply) {
    const TurnResult result = bed.turn("probe", "echo hola");
    EXPECT_EQ(result.status, MIGUE_OK);
    ASSERT_EQ(result.replies.size(), 1u);
    EXPECT_EQ(result.replies[0].kind, "text");
    EXPECT_EQ(result.replies[0].body_json, R"({"text":"hola"})");
    EXPECT_EQ(result.plugin_version, "1.0.0");
    EXPECT_GT(result.generation, 0u);
    EXPECT_FALSE(result.state_json);
    EXPECT_FALSE(result.ask_ttl);
}

TEST_F(Turns, TellWhatAMessageMayWantBesides) {
    TurnRequest request = bed.request("input");
    request.input_json =
        R"({"kind":"text","rival":{"confidence":0.4,"intent":"a","plugin":"probe"},"second_wish":{"begin":3,"end":9,"intent":"b","plugin":"other"}})";
    const std::string told = request.input_json;
    const TurnResult result = bed.begin("probe", std::move(request)).get();
    ASSERT_EQ(result.replies.size(), 1u);
    EXPECT_EQ(nlohmann::json::parse(result.replies[0].body_json).at("text"), told);
}

TEST_F(Turns, CarryStateAndQuestion) {
    TurnRequest request = bed.request("state {\"step\":2}");
    request.state_json = R"({"step":1})";
    request.state_version = 1;
    const TurnResult result = bed.begin("probe", std::move(request)).get();
    EXPECT_EQ(result.status, MIGUE_OK);
    EXPECT_EQ(result.replies.at(0).body_json, R"({"text":"had {\"step\":1}"})");
    EXPECT_EQ(result.state_json, R"({"step":2})");
    EXPECT_EQ(result.state_version, 1u);
    EXPECT_EQ(result.ask_ttl, 5min);
}

TEST_F(Turns, RefuseAStateThePluginCannotRead) {
    TurnRequest request = bed.request("echo x");
    request.state_json = "{}";
    request.state_version = 9;
    const TurnResult result = bed.begin("probe", std::move(request)).get();
    EXPECT_EQ(result.status, MIGUE_E_UNAVAILABLE);
    EXPECT_NE(result.reasons.at(0).find("state version 9"), std::string::npos);
}

TEST_F(Turns, OfAnUnknownPluginAreUnavailable) {
    const TurnResult result = bed.turn("nobody", "echo x");
    EXPECT_EQ(result.status, MIGUE_E_UNAVAILABLE);
    EXPECT_NE(result.reasons.at(0).find("nobody"), std::string::npos);
}

TEST_F(Turns, ThatPassChangeNothing) {
    EXPECT_EQ(bed.turn("probe", "pass").status, MIGUE_PASS);
    const TurnResult dirty = bed.turn("probe", "pass_dirty");
    EXPECT_EQ(dirty.status, MIGUE_E_INTERNAL);
    EXPECT_TRUE(dirty.replies.empty());
}

TEST_F(Turns, ThatFailLeaveNothingToCommit) {
    const TurnResult result = bed.turn("probe", "fail");
    EXPECT_EQ(result.status, MIGUE_E_CONFLICT);
    EXPECT_TRUE(result.replies.empty());
    EXPECT_NE(result.reasons.at(0).find("told to fail"), std::string::npos);
}

TEST_F(Turns, ThatThrowInsideTheWrapperEndWithTheReason) {
    const TurnResult result = bed.turn("probe", "throw");
    EXPECT_EQ(result.status, MIGUE_E_INTERNAL);
    EXPECT_NE(result.reasons.at(0).find("inside the plugin"), std::string::npos);
    EXPECT_EQ(bed.said("probe", "echo still here"), "still here");
}

TEST_F(Turns, HaveTheirRepliesChecked) {
    EXPECT_EQ(bed.said("probe", "reply_bad"), "3 1 1 ");  // kUnsupported, kInvalid, kInvalid
}

TEST_F(Turns, WaitWithoutAThread) {
    std::vector<std::future<TurnResult>> turns;
    for (int i = 0; i < 200; ++i) turns.push_back(bed.begin("probe", "timer 50"));
    for (auto& turn : turns) EXPECT_EQ(TestBed::text_of(turn.get()), "waited");
    EXPECT_EQ(bed.said("probe", "timers 50"), "waited");
}

TEST_F(Turns, NeverUseMoreThreadsThanThePluginAllows) {  // T1
    std::vector<std::future<TurnResult>> turns;
    for (int i = 0; i < 12; ++i) turns.push_back(bed.begin("probe", "inside"));
    int most = 0;
    for (auto& turn : turns) most = std::max(most, std::stoi(TestBed::text_of(turn.get())));
    EXPECT_GE(most, 2);
    EXPECT_LE(most, 3);
}

TEST_F(Turns, HaveStepsThatNeverOverlap) {  // T1, T4
    EXPECT_EQ(bed.said("raw", "many"), "ok 50 cancelled 0 overlaps 0");
}

TEST_F(Turns, HearOfEachCancelledOperationOnce) {
    EXPECT_EQ(bed.said("raw", "many_cancelled"), "ok 0 cancelled 50 overlaps 0");
}

TEST_F(Turns, AreCancelledAtTheDeadlineAndUnwind) {  // T4
    const TurnResult result = bed.turn("probe", "timer 3600000", 50ms);
    EXPECT_EQ(result.status, MIGUE_E_CANCELLED);
    EXPECT_NE(result.reasons.at(0).find("cancelled while waiting"), std::string::npos);
    EXPECT_TRUE(eventually([&] { return bed.host->list().at(0).running == 0; }));
}

TEST_F(Turns, ThatNeverEndAreGivenUpAfterTheGrace) {
    const TurnResult result = bed.turn("raw", "never", 50ms);
    EXPECT_EQ(result.status, MIGUE_E_DEADLINE);
    EXPECT_NE(result.reasons.at(0).find("did not end in time"), std::string::npos);
    // Nothing of it can come back, so it does not hold the generation.
    EXPECT_TRUE(eventually([&] { return bed.host->list().at(1).running == 0; }));
}

TEST_F(Turns, MayBeEndedTooLateByAnotherTurn) {
    EXPECT_EQ(bed.turn("raw", "keep", 50ms).status, MIGUE_E_DEADLINE);
    EXPECT_EQ(bed.said("raw", "complete_kept"), std::to_string(MIGUE_E_STATE));
}

TEST_F(Turns, MayBeEndedInTimeByAnotherTurn) {
    auto kept = bed.begin("raw", "keep");
    // The second turn has to find the first one's call.
    ASSERT_TRUE(eventually([&] { return bed.host->list().at(1).running == 1; }));
    while (kept.wait_for(0s) != std::future_status::ready) {
        const TurnResult other = bed.turn("raw", "complete_kept");
        if (TestBed::text_of(other) == "0") break;
    }
    EXPECT_EQ(kept.get().status, MIGUE_OK);
}

TEST_F(Turns, CountOnlyTheFirstComplete) {
    const TurnResult result = bed.turn("raw", "twice");
    EXPECT_EQ(result.status, MIGUE_OK);
    EXPECT_TRUE(result.replies.empty());
    EXPECT_EQ(bed.said("raw", "complete_and_return"), "once");
}

TEST_F(Turns, TakeUnknownStatusesForInternal) {
    EXPECT_EQ(bed.turn("raw", "unknown_status").status, MIGUE_E_INTERNAL);
    EXPECT_EQ(bed.turn("raw", "positive_status").status, MIGUE_E_INTERNAL);
}

TEST_F(Turns, RefuseArgumentsThatBreakTheContract) {
    EXPECT_EQ(bed.said("raw", "null_arguments"), "-1 -1 -1 -1 absent absent");
}

TEST_F(Turns, ThatThrowOverTheBorderQuarantineTheGeneration) {  // H7, O4
    for (const char* how : {"throw", "throw_later"}) {
        TestBed other;
        other.install("raw", "raw");
        other.start();
        const TurnResult thrown = other.turn("raw", how);
        EXPECT_EQ(thrown.status, MIGUE_E_INTERNAL);
        EXPECT_NE(thrown.reasons.at(0).find("O4"), std::string::npos);
        const TurnResult next = other.turn("raw", "dones");
        EXPECT_EQ(next.status, MIGUE_E_UNAVAILABLE);
        EXPECT_EQ(other.host->list().at(0).state, "quarantined");
        // The operator brings it back by asking for it, from the same file.
        const auto reloaded = other.host->reload("raw");
        ASSERT_TRUE(reloaded) << reloaded.error().what;
        EXPECT_EQ(other.said("raw", "dones"), "0");
    }
}

TEST_F(Turns, ThatHangHurtOnlyTheirOwnPlugin) {  // T4, G1, S3
    TestBed other;
    other.options.drain_limit = 50ms;
    const auto release = other.directory.path() / "release";
    other.configure("probe", "release_file: " + release.string());
    other.install("probe", "probe");
    other.install("raw", "raw");
    other.start();
    std::vector<std::future<TurnResult>> stuck;
    for (int i = 0; i < 4; ++i) stuck.push_back(other.begin("probe", "hang", 50ms));
    for (auto& turn : stuck) EXPECT_EQ(turn.get().status, MIGUE_E_DEADLINE);
    EXPECT_EQ(other.said("raw", "many"), "ok 50 cancelled 0 overlaps 0");
    if (other.isolation == LockEntry::Isolation::kProcess) {
        // The process that hangs is killed, and one that works takes its place.
        EXPECT_TRUE(eventually([&] { return other.said("probe", "version") == "1.0.0"; }));
        EXPECT_TRUE(other.lines.contain("it hung: a call did not come back in time"));
        EXPECT_EQ(other.host->generation_counts().abandoned, 0u);
        return;
    }
    // All its workers hang, so a turn of it is not even seen by the plugin.
    const TurnResult unseen = other.turn("probe", "echo x", 50ms);
    EXPECT_EQ(unseen.status, MIGUE_E_DEADLINE);
    EXPECT_NE(unseen.reasons.at(0).find("before a worker"), std::string::npos);
    // A swap helps: the new generation has workers of its own.
    other.install("probe2", "probe");
    ASSERT_TRUE(other.host->reload());
    EXPECT_EQ(other.said("probe", "version"), "2.0.0");
    EXPECT_TRUE(eventually([&] { return other.host->generation_counts().abandoned == 1; }));
    EXPECT_EQ(other.host->list().back().state, "abandoned");
    std::ofstream(release) << "go";
    EXPECT_TRUE(eventually([&] { return other.host->list().back().running == 0; }));
}

}  // namespace
}  // namespace migue::host
