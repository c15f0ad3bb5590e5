#include "host/pipeline/tap.hpp"

#include <gtest/gtest.h>

namespace migue::host {
namespace {

TEST(Tap, FindsItsWayBackToThePluginThatOfferedIt) {
    const Reply sent = with_plugin_in_ids(
        {"buttons", R"({"text":"?","buttons":[{"id":"undo:7","title":"Deshacer"}]})"}, "scheduling");
    EXPECT_EQ(sent.body_json, R"({"buttons":[{"id":"scheduling:undo:7","title":"Deshacer"}],"text":"?"})");
    const Input tapped = read_input(R"({"kind":"tap","tap":"scheduling:undo:7"})");
    EXPECT_EQ(tapped.kind, "tap");
    EXPECT_EQ(tapped.tap, "scheduling:undo:7");
    EXPECT_EQ(tapped.input_json, R"({"kind":"tap","tap":"undo:7"})");
}

TEST(Tap, MarksTheRowsOfAListAndLeavesATextAsItIs) {
    EXPECT_EQ(
        with_plugin_in_ids({"list", R"({"button":"b","rows":[{"id":"1","title":"t"}],"text":"?"})"}, "p")
            .body_json,
        R"({"button":"b","rows":[{"id":"p:1","title":"t"}],"text":"?"})");
    EXPECT_EQ(with_plugin_in_ids({"text", R"({"text":"a"})"}, "p").body_json, R"({"text":"a"})");
}

TEST(Tap, ReadsWhatIsNoObjectAsAText) {
    for (const char* text : {"", "[]", "nonsense", R"({"kind":"text","tap":7})"})
        EXPECT_EQ(read_input(text).kind, "text") << text;
    EXPECT_TRUE(read_input(R"({"kind":"tap","tap":7})").tap.empty());
}

}  // namespace
}  // namespace migue::host
