#include "tests/standins/graph/graph_rules.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace migue::standins {
namespace {

using nlohmann::json;

json message(const char* type, json content) {
    return {{"messaging_product", "whatsapp"},
            {"recipient_type", "individual"},
            {"to", "+15550100001"},
            {"type", type},
            {type, std::move(content)}};
}
json text(const std::string& body) {
    return message("text", {{"body", body}, {"preview_url", false}});
}
json button(const std::string& id, const std::string& title) {
    return {{"type", "reply"}, {"reply", {{"id", id}, {"title", title}}}};
}
json buttons(json list) {
    return message(
        "interactive",
        {{"type", "button"}, {"body", {{"text", "?"}}}, {"action", {{"buttons", std::move(list)}}}});
}
json row(const std::string& id, const std::string& title) {
    return {{"id", id}, {"title", title}};
}
json list(json rows) {
    json section = {{"rows", std::move(rows)}};
    return message("interactive", {{"type", "list"},
                                   {"body", {{"text", "?"}}},
                                   {"action", {{"button", "Ver"}, {"sections", json::array({section})}}}});
}
json link(const std::string& title, const std::string& url) {
    return message(
        "interactive",
        {{"type", "cta_url"},
         {"body", {{"text", "?"}}},
         {"action", {{"name", "cta_url"}, {"parameters", {{"display_text", title}, {"url", url}}}}}});
}
json with(json base, const std::string& pointer, json value) {
    base[json::json_pointer(pointer)] = std::move(value);
    return base;
}
json without(json base, const std::string& key) {
    base.erase(key);
    return base;
}
json rows(int count) {
    json out = json::array();
    for (int i = 0; i < count; ++i) out.push_back(row("r" + std::to_string(i), "Row"));
    return out;
}
json read_mark() {
    return {{"messaging_product", "whatsapp"}, {"status", "read"}, {"message_id", "wamid.1"}};
}
std::string emoji(int count) {
    std::string out;
    for (int i = 0; i < count; ++i) out += "\xF0\x9F\x98\x80";
    return out;
}

struct RuleCase {
    std::string name;
    json body;
    int code;  ///< 0: accepted
};
class GraphRules : public ::testing::TestWithParam<RuleCase> {};

TEST_P(GraphRules, RefuseWhatGraphRefuses) {
    const auto refusal = refusal_of(GetParam().body);
    EXPECT_EQ(refusal ? refusal->code : 0, GetParam().code) << (refusal ? refusal->details : "accepted");
}

INSTANTIATE_TEST_SUITE_P(
    Messages, GraphRules,
    ::testing::Values(
        RuleCase{"Text", text("hola"), 0}, RuleCase{"LongestText", text(std::string(4096, 'x')), 0},
        RuleCase{"TooLongText", text(std::string(4097, 'x')), 131009},
        RuleCase{"TooLongInUtf16", text(emoji(2049)), 131009}, RuleCase{"BlankText", text(" \n"), 131009},
        RuleCase{"NoBody", message("text", json::object()), 131008},
        RuleCase{"UnknownKey", with(text("hola"), "/txt", 1), 100},
        RuleCase{"UnknownKeyInside", with(text("hola"), "/text/bodi", "x"), 100},
        RuleCase{"NoProduct", without(text("hola"), "messaging_product"), 131008},
        RuleCase{"NoRecipient", without(text("hola"), "to"), 131008},
        RuleCase{"NumberWithMarks", with(text("hola"), "/to", "+1 (555) 010-0001"), 0},
        RuleCase{"NumberWithLetters", with(text("hola"), "/to", "Ana"), 131009},
        RuleCase{"UserIdInTo", with(text("hola"), "/to", "US.13491208655302741918"), 131026},
        RuleCase{"UserId", with(without(text("hola"), "to"), "/recipient", "US.13491208655302741918"), 0},
        RuleCase{"BadUserId", with(without(text("hola"), "to"), "/recipient", "US-1"), 131009},
        RuleCase{"Context", with(text("hola"), "/context", {{"message_id", "wamid.1"}}), 0},
        RuleCase{"CallbackData", with(text("hola"), "/biz_opaque_callback_data", std::string(512, 'x')), 0},
        RuleCase{"TooLongCallbackData",
                 with(text("hola"), "/biz_opaque_callback_data", std::string(513, 'x')), 131009},
        RuleCase{"UnknownType", message("poem", json::object()), 131009},
        RuleCase{"NoObject", json::array(), 100}),
    [](const auto& tested) { return tested.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Interactive, GraphRules,
    ::testing::Values(
        RuleCase{"ThreeButtons", buttons({button("1", "a"), button("2", "b"), button("3", "c")}), 0},
        RuleCase{"FourButtons",
                 buttons({button("1", "a"), button("2", "b"), button("3", "c"), button("4", "d")}), 131009},
        RuleCase{"NoButtons", buttons(json::array()), 131009},
        RuleCase{"LongestTitle", buttons({button("1", std::string(20, 'x'))}), 0},
        RuleCase{"TooLongTitle", buttons({button("1", std::string(21, 'x'))}), 131009},
        RuleCase{"TooLongTitleInUtf16", buttons({button("1", emoji(11))}), 131009},
        RuleCase{"SameTitles", buttons({button("1", "a"), button("2", "a")}), 131009},
        RuleCase{"SameIds", buttons({button("1", "a"), button("1", "b")}), 131009},
        RuleCase{"TooLongId", buttons({button(std::string(257, 'x'), "a")}), 131009},
        RuleCase{"TooLongBody",
                 with(buttons({button("1", "a")}), "/interactive/body/text", std::string(1025, 'x')), 131009},
        RuleCase{"Footer", with(buttons({button("1", "a")}), "/interactive/footer", {{"text", "f"}}), 0},
        RuleCase{"TooLongFooter",
                 with(buttons({button("1", "a")}), "/interactive/footer", {{"text", std::string(61, 'x')}}),
                 131009},
        RuleCase{"TenRows", list(rows(10)), 0}, RuleCase{"ElevenRows", list(rows(11)), 131009},
        RuleCase{"SameRowIds", list({row("1", "a"), row("1", "b")}), 131009},
        RuleCase{"TooLongRowTitle", list({row("1", std::string(25, 'x'))}), 131009},
        RuleCase{"TooLongRowId", list({row(std::string(201, 'x'), "a")}), 131009},
        RuleCase{"TooLongDescription", list({with(row("1", "a"), "/description", std::string(73, 'x'))}),
                 131009},
        RuleCase{"NoListButton", with(list(rows(1)), "/interactive/action/button", ""), 131009},
        RuleCase{"Link", link("Open", "https://example.org/x"), 0},
        RuleCase{"TooLongLinkTitle", link(std::string(21, 'x'), "https://example.org"), 131009},
        RuleCase{"NoUrl", link("Open", "javascript:alert(1)"), 131009}),
    [](const auto& tested) { return tested.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Others, GraphRules,
    ::testing::Values(
        RuleCase{"ImageById", message("image", {{"id", "1"}, {"caption", "c"}}), 0},
        RuleCase{"ImageByBoth", message("image", {{"id", "1"}, {"link", "https://a"}}), 131008},
        RuleCase{"CaptionOnAudio", message("audio", {{"id", "1"}, {"caption", "c"}}), 100},
        RuleCase{"FilenameOnImage", message("image", {{"id", "1"}, {"filename", "f"}}), 100},
        RuleCase{"Location", message("location", {{"latitude", 1.5}, {"longitude", 2}}), 0},
        RuleCase{"LocationOfText", message("location", {{"latitude", "1"}, {"longitude", 2}}), 100},
        RuleCase{"ReactionRemoved", message("reaction", {{"message_id", "wamid.1"}, {"emoji", ""}}), 0},
        RuleCase{"Template", message("template", {{"name", "n"}, {"language", {{"code", "es"}}}}), 0},
        RuleCase{"TemplateWithoutLanguage", message("template", {{"name", "n"}}), 131008},
        RuleCase{"Read", read_mark(), 0},
        RuleCase{"ReadAndTyping", with(read_mark(), "/typing_indicator", {{"type", "text"}}), 0},
        RuleCase{"TypingOfAnotherKind", with(read_mark(), "/typing_indicator", {{"type", "audio"}}), 131009},
        RuleCase{"ReadOfNothing", with(read_mark(), "/message_id", "1"), 131009},
        RuleCase{"OtherStatus", with(read_mark(), "/status", "seen"), 131009}),
    [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace migue::standins
