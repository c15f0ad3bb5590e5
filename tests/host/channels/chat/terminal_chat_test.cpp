#include "host/channels/chat/terminal_chat.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "host/channels/chat/chat_api.hpp"
#include "host/http/guards.hpp"
#include "tests/host/channels/chat/memory_chat.hpp"

namespace migue::host::chat {
namespace {

using nlohmann::json;

std::vector<Reply> card_for(const InboundMessage& message) {
    if (message.kind == "tap") return {{"text", json{{"text", "tapped " + message.input_json}}.dump()}};
    const json buttons = {{{"id", "yes"}, {"title", "Agendar"}}, {{"id", "no"}, {"title", "Cancelar"}}};
    return {{"buttons", json{{"text", "¿" + message.text + "?"}, {"buttons", buttons}}.dump()}};
}

class TerminalChatTest : public ::testing::Test {
protected:
    void SetUp() override {
        server_.guard(http::require_token("t0ken"));
        server_.guard(http::require_same_origin());
        api_.add_routes(server_);
        const auto started = server_.start();
        ASSERT_TRUE(started) << started.error().what;
    }
    void TearDown() override { channel_.close(); }
    int chat(const std::string& typed, const std::string& token = "t0ken", const std::string& person = "me") {
        std::istringstream in(typed);
        out_.str("");
        return run_terminal_chat("http://127.0.0.1:" + std::to_string(server_.port()), token, person, in,
                                 out_);
    }

    Log log_{Severity::kError};
    SystemClock clock_;
    test::MemoryStore store_;
    ChatChannel channel_;
    test::ScriptedInbox inbox_{store_, channel_, card_for};
    ChatApi api_{inbox_, store_, channel_, clock_, test::person_of};
    http::Server server_{config::Listen{"127.0.0.1", 0}, http::Limits{}, log_};
    std::ostringstream out_;
};

TEST_F(TerminalChatTest, SaysLinesTapsNumbersAndEnds) {
    EXPECT_EQ(chat("dentista mañana\n2\n2\n/quit\nnot read\n"), 0);
    const auto taken = inbox_.taken();
    ASSERT_EQ(taken.size(), 3u);
    EXPECT_EQ(taken[0].text, "dentista mañana");
    EXPECT_EQ(json::parse(taken[1].input_json), json({{"kind", "tap"}, {"tap", "no"}}));
    EXPECT_EQ(taken[2].kind, "text") << "the last reply offered no choice";
    EXPECT_EQ(taken[2].text, "2");
    EXPECT_NE(out_.str().find("¿dentista mañana?"), std::string::npos) << out_.str();
    EXPECT_NE(out_.str().find("[2] Cancelar"), std::string::npos);
    EXPECT_NE(out_.str().find(R"(tapped {"kind":"tap","tap":"no"})"), std::string::npos);
}

TEST_F(TerminalChatTest, EndsWithItsInputAndSkipsEmptyLines) {
    EXPECT_EQ(chat("\n   \nhola\n"), 0);
    EXPECT_EQ(inbox_.taken().size(), 1u);
    EXPECT_NE(out_.str().find("¿hola?"), std::string::npos);
}

TEST_F(TerminalChatTest, ShowsNothingOfAnEarlierRun) {
    EXPECT_EQ(chat("hola\n"), 0);
    EXPECT_EQ(chat("/quit\n"), 0);
    EXPECT_EQ(out_.str().find("hola"), std::string::npos);
}

TEST_F(TerminalChatTest, SaysWhyAMessageWasNotTaken) {
    inbox_.fail_with("store: disk full");
    EXPECT_EQ(chat("hola\n"), 0);
    EXPECT_NE(out_.str().find("HTTP 503: store: disk full"), std::string::npos) << out_.str();
}

TEST_F(TerminalChatTest, SaysWhyItCannotBegin) {
    EXPECT_EQ(chat("hola\n", "wrong"), 2);
    EXPECT_NE(out_.str().find("refused the token"), std::string::npos) << out_.str();
    EXPECT_EQ(chat("hola\n", "t0ken", "Laura Gómez"), 2);
    EXPECT_NE(out_.str().find("person: expected"), std::string::npos) << out_.str();
    EXPECT_TRUE(inbox_.taken().empty());
    std::istringstream in;
    EXPECT_EQ(run_terminal_chat("ftp://127.0.0.1", "", "me", in, out_), 2);
    EXPECT_NE(out_.str().find("expected http://host:port"), std::string::npos) << out_.str();
    EXPECT_EQ(run_terminal_chat("http://127.0.0.1:1", "", "me", in, out_), 2);
    EXPECT_NE(out_.str().find("chat http://127.0.0.1:1"), std::string::npos) << out_.str();
}

}  // namespace
}  // namespace migue::host::chat
