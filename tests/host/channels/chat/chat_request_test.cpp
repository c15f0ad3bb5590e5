#include "host/channels/chat/chat_request.hpp"

#include <gtest/gtest.h>

namespace migue::host::chat {
namespace {

TEST(ChatRequest, ReadsATypedMessageAndATap) {
    const auto typed = parse_message(R"({"id":"a-1_B","text":"  hola ¿qué tal?\n"})");
    ASSERT_TRUE(typed) << typed.error().what;
    EXPECT_EQ(typed->id, "a-1_B");
    EXPECT_EQ(typed->text, "  hola ¿qué tal?\n");
    EXPECT_FALSE(typed->tap);
    const auto tap = parse_message(R"({"tap":"undo:7","title":"Deshacer","id":"2"})");
    ASSERT_TRUE(tap) << tap.error().what;
    EXPECT_EQ(tap->tap, "undo:7");
    EXPECT_EQ(tap->text, "Deshacer");
}

TEST(ChatRequest, ReadsWhatATypedMessageRepliesTo) {
    const auto reply = parse_message(R"({"id":"3","text":"cancélala","quoted":"chat.ana.1"})");
    ASSERT_TRUE(reply) << reply.error().what;
    EXPECT_EQ(reply->quoted, "chat.ana.1");
    EXPECT_FALSE(parse_message(R"({"id":"3","text":"a","quoted":""})"));
    EXPECT_FALSE(parse_message(R"({"id":"3","tap":"a","title":"b","quoted":"c"})")) << "a tap says itself";
}

TEST(ChatRequest, CountsCharactersNotBytes) {
    std::string most;
    for (int i = 0; i < 4096; ++i) most += "ñ";
    EXPECT_TRUE(parse_message(R"({"id":"1","text":")" + most + "\"}"));
    const auto more = parse_message(R"({"id":"1","text":")" + most + "ñ\"}");
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().what, "text: too long, expected at most 4096 characters");
}

struct RefusedCase {
    const char* body;
    const char* why;
};
class Refused : public ::testing::TestWithParam<RefusedCase> {};
TEST_P(Refused, SaysWhichFieldAndWhatWasExpected) {
    const auto parsed = parse_message(GetParam().body);
    ASSERT_FALSE(parsed) << GetParam().body;
    EXPECT_EQ(parsed.error().code, Error::Code::kInvalid);
    EXPECT_NE(parsed.error().what.find(GetParam().why), std::string::npos) << parsed.error().what;
}
INSTANTIATE_TEST_SUITE_P(
    Bodies, Refused,
    ::testing::Values(
        RefusedCase{"", "not a JSON object"}, RefusedCase{"[]", "not a JSON object"},
        RefusedCase{"null", "not a JSON object"}, RefusedCase{R"({"id":"1","text":"a")", "not a JSON object"},
        RefusedCase{R"({"id":"1","text":"a"} x)", "not a JSON object"},
        RefusedCase{"{\"id\":\"1\",\"text\":\"\xff\"}", "not a JSON object"},
        RefusedCase{R"({"text":"a"})", "id: missing"},
        RefusedCase{R"({"id":1,"text":"a"})", "id: is no text"},
        RefusedCase{R"({"id":"","text":"a"})", "id: is empty"},
        RefusedCase{R"({"id":"a.b","text":"a"})", "id: has other characters"},
        RefusedCase{
            R"({"id":"1234567890123456789012345678901234567890123456789012345678901234x","text":"a"})",
            "id: too long"},
        RefusedCase{R"({"id":"1"})", "text: missing"},
        RefusedCase{R"({"id":"1","text":" \n"})", "text: is empty"},
        RefusedCase{R"({"id":"1","text":null})", "text: is no text"},
        RefusedCase{R"({"id":"1","tap":"x"})", "title: missing"},
        RefusedCase{R"({"id":"1","tap":7,"title":"x"})", "tap: is no text"},
        RefusedCase{R"({"id":"1","tap":"x","title":"y","text":"z"})", "unknown key"},
        RefusedCase{R"({"id":"1","text":"a","more":1})", "unknown key"},
        RefusedCase{R"({"id":"1","id":"2","text":"a"})", "twice"}));

TEST(ChatRequest, NeverRepeatsWhatWasSent) {
    for (const char* body :
         {R"({"id":"secreto!","text":"a"})", R"({"id":"1","secreto":1,"text":"a"})", R"({"secreto)"}) {
        const auto parsed = parse_message(body);
        ASSERT_FALSE(parsed);
        EXPECT_EQ(parsed.error().what.find("secreto"), std::string::npos) << parsed.error().what;
    }
}

struct PersonCase {
    std::string name;
    bool ok;
};
class Person : public ::testing::TestWithParam<PersonCase> {};
TEST_P(Person, HasAShortPlainName) {
    EXPECT_EQ(static_cast<bool>(parse_person(GetParam().name)), GetParam().ok) << GetParam().name;
}
INSTANTIATE_TEST_SUITE_P(Names, Person,
                         ::testing::Values(PersonCase{"me", true}, PersonCase{"laura-2", true},
                                           PersonCase{std::string(64, 'a'), true}, PersonCase{"", false},
                                           PersonCase{std::string(65, 'a'), false},
                                           PersonCase{"Laura", false}, PersonCase{"a.b", false},
                                           PersonCase{"a/b", false}, PersonCase{"josé", false}));

TEST(ChatRequest, ReadsWhatToReadAndHowLongToWait) {
    http::Request request;
    ASSERT_TRUE(parse_read(request));
    request.query = {{"after", "17"}, {"wait", "25000"}};
    const auto read = parse_read(request);
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(read->after, 17);
    EXPECT_EQ(read->wait, std::chrono::milliseconds(25000));
    for (const auto& [name, value] :
         std::vector<std::pair<std::string, std::string>>{{"after", "-1"},
                                                          {"after", "1x"},
                                                          {"after", "99999999999999999999"},
                                                          {"wait", "25001"},
                                                          {"wait", " 1"}}) {
        request.query = {{name, value}};
        const auto refused = parse_read(request);
        ASSERT_FALSE(refused) << name << '=' << value;
        EXPECT_TRUE(refused.error().what.starts_with(name + ": expected a whole number"))
            << refused.error().what;
    }
}

}  // namespace
}  // namespace migue::host::chat
