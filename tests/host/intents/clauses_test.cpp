#include "host/intents/clauses.hpp"

#include <gtest/gtest.h>

namespace migue::host::intents {
namespace {

using Parts = std::vector<std::string_view>;

TEST(Clauses, AreCutAtSentencesAndJoiningWords) {
    EXPECT_EQ(clauses("cancela lo de hoy y muévelo a mañana"),
              (Parts{"cancela lo de hoy", "muévelo a mañana"}));
    EXPECT_EQ(clauses("Thank you. What's on tomorrow?"), (Parts{"Thank you", "What's on tomorrow?"}));
    EXPECT_EQ(clauses("apaga isso, depois me avisa"), (Parts{"apaga isso", "me avisa"}));
}

TEST(Clauses, AreNoneInOneWish) {
    EXPECT_EQ(clauses(""), Parts{});
    EXPECT_EQ(clauses("reunión con Ana y Pedro"), Parts{});  // one word is no clause
    EXPECT_EQ(clauses("dinner at 7.30 with dr.patel"), Parts{});
    EXPECT_EQ(clauses("y y y . . ,"), Parts{});
}

TEST(Clauses, AreBoundedInNumber) {
    std::string text;
    for (int i = 0; i < 50; ++i) text += "one wish. ";
    EXPECT_EQ(clauses(text).size(), kMaxClauses);
}

}  // namespace
}  // namespace migue::host::intents
