#include "model_client/circuit_breaker.hpp"

#include <gtest/gtest.h>

namespace scheduling::model {
namespace {

using model_client::CircuitBreaker;

constexpr std::uint64_t kSecond = 1'000'000'000;

TEST(CircuitBreaker, ClosesAfterFiveFaultsInAMinute) {
    CircuitBreaker breaker;
    for (int i = 0; i < 4; ++i) breaker.failed(i * kSecond + 1);
    EXPECT_TRUE(breaker.lets_through(5 * kSecond));
    breaker.failed(5 * kSecond);
    EXPECT_FALSE(breaker.lets_through(6 * kSecond));
    EXPECT_FALSE(breaker.lets_through(64 * kSecond));
}

TEST(CircuitBreaker, FaultsFarApartDoNotAddUp) {
    CircuitBreaker breaker;
    for (std::uint64_t i = 1; i < 20; ++i) {
        breaker.failed(i * 20 * kSecond);
        EXPECT_TRUE(breaker.lets_through(i * 20 * kSecond + 1)) << i;
    }
}

TEST(CircuitBreaker, LetsOneTryAfterThePause) {
    CircuitBreaker breaker;
    for (int i = 0; i < 5; ++i) breaker.failed(kSecond);
    EXPECT_TRUE(breaker.lets_through(62 * kSecond));
    EXPECT_FALSE(breaker.lets_through(62 * kSecond));
    breaker.succeeded();
    EXPECT_TRUE(breaker.lets_through(63 * kSecond));
    EXPECT_TRUE(breaker.lets_through(63 * kSecond));
}

TEST(CircuitBreaker, OneMoreFaultAfterThePauseIsEnough) {
    CircuitBreaker breaker;
    for (int i = 0; i < 5; ++i) breaker.failed(kSecond);
    EXPECT_TRUE(breaker.lets_through(62 * kSecond));
    breaker.failed(63 * kSecond);
    EXPECT_FALSE(breaker.lets_through(122 * kSecond));
    EXPECT_TRUE(breaker.lets_through(124 * kSecond));
}

TEST(CircuitBreaker, RestsAsLongAsItIsTold) {
    CircuitBreaker breaker;
    breaker.pause_until(600 * kSecond);
    EXPECT_FALSE(breaker.lets_through(599 * kSecond));
    EXPECT_TRUE(breaker.lets_through(600 * kSecond));
}

}  // namespace
}  // namespace scheduling::model
