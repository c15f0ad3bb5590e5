#include "host/channels/whatsapp/text_size.hpp"

#include <gtest/gtest.h>

namespace migue::host::whatsapp {
namespace {

TEST(TextSize, CountsCodePointsAndUtf16Units) {
    EXPECT_EQ(code_points(""), 0u);
    EXPECT_EQ(code_points("a\u00F1\u20AC\U0001F600"), 4u);
    EXPECT_EQ(utf16_units("a\u00F1\u20AC\U0001F600"), 5u);
}

TEST(TextSize, CutsBetweenCodePointsOnly) {
    EXPECT_EQ(first_code_points("\u00F1\u00F1\u00F1", 2), "\u00F1\u00F1");
    EXPECT_EQ(first_code_points("\U0001F600a", 1), "\U0001F600");
    EXPECT_EQ(first_code_points("ab", 5), "ab");
    EXPECT_EQ(first_code_points("ab", 0), "");
    EXPECT_EQ(first_utf16_units("a\U0001F600b", 2), "a") << "half an emoji is none";
    EXPECT_EQ(first_utf16_units("a\U0001F600b", 3), "a\U0001F600");
}

}  // namespace
}  // namespace migue::host::whatsapp
