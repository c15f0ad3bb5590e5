#include "host/channels/chat/terminal_view.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

namespace migue::host::chat {
namespace {

using nlohmann::json;

const json kCard = json::parse(R"({"kind":"buttons","body":{"text":"¿La agendo?\nMartes","buttons":[
    {"id":"yes","title":"Agendar"},{"id":"no","title":"Cancelar"}]}})");

TEST(TerminalView, NumbersButtonsAndRows) {
    std::ostringstream out;
    TerminalView view(out, false);
    view.show_reply(kCard);
    EXPECT_EQ(out.str(), "migue  ¿La agendo?\n       Martes\n       [1] Agendar\n       [2] Cancelar\n");
    out.str("");
    view.show_reply(json::parse(R"({"kind":"list","body":{"text":"Elige","button":"Ver","rows":[
        {"id":"a","title":"15:30","description":"mañana"},{"id":"b","title":"16:00"}]}})"));
    EXPECT_EQ(out.str(), "migue  Elige\n       [1] 15:30  mañana\n       [2] 16:00\n");
    ASSERT_TRUE(view.choice_for("2"));
    EXPECT_EQ(view.choice_for("2")->id, "b");
}

TEST(TerminalView, ANumberIsAChoiceOnlyWhileTheLastReplyOfferedIt) {
    std::ostringstream out;
    TerminalView view(out, false);
    EXPECT_FALSE(view.choice_for("1"));
    view.show_reply(kCard);
    EXPECT_EQ(view.choice_for("1")->id, "yes");
    EXPECT_EQ(view.choice_for("1")->title, "Agendar");
    for (const char* typed : {"0", "3", "-1", "1 ", "a las 1", "", "99999999999999999999999"})
        EXPECT_FALSE(view.choice_for(typed)) << typed;
    view.show_reply(json::parse(R"({"kind":"text","body":{"text":"Listo"}})"));
    EXPECT_FALSE(view.choice_for("1"));
}

TEST(TerminalView, ShowsALinksAddress) {
    std::ostringstream out;
    TerminalView view(out, false);
    view.show_reply(json::parse(
        R"({"kind":"link","body":{"text":"Permiso","title":"Conectar","url":"https://a.example/x"}})"));
    EXPECT_EQ(out.str(), "migue  Permiso\n       Conectar  https://a.example/x\n");
}

TEST(TerminalView, KeepsControlCharactersOfAMessageFromTheTerminal) {
    std::ostringstream out;
    TerminalView view(out, false);
    const std::string hostile =
        "a\x1b[2J\x07"
        "b\xc2\x9b"
        "31mñ\r\x7f";
    view.show_reply({{"kind", "buttons"},
                     {"body", {{"text", hostile}, {"buttons", {{{"id", "x"}, {"title", hostile}}}}}}});
    EXPECT_EQ(out.str(), "migue  a[2Jb31mñ\n       [1] a[2Jb31mñ\n");
}

TEST(TerminalView, ColoursOnlyWhenAsked) {
    std::ostringstream out;
    TerminalView(out, true).show_reply(kCard);
    EXPECT_NE(out.str().find("\x1b[1m[1]\x1b[0m"), std::string::npos);
}

TEST(TerminalView, SurvivesABodyThatIsNone) {
    std::ostringstream out;
    TerminalView view(out, false);
    for (const char* line :
         {R"({})", R"({"body":7})", R"({"body":{"text":1,"buttons":"x","rows":[1,null]}})"})
        view.show_reply(json::parse(line));
    EXPECT_EQ(out.str(), "migue  \nmigue  \nmigue  \n");
    EXPECT_FALSE(view.choice_for("1"));
}

}  // namespace
}  // namespace migue::host::chat
