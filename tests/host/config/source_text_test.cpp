#include "host/config/source_text.hpp"

#include <gtest/gtest.h>

namespace migue::host::config {
namespace {

TEST(SourceText, PlacesOffsetsInAnyOrder) {
    const SourceText source("ab\nñd\n\nx", "f");
    EXPECT_EQ(source.place(0).text(), "f:1:1");
    EXPECT_EQ(source.place(5).text(), "f:2:2");
    EXPECT_EQ(source.place(1).text(), "f:1:2");
    EXPECT_EQ(source.place(3).text(), "f:2:1");
    EXPECT_EQ(source.place(8).text(), "f:4:1");
    EXPECT_EQ(source.place(999).text(), "f:4:2");
    EXPECT_EQ(SourceText("", "f").place(5).text(), "f:1:1");
}

TEST(SourceText, KnowsTheLineAroundAnOffset) {
    const SourceText source("ab\ncd", "f");
    EXPECT_EQ(source.line_around(1), std::make_pair(std::size_t{0}, std::size_t{3}));
    EXPECT_EQ(source.line_around(3), std::make_pair(std::size_t{3}, std::size_t{6}));
    EXPECT_EQ(source.line_around(99), std::make_pair(std::size_t{3}, std::size_t{6}));
}

TEST(SourceText, FindsTheEndOfQuotedTextInItsLine) {
    EXPECT_EQ(SourceText("'a''b' c", "f").end_of_quoted(0), 6u);
    EXPECT_EQ(SourceText(R"("a\"b" c)", "f").end_of_quoted(0), 6u);
    EXPECT_EQ(SourceText(R"('a\' b)", "f").end_of_quoted(0), 4u);
    EXPECT_FALSE(SourceText("'a\n'", "f").end_of_quoted(0));
    EXPECT_FALSE(SourceText("\"a\\", "f").end_of_quoted(0));
    EXPECT_FALSE(SourceText("\"a\\\n\"", "f").end_of_quoted(0));
}

TEST(SourceText, FindsTheQuoteThatStaysOpen) {
    EXPECT_EQ(SourceText("a: 'x'\nb: \"y\n", "f").find_open_quote(0), 10u);
    EXPECT_FALSE(SourceText("a: it's\n# don't\nb: 'x'\n", "f").find_open_quote(0));
    EXPECT_FALSE(SourceText("a: 'x' # isn't\n", "f").find_open_quote(0));
}

TEST(PlainLines, DropsTheByteOrderMarkAndCarriageReturns) {
    EXPECT_EQ(plain_lines("\xEF\xBB\xBF"
                          "a\r\nb\r"),
              "a\nb\r");
    EXPECT_EQ(plain_lines(""), "");
}

TEST(FindBadByte, LetsAllOfUnicodeTextPass) {
    EXPECT_FALSE(find_bad_byte("a\té\xE2\x82\xAC\xF0\x9F\x98\x80\n"));
    EXPECT_FALSE(find_bad_byte("\xF4\x8F\xBF\xBD"));
}

TEST(FindBadByte, StopsAtTheFirstByteThatIsNoText) {
    EXPECT_EQ(find_bad_byte("ab\x01")->offset, 2u);
    EXPECT_EQ(find_bad_byte("\xE2\x82")->offset, 0u);
    EXPECT_EQ(find_bad_byte("a\xC1\x81")->offset, 1u);
    EXPECT_EQ(find_bad_byte("\xE0\x80\x80")->offset, 0u);
    EXPECT_EQ(find_bad_byte("\xF0\x80\x80\x80")->offset, 0u);
    EXPECT_EQ(find_bad_byte("\xF5\x80\x80\x80")->offset, 0u);
    EXPECT_EQ(find_bad_byte("\x80")->offset, 0u);
}

}  // namespace
}  // namespace migue::host::config
