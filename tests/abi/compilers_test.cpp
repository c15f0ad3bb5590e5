// One plugin, built by several compilers at several levels (C7): each behaves the same.
#include <gtest/gtest.h>

#include <sstream>

#include "migue/cpp/bench_image.hpp"

namespace migue::bench {

namespace {

std::vector<std::string> images() {
    std::vector<std::string> files;
    std::istringstream in(MIGUE_WAITING_PROBES);
    for (std::string file; std::getline(in, file, ':');) files.push_back(file);
    return files;
}

std::string name_of(const std::string& file) {
    std::string name = file.substr(file.rfind('/') + 1);
    for (char& c : name)
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
    return name;
}

}  // namespace

class C7 : public ::testing::TestWithParam<std::string> {
protected:
    PluginImage image_{GetParam()};
    Bench bench_{image_.entry()};
};

TEST_P(C7, WaitsAndAnswers) {
    EXPECT_EQ(bench_.send("few").text(), R"(3 [{"changed":1,"rows":[]},{"changed":0,"rows":[{"n":1}]}])");
    EXPECT_EQ(bench_.send("few").operations, 3u) << "two timers, one transaction";
}

TEST_P(C7, WaitsOftenOnALittleStack) {
    EXPECT_EQ(bench_.send("many").text(),
              R"(20000 [{"changed":1,"rows":[]},{"changed":0,"rows":[{"n":1}]}])");
}

TEST_P(C7, TurnsAnExceptionIntoAStatus) {  // O4, H7
    const TurnOutcome turn = bench_.send("throw");
    EXPECT_EQ(turn.status, MIGUE_E_INTERNAL);
    EXPECT_EQ(turn.reasons, std::vector<std::string>{"thrown after a wait"});
}

TEST_P(C7, IsCutAndRepeatedAtEveryOperation) {  // T4, T5
    for (std::size_t n = 1; n <= 3; ++n) {
        const TurnOutcome cut =
            bench_.send("few", {.message_id = "m" + std::to_string(n), .cut = Cut{n, false}});
        EXPECT_EQ(cut.status, MIGUE_E_CANCELLED) << n;
        EXPECT_EQ(bench_.repeat(cut).status, MIGUE_OK) << n;
    }
    EXPECT_EQ(bench_.sql("SELECT count(*) AS n FROM waiting_probe.seen"), R"([{"n":3}])");
}

INSTANTIATE_TEST_SUITE_P(Builds, C7, ::testing::ValuesIn(images()),
                         [](const auto& tested) { return name_of(tested.param); });

}  // namespace migue::bench
