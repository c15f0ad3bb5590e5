#include "host/channels/whatsapp/whatsapp_channel.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/host/temporary_folder.hpp"
#include "tests/standins/graph/graph.hpp"

namespace migue::host::whatsapp {
namespace {

using nlohmann::json;
using standins::GraphFault;
using namespace std::chrono_literals;
using Kind = SendOutcome::Kind;

class MovableClock final : public Clock {
public:
    [[nodiscard]] std::uint64_t monotonic_ns() const override { return now_ns_; }
    [[nodiscard]] std::int64_t unix_ms() const override {
        return static_cast<std::int64_t>(now_ns_ / 1'000'000);
    }
    void forward(std::chrono::nanoseconds time) { now_ns_ += static_cast<std::uint64_t>(time.count()); }

private:
    std::atomic<std::uint64_t> now_ns_{1'000'000'000};
};

OutboundReply reply_to(const std::string& number, std::uint32_t attempt = 0) {
    OutboundReply reply;
    reply.conversation_id = "c1";
    reply.message_id = "wamid.IN1";
    reply.channel = "whatsapp";
    reply.account = "106540352242922";
    reply.address_json = json{{"to", number}}.dump();
    reply.reply = {"text", R"({"text":"un secreto"})"};
    reply.attempt = attempt;
    return reply;
}

/// The channel against the stand-in, over real HTTP.
class WhatsAppChannelTest : public ::testing::Test {
protected:
    [[nodiscard]] config::WhatsAppSettings settings() const {
        config::WhatsAppSettings out;
        out.access_token = "test_access_token";
        out.phone_number_ids = {"106540352242922"};
        out.graph_url = graph_.url() + "/";
        return out;
    }

    void fail(GraphFault::Kind kind, int code = 0, int status = 500, int times = 1) {
        GraphFault fault;
        fault.kind = kind;
        fault.code = code;
        fault.status = status;
        fault.times = times;
        graph_.fail(fault);
    }

    std::string logged() {
        const std::lock_guard lock(mutex_);
        return logged_;
    }

    std::mutex mutex_;
    std::string logged_;  // guarded by mutex_
    Log log_{Severity::kDebug, [this](std::string_view line) {
                 const std::lock_guard lock(mutex_);
                 logged_ += line;
             }};
    standins::Graph graph_{{.threads = 100}};
    MovableClock clock_;
    HttpClient http_;
    WhatsAppChannel channel_{settings(), http_, clock_, log_};
};

TEST_F(WhatsAppChannelTest, SendsAndKeepsGraphsId) {
    const SendOutcome outcome = channel_.send(reply_to("+15550100001"));
    EXPECT_EQ(outcome.kind, Kind::kSent) << outcome.why;
    ASSERT_EQ(graph_.messages().size(), 1u);
    EXPECT_EQ(outcome.channel_message_id, graph_.messages().front().wamid);
    EXPECT_TRUE(graph_.refused().empty());
    EXPECT_EQ(channel_.counts().sent, 1u);
}

TEST_F(WhatsAppChannelTest, EveryKindOfReplyIsTakenByGraph) {
    const std::pair<const char*, const char*> replies[] = {
        {"text", R"({"text":"hola"})"},
        {"buttons", R"({"text":"?","buttons":[{"id":"y","title":"Si"},{"id":"n","title":"No"}]})"},
        {"list", R"({"text":"?","button":"Ver","rows":[{"id":"1","title":"a","description":"d"}]})"},
        {"link", R"({"text":"?","title":"Conectar","url":"https://bot.example.org/p/x"})"}};
    for (const auto& [kind, body] : replies) {
        OutboundReply reply = reply_to("+15550100001");
        reply.reply = {kind, body};
        EXPECT_EQ(channel_.send(reply).kind, Kind::kSent) << kind;
    }
    OutboundReply by_user_id = reply_to("");
    by_user_id.address_json = R"({"recipient":"CO.134"})";
    EXPECT_EQ(channel_.send(by_user_id).kind, Kind::kSent);
    EXPECT_TRUE(graph_.refused().empty());
}

TEST_F(WhatsAppChannelTest, WhatCannotBeEncodedIsRefusedWithoutACall) {
    OutboundReply reply = reply_to("+15550100001");
    reply.reply.kind = "poem";
    EXPECT_EQ(channel_.send(reply).kind, Kind::kRefused);
    OutboundReply foreign = reply_to("+15550100001");
    foreign.account = "999";
    EXPECT_EQ(channel_.send(foreign).kind, Kind::kRefused);
    EXPECT_EQ(graph_.requests(), 0u);
    EXPECT_EQ(logged().find("secreto"), std::string::npos);
}

TEST_F(WhatsAppChannelTest, ADeadTokenStopsSendingUntilItIsReplaced) {
    graph_.set_access_token("new_token");
    EXPECT_EQ(channel_.send(reply_to("+15550100001")).kind, Kind::kHeld);
    const auto calls = graph_.refused().size();
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(channel_.permit(reply_to("+15550100002")).kind, Permit::Kind::kAccountShut);
        const SendOutcome held = channel_.send(reply_to("+15550100002"));
        EXPECT_EQ(held.kind, Kind::kHeld);
        EXPECT_GT(held.retry_after_ms, 0);
        EXPECT_NE(held.why.find("190"), std::string::npos);
    }
    EXPECT_EQ(graph_.refused().size(), calls) << "no call while sending is paused";
    EXPECT_EQ(channel_.counts().paused, 1u);
    channel_.set_access_token("new_token");
    EXPECT_EQ(channel_.send(reply_to("+15550100001")).kind, Kind::kSent);
    EXPECT_EQ(logged().find("test_access_token"), std::string::npos);
    EXPECT_EQ(logged().find("new_token"), std::string::npos);
}

TEST_F(WhatsAppChannelTest, ALateAnswerToTheOldTokenDoesNotStopTheNewOne) {
    GraphFault slow;
    slow.code = 190;
    slow.status = 401;
    slow.kind = GraphFault::Kind::kErrorWhenReleased;
    graph_.fail(slow);
    auto late = std::async(std::launch::async, [this] { return channel_.send(reply_to("+15550100001")); });
    ASSERT_TRUE(graph_.wait_for_requests(1, 5s));
    channel_.set_access_token("test_access_token");
    graph_.clear_faults();
    EXPECT_EQ(late.get().kind, Kind::kHeld) << "to be sent again at once";
    EXPECT_EQ(channel_.send(reply_to("+15550100001")).kind, Kind::kSent);
}

TEST_F(WhatsAppChannelTest, APauseEndsByItself) {
    fail(GraphFault::Kind::kError, 130429, 429);
    EXPECT_EQ(channel_.send(reply_to("+15550100001")).retry_after_ms, 1000);
    EXPECT_EQ(channel_.send(reply_to("+15550100002")).kind, Kind::kHeld);
    clock_.forward(1001ms);
    EXPECT_EQ(channel_.send(reply_to("+15550100002")).kind, Kind::kSent);
}

TEST_F(WhatsAppChannelTest, OnePersonsLimitHoldsNobodyElse) {
    GraphFault fault;
    fault.code = 131056;
    fault.status = 429;
    fault.to = "15550100001";
    fault.times = -1;
    graph_.fail(fault);
    EXPECT_EQ(channel_.send(reply_to("+15550100001", 1)).retry_after_ms, 4000);
    EXPECT_EQ(channel_.send(reply_to("+15550100002")).kind, Kind::kSent);
    EXPECT_EQ(channel_.counts().paused, 0u);
}

struct FaultCase {
    std::string name;
    GraphFault::Kind fault;
    int code, status;
    std::string body;
    Kind kind;
};
class WhatsAppChannelFault : public WhatsAppChannelTest, public ::testing::WithParamInterface<FaultCase> {};
TEST_P(WhatsAppChannelFault, IsToldForWhatItIs) {
    GraphFault fault;
    fault.kind = GetParam().fault;
    fault.code = GetParam().code;
    fault.status = GetParam().status;
    fault.body = GetParam().body;
    if (fault.status == 302) fault.headers = {{"Location", graph_.url() + "/v25.0/106540352242922/messages"}};
    graph_.fail(fault);
    const SendOutcome outcome = channel_.send(reply_to("+15550100001"));
    EXPECT_EQ(outcome.kind, GetParam().kind) << outcome.why;
    EXPECT_EQ(outcome.why.find("secreto"), std::string::npos);
    EXPECT_EQ(graph_.requests(), 1u) << "one send is one call: no redirect followed, nothing repeated";
}
INSTANTIATE_TEST_SUITE_P(
    Kinds, WhatsAppChannelFault,
    ::testing::Values(
        FaultCase{"MetasFault", GraphFault::Kind::kError, 131000, 500, "", Kind::kRetry},
        FaultCase{"WindowClosed", GraphFault::Kind::kError, 131047, 400, "", Kind::kRefused},
        FaultCase{"Undeliverable", GraphFault::Kind::kError, 131026, 400, "", Kind::kRefused},
        FaultCase{"HtmlPage", GraphFault::Kind::kRaw, 0, 502, "<html>bad gateway</html>", Kind::kRetry},
        FaultCase{"HtmlButAccepted", GraphFault::Kind::kRaw, 0, 200, "<html>", Kind::kSent},
        FaultCase{"Redirect", GraphFault::Kind::kRaw, 0, 302, "", Kind::kHeld},
        FaultCase{"EndlessAnswer", GraphFault::Kind::kRaw, 0, 200, std::string(200'000, 'x'),
                  Kind::kUncertain},
        FaultCase{"Dropped", GraphFault::Kind::kCloseAfterReading, 0, 0, "", Kind::kUncertain},
        FaultCase{"TakenButNotAnswered", GraphFault::Kind::kAcceptThenClose, 0, 0, "", Kind::kUncertain}),
    [](const auto& tested) { return tested.param.name; });

TEST_F(WhatsAppChannelTest, NobodyListeningIsTriedAgain) {
    config::WhatsAppSettings nowhere = settings();
    {
        standins::Graph gone;
        nowhere.graph_url = gone.url();
    }
    WhatsAppChannel channel(nowhere, http_, clock_, log_);
    EXPECT_EQ(channel.send(reply_to("+15550100001")).kind, Kind::kRetry);
}

TEST_F(WhatsAppChannelTest, AMessageOutsideTheWindowIsNotSentAsFreeText) {
    OutboundReply reply = reply_to("+15550100001");
    reply.person_wrote_unix_ms = clock_.unix_ms();
    clock_.forward(23h + 54min);
    EXPECT_EQ(channel_.send(reply).kind, Kind::kSent);
    clock_.forward(2min);
    const SendOutcome late = channel_.send(reply);
    EXPECT_EQ(late.kind, Kind::kRefused) << "minutes before Graph would refuse it";
    EXPECT_NE(late.why.find("24-hour window"), std::string::npos);
    EXPECT_EQ(graph_.requests(), 1u);
    EXPECT_EQ(channel_.counts().window_closed, 1u);
}

TEST_F(WhatsAppChannelTest, WithATemplateItGoesOutAsThat) {
    config::WhatsAppSettings with_template = settings();
    with_template.message_template = {"later", "es"};
    WhatsAppChannel channel(with_template, http_, clock_, log_);
    OutboundReply reply = reply_to("+15550100001");
    reply.person_wrote_unix_ms = clock_.unix_ms();
    clock_.forward(25h);
    EXPECT_EQ(channel.send(reply).kind, Kind::kSent);
    graph_.close_window("15550100002");
    EXPECT_EQ(channel.send(reply_to("+15550100002")).kind, Kind::kSent) << "Graph says that it is closed";
    EXPECT_EQ(channel.failed(reply_to("+15550100003"), 131047).kind, Kind::kSent) << "a status says so";
    for (const auto& message : graph_.messages()) {
        const json body = json::parse(message.body);
        EXPECT_EQ(body.at("type"), "template");
        EXPECT_EQ(body.at("template").at("components").at(0).at("parameters").at(0).at("text"), "un secreto");
    }
    EXPECT_EQ(channel.counts().templates, 3u);
}

TEST_F(WhatsAppChannelTest, WithoutATemplateAClosedWindowIsTheEnd) {
    graph_.close_window("15550100001");
    EXPECT_EQ(channel_.send(reply_to("+15550100001")).kind, Kind::kRefused);
    EXPECT_EQ(channel_.failed(reply_to("+15550100001"), 131047).kind, Kind::kRefused);
    EXPECT_EQ(graph_.requests(), 1u);
}

TEST_F(WhatsAppChannelTest, AFailureToldLaterIsDecidedByItsCode) {
    EXPECT_EQ(channel_.failed(reply_to("+15550100001"), 131026).kind, Kind::kRefused);
    EXPECT_EQ(channel_.failed(reply_to("+15550100001"), -1).kind, Kind::kRefused);
    const SendOutcome too_many = channel_.failed(reply_to("+15550100001", 1), 131056);
    EXPECT_EQ(too_many.kind, Kind::kRetry);
    EXPECT_EQ(too_many.retry_after_ms, 4000);
    EXPECT_EQ(channel_.failed(reply_to("+15550100001"), 130429).kind, Kind::kRetry);
    EXPECT_EQ(channel_.counts().paused, 1u);
    EXPECT_EQ(graph_.requests(), 0u);
}

TEST_F(WhatsAppChannelTest, HoldsAPersonWhoGotABurstAndNobodyElse) {
    OutboundReply reply = reply_to("+15550100001");
    for (int i = 0; i < 45; ++i) EXPECT_EQ(channel_.permit(reply).kind, Permit::Kind::kGo);
    EXPECT_EQ(channel_.permit(reply).kind, Permit::Kind::kPersonWaits);
    OutboundReply other = reply_to("+15550100002");
    other.conversation_id = "c2";
    EXPECT_EQ(channel_.permit(other).kind, Permit::Kind::kGo);
    clock_.forward(6s);
    EXPECT_EQ(channel_.permit(reply).kind, Permit::Kind::kGo);
    EXPECT_EQ(channel_.counts().person_waits, 1u);
}

TEST_F(WhatsAppChannelTest, StaysWithinTheRatesThatGraphCounts) {
    const standins::Graph strict(
        {.threads = 100, .messages_per_second = 80, .person_burst = 45, .person_interval = 6s});
    config::WhatsAppSettings to_strict = settings();
    to_strict.graph_url = strict.url();
    SystemClock clock;
    WhatsAppChannel channel(to_strict, http_, clock, log_);
    OutboundReply reply = reply_to("+15550100001");
    int sent = 0;
    // A person's burst, then others, as fast as our own pace lets them go.
    for (int i = 0; i < 150; ++i) {
        if (i >= 60) reply.conversation_id = "other " + std::to_string(i);
        if (i >= 60) reply.address_json = json{{"to", "+1555020" + std::to_string(1000 + i)}}.dump();
        const Permit permit = channel.permit(reply);
        if (permit.kind != Permit::Kind::kGo) continue;
        const auto at = std::chrono::steady_clock::now() + std::chrono::milliseconds(permit.wait_ms);
        while (std::chrono::steady_clock::now() < at) std::this_thread::yield();
        EXPECT_EQ(channel.send(reply).kind, Kind::kSent);
        ++sent;
    }
    EXPECT_EQ(sent, 45 + 90);
    EXPECT_TRUE(strict.refused().empty()) << strict.refused().front().details;
}

TEST_F(WhatsAppChannelTest, OnlyAPauseAboutTheTokenEndsWithANewOne) {
    fail(GraphFault::Kind::kError, 131048, 400);
    EXPECT_EQ(channel_.send(reply_to("+15550100001")).kind, Kind::kHeld);
    channel_.set_access_token("test_access_token");
    EXPECT_EQ(channel_.send(reply_to("+15550100001")).kind, Kind::kHeld) << "limited for spam";
    clock_.forward(2h + 1s);
    EXPECT_EQ(channel_.send(reply_to("+15550100001")).kind, Kind::kSent);
}

TEST_F(WhatsAppChannelTest, FollowsTheTokenInItsFile) {
    const test::TemporaryFolder folder;
    const auto file = folder.path() / "token";
    std::ofstream(file) << "old_token\n";
    config::WhatsAppSettings from_file = settings();
    from_file.access_token = "old_token";
    from_file.access_token_file = file;
    WhatsAppChannel channel(from_file, http_, clock_, log_);
    EXPECT_EQ(channel.send(reply_to("+15550100001")).kind, Kind::kHeld);
    EXPECT_EQ(channel.counts().paused, 1u);
    std::ofstream(file) << "";  // half written: changes nothing
    std::ofstream(folder.path() / "new") << "test_access_token\n";
    std::filesystem::rename(folder.path() / "new", file);
    const auto limit = std::chrono::steady_clock::now() + 30s;
    while (channel.counts().paused > 0 && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
    EXPECT_EQ(channel.send(reply_to("+15550100001")).kind, Kind::kSent);
    EXPECT_EQ(logged().find("_token\""), std::string::npos) << "no token in the log";
}

TEST_F(WhatsAppChannelTest, AnswersFromTheNumberThatWasWrittenTo) {
    standins::Graph graph({.other_phone_number_id = "999"});
    config::WhatsAppSettings two = settings();
    two.graph_url = graph.url();
    two.phone_number_ids.emplace_back("999");
    WhatsAppChannel channel(two, http_, clock_, log_);
    OutboundReply reply = reply_to("+15550100001");
    reply.account = "999";
    EXPECT_EQ(channel.send(reply).kind, Kind::kSent);
    EXPECT_EQ(graph.messages().front().from, "999");
    graph.fail({.kind = GraphFault::Kind::kError, .code = 131048, .status = 400});
    EXPECT_EQ(channel.send(reply).kind, Kind::kHeld);
    EXPECT_EQ(channel.permit(reply).kind, Permit::Kind::kAccountShut);
    EXPECT_EQ(channel.send(reply_to("+15550100001")).kind, Kind::kSent) << "the other number goes on";
}

InboundMessage inbound(const std::string& id) {
    InboundMessage message;
    message.account = "106540352242922";
    message.message_id = id;
    return message;
}

TEST_F(WhatsAppChannelTest, MarksAsReadAndShowsTypingInTheBackground) {
    channel_.acknowledge(inbound("wamid.IN1"));
    ASSERT_TRUE(graph_.wait_for_read_marks(1, 5s));
    const json body = json::parse(graph_.read_marks().front().body);
    EXPECT_EQ(body.at("message_id"), "wamid.IN1");
    EXPECT_TRUE(body.contains("typing_indicator"));
}

TEST_F(WhatsAppChannelTest, ReadMarksNeverWaitAndTheSurplusIsLeftOut) {
    fail(GraphFault::Kind::kHang, 0, 0, -1);
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 1000; ++i) channel_.acknowledge(inbound("wamid." + std::to_string(i)));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
    EXPECT_GE(channel_.counts().read_marks.dropped, 1000u - 256u - 64u);
    graph_.clear_faults();
}

TEST_F(WhatsAppChannelTest, AMarkThatWaitedTooLongIsLeftOutAndAnAnsweredOneShowsNoTyping) {
    constexpr int kThreads = 64;  // all that marks may use
    fail(GraphFault::Kind::kHang, 0, 0, kThreads);
    for (int i = 0; i < kThreads; ++i) channel_.acknowledge(inbound("wamid.BUSY" + std::to_string(i)));
    ASSERT_TRUE(graph_.wait_for_requests(kThreads, 20s));
    channel_.acknowledge(inbound("wamid.STALE"));
    clock_.forward(3s);
    channel_.acknowledge(inbound("wamid.IN1"));
    EXPECT_EQ(channel_.send(reply_to("+15550100001")).kind, Kind::kSent);
    graph_.clear_faults();
    ASSERT_TRUE(graph_.wait_for_read_marks(kThreads + 1, 20s));
    const json last = json::parse(graph_.read_marks().back().body);
    EXPECT_EQ(last.at("message_id"), "wamid.IN1");
    EXPECT_FALSE(last.contains("typing_indicator"));
    EXPECT_EQ(channel_.counts().read_marks.dropped, 1u);
}

TEST_F(WhatsAppChannelTest, GoesDownWhileGraphHangs) {
    fail(GraphFault::Kind::kHang, 0, 0, -1);
    const auto begin = std::chrono::steady_clock::now();
    {
        WhatsAppChannel channel(settings(), http_, clock_, log_);
        for (int i = 0; i < 20; ++i) channel.acknowledge(inbound("wamid." + std::to_string(i)));
        ASSERT_TRUE(graph_.wait_for_requests(4, 5s));
    }
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 3s);
    graph_.clear_faults();
}

}  // namespace
}  // namespace migue::host::whatsapp
