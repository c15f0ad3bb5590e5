#include <gtest/gtest.h>

#include "migue/cpp/bench.hpp"

using migue::bench::Bench;

TEST(Echo, RepeatsAndCounts) {
    Bench bench(migue_entry_v1);
    EXPECT_EQ(bench.send("hola", {.intent = "echo"}).text(), "1: hola");
    EXPECT_EQ(bench.send("¿qué tal?", {.intent = "echo"}).text(), "2: ¿qué tal?");
}

TEST(Echo, CountsEachConversationForItself) {
    Bench bench(migue_entry_v1);
    bench.send("a", {.conversation = "ana"});
    EXPECT_EQ(bench.send("b", {.conversation = "luis"}).text(), "1: b");
}

TEST(Echo, PassesOnWhatHasNoText) {
    Bench bench(migue_entry_v1);
    EXPECT_EQ(bench.send("", {.input_json = R"({"kind":"image"})"}).status, MIGUE_PASS);
}

TEST(Echo, ARepeatedMessageIsCountedOnce) {
    Bench bench(migue_entry_v1);
    const auto lost = bench.send("hola", {.cut = migue::bench::Cut{.operation = 0}});
    EXPECT_EQ(bench.repeat(lost).text(), "1: hola");
}
