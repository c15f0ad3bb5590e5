#include "host/channels/chat/chat_api.hpp"

#include <gtest/gtest.h>

#include <future>
#include <nlohmann/json.hpp>

#include "tests/host/channels/chat/memory_chat.hpp"

namespace migue::host::chat {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

struct FixedClock final : Clock {
    [[nodiscard]] std::uint64_t monotonic_ns() const override { return 0; }
    [[nodiscard]] std::int64_t unix_ms() const override { return 1'795'000'000'000; }
};

class ChatApiTest : public ::testing::Test {
protected:
    http::Reply post(const json& body, const std::string& person = "me") {
        http::Request request;
        request.params = {{"person", person}};
        request.body = body.dump();
        return api_.post(request);
    }
    http::Reply read(std::int64_t after, std::chrono::milliseconds wait = 0ms,
                     const std::string& person = "me") {
        http::Request request;
        request.params = {{"person", person}};
        request.query = {{"after", std::to_string(after)}, {"wait", std::to_string(wait.count())}};
        return api_.read(request);
    }
    static json lines(const http::Reply& reply) { return json::parse(reply.body).at("lines"); }

    FixedClock clock_;
    test::MemoryStore store_;
    ChatChannel channel_;
    test::ScriptedInbox inbox_{
        store_, channel_, [](const InboundMessage& message) {
            return std::vector<Reply>{{"text", json{{"text", "re: " + message.text}}.dump()}};
        }};
    ChatApi api_{inbox_, store_, channel_, clock_, test::person_of};
};

TEST_F(ChatApiTest, HandsATypedMessageToTheInbox) {
    const auto reply = post({{"id", "m1"}, {"text", "hola"}});
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(json::parse(reply.body), json({{"conversation", "conversation-chat:me"},
                                             {"person_id", "person-chat:me"},
                                             {"message_id", "chat.me.m1"},
                                             {"duplicate", false}}));
    const auto taken = inbox_.taken();
    ASSERT_EQ(taken.size(), 1u);
    EXPECT_EQ(taken[0].channel, "chat");
    EXPECT_EQ(taken[0].account, "");
    EXPECT_EQ(taken[0].message_id, "chat.me.m1");
    EXPECT_EQ(taken[0].identities, std::vector<std::string>{"chat:me"});
    EXPECT_EQ(taken[0].kind, "text");
    EXPECT_EQ(taken[0].text, "hola");
    EXPECT_EQ(json::parse(taken[0].input_json), json({{"kind", "text"}}));
    EXPECT_EQ(taken[0].sent_unix_ms, clock_.unix_ms());
}

TEST_F(ChatApiTest, HandsATapWithItsTitleToTheInbox) {
    EXPECT_EQ(post({{"id", "m2"}, {"tap", "undo:1"}, {"title", "Deshacer"}}).status, 200);
    const auto taken = inbox_.taken();
    ASSERT_EQ(taken.size(), 1u);
    EXPECT_EQ(taken[0].kind, "tap");
    EXPECT_EQ(taken[0].text, "Deshacer");
    EXPECT_EQ(json::parse(taken[0].input_json), json({{"kind", "tap"}, {"tap", "undo:1"}}));
}

TEST_F(ChatApiTest, SaysThatARepeatedIdIsTheSameMessage) {
    EXPECT_EQ(post({{"id", "m1"}, {"text", "hola"}}).status, 200);
    EXPECT_EQ(json::parse(post({{"id", "m1"}, {"text", "hola"}}).body)["duplicate"], true);
    EXPECT_EQ(lines(read(0)).size(), 2u);
}

TEST_F(ChatApiTest, GivesBothSidesAfterAPosition) {
    (void)post({{"id", "m1"}, {"text", "uno"}});
    (void)post({{"id", "m2"}, {"text", "dos"}});
    const json all = lines(read(0));
    ASSERT_EQ(all.size(), 4u);
    EXPECT_EQ(all[0]["from"], "person");
    EXPECT_EQ(all[0]["text"], "uno");
    EXPECT_EQ(all[1]["from"], "bot");
    EXPECT_EQ(all[1]["body"], json({{"text", "re: uno"}}));
    EXPECT_EQ(all[1]["message_id"], "chat.me.m1") << "the message it answers";
    const json rest = lines(read(all[1]["position"]));
    ASSERT_EQ(rest.size(), 2u);
    EXPECT_EQ(rest[0]["text"], "dos");
    EXPECT_TRUE(lines(read(0, 0ms, "laura")).empty()) << "another person's conversation";
}

TEST_F(ChatApiTest, TellsTheHostsPersonIdOnceItIsKnown) {
    EXPECT_EQ(json::parse(read(0).body)["person_id"], "");
    (void)post({{"id", "m1"}, {"text", "hola"}});
    EXPECT_EQ(json::parse(read(0).body)["person_id"], "person-chat:me");
}

TEST_F(ChatApiTest, AReaderThatWaitsGetsTheReplyWhenItIsSent) {
    inbox_.hold();
    (void)post({{"id", "m1"}, {"text", "hola"}});
    const std::int64_t seen = lines(read(0)).back()["position"];
    auto waiting = std::async(std::launch::async, [&] { return read(seen, 25000ms); });
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    while (channel_.waiters() == 0 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    ASSERT_EQ(channel_.waiters(), 1);
    const auto released = std::chrono::steady_clock::now();
    inbox_.release();
    const json got = lines(waiting.get());
    ASSERT_EQ(got.size(), 1u);
    EXPECT_EQ(got[0]["body"]["text"], "re: hola");
    EXPECT_LT(std::chrono::steady_clock::now() - released, 10s) << "woken, not timed out";
}

TEST_F(ChatApiTest, AReaderWaitsThroughNewsOfOthersUntilItsDeadline) {
    auto waiting = std::async(std::launch::async, [&] { return read(0, 300ms); });
    (void)post({{"id", "m1"}, {"text", "hola"}}, "laura");
    const auto reply = waiting.get();
    EXPECT_EQ(reply.status, 200);
    EXPECT_TRUE(lines(reply).empty());
}

TEST_F(ChatApiTest, AnswersAtOnceWhenTheServerStops) {
    auto waiting = std::async(std::launch::async, [&] { return read(0, 25000ms); });
    channel_.close();
    EXPECT_EQ(waiting.wait_for(10s), std::future_status::ready);
}

TEST_F(ChatApiTest, RefusesBadInputWithAReason) {
    EXPECT_EQ(post({{"id", "m1"}}).status, 400);
    EXPECT_EQ(post({{"id", "m1"}, {"text", "hola"}}, "No Such").status, 400);
    EXPECT_EQ(read(-1).status, 400);
    EXPECT_EQ(read(0, 25001ms).status, 400);
    EXPECT_EQ(post({{"id", "m1"}, {"text", std::string(kMaxBody, 'x')}}).status, 413);
    const auto refused = post({{"id", "m1"}, {"text", ""}});
    EXPECT_EQ(json::parse(refused.body)["error"], "text: is empty, expected at least one character");
    EXPECT_TRUE(inbox_.taken().empty());
}

TEST_F(ChatApiTest, SaysThatItIsWorthTryingAgainWhenTheStoreIsAway) {
    inbox_.fail_with("store: disk full");
    const auto reply = post({{"id", "m1"}, {"text", "hola"}});
    EXPECT_EQ(reply.status, 503);
    EXPECT_EQ(reply.headers, (std::vector<std::pair<std::string, std::string>>{{"Retry-After", "1"}}));
    store_.fail_with("store: disk full");
    EXPECT_EQ(read(0).status, 503);
}

TEST_F(ChatApiTest, GivesAtMostAPageOfLinesAtOnce) {
    for (std::size_t i = 0; i < ChatApi::kPageLines + 5; ++i)
        store_.add_line("chat:me", {0, true, "m" + std::to_string(i), "text", "hola", "", 0});
    const json first = lines(read(0));
    EXPECT_EQ(first.size(), ChatApi::kPageLines);
    EXPECT_EQ(lines(read(first.back()["position"])).size(), 5u);
}

}  // namespace
}  // namespace migue::host::chat
