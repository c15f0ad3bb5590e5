// Plugins that know no C++, as shared libraries, on the bench: one in C11 (C6), and one in Rust where
// there is a compiler for it (C8). Both do the same.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "migue/cpp/bench_image.hpp"

namespace migue::bench {

using namespace std::chrono_literals;

struct Probe {
    const char *language, *file;
};

class WithoutCpp : public ::testing::TestWithParam<Probe> {
protected:
    PluginImage image_{GetParam().file};
    Bench bench_{image_.entry()};
};

std::vector<Probe> probes() {
    std::vector<Probe> all{{"C11", MIGUE_C11_PROBE}};
#if defined(MIGUE_RUST_PROBE)
    all.push_back({"Rust", MIGUE_RUST_PROBE});
#endif
    return all;
}
INSTANTIATE_TEST_SUITE_P(Languages, WithoutCpp, ::testing::ValuesIn(probes()),
                         [](const auto& probe) { return std::string(probe.param.language); });

TEST_P(WithoutCpp, AnswersAtOnceAndKeepsItsState) {
    EXPECT_EQ(bench_.send("hola").text(), "turn 1");
    EXPECT_EQ(bench_.send("hola").text(), "turn 2");
    EXPECT_EQ(bench_.send("hola", {.conversation = "c2"}).text(), "turn 1");
    EXPECT_EQ(bench_.state(), R"({"count":2})");
}

TEST_P(WithoutCpp, EndsInsideDone) {
    const TurnOutcome turn = bench_.send("wait");
    EXPECT_EQ(turn.text(), "turn 1");
    EXPECT_EQ(turn.took, 50ms);
}

TEST_P(WithoutCpp, IsCancelledAtTheDeadline) {
    const TurnOutcome turn = bench_.send("wait", {.time_limit = 10ms});
    EXPECT_EQ(turn.status, MIGUE_E_CANCELLED);
    EXPECT_EQ(bench_.open_operations(), 0u);
}

TEST_P(WithoutCpp, PassesOn) {
    EXPECT_EQ(bench_.send("pass").status, MIGUE_PASS);
}

TEST_P(WithoutCpp, IsMadeAgainOnTheSameImage) {  // T7
    bench_.send("hola");
    bench_.restart();
    EXPECT_EQ(bench_.send("hola").text(), "turn 2") << "state travels with the turn";
}

TEST_P(WithoutCpp, IsRefusedWithAMissingService) {  // V8
    const auto faults = load_faults(image_.entry(), "{}", {.without = {"migue.timer/1"}});
    EXPECT_EQ(faults, std::vector<std::string>{"required_services: this host has no migue.timer/1"});
}

TEST_P(WithoutCpp, IsRefusedWithAConfigAgainstItsSchema) {
    const auto faults = load_faults(image_.entry(), R"({"colour":"red"})");
    ASSERT_FALSE(faults.empty());
    EXPECT_NE(faults[0].find("colour"), std::string::npos) << faults[0];
}

TEST(PluginImage, SaysWhatIsWrongWithAFile) {
    EXPECT_THROW(PluginImage("/nowhere/x.so"), Fault);
    EXPECT_THROW(PluginImage("libm.so.6"), Fault) << "no entry";
}

}  // namespace migue::bench
