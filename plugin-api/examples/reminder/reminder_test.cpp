#include <gtest/gtest.h>

#include "migue/cpp/bench.hpp"

using migue::bench::Bench;
using migue::bench::Cut;
using namespace std::chrono_literals;

TEST(Reminder, WritesWhenTheTimeHasCome) {
    Bench bench(migue_entry_v1);
    EXPECT_EQ(bench.send("remind me in 10 minutes").text(), "I will write in 10 minutes.");
    bench.advance(9min);
    EXPECT_TRUE(bench.run_due_jobs().empty());
    bench.advance(1min);
    const auto due = bench.run_due_jobs();
    ASSERT_EQ(due.size(), 1u);
    EXPECT_EQ(due[0].text(), "You wanted to be reminded. It is time.");
    EXPECT_TRUE(bench.jobs().empty());
}

TEST(Reminder, OutlivesASwap) {
    Bench bench(migue_entry_v1);
    bench.send("remind me in 1 minute");
    bench.restart();
    bench.advance(1min);
    EXPECT_EQ(bench.run_due_jobs().size(), 1u);
}

TEST(Reminder, IsStoredOnceWhenTheTurnIsCutOff) {
    for (const bool after_effect : {false, true}) {
        Bench bench(migue_entry_v1);
        const auto cut = bench.send("remind me in 5 minutes", {.cut = Cut{1, after_effect}});
        bench.repeat(cut);
        EXPECT_EQ(bench.jobs().size(), 1u);
    }
}

TEST(Reminder, AsksForANumberThatMakesSense) {
    Bench bench(migue_entry_v1);
    for (const char* text : {"remind me", "in 0 minutes", "in 99999999999999999999 minutes"})
        EXPECT_EQ(bench.send(text).text(), "In how many minutes? Write a number from 1 to 10080.") << text;
}
