#include "host/channels/whatsapp/incoming_json.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace migue::host::whatsapp {
namespace {

using nlohmann::json;

TEST(ParseIncoming, ReadsWhatMetaWrites) {
    const auto parsed = parse_incoming(R"({"a":"\u00e1\/\ud83d\ude00 \"x\" \\u0000"})");
    ASSERT_TRUE(parsed);
    EXPECT_EQ(text_in(*parsed, "a"), "\u00e1/\U0001F600 \"x\" \\u0000");
    EXPECT_FALSE(holds_nul(*parsed));
}

class NoText : public ::testing::TestWithParam<std::string> {};
TEST_P(NoText, BecomesNulAndItsNeighboursStay) {
    const auto parsed = parse_incoming(R"([{"a":"ho)" + GetParam() + R"(la"},{"a":"fine"}])");
    ASSERT_TRUE(parsed);
    EXPECT_TRUE(holds_nul(parsed->at(0)));
    EXPECT_FALSE(holds_nul(parsed->at(1)));
    EXPECT_EQ(text_in(parsed->at(1), "a"), "fine");
}
INSTANTIATE_TEST_SUITE_P(Edges, NoText,
                         ::testing::Values("\\u0000", "\\ud800", "\\udfff", "\\udc00\\ud800",
                                           "\\ud800\\u0041", "\\ud800\\n", "\\uD83D\\uD83D\\uDE00", "\xff",
                                           "\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe2\x82", "\n",
                                           "\x01", std::string(1, '\0')));

class NotJson : public ::testing::TestWithParam<std::string> {};
TEST_P(NotJson, IsNothing) {
    EXPECT_FALSE(parse_incoming(GetParam()));
}
INSTANTIATE_TEST_SUITE_P(Edges, NotJson,
                         ::testing::Values("", " ", "hola", "{", "{\"a\":1", "{\"a\":1}}", "[1,]", "\"",
                                           "\"\\", "\"\\u12", "\"\\ud8", "\"\\ud800\\u", "\xff",
                                           "{\"a\":1e999}", std::string(100000, '['),
                                           std::string(65, '[') + std::string(65, ']')));

TEST(ParseIncoming, TakesTheDepthOfRealPayloadsAndBracketsInsideText) {
    EXPECT_TRUE(parse_incoming(std::string(64, '[') + std::string(64, ']')));
    EXPECT_TRUE(parse_incoming("[\"" + std::string(1000, '[') + "\"]"));
    EXPECT_TRUE(parse_incoming("[\"\\\"" + std::string(1000, '{') + "\"]"));
}

TEST(Members, OfAnythingElseAreAbsent) {
    const json number = 1;
    EXPECT_EQ(member(number, "a"), nullptr);
    EXPECT_EQ(text_in(number, "a"), "");
    const json object = {{"n", 1}, {"s", "x"}, {"b", true}, {"l", json::array()}};
    EXPECT_EQ(text_in(object, "n"), "");
    EXPECT_EQ(object_in(object, "l"), nullptr);
    EXPECT_EQ(array_in(object, "s"), nullptr);
    EXPECT_FALSE(true_in(object, "s"));
    EXPECT_TRUE(true_in(object, "b"));
}

TEST(UnixMs, IsAStringOfSeconds) {
    const auto read = [](const json& value) { return unix_ms_in(json{{"t", value}}, "t"); };
    EXPECT_EQ(read("1795348800"), 1795348800000);
    for (const json& bad :
         {json("x"), json(""), json("1.5"), json("-1"), json(" 1"), json("99999999999999999999"),
          json("253402300800"), json(1795348800), json(nullptr)})
        EXPECT_FALSE(read(bad)) << bad;
}

}  // namespace
}  // namespace migue::host::whatsapp
