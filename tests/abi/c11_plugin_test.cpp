// A plugin that knows no C++ (C6), as a shared library, on the bench.
#include <gtest/gtest.h>

#include "migue/cpp/bench_image.hpp"

namespace migue::bench {

using namespace std::chrono_literals;

class C6 : public ::testing::Test {
protected:
    PluginImage image_{MIGUE_C11_PROBE};
    Bench bench_{image_.entry()};
};

TEST_F(C6, AnswersAtOnceAndKeepsItsState) {
    EXPECT_EQ(bench_.send("hola").text(), "turn 1");
    EXPECT_EQ(bench_.send("hola").text(), "turn 2");
    EXPECT_EQ(bench_.send("hola", {.conversation = "c2"}).text(), "turn 1");
    EXPECT_EQ(bench_.state(), R"({"count":2})");
}

TEST_F(C6, EndsInsideDone) {
    const TurnOutcome turn = bench_.send("wait");
    EXPECT_EQ(turn.text(), "turn 1");
    EXPECT_EQ(turn.took, 50ms);
}

TEST_F(C6, IsCancelledAtTheDeadline) {
    const TurnOutcome turn = bench_.send("wait", {.time_limit = 10ms});
    EXPECT_EQ(turn.status, MIGUE_E_CANCELLED);
    EXPECT_EQ(bench_.open_operations(), 0u);
}

TEST_F(C6, PassesOn) {
    EXPECT_EQ(bench_.send("pass").status, MIGUE_PASS);
}

TEST_F(C6, IsMadeAgainOnTheSameImage) {  // T7
    bench_.send("hola");
    bench_.restart();
    EXPECT_EQ(bench_.send("hola").text(), "turn 2") << "state travels with the turn";
}

TEST_F(C6, IsRefusedWithAMissingService) {  // V8
    const auto faults = load_faults(image_.entry(), "{}", {.without = {"migue.timer/1"}});
    EXPECT_EQ(faults, std::vector<std::string>{"required_services: this host has no migue.timer/1"});
}

TEST_F(C6, IsRefusedWithAConfigAgainstItsSchema) {
    const auto faults = load_faults(image_.entry(), R"({"colour":"red"})");
    ASSERT_FALSE(faults.empty());
    EXPECT_NE(faults[0].find("colour"), std::string::npos) << faults[0];
}

TEST(PluginImage, SaysWhatIsWrongWithAFile) {
    EXPECT_THROW(PluginImage("/nowhere/x.so"), Fault);
    EXPECT_THROW(PluginImage("libm.so.6"), Fault) << "no entry";
}

}  // namespace migue::bench
