#include "host/pipeline/load_gauge.hpp"

#include <gtest/gtest.h>

namespace migue::host {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;

LoadGauge::Options small() {
    LoadGauge::Options options;
    options.patience_s = 2;
    options.first_pace = 100;
    options.always = 10;
    options.never = 1000;
    options.window_ns = kSecond;
    return options;
}

void begin(LoadGauge& gauge, int count) {
    for (int i = 0; i < count; ++i) gauge.begin();
}

TEST(LoadGauge, TakesWhatCanBeDoneInTime) {
    LoadGauge gauge(small());
    begin(gauge, 199);
    EXPECT_FALSE(gauge.overloaded(kSecond / 2));
    gauge.begin();
    EXPECT_TRUE(gauge.overloaded(kSecond / 2));
    EXPECT_EQ(gauge.open(), 200U);
}

TEST(LoadGauge, LearnsThatItIsFaster) {
    LoadGauge gauge(small());
    EXPECT_FALSE(gauge.overloaded(kSecond));  // the first window begins
    for (int i = 0; i < 300; ++i) {
        gauge.begin();
        gauge.end(kSecond + kSecond / 2);
    }
    begin(gauge, 250);
    EXPECT_FALSE(gauge.overloaded(2 * kSecond)) << "300 a second: 600 may be open";
}

TEST(LoadGauge, LearnsThatItIsSlowerOnlyWhileThereIsEnoughToDo) {
    LoadGauge quiet(small());
    EXPECT_FALSE(quiet.overloaded(kSecond));
    for (std::uint64_t second = 2; second < 60; ++second) EXPECT_FALSE(quiet.overloaded(second * kSecond));
    begin(quiet, 150);
    EXPECT_FALSE(quiet.overloaded(60 * kSecond)) << "a quiet minute says nothing about the pace";

    LoadGauge slow(small());
    EXPECT_FALSE(slow.overloaded(kSecond));
    begin(slow, 150);
    for (std::uint64_t second = 2; second < 6; ++second) (void)slow.overloaded(second * kSecond);
    EXPECT_TRUE(slow.overloaded(6 * kSecond)) << "150 are open and nothing gets done";
}

TEST(LoadGauge, KeepsItsBoundsWhateverThePaceIs) {
    LoadGauge gauge(small());
    EXPECT_FALSE(gauge.overloaded(kSecond));
    begin(gauge, 9);
    for (std::uint64_t second = 2; second < 30; ++second) (void)gauge.overloaded(second * kSecond);
    EXPECT_FALSE(gauge.overloaded(30 * kSecond)) << "a few may always be open";
    for (int i = 0; i < 100'000; ++i) {
        gauge.begin();
        gauge.end(30 * kSecond + 1);
    }
    begin(gauge, 1000);
    EXPECT_TRUE(gauge.overloaded(31 * kSecond)) << "all of it is in memory";
}

}  // namespace
}  // namespace migue::host
