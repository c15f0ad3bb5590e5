#include "migue/cpp/reply_check.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace migue {

using nlohmann::json;

namespace {

std::string repeat(std::string_view text, int times) {
    std::string out;
    for (int i = 0; i < times; ++i) out += text;
    return out;
}

json buttons(int count) {
    json list = json::array();
    for (int i = 0; i < count; ++i)
        list.push_back({{"id", std::to_string(i)}, {"title", "t" + std::to_string(i)}});
    return list;
}

}  // namespace

struct ReplyCase {
    const char* name;
    const char* kind;
    json body;
    const char* fault;  ///< a part of it; "" when the reply is fine
};
class CheckReply : public ::testing::TestWithParam<ReplyCase> {};
TEST_P(CheckReply, HoldsToTheLimits) {
    const Result<void> checked = check_reply(GetParam().kind, GetParam().body.dump());
    const std::string what = checked ? "" : checked.error().what;
    if (*GetParam().fault == '\0')
        EXPECT_EQ(what, "");
    else
        EXPECT_NE(what.find(GetParam().fault), std::string::npos) << what;
}
INSTANTIATE_TEST_SUITE_P(
    Text, CheckReply,
    ::testing::Values(
        ReplyCase{"Plain", "text", {{"text", "hola\n¿qué tal?"}}, ""},
        ReplyCase{"Longest", "text", {{"text", repeat("ñ", 4096)}}, ""},
        ReplyCase{
            "TooLong", "text", {{"text", repeat("ñ", 4097)}}, "text: /text: 4097 characters, at most 4096"},
        ReplyCase{"EmojiCountTwice", "text", {{"text", repeat("📅", 2049)}}, "4098 characters"},
        ReplyCase{"Empty", "text", {{"text", ""}}, "/text: is empty"},
        ReplyCase{"Blank", "text", {{"text", " \n\t"}}, "/text: is empty"},
        ReplyCase{"Missing", "text", json::object(), "/text: is missing"},
        ReplyCase{"NoString", "text", {{"text", 1}}, "/text: expected a string"},
        ReplyCase{
            "Unknown", "text", {{"text", "a"}, {"buttons", buttons(1)}}, "unknown member; known are text"},
        ReplyCase{"NoObject", "text", json::array({"a"}), "expected an object"},
        ReplyCase{"Nul", "text", {{"text", std::string("a\0b", 3)}}, "NUL"}),
    [](const auto& tested) { return tested.param.name; });
INSTANTIATE_TEST_SUITE_P(
    Buttons, CheckReply,
    ::testing::Values(
        ReplyCase{"One", "buttons", {{"text", "a"}, {"buttons", buttons(1)}}, ""},
        ReplyCase{"Three", "buttons", {{"text", repeat("x", 1024)}, {"buttons", buttons(3)}}, ""},
        ReplyCase{"None",
                  "buttons",
                  {{"text", "a"}, {"buttons", buttons(0)}},
                  "/buttons: 0 entries, expected 1 to 3"},
        ReplyCase{"Four", "buttons", {{"text", "a"}, {"buttons", buttons(4)}}, "/buttons: 4 entries"},
        ReplyCase{
            "LongBody", "buttons", {{"text", repeat("x", 1025)}, {"buttons", buttons(1)}}, "at most 1024"},
        ReplyCase{"TitleOf20",
                  "buttons",
                  {{"text", "a"}, {"buttons", {{{"id", "1"}, {"title", repeat("é", 20)}}}}},
                  ""},
        ReplyCase{"TitleOf21",
                  "buttons",
                  {{"text", "a"}, {"buttons", {{{"id", "1"}, {"title", repeat("é", 21)}}}}},
                  "/buttons/0/title: 21 characters, at most 20"},
        ReplyCase{"TitleOfTwoLines",
                  "buttons",
                  {{"text", "a"}, {"buttons", {{{"id", "1"}, {"title", "a\nb"}}}}},
                  "/buttons/0/title: has a control character"},
        ReplyCase{
            "SameTitle",
            "buttons",
            {{"text", "a"}, {"buttons", {{{"id", "1"}, {"title", "x"}}, {{"id", "2"}, {"title", "x"}}}}},
            "/buttons/1/title: is the same"},
        ReplyCase{
            "SameId",
            "buttons",
            {{"text", "a"}, {"buttons", {{{"id", "1"}, {"title", "x"}}, {{"id", "1"}, {"title", "y"}}}}},
            "/buttons/1/id: is the same"},
        ReplyCase{
            "NoId", "buttons", {{"text", "a"}, {"buttons", {{{"title", "x"}}}}}, "/buttons/0/id: is missing"},
        ReplyCase{"IdOf257",
                  "buttons",
                  {{"text", "a"}, {"buttons", {{{"id", repeat("i", 257)}, {"title", "x"}}}}},
                  "/buttons/0/id: 257 characters"},
        ReplyCase{"NoList", "buttons", {{"text", "a"}, {"buttons", "x"}}, "/buttons: expected an array"},
        ReplyCase{
            "NoObjects", "buttons", {{"text", "a"}, {"buttons", {"x"}}}, "/buttons/0: expected an object"}),
    [](const auto& tested) { return tested.param.name; });
INSTANTIATE_TEST_SUITE_P(
    List, CheckReply,
    ::testing::Values(
        ReplyCase{"Ten", "list", {{"text", "a"}, {"button", "Ver"}, {"rows", buttons(10)}}, ""},
        ReplyCase{
            "Eleven", "list", {{"text", "a"}, {"button", "Ver"}, {"rows", buttons(11)}}, "/rows: 11 entries"},
        ReplyCase{"NoButton", "list", {{"text", "a"}, {"rows", buttons(1)}}, "/button: is missing"},
        ReplyCase{"LongButton",
                  "list",
                  {{"text", "a"}, {"button", repeat("b", 21)}, {"rows", buttons(1)}},
                  "at most 20"},
        ReplyCase{
            "Full",
            "list",
            {{"text", "a"},
             {"button", "Ver"},
             {"rows",
              {{{"id", repeat("i", 200)}, {"title", repeat("t", 24)}, {"description", repeat("d", 72)}}}}},
            ""},
        ReplyCase{"TitleOf25",
                  "list",
                  {{"text", "a"}, {"button", "Ver"}, {"rows", {{{"id", "1"}, {"title", repeat("t", 25)}}}}},
                  "/rows/0/title: 25 characters, at most 24"},
        ReplyCase{"DescriptionOf73",
                  "list",
                  {{"text", "a"},
                   {"button", "Ver"},
                   {"rows", {{{"id", "1"}, {"title", "t"}, {"description", repeat("d", 73)}}}}},
                  "/rows/0/description: 73 characters, at most 72"},
        ReplyCase{"IdOf201",
                  "list",
                  {{"text", "a"}, {"button", "Ver"}, {"rows", {{{"id", repeat("i", 201)}, {"title", "t"}}}}},
                  "/rows/0/id: 201 characters, at most 200"},
        ReplyCase{"SameTitlesAreFine",
                  "list",
                  {{"text", "a"},
                   {"button", "Ver"},
                   {"rows", {{{"id", "1"}, {"title", "Ana"}}, {{"id", "2"}, {"title", "Ana"}}}}},
                  ""}),
    [](const auto& tested) { return tested.param.name; });
INSTANTIATE_TEST_SUITE_P(
    Link, CheckReply,
    ::testing::Values(
        ReplyCase{"Https",
                  "link",
                  {{"text", "a"}, {"title", "Conectar"}, {"url", "https://bot.example.org/p?x=1"}},
                  ""},
        ReplyCase{
            "Local", "link", {{"text", "a"}, {"title", "Conectar"}, {"url", "http://127.0.0.1:8080/p"}}, ""},
        ReplyCase{"Script",
                  "link",
                  {{"text", "a"}, {"title", "x"}, {"url", "javascript:alert(1)"}},
                  "http or https"},
        ReplyCase{
            "Relative", "link", {{"text", "a"}, {"title", "x"}, {"url", "/p/scheduling"}}, "http or https"},
        ReplyCase{"NoHost", "link", {{"text", "a"}, {"title", "x"}, {"url", "https:///p"}}, "http or https"},
        ReplyCase{
            "Space", "link", {{"text", "a"}, {"title", "x"}, {"url", "https://a.b/c d"}}, "http or https"},
        ReplyCase{"LongTitle",
                  "link",
                  {{"text", "a"}, {"title", repeat("x", 21)}, {"url", "https://a.b"}},
                  "at most 20"}),
    [](const auto& tested) { return tested.param.name; });

TEST(CheckReplyKind, AnUnknownOneIsUnsupported) {
    EXPECT_EQ(check_reply("sticker", "{}").error().code, Error::Code::kUnsupported);
    EXPECT_EQ(check_reply("", "{}").error().code, Error::Code::kUnsupported);
}

TEST(CheckReplyBody, BadJsonIsInvalidAndNotCited) {
    for (const char* body : {"", "{", "{\"text\":\"secret", "{\"text\":\"secret \xff\"}"}) {
        const Result<void> checked = check_reply("text", body);
        ASSERT_FALSE(checked);
        EXPECT_EQ(checked.error().code, Error::Code::kInvalid);
        EXPECT_EQ(checked.error().what, "the body: is not JSON in UTF-8");
    }
}

TEST(CheckReplyDocument, NamesAnUploadedFile) {
    const json good = {{"text", "a"}, {"media", "9_x-1"}, {"file_name", "migue.json"}};
    EXPECT_TRUE(check_reply("document", good.dump()));
    for (const auto& [member, value] :
         std::vector<std::pair<std::string, std::string>>{{"text", ""},
                                                          {"media", "../1"},
                                                          {"media", ""},
                                                          {"media", std::string(101, '1')},
                                                          {"file_name", "../../etc/passwd"},
                                                          {"file_name", "a\\b"},
                                                          {"file_name", "a\nb"}}) {
        json bad = good;
        bad[member] = value;
        EXPECT_FALSE(check_reply("document", bad.dump())) << bad;
    }
    json more = good;
    more["bytes"] = "x";
    EXPECT_FALSE(check_reply("document", more.dump())) << "the file itself is never in a reply";
}

TEST(CheckReplyLimits, AreTheChannelsOwn) {
    ReplyLimits limits;
    limits.buttons = 1;
    limits.text = 5;
    EXPECT_FALSE(check_reply("text", R"({"text":"123456"})", limits));
    EXPECT_FALSE(check_reply("buttons", json{{"text", "a"}, {"buttons", buttons(2)}}.dump(), limits));
}

}  // namespace migue
