#include "host/channels/whatsapp/encode.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "host/store/identity.hpp"
#include "tests/standins/graph/graph_rules.hpp"

namespace migue::host::whatsapp {
namespace {

using nlohmann::json;

OutboundReply outbound(std::string kind, const json& body) {
    OutboundReply reply;
    reply.conversation_id = "c1";
    reply.message_id = "wamid.1";
    reply.ordinal = 2;
    reply.sequence = 7;
    reply.created_unix_ms = 1795348800000;
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

TEST(EncodeDocument, SendsTheUploadedFileWithItsText) {
    const json body =
        encoded(outbound("document", {{"text", "tus datos"}, {"media", "91"}, {"file_name", "migue.json"}}));
    EXPECT_EQ(body.at("type"), "document");
    EXPECT_EQ(body.at("document"),
              json({{"id", "91"}, {"filename", "migue.json"}, {"caption", "tus datos"}}));
    EXPECT_FALSE(encode(outbound("document", {{"text", "x"}, {"file_name", "y"}}), {}));
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
    EXPECT_EQ(body.at("biz_opaque_callback_data"), reply_name(outbound("text", {})));
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
        RefusedCase{"NoButtonsAtAll", "buttons", {{"text", "secreto"}}},
        RefusedCase{"SameIds", "buttons", buttons_of({button("1", "a"), button("1", "b")})},
        RefusedCase{"NoId", "buttons", buttons_of({{{"title", "a"}}})},
        RefusedCase{"NoTitle", "buttons", buttons_of({{{"id", "a"}}})},
        RefusedCase{"LongId", "buttons", buttons_of({button(std::string(257, 'x'), "a")})},
        RefusedCase{"ButtonOfText", "buttons", buttons_of({"secreto"})},
        RefusedCase{"LongRowId", "list", list_of({button(std::string(201, 'x'), "a")})},
        RefusedCase{"LinkWithoutUrl", "link", {{"text", "x"}, {"title", "a"}}},
        RefusedCase{"LinkOfScript", "link", {{"text", "x"}, {"title", "a"}, {"url", "javascript:secreto"}}}),
    [](const auto& tested) { return tested.param.name; });

/// At each limit: what still fits goes out as it is, what is one over is changed and taken.
struct EdgeCase {
    std::string name, kind;
    json body;
    std::string type;     ///< of what is sent: text, button, list, cta_url
    std::string pointer;  ///< into it
    json expected;
};
class EncodeEdge : public ::testing::TestWithParam<EdgeCase> {};
TEST_P(EncodeEdge, IsWithinWhatGraphTakes) {
    const json body = encoded(outbound(GetParam().kind, GetParam().body));
    const std::string type =
        body.at("type") == "text" ? "text" : body.at("interactive").at("type").get<std::string>();
    EXPECT_EQ(type, GetParam().type);
    EXPECT_EQ(body.at(json::json_pointer(GetParam().pointer)), GetParam().expected);
}

std::string xs(std::size_t count) {
    return std::string(count, 'x');
}
json text_body(std::string text) {
    return {{"text", std::move(text)}};
}
json with_text(json body, std::string text) {
    body["text"] = std::move(text);
    return body;
}
json numbered_buttons(int count, const std::string& title = "") {
    json out = json::array();
    for (int i = 1; i <= count; ++i)
        out.push_back(button("b" + std::to_string(i), title.empty() ? std::to_string(i) : title));
    return out;
}
json link_of(std::string title, std::string url = "https://a.example") {
    return {{"text", "t"}, {"title", std::move(title)}, {"url", std::move(url)}};
}

const std::string kBody = "/interactive/body/text";
const std::string kButtonTitle = "/interactive/action/buttons/0/reply/title";
const std::string kRows = "/interactive/action/sections/0/rows";

INSTANTIATE_TEST_SUITE_P(
    Texts, EncodeEdge,
    ::testing::Values(EdgeCase{"LongestText", "text", text_body(xs(4096)), "text", "/text/body", xs(4096)},
                      EdgeCase{"TooLongText", "text", text_body(xs(4097)), "text", "/text/body",
                               xs(4095) + "\u2026"},
                      EdgeCase{"EndsAtASentence", "text", text_body(xs(3000) + ". Uno dos" + xs(1200)),
                               "text", "/text/body", xs(3000) + ".\u2026"},
                      EdgeCase{"EndsAtAWord", "text", text_body(xs(3000) + " " + xs(1200)), "text",
                               "/text/body", xs(3000) + "\u2026"},
                      EdgeCase{"LongestBody", "buttons", with_text(buttons_of(numbered_buttons(1)), xs(1024)),
                               "button", kBody, xs(1024)},
                      EdgeCase{"TooLongBody", "buttons", with_text(buttons_of(numbered_buttons(1)), xs(1025)),
                               "button", kBody, xs(1023) + "\u2026"},
                      EdgeCase{"TooLongListBody", "list", with_text(list_of(rows(1)), xs(1025)), "list",
                               kBody, xs(1023) + "\u2026"},
                      EdgeCase{"TooLongLinkBody", "link", with_text(link_of("a"), xs(1025)), "cta_url", kBody,
                               xs(1023) + "\u2026"}),
    [](const auto& tested) { return tested.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Choices, EncodeEdge,
    ::testing::Values(
        EdgeCase{"NoButtons", "buttons", buttons_of(json::array()), "text", "/text/body", "secreto"},
        EdgeCase{"ThreeButtons", "buttons", buttons_of(numbered_buttons(3)), "button",
                 "/interactive/action/buttons/2/reply", button("b3", "3")},
        EdgeCase{"FourButtons", "buttons", buttons_of(numbered_buttons(4)), "list", kRows,
                 numbered_buttons(4)},
        EdgeCase{"TenButtons", "buttons", buttons_of(numbered_buttons(10)), "list", kRows + "/9",
                 button("b10", "10")},
        EdgeCase{"ElevenButtons", "buttons", buttons_of(numbered_buttons(11)), "text", "/text/body",
                 "secreto\n\u2022 1\n\u2022 2\n\u2022 3\n\u2022 4\n\u2022 5\n\u2022 6\n\u2022 7\n\u2022 8"
                 "\n\u2022 9\n\u2022 10\n\u2022 11"},
        EdgeCase{"LongestTitle", "buttons", buttons_of({button("1", xs(20))}), "button", kButtonTitle,
                 xs(20)},
        EdgeCase{"TooLongTitle", "buttons", buttons_of({button("1", xs(21))}), "button", kButtonTitle,
                 xs(19) + "\u2026"},
        EdgeCase{"SameTitles", "buttons", buttons_of(numbered_buttons(3, "Si")), "button",
                 "/interactive/action/buttons/2/reply/title", "Si (3)"},
        EdgeCase{"SameLongTitles", "buttons", buttons_of(numbered_buttons(2, xs(25))), "button",
                 "/interactive/action/buttons/1/reply/title", xs(15) + "\u2026 (2)"},
        EdgeCase{"LongestId", "buttons", buttons_of({button(xs(256), "a")}), "button",
                 "/interactive/action/buttons/0/reply/id", xs(256)}),
    [](const auto& tested) { return tested.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Rows, EncodeEdge,
    ::testing::Values(
        EdgeCase{"NoRows", "list", list_of(rows(0)), "text", "/text/body", "secreto"},
        EdgeCase{"TenRows", "list", list_of(rows(10)), "list", kRows + "/9/id", "r9"},
        EdgeCase{"ElevenRows", "list", list_of(numbered_buttons(11)), "text", "/text/body",
                 "secreto\n\u2022 1\n\u2022 2\n\u2022 3\n\u2022 4\n\u2022 5\n\u2022 6\n\u2022 7\n\u2022 8"
                 "\n\u2022 9\n\u2022 10\n\u2022 11"},
        EdgeCase{"LongestRowTitle", "list", list_of({button("1", xs(24))}), "list", kRows + "/0/title",
                 xs(24)},
        EdgeCase{"TooLongRowTitle", "list", list_of({button("1", xs(25))}), "list", kRows + "/0/title",
                 xs(23) + "\u2026"},
        EdgeCase{"TooLongDescription", "list",
                 list_of({{{"id", "1"}, {"title", "a"}, {"description", xs(73)}}}), "list",
                 kRows + "/0/description", xs(71) + "\u2026"},
        EdgeCase{"LongestRowId", "list", list_of({button(xs(200), "a")}), "list", kRows + "/0/id", xs(200)},
        EdgeCase{"NoListButton",
                 "list",
                 {{"text", "x"}, {"rows", rows(1)}},
                 "list",
                 "/interactive/action/button",
                 "\u2022\u2022\u2022"},
        EdgeCase{"TooLongListButton",
                 "list",
                 {{"text", "x"}, {"button", xs(21)}, {"rows", rows(1)}},
                 "list",
                 "/interactive/action/button",
                 xs(19) + "\u2026"},
        EdgeCase{"TooLongLinkTitle", "link", link_of(xs(21)), "cta_url",
                 "/interactive/action/parameters/display_text", xs(19) + "\u2026"},
        EdgeCase{"TooLongUrl", "link", link_of("a", "https://a/" + xs(2000)), "text", "/text/body",
                 "t\nhttps://a/" + xs(2000)}),
    [](const auto& tested) { return tested.param.name; });

TEST(EncodeTemplate, SaysTheReplyAsTheOneParameterOfTheBody) {
    const auto sent = encode_template(outbound("buttons", with_text(buttons_of(numbered_buttons(2)),
                                                                    "Ma\u00F1ana:\n\n  a las 10\t\tcon Ana")),
                                      {}, {"later", "es_CO"});
    ASSERT_TRUE(sent);
    const json body = json::parse(*sent);
    EXPECT_FALSE(standins::refusal_of(body));
    EXPECT_EQ(body.at("template").at("name"), "later");
    EXPECT_EQ(body.at("template").at("language").at("code"), "es_CO");
    EXPECT_EQ(body.at("template").at("components").at(0).at("parameters").at(0).at("text"),
              "Ma\u00F1ana: a las 10 con Ana");
    EXPECT_EQ(body.at("biz_opaque_callback_data"), reply_name(outbound("text", {})));
}

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
