#include <gtest/gtest.h>

#include "migue/cpp/bench.hpp"

using migue::bench::Bench;

constexpr const char* kConfig = R"({"answers":[
  {"words":["open","hours"],"answer":"From nine to six."},
  {"words":["open","sunday"],"answer":"Closed on Sundays."}]})";

TEST(Faq, GivesTheAnswerWithMostWords) {
    Bench bench(migue_entry_v1, kConfig);
    EXPECT_EQ(bench.send("What are your opening HOURS?").text(), "From nine to six.");
    EXPECT_EQ(bench.send("are you open on Sunday?").text(), "Closed on Sundays.");
}

TEST(Faq, PassesOnWhatItDoesNotKnow) {
    Bench bench(migue_entry_v1, kConfig);
    EXPECT_EQ(bench.send("how much is it?").status, MIGUE_PASS);
}

TEST(Faq, RefusesAnAnswerWithoutWords) {
    const auto faults =
        migue::bench::load_faults(migue_entry_v1, R"({"answers":[{"words":[],"answer":"x"}]})");
    ASSERT_FALSE(faults.empty());
    EXPECT_EQ(faults[0].rfind("/answers/0/words", 0), 0u) << faults[0];
}
