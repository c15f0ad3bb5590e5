#include "host/pipeline/did_you_mean.hpp"

#include <gtest/gtest.h>

namespace migue::host {
namespace {

TEST(ChosenWish, IsReadFromItsButton) {
    const auto wish = read_chosen_wish("did-you-mean:cancel_meeting:1764000000000:a las 3: con Ana");
    ASSERT_TRUE(wish);
    EXPECT_EQ(wish->intent, "cancel_meeting");
    EXPECT_EQ(wish->sent_unix_ms, 1'764'000'000'000);
    EXPECT_EQ(wish->text, "a las 3: con Ana");
}

TEST(ChosenWish, IsNothingElse) {
    for (const char* tap : {"", "scheduling:undo", "did-you-mean", "did-you-mean:", "did-you-mean:help",
                            "did-you-mean:help:", "did-you-mean:help:12", "did-you-mean:help:x:hola",
                            "did-you-mean:help:12x:hola", "did-you-mean:help::hola"})
        EXPECT_FALSE(read_chosen_wish(tap)) << tap;
}

}  // namespace
}  // namespace migue::host
