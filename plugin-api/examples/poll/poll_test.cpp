#include <gtest/gtest.h>

#include "migue/cpp/bench.hpp"

using migue::bench::Bench;
using migue::bench::Cut;

TEST(Poll, CountsOneVoteAPersonTheLastOne) {
    Bench bench(migue_entry_v1);
    const auto asked = bench.send("poll", {.intent = "poll", .conversation = "ana"});
    EXPECT_EQ(bench.tap(asked.choice("Office"), {.conversation = "ana"}).text(), "Office: 1, Online: 0");
    EXPECT_EQ(bench.tap(asked.choice("Online"), {.conversation = "ana"}).text(), "Office: 0, Online: 1");
    bench.send("poll", {.intent = "poll", .conversation = "luis"});
    EXPECT_EQ(bench.tap("poll:1", {.conversation = "luis"}).text(), "Office: 0, Online: 2");
}

TEST(Poll, CountsAVoteOnceThatWasCutOff) {
    for (const bool after_effect : {false, true}) {
        Bench bench(migue_entry_v1);
        bench.send("poll", {.intent = "poll"});
        const auto cut = bench.tap("poll:0", {.cut = Cut{1, after_effect}});
        EXPECT_EQ(bench.repeat(cut).text(), "Office: 1, Online: 0");
    }
}

TEST(Poll, SaysWhenTheVoteCouldNotBeKept) {
    Bench bench(migue_entry_v1);
    bench.send("poll", {.intent = "poll"});
    bench.fail_next_sql(MIGUE_E_UNAVAILABLE);
    EXPECT_EQ(bench.tap("poll:0").status, MIGUE_E_UNAVAILABLE);
    EXPECT_EQ(bench.sql("SELECT person FROM poll.votes"), "[]");
}
