#include "host/channels/whatsapp/decode.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/standins/graph/webhook_sender.hpp"

namespace migue::host::whatsapp {
namespace {

using nlohmann::json;
using standins::webhook_body;
using standins::webhook_message;
using standins::WebhookPerson;

const std::vector<std::string> kOurs{"106540352242922"};
constexpr std::int64_t kSent = 1795348800;

Decoded decode_one(const json& content, const WebhookPerson& person = {}) {
    return decode(webhook_body(person, json::array({webhook_message(person, "wamid.1", kSent, content)})),
                  kOurs);
}

json text(const std::string& body) {
    return {{"type", "text"}, {"text", {{"body", body}}}};
}

TEST(Decode, TellsWhoWroteWhatWhenAndWhereToAnswer) {
    const Decoded decoded = decode_one(text("hola"));
    ASSERT_EQ(decoded.messages.size(), 1u);
    const InboundMessage& message = decoded.messages.front();
    EXPECT_EQ(message.channel, "whatsapp");
    EXPECT_EQ(message.account, kOurs.front());
    EXPECT_TRUE(message.expects_answer);
    EXPECT_FALSE(message.renamed);
    EXPECT_EQ(message.message_id, "wamid.1");
    EXPECT_EQ(message.identities, std::vector<std::string>{"tel:15550100001"});
    EXPECT_EQ(json::parse(message.address_json), (json{{"to", "+15550100001"}}));
    EXPECT_EQ(message.kind, "text");
    EXPECT_EQ(message.text, "hola");
    EXPECT_EQ(json::parse(message.input_json), (json{{"kind", "text"}}));
    EXPECT_EQ(message.sent_unix_ms, kSent * 1000);
    EXPECT_EQ(message.region, "");
}

TEST(Decode, KnowsAPersonByUserIdFirstAndByNumberToo) {
    WebhookPerson person;
    person.user_id = "CO.13491208655302741918";
    const InboundMessage message = decode_one(text("hola"), person).messages.at(0);
    EXPECT_EQ(message.identities,
              (std::vector<std::string>{"bsuid:CO.13491208655302741918", "tel:15550100001"}));
    EXPECT_EQ(json::parse(message.address_json), (json{{"to", "+15550100001"}}));
    EXPECT_EQ(message.region, "CO");
}

TEST(Decode, AnswersAPersonWithoutANumberByUserId) {
    WebhookPerson person;
    person.phone = "";
    person.user_id = "AR.900";
    const InboundMessage message = decode_one(text("hola"), person).messages.at(0);
    EXPECT_EQ(message.identities, std::vector<std::string>{"bsuid:AR.900"});
    EXPECT_EQ(json::parse(message.address_json), (json{{"recipient", "AR.900"}}));
}

TEST(Decode, TakesAUserIdFromTheContactOfTheSameNumberOnly) {
    json body = json::parse(standins::text_webhook({}, "wamid.1", kSent, "hola"));
    json& contacts = body["entry"][0]["changes"][0]["value"]["contacts"];
    contacts = {{{"wa_id", "15550100099"}, {"user_id", "US.99"}},
                {{"wa_id", "15550100001"}, {"user_id", "US.1"}}};
    const InboundMessage message = decode(body.dump(), kOurs).messages.at(0);
    EXPECT_EQ(message.identities, (std::vector<std::string>{"bsuid:US.1", "tel:15550100001"}));
}

struct KindCase {
    std::string name;
    json content;
    std::string kind, text;
    json input;  ///< beside "kind"
};
class DecodeKind : public ::testing::TestWithParam<KindCase> {};

TEST_P(DecodeKind, IsChannelNeutral) {
    const Decoded decoded = decode_one(GetParam().content);
    ASSERT_EQ(decoded.messages.size(), 1u);
    const InboundMessage& message = decoded.messages.front();
    json expected = GetParam().input;
    expected["kind"] = GetParam().kind;
    EXPECT_EQ(message.kind, GetParam().kind);
    EXPECT_EQ(message.text, GetParam().text);
    EXPECT_EQ(json::parse(message.input_json), expected);
    EXPECT_EQ(decoded.counts.unusable, 0u);
    EXPECT_EQ(decoded.counts.unknown_kinds, 0u);
}

json reply(const std::string& type, json content) {
    return {{"type", "interactive"}, {"interactive", {{"type", type}, {type, std::move(content)}}}};
}
json media(const std::string& type, json more = json::object()) {
    json object = {
        {"id", "77"}, {"mime_type", "x/y"}, {"sha256", "abc="}, {"url", "https://lookaside.example"}};
    object.update(more);
    return {{"type", type}, {type, std::move(object)}};
}
json media_input(json more = json::object()) {
    json object = {{"id", "77"}, {"mime_type", "x/y"}, {"sha256", "abc="}};
    object.update(more);
    return {{"media", std::move(object)}};
}
json with_context(json content, json context) {
    content["context"] = std::move(context);
    return content;
}

INSTANTIATE_TEST_SUITE_P(
    TextAndTaps, DecodeKind,
    ::testing::Values(
        KindCase{"Quoted",
                 with_context(text("si"), {{"from", "1"}, {"id", "wamid.0"}}),
                 "text",
                 "si",
                 {{"quoted", "wamid.0"}}},
        KindCase{
            "Forwarded", with_context(text("x"), {{"forwarded", true}}), "text", "x", {{"forwarded", true}}},
        KindCase{"OftenForwarded",
                 with_context(text("x"), {{"frequently_forwarded", true}}),
                 "text",
                 "x",
                 {{"forwarded", true}}},
        KindCase{"Product",
                 with_context(text("x"), {{"from", "1"},
                                          {"id", "wamid.0"},
                                          {"referred_product",
                                           {{"catalog_id", "7"}, {"product_retailer_id", "s"}, {"x", 1}}}}),
                 "text",
                 "x",
                 {{"quoted", "wamid.0"}, {"product", {{"catalog_id", "7"}, {"product_retailer_id", "s"}}}}},
        KindCase{"Referral",
                 {{"type", "text"},
                  {"text", {{"body", "x"}}},
                  {"referral", {{"source_type", "ad"}, {"headline", "h"}, {"image_url", "u"}}}},
                 "text",
                 "x",
                 {{"referral", {{"source_type", "ad"}, {"headline", "h"}}}}},
        KindCase{"Button",
                 reply("button_reply", {{"id", "yes"}, {"title", "Agendar"}}),
                 "tap",
                 "Agendar",
                 {{"tap", "yes"}}},
        KindCase{"Row",
                 with_context(reply("list_reply", {{"id", "r1"}, {"title", "15:00"}, {"description", "d"}}),
                              {{"id", "wamid.0"}}),
                 "tap",
                 "15:00",
                 {{"tap", "r1"}, {"quoted", "wamid.0"}}},
        KindCase{"TemplateButton",
                 {{"type", "button"}, {"button", {{"payload", "STOP"}, {"text", "Baja"}}}},
                 "tap",
                 "Baja",
                 {{"tap", "STOP"}}},
        KindCase{"TemplateButtonWithoutPayload",
                 {{"type", "button"}, {"button", {{"text", "Baja"}}}},
                 "tap",
                 "Baja",
                 {{"tap", "Baja"}}},
        KindCase{"Form",
                 reply("nfm_reply", {{"name", "flow"}, {"body", "Sent"}, {"response_json", "{\"a\":1}"}}),
                 "form",
                 "",
                 {{"form", {{"name", "flow"}, {"response_json", "{\"a\":1}"}}}}},
        KindCase{"CallPermission", reply("call_permission_reply", {{"response", "accept"}}),
                 "call_permission_reply", "", json::object()}),
    [](const auto& tested) { return tested.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Media, DecodeKind,
    ::testing::Values(
        KindCase{"Image", media("image", {{"caption", "foto"}}), "image", "foto", media_input()},
        KindCase{"Video", media("video"), "video", "", media_input()},
        KindCase{"Audio", media("audio", {{"voice", false}}), "audio", "", media_input()},
        KindCase{"Voice", media("audio", {{"voice", true}}), "voice", "", media_input()},
        KindCase{"Document", media("document", {{"filename", "../../etc/passwd"}, {"caption", "c"}}),
                 "document", "c", media_input({{"filename", "../../etc/passwd"}})},
        KindCase{"Sticker", media("sticker", {{"animated", true}}), "sticker", "",
                 media_input({{"animated", true}})}),
    [](const auto& tested) { return tested.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Others, DecodeKind,
    ::testing::Values(
        KindCase{"Location",
                 {{"type", "location"},
                  {"location", {{"latitude", 4.5}, {"longitude", -74}, {"name", "Oficina"}, {"url", "u"}}}},
                 "location",
                 "",
                 {{"location", {{"latitude", 4.5}, {"longitude", -74}, {"name", "Oficina"}}}}},
        KindCase{
            "Contacts",
            {{"type", "contacts"},
             {"contacts",
              {{{"name", {{"formatted_name", "Carla"}}},
                {"phones", {{{"phone", "+1 555"}, {"wa_id", "1555"}}}},
                {"emails", {{{"email", "c@example.test"}}, 7}}}}}},
            "contacts",
            "",
            {{"contacts", {{{"name", "Carla"}, {"phones", {"+1 555"}}, {"emails", {"c@example.test"}}}}}}},
        KindCase{"RequestedContact",
                 {{"type", "contacts"},
                  {"contacts", {{{"origin", "contact_request"}, {"phones", {{{"phone", "+54"}}}}}}}},
                 "contacts",
                 "",
                 {{"contacts", {{{"phones", {"+54"}}, {"emails", json::array()}, {"requested", true}}}}}},
        KindCase{"Reaction",
                 {{"type", "reaction"}, {"reaction", {{"message_id", "wamid.0"}, {"emoji", "\u2764"}}}},
                 "reaction",
                 "",
                 {{"quoted", "wamid.0"}, {"emoji", "\u2764"}}},
        KindCase{"ReactionRemoved",
                 {{"type", "reaction"}, {"reaction", {{"message_id", "wamid.0"}}}},
                 "reaction",
                 "",
                 {{"quoted", "wamid.0"}}},
        KindCase{"Order",
                 {{"type", "order"},
                  {"order",
                   {{"catalog_id", "1"},
                    {"text", "Para llevar"},
                    {"product_items",
                     {{{"product_retailer_id", "s"},
                       {"quantity", 2},
                       {"item_price", 7.5},
                       {"currency", "USD"}}}}}}},
                 "order",
                 "Para llevar",
                 {{"order",
                   {{"catalog_id", "1"},
                    {"items",
                     {{{"product_retailer_id", "s"},
                       {"quantity", 2},
                       {"item_price", 7.5},
                       {"currency", "USD"}}}}}}}},
        KindCase{"Welcome", {{"type", "request_welcome"}}, "request_welcome", "", json::object()},
        KindCase{"Unsupported",
                 {{"type", "unsupported"}, {"unsupported", {{"type", "poll_creation"}}}},
                 "unsupported",
                 "",
                 {{"name", "poll_creation"}}},
        KindCase{"OldUnsupported",
                 {{"type", "unknown"}, {"errors", json::array()}},
                 "unsupported",
                 "",
                 json::object()},
        KindCase{"Edit",
                 {{"type", "edit"}, {"edit", {{"original_message_id", "wamid.0"}}}},
                 "edit",
                 "",
                 {{"quoted", "wamid.0"}}},
        KindCase{"Revoke",
                 {{"type", "revoke"}, {"revoke", {{"original_message_id", "wamid.0"}}}},
                 "revoke",
                 "",
                 {{"quoted", "wamid.0"}}}),
    [](const auto& tested) { return tested.param.name; });

TEST(Decode, AChangedNumberIsOnePersonUnderOldAndNewNumberAnsweredAtTheNewOne) {
    const json content = {
        {"type", "system"},
        {"system", {{"type", "user_changed_number"}, {"wa_id", "15550100009"}, {"body", "Ana changed"}}}};
    const InboundMessage message = decode_one(content).messages.at(0);
    EXPECT_EQ(message.kind, "system");
    EXPECT_TRUE(message.renamed);
    EXPECT_FALSE(message.expects_answer);
    EXPECT_EQ(message.text, "");
    EXPECT_EQ(message.identities, (std::vector<std::string>{"tel:15550100009", "tel:15550100001"}));
    EXPECT_EQ(json::parse(message.address_json), (json{{"to", "+15550100009"}}));
    EXPECT_EQ(json::parse(message.input_json), (json{{"kind", "system"}, {"system", "user_changed_number"}}));
}

TEST(Decode, AChangedUserIdIsOnePersonUnderBoth) {
    WebhookPerson nobody;
    nobody.phone = "";
    nobody.name = "X changed from US.999 to US.998";
    const json content = {{"type", "system"},
                          {"system",
                           {{"type", "user_changed_user_id"},
                            {"user_id", "AR.2"},
                            {"previous_user_id", "AR.1"},
                            {"body", "User X changed from US.999 to US.998 changed from AR.1 to AR.2"}}}};
    const InboundMessage message = decode_one(content, nobody).messages.at(0);
    EXPECT_EQ(message.identities, (std::vector<std::string>{"bsuid:AR.2", "bsuid:AR.1"}));
    EXPECT_TRUE(message.renamed);
    json without = content;
    without["system"].erase("previous_user_id");
    EXPECT_EQ(decode_one(without, nobody).messages.at(0).identities, message.identities)
        << "the sentence tells it too";
}

TEST(Decode, OtherSystemMessagesRenameNobody) {
    const json content = {
        {"type", "system"},
        {"system", {{"type", "user_preference_changed"}, {"body", "User A changed from US.1 to US.2"}}}};
    const InboundMessage message = decode_one(content).messages.at(0);
    EXPECT_FALSE(message.renamed);
    EXPECT_EQ(message.identities, std::vector<std::string>{"tel:15550100001"});
}

TEST(Decode, AUserIdUpdateIsARenamingBroughtOnce) {
    json body = json::parse(webhook_body({}, json::array()));
    json& change = body["entry"][0]["changes"][0];
    change["field"] = "user_id_update";
    change["value"].erase("messages");
    change["value"]["user_id_update"] = {{{"wa_id", "15550100001"},
                                          {"user_id", {{"previous", "US.1"}, {"current", "US.2"}}},
                                          {"timestamp", "1795348800"}},
                                         {{"wa_id", "15550100002"}},
                                         7};
    const Decoded decoded = decode(body.dump(), kOurs);
    ASSERT_EQ(decoded.messages.size(), 1u);
    const InboundMessage& message = decoded.messages.front();
    EXPECT_EQ(message.identities, (std::vector<std::string>{"bsuid:US.2", "bsuid:US.1", "tel:15550100001"}));
    EXPECT_TRUE(message.renamed);
    EXPECT_FALSE(message.expects_answer);
    EXPECT_EQ(message.message_id, "user_id_update:US.1:US.2");
    EXPECT_EQ(decoded.counts.unusable, 2u);
}

TEST(Decode, NobodyWaitsForAnAnswerToWhatSaysNothing) {
    const json silent[] = {{{"type", "reaction"}, {"reaction", {{"message_id", "wamid.0"}}}},
                           {{"type", "edit"}, {"edit", json::object()}},
                           {{"type", "revoke"}, {"revoke", json::object()}},
                           {{"type", "ephemeral"}},
                           {{"type", "hologram"}},
                           {{"type", "unsupported"}, {"errors", {{{"code", 131060}}}}},
                           reply("call_permission_reply", {{"response", "accept"}})};
    for (const json& content : silent) {
        const Decoded decoded = decode_one(content);
        ASSERT_EQ(decoded.messages.size(), 1u) << content;
        EXPECT_FALSE(decoded.messages.front().expects_answer) << content;
    }
    for (const json& content : {json{{"type", "request_welcome"}}, media("sticker"),
                                json{{"type", "unsupported"}, {"errors", {{{"code", 131051}}}}}})
        EXPECT_TRUE(decode_one(content).messages.at(0).expects_answer) << content;
}

TEST(Decode, KnowsEachOfOurNumbersAndKeepsWhichOneWasWrittenTo) {
    const std::vector<std::string> ours{"106540352242922", "999"};
    WebhookPerson elsewhere;
    elsewhere.phone_number_id = "999";
    const std::string body =
        webhook_body(elsewhere, json::array({webhook_message(elsewhere, "wamid.1", kSent, text("hola"))}));
    EXPECT_EQ(decode(body, ours).messages.at(0).account, "999");
}

struct UnknownCase {
    std::string name;
    json content;
    std::string kind;
};
class DecodeUnknownKind : public ::testing::TestWithParam<UnknownCase> {};
TEST_P(DecodeUnknownKind, IsCountedAndKeptByItsName) {
    const Decoded decoded = decode_one(GetParam().content);
    ASSERT_EQ(decoded.messages.size(), 1u);
    EXPECT_EQ(decoded.messages.front().kind, GetParam().kind);
    EXPECT_EQ(decoded.messages.front().text, "");
    EXPECT_EQ(decoded.counts.unknown_kinds, 1u);
}
INSTANTIATE_TEST_SUITE_P(
    Names, DecodeUnknownKind,
    ::testing::Values(UnknownCase{"Type", {{"type", "hologram"}}, "hologram"},
                      UnknownCase{"Interactive", reply("hologram_reply", {{"id", "1"}}), "hologram_reply"},
                      UnknownCase{"OurOwnKind", {{"type", "job"}, {"job", {{"key", "x"}}}}, "unknown"},
                      UnknownCase{"OurTap", {{"type", "tap"}}, "unknown"},
                      UnknownCase{"NoName", {{"type", "Text\n"}}, "unknown"},
                      UnknownCase{"LongName", {{"type", std::string(100, 'a')}}, "unknown"}),
    [](const auto& tested) { return tested.param.name; });

class DecodeUnusable : public ::testing::TestWithParam<json> {};
TEST_P(DecodeUnusable, IsCountedAndItsNeighboursAreTaken) {
    const json messages = {webhook_message({}, "wamid.1", kSent, text("antes")), GetParam(),
                           webhook_message({}, "wamid.3", kSent, text("despu\u00E9s"))};
    const Decoded decoded = decode(webhook_body({}, messages), kOurs);
    ASSERT_EQ(decoded.messages.size(), 2u) << GetParam();
    EXPECT_EQ(decoded.messages[0].text, "antes");
    EXPECT_EQ(decoded.messages[1].text, "despu\u00E9s");
    EXPECT_EQ(decoded.counts.unusable, 1u);
}

json changed(const std::string& pointer, json value) {
    json message = webhook_message({}, "wamid.2", kSent, text("x"));
    message[json::json_pointer(pointer)] = std::move(value);
    return message;
}
json message_with(const json& content) {
    return webhook_message({}, "wamid.2", kSent, content);
}

INSTANTIATE_TEST_SUITE_P(
    Elements, DecodeUnusable,
    ::testing::Values(
        json(nullptr), json(1), json("x"), json::array(), json::object(), changed("/id", nullptr),
        changed("/id", ""), changed("/id", 7), changed("/id", "a b"), changed("/id", std::string(513, 'x')),
        changed("/from", "Ana"), changed("/from", "12"), changed("/from", 15550100001),
        changed("/timestamp", "yesterday"), changed("/timestamp", 1795348800), changed("/type", nullptr),
        changed("/type", 1), changed("/text", nullptr), changed("/text", "x"), changed("/text/body", 5),
        changed("/text/body", std::string("ho\0la", 5)),
        message_with(reply("button_reply", {{"title", "x"}})), message_with(reply("button_reply", 1)),
        message_with({{"type", "interactive"}}),
        message_with({{"type", "interactive"}, {"interactive", {{"type", 1}}}}),
        message_with({{"type", "button"}, {"button", json::object()}}), message_with({{"type", "image"}}),
        message_with({{"type", "image"}, {"image", {{"id", 1}}}}),
        message_with({{"type", "location"}, {"location", {{"latitude", 1}}}}),
        message_with({{"type", "location"}, {"location", {{"latitude", "1"}, {"longitude", "2"}}}}),
        message_with({{"type", "contacts"}, {"contacts", {1, 2}}}),
        message_with({{"type", "reaction"}, {"reaction", {{"emoji", "x"}}}}),
        message_with({{"type", "order"}}), message_with({{"type", "system"}})));

TEST(Decode, ALoneSurrogateInOneMessageLeavesTheOthers) {
    const json messages = {webhook_message({}, "wamid.1", kSent, text("SURROGATE")),
                           webhook_message({}, "wamid.2", kSent, text("hola"))};
    std::string body = webhook_body({}, messages);
    body.replace(body.find("SURROGATE"), 9, "\\ud83d");
    const Decoded decoded = decode(body, kOurs);
    ASSERT_EQ(decoded.messages.size(), 1u);
    EXPECT_EQ(decoded.messages.front().message_id, "wamid.2");
    EXPECT_EQ(decoded.counts.unusable, 1u);
}

TEST(Decode, ANulInAFileNameCostsTheNameOnly) {
    const json input =
        json::parse(decode_one(media("document", {{"filename", std::string("a\0b", 3)}, {"caption", "c"}}))
                        .messages.at(0)
                        .input_json);
    EXPECT_EQ(input, (json{{"kind", "document"}, {"media", media_input().at("media")}}));
}

TEST(Decode, CutsALongTextAtACharacter) {
    std::string longest;
    for (int i = 0; i < 4096; ++i) longest += "\U0001F600";
    EXPECT_EQ(decode_one(text(longest)).messages.at(0).text, longest);
    EXPECT_EQ(decode_one(text(longest + "\u00F1")).messages.at(0).text, longest);
}

TEST(Decode, LeavesGroupsAndOtherNumbersOut) {
    json in_group = webhook_message({}, "wamid.1", kSent, text("hola grupo"));
    in_group["group_id"] = "Y2FwaQ";
    const Decoded group = decode(webhook_body({}, json::array({in_group})), kOurs);
    EXPECT_TRUE(group.messages.empty());
    EXPECT_EQ(group.counts.groups, 1u);

    WebhookPerson elsewhere;
    elsewhere.phone_number_id = "999";
    const Decoded foreign = decode_one(text("hola"), elsewhere);
    EXPECT_TRUE(foreign.messages.empty());
    EXPECT_EQ(foreign.counts.foreign, 1u);
}

TEST(Decode, ReadsStatusesApart) {
    json body = json::parse(webhook_body({}, json::array()));
    json& value = body["entry"][0]["changes"][0]["value"];
    value.erase("messages");
    value["statuses"] = {{{"id", "wamid.S"},
                          {"status", "sent"},
                          {"timestamp", "1795348800"},
                          {"pricing", {{"billable", false}}},
                          {"biz_opaque_callback_data", "c/m/0"}},
                         {{"id", "wamid.W"}, {"status", "warning"}, {"timestamp", "1795348801"}},
                         {{"id", "wamid.F"},
                          {"status", "failed"},
                          {"timestamp", "1795348801"},
                          {"errors", {{{"code", 131047}}}}},
                         {{"status", "sent"}},
                         5};
    const Decoded decoded = decode(body.dump(), kOurs);
    EXPECT_TRUE(decoded.messages.empty());
    ASSERT_EQ(decoded.statuses.size(), 2u);
    EXPECT_EQ(decoded.statuses[0].reply_name, "c/m/0");
    EXPECT_EQ(decoded.statuses[0].channel_message_id, "wamid.S");
    EXPECT_EQ(decoded.statuses[0].state, Delivery::State::kSent);
    EXPECT_EQ(decoded.statuses[0].unix_ms, 1795348800000);
    EXPECT_EQ(json::parse(decoded.statuses[0].pricing_json), (json{{"billable", false}}));
    EXPECT_EQ(decoded.statuses[1].state, Delivery::State::kFailed);
    EXPECT_EQ(decoded.statuses[1].error_code, 131047);
    EXPECT_EQ(decoded.statuses[1].reply_name, "");
    EXPECT_EQ(decoded.counts.other_statuses, 1u);
    EXPECT_EQ(decoded.counts.unusable, 2u);
}

TEST(Decode, WalksEveryEntryAndChangeInOrder) {
    const auto value = [](const std::string& id) {
        return json::parse(standins::text_webhook({}, id, kSent, id))["entry"][0]["changes"][0];
    };
    const json other = {{"field", "account_update"}, {"value", {{"event", "X"}}}};
    const json body = {{"object", "whatsapp_business_account"},
                       {"entry",
                        {nullptr,
                         {{"changes", {value("wamid.1"), other, value("wamid.2")}}},
                         {{"changes", 1}},
                         {{"changes", {value("wamid.3")}}}}}};
    const Decoded decoded = decode(body.dump(), kOurs);
    ASSERT_EQ(decoded.messages.size(), 3u);
    for (std::size_t i = 0; i < 3; ++i)
        EXPECT_EQ(decoded.messages[i].message_id, "wamid." + std::to_string(i + 1));
    EXPECT_EQ(decoded.counts.other_fields, 1u);
    EXPECT_EQ(decoded.counts.unusable, 2u);
}

class DecodeUnreadable : public ::testing::TestWithParam<std::string> {};
TEST_P(DecodeUnreadable, IsCounted) {
    const Decoded decoded = decode(GetParam(), kOurs);
    EXPECT_TRUE(decoded.messages.empty());
    EXPECT_EQ(decoded.counts.unreadable, 1u);
}
INSTANTIATE_TEST_SUITE_P(Bodies, DecodeUnreadable,
                         ::testing::Values("", "hola", "[]", "1", "null", "{}",
                                           R"({"object":"page","entry":[]})",
                                           R"({"object":"whatsapp_business_account"})",
                                           R"({"object":"whatsapp_business_account","entry":{}})",
                                           R"({"object":"whatsapp_business_account","entry":[)",
                                           R"({"object":"whatsapp_business_account","entry":)" +
                                               std::string(20000, '[') + std::string(20000, ']') + "}"));

}  // namespace
}  // namespace migue::host::whatsapp
