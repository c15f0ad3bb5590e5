#include "host/channels/whatsapp/encode.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/standins/graph/graph_rules.hpp"

namespace migue::host::whatsapp {
namespace {

using nlohmann::json;

OutboundReply outbound(std::string kind, const json& body) {
    OutboundReply reply;
    reply.conversation_id = "c1";
    reply.message_id = "wamid.1";
    reply.ordinal = 2;
    reply.channel = "whatsapp";
    reply.account = "106540352242922";
    reply.address_json = R"({"to":"+15550100001"})";
    reply.reply = {std::move(kind), body.dump()};
    return reply;
}

json encoded(const OutboundReply& reply, const EncodeRules& rules = {}) {
    const auto body = encode(reply, rules);
    if (!body) {
        ADD_FAILURE() << body.error().what;
        return json::object();
    }
    const json parsed = json::parse(*body);
    const auto refusal = standins::refusal_of(parsed);
    EXPECT_FALSE(refusal) << refusal->details;
    return parsed;
}

json button(const std::string& id, const std::string& title) {
    return {{"id", id}, {"title", title}};
}

TEST(Encode, ATextIsSentWithoutPreview) {
    const json body = encoded(outbound("text", {{"text", "Agendada \u2705"}}));
    EXPECT_EQ(body.at("type"), "text");
    EXPECT_EQ(body.at("text"), (json{{"body", "Agendada \u2705"}, {"preview_url", false}}));
    EXPECT_EQ(body.at("to"), "+15550100001");
    EXPECT_EQ(body.at("recipient_type"), "individual");
    EXPECT_EQ(body.at("biz_opaque_callback_data"), "c1/wamid.1/2");
    EXPECT_FALSE(body.contains("context"));
}

TEST(Encode, ButtonsKeepOrderIdsAndTitles) {
    const json body =
        encoded(outbound("buttons", {{"text", "\u00BFLa agendo?"},
                                     {"buttons", {button("y", "Agendar"), button("n", "Cancelar")}}}));
    const json& interactive = body.at("interactive");
    EXPECT_EQ(interactive.at("type"), "button");
    EXPECT_EQ(interactive.at("body").at("text"), "\u00BFLa agendo?");
    ASSERT_EQ(interactive.at("action").at("buttons").size(), 2u);
    EXPECT_EQ(interactive.at("action").at("buttons").at(0),
              (json{{"type", "reply"}, {"reply", {{"id", "y"}, {"title", "Agendar"}}}}));
}

TEST(Encode, AListHasOneSection) {
    json rows = json::array();
    for (int i = 0; i < 10; ++i)
        rows.push_back(
            {{"id", "r" + std::to_string(i)}, {"title", "15:00"}, {"description", i == 0 ? "mar 24" : ""}});
    const json body =
        encoded(outbound("list", {{"text", "Elige"}, {"button", "Ver horarios"}, {"rows", rows}}));
    const json& action = body.at("interactive").at("action");
    EXPECT_EQ(action.at("button"), "Ver horarios");
    ASSERT_EQ(action.at("sections").size(), 1u);
    EXPECT_EQ(action.at("sections").at(0).at("rows").size(), 10u);
    EXPECT_EQ(action.at("sections").at(0).at("rows").at(0).at("description"), "mar 24");
    EXPECT_FALSE(action.at("sections").at(0).at("rows").at(1).contains("description"));
}

TEST(Encode, ALinkIsACallToAction) {
    const json body = encoded(outbound(
        "link",
        {{"text", "Conecta"}, {"title", "Conectar Google"}, {"url", "https://bot.example.org/p/x?a=1"}}));
    EXPECT_EQ(body.at("interactive").at("type"), "cta_url");
    EXPECT_EQ(body.at("interactive").at("action").at("parameters"),
              (json{{"display_text", "Conectar Google"}, {"url", "https://bot.example.org/p/x?a=1"}}));
}

TEST(Encode, AUserIdIsARecipientAndNeverATo) {
    OutboundReply reply = outbound("text", {{"text", "hola"}});
    reply.address_json = R"({"recipient":"CO.134"})";
    const json body = encoded(reply);
    EXPECT_EQ(body.at("recipient"), "CO.134");
    EXPECT_FALSE(body.contains("to"));
}

TEST(Encode, QuotesOnlyWhenAskedAndOnlyRealMessages) {
    EncodeRules rules;
    rules.quote_answered = true;
    EXPECT_EQ(encoded(outbound("text", {{"text", "hola"}}), rules).at("context"),
              (json{{"message_id", "wamid.1"}}));
    OutboundReply job = outbound("text", {{"text", "hola"}});
    job.message_id = "job:reminder-1";
    EXPECT_FALSE(encoded(job, rules).contains("context"));
}

struct NumberCase {
    std::string address, sent;
};
class SentNumber : public ::testing::TestWithParam<NumberCase> {};
TEST_P(SentNumber, HasAPlusAndTheFormThatArrives) {
    OutboundReply reply = outbound("text", {{"text", "hola"}});
    reply.address_json = json{{"to", GetParam().address}}.dump();
    EXPECT_EQ(encoded(reply).at("to"), GetParam().sent);
}
INSTANTIATE_TEST_SUITE_P(Forms, SentNumber,
                         ::testing::Values(NumberCase{"+5215555010001", "+525555010001"},
                                           NumberCase{"+5491155501001", "+541155501001"},
                                           NumberCase{"5215555010001", "+525555010001"},
                                           NumberCase{"+15550100001", "+15550100001"},
                                           NumberCase{"+525555010001", "+525555010001"},
                                           NumberCase{"+521555501000", "+521555501000"},
                                           NumberCase{"+551155501001", "+551155501001"}));

TEST(Encode, NumberFormsAreConfigurable) {
    EncodeRules rules;
    rules.number_forms.clear();
    OutboundReply reply = outbound("text", {{"text", "hola"}});
    reply.address_json = R"({"to":"+5215555010001"})";
    EXPECT_EQ(encoded(reply, rules).at("to"), "+5215555010001");
}

TEST(Encode, CallbackDataThatIsTooLongBecomesItsHash) {
    OutboundReply reply = outbound("text", {{"text", "hola"}});
    reply.message_id = std::string(600, 'x');
    const std::string data = encoded(reply).at("biz_opaque_callback_data");
    EXPECT_EQ(data.size(), 71u);
    EXPECT_TRUE(data.starts_with("sha256:"));
    reply.ordinal = 3;
    EXPECT_NE(callback_data(reply), data);
}

std::string emoji(int count) {
    std::string out;
    for (int i = 0; i < count; ++i) out += "\U0001F600";
    return out;
}

TEST(Encode, WhatIsOnlyTooLongInUtf16IsCutAndStillArrives) {
    EXPECT_EQ(encoded(outbound("text", {{"text", emoji(4096)}})).at("text").at("body"),
              emoji(2047) + "\u2026");
    const json body = encoded(outbound("buttons", {{"text", "?"}, {"buttons", {button("y", emoji(20))}}}));
    EXPECT_EQ(body.at("interactive").at("action").at("buttons").at(0).at("reply").at("title"),
              emoji(9) + "\u2026");
}

struct RefusedCase {
    std::string name, kind;
    json body;
};
class EncodeRefused : public ::testing::TestWithParam<RefusedCase> {};
TEST_P(EncodeRefused, IsInvalidAndTheErrorHoldsNoText) {
    const auto body = encode(outbound(GetParam().kind, GetParam().body), {});
    ASSERT_FALSE(body) << *body;
    EXPECT_EQ(body.error().code, Error::Code::kInvalid);
    EXPECT_EQ(body.error().what.find("secreto"), std::string::npos) << body.error().what;
}

json rows(int count) {
    json out = json::array();
    for (int i = 0; i < count; ++i) out.push_back({{"id", "r" + std::to_string(i)}, {"title", "secreto"}});
    return out;
}
json list_of(json entries) {
    return {{"text", "secreto"}, {"button", "Ver"}, {"rows", std::move(entries)}};
}
json buttons_of(json entries) {
    return {{"text", "secreto"}, {"buttons", std::move(entries)}};
}

INSTANTIATE_TEST_SUITE_P(
    Edges, EncodeRefused,
    ::testing::Values(
        RefusedCase{"UnknownKind", "poem", {{"text", "secreto"}}},
        RefusedCase{"NoObject", "text", json::array({"secreto"})},
        RefusedCase{"NoText", "text", json::object()}, RefusedCase{"TextOfNumber", "text", {{"text", 5}}},
        RefusedCase{"BlankText", "text", {{"text", " \n"}}},
        RefusedCase{"LongText", "text", {{"text", "secreto" + std::string(4096, 'x')}}},
        RefusedCase{"LongButtonsText",
                    "buttons",
                    {{"text", std::string(1025, 'x')}, {"buttons", {button("1", "a")}}}},
        RefusedCase{"NoButtons", "buttons", buttons_of(json::array())},
        RefusedCase{"FourButtons", "buttons",
                    buttons_of({button("1", "a"), button("2", "b"), button("3", "c"), button("4", "d")})},
        RefusedCase{"LongTitle", "buttons", buttons_of({button("1", "secreto" + std::string(20, 'x'))})},
        RefusedCase{"SameTitles", "buttons", buttons_of({button("1", "secreto"), button("2", "secreto")})},
        RefusedCase{"SameIds", "buttons", buttons_of({button("1", "a"), button("1", "b")})},
        RefusedCase{"NoId", "buttons", buttons_of({{{"title", "a"}}})},
        RefusedCase{"LongId", "buttons", buttons_of({button(std::string(257, 'x'), "a")})},
        RefusedCase{"ButtonOfText", "buttons", buttons_of({"secreto"})},
        RefusedCase{"ElevenRows", "list", list_of(rows(11))},
        RefusedCase{"NoRows", "list", list_of(json::array())},
        RefusedCase{"LongRowId", "list", list_of({button(std::string(201, 'x'), "a")})},
        RefusedCase{"LongRowTitle", "list", list_of({button("1", std::string(25, 'x'))})},
        RefusedCase{"LongDescription", "list",
                    list_of({{{"id", "1"}, {"title", "a"}, {"description", std::string(73, 'x')}}})},
        RefusedCase{"NoListButton", "list", {{"text", "x"}, {"rows", rows(1)}}},
        RefusedCase{"LinkWithoutUrl", "link", {{"text", "x"}, {"title", "a"}}},
        RefusedCase{"LinkOfScript", "link", {{"text", "x"}, {"title", "a"}, {"url", "javascript:secreto"}}},
        RefusedCase{
            "LongLinkTitle", "link", {{"text", "x"}, {"title", std::string(21, 'x')}, {"url", "https://a"}}}),
    [](const auto& tested) { return tested.param.name; });

TEST(Encode, AnAddressOfNobodyIsInvalid) {
    for (const char* address : {"", "{}", "[]", R"({"to":5})", R"({"to":""})"}) {
        OutboundReply reply = outbound("text", {{"text", "hola"}});
        reply.address_json = address;
        EXPECT_FALSE(encode(reply, {})) << address;
    }
}

TEST(Encode, ReadMarksAreWhatGraphTakes) {
    for (const bool typing : {true, false}) {
        const json body = json::parse(encode_read("wamid.1", typing));
        EXPECT_FALSE(standins::refusal_of(body));
        EXPECT_EQ(body.contains("typing_indicator"), typing);
    }
}

}  // namespace
}  // namespace migue::host::whatsapp
