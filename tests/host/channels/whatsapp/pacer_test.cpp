#include "host/channels/whatsapp/pacer.hpp"

#include <gtest/gtest.h>

namespace migue::host::whatsapp {
namespace {

using Kind = Permit::Kind;
constexpr std::uint64_t kMs = 1'000'000;
constexpr std::uint64_t kSecond = 1000 * kMs;
constexpr std::uint64_t kStart = 1000 * kSecond;

TEST(Pacer, LendsAPersonABurstAndThenGivesOneInSixSeconds) {
    Pacer pacer({.per_second = 1000});
    for (int i = 0; i < 45; ++i) EXPECT_EQ(pacer.take(1, kStart + kSecond).kind, Kind::kGo) << i;
    const Permit late = pacer.take(1, kStart + kSecond);
    EXPECT_EQ(late.kind, Kind::kPersonWaits);
    EXPECT_EQ(late.wait_ms, 6000);
    EXPECT_EQ(pacer.take(2, kStart + kSecond).kind, Kind::kGo) << "somebody else";
    EXPECT_EQ(pacer.take(1, kStart + 7 * kSecond).kind, Kind::kGo);
    EXPECT_EQ(pacer.take(1, kStart + 7 * kSecond).kind, Kind::kPersonWaits);
    EXPECT_EQ(pacer.take(1, kStart + 400 * kSecond).kind, Kind::kGo) << "paid back by waiting";
    for (int i = 1; i < 45; ++i) EXPECT_EQ(pacer.take(1, kStart + 400 * kSecond).kind, Kind::kGo) << i;
}

TEST(Pacer, KeepsToTheNumbersPaceWhateverComes) {
    Pacer pacer({.per_second = 80});
    std::int64_t last = 0;
    for (std::uint64_t i = 0; i < 800; ++i) {
        const Permit permit = pacer.take(i, kStart);
        ASSERT_EQ(permit.kind, Kind::kGo);
        EXPECT_GE(permit.wait_ms, last) << "in turn";
        last = permit.wait_ms;
    }
    EXPECT_NEAR(static_cast<double>(last), 10'000, 100) << "800 at 80 a second";
    EXPECT_EQ(pacer.take(9999, kStart + 20 * kSecond).wait_ms, 0);
}

TEST(Pacer, HalvesThePaceWhenGraphSaysSoAndComesBack) {
    Pacer pacer({.per_second = 80});
    for (int i = 0; i < 100; ++i) pacer.slow_down(kStart);
    EXPECT_NEAR(pacer.pace(kStart), 40, 1) << "many calls learn of one refusal";
    pacer.slow_down(kStart + 2 * kSecond);
    EXPECT_NEAR(pacer.pace(kStart + 2 * kSecond), 20, 1);
    EXPECT_NEAR(pacer.pace(kStart + 62 * kSecond), 40, 2);
    EXPECT_EQ(pacer.pace(kStart + 300 * kSecond), 80);
    for (std::uint64_t i = 0; i < 100; ++i) pacer.slow_down(kStart + i * 2 * kSecond);
    EXPECT_GE(pacer.pace(kStart + 200 * kSecond), 1);
}

TEST(Pacer, LendsNothingMoreToAPersonThatGraphFindsTooFast) {
    Pacer pacer({.per_second = 80});
    pacer.exhaust(1, kStart);
    EXPECT_EQ(pacer.take(1, kStart).kind, Kind::kGo);
    EXPECT_EQ(pacer.take(1, kStart).kind, Kind::kPersonWaits);
    EXPECT_EQ(pacer.take(2, kStart).kind, Kind::kGo);
}

TEST(Pacer, WithoutAPaceNothingWaits) {
    Pacer pacer({.per_second = 0});
    pacer.slow_down(kStart);
    pacer.exhaust(1, kStart);
    for (int i = 0; i < 1000; ++i) {
        const Permit permit = pacer.take(1, kStart);
        EXPECT_EQ(permit.kind, Kind::kGo);
        EXPECT_EQ(permit.wait_ms, 0);
    }
}

TEST(Pacer, RemembersNoMorePeopleThanItMay) {
    Pacer pacer({.per_second = 1000, .person_burst = 1, .most_people = 100});
    for (std::uint64_t i = 0; i < 5000; ++i) EXPECT_EQ(pacer.take(i, kStart).kind, Kind::kGo);
    EXPECT_EQ(pacer.take(1, kStart).kind, Kind::kPersonWaits);
    EXPECT_EQ(pacer.take(4000, kStart).kind, Kind::kGo) << "beyond the limit Graph itself refuses";
    for (std::uint64_t i = 5000; i < 7000; ++i) (void)pacer.take(i, kStart + 60 * kSecond);
    EXPECT_EQ(pacer.take(5000, kStart + 60 * kSecond).kind, Kind::kPersonWaits) << "room was made";
}

}  // namespace
}  // namespace migue::host::whatsapp
