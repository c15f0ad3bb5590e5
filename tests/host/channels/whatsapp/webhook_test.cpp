#include "host/channels/whatsapp/webhook.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "memory_inbox.hpp"
#include "tests/standins/graph/webhook_sender.hpp"

namespace migue::host::whatsapp {
namespace {

using nlohmann::json;
using standins::post_webhook;
using standins::post_webhook_signed;
using standins::text_webhook;

constexpr std::int64_t kSent = 1795348800;

config::WhatsAppSettings settings() {
    config::WhatsAppSettings out;
    out.app_secret = "test_app_secret";
    out.verify_token = "verify me";
    out.phone_number_ids = {"106540352242922"};
    return out;
}

class StillClock final : public Clock {
public:
    [[nodiscard]] std::uint64_t monotonic_ns() const override { return 1; }
    [[nodiscard]] std::int64_t unix_ms() const override { return 42; }
};

/// The webhook behind a real server, in front of an inbox in memory.
class WebhookTest : public ::testing::Test {
protected:
    void SetUp() override {
        webhook_.add_routes(server_);
        const auto started = server_.start();
        ASSERT_TRUE(started) << started.error().what;
        url_ = "http://127.0.0.1:" + std::to_string(server_.port()) + "/webhook";
    }

    int post(const std::string& body) const { return post_webhook(url_, "test_app_secret", body).status; }

    std::mutex mutex_;
    std::string logged_;  // guarded by mutex_
    Log log_{Severity::kDebug, [this](std::string_view line) {
                 const std::lock_guard lock(mutex_);
                 logged_ += line;
             }};
    StillClock clock_;
    MemoryInbox inbox_;
    Webhook webhook_{settings(), inbox_, clock_, log_};
    http::Server server_{{"127.0.0.1", 0}, {}, log_};
    std::string url_;
};

TEST_F(WebhookTest, StoresASignedMessageBeforeItAnswers) {
    EXPECT_EQ(post(text_webhook({}, "wamid.1", kSent, "hola")), 200);
    ASSERT_EQ(inbox_.stored().size(), 1u);
    EXPECT_EQ(inbox_.stored().front().text, "hola");
    EXPECT_EQ(webhook_.counters().messages, 1u);
    EXPECT_EQ(webhook_.counters().last_signed_unix_ms, 42);
}

TEST_F(WebhookTest, StoresNothingWithoutARightSignature) {
    const std::string body = text_webhook({}, "wamid.1", kSent, "hola");
    const std::string right = standins::sign_webhook("test_app_secret", body);
    for (const std::string& signature :
         {std::string(), standins::sign_webhook("other", body), right.substr(7),
          "sha1=" + right.substr(7, 40), right + "0", std::string("sha256=")})
        EXPECT_EQ(post_webhook_signed(url_, signature, body).status, 401) << signature;
    EXPECT_EQ(post_webhook_signed(url_, right, body + " ").status, 401);
    EXPECT_TRUE(inbox_.stored().empty());
    EXPECT_EQ(webhook_.counters().bad_signature, 7u);
    EXPECT_EQ(webhook_.counters().last_signed_unix_ms, 0);
}

TEST_F(WebhookTest, AcknowledgesWhatItCannotUseAndCountsIt) {
    EXPECT_EQ(post("not json"), 200);
    EXPECT_EQ(post(""), 200);
    EXPECT_EQ(post(R"({"object":"page","entry":[]})"), 200);
    EXPECT_EQ(post(standins::webhook_body({}, json::array({nullptr, 1, "x"}))), 200);
    EXPECT_EQ(webhook_.counters().unreadable, 3u);
    EXPECT_EQ(webhook_.counters().unusable, 3u);
    EXPECT_TRUE(inbox_.stored().empty());
}

TEST_F(WebhookTest, ARepetitionIsAcknowledgedAndCounted) {
    const std::string body = text_webhook({}, "wamid.1", kSent, "hola");
    EXPECT_EQ(post(body), 200);
    EXPECT_EQ(post(body), 200);
    EXPECT_EQ(inbox_.stored().size(), 1u);
    EXPECT_EQ(webhook_.counters().duplicates, 1u);
}

TEST_F(WebhookTest, AsksForItAgainWhenItCannotBeStored) {
    for (const auto code : {Error::Code::kUnavailable, Error::Code::kDeadline, Error::Code::kInternal}) {
        inbox_.fail_with(Error{code, "store: full"});
        EXPECT_EQ(post(text_webhook({}, "wamid.1", kSent, "hola")), 503);
    }
    EXPECT_EQ(webhook_.counters().not_stored, 3u);
    inbox_.fail_with(std::nullopt);
    EXPECT_EQ(post(text_webhook({}, "wamid.1", kSent, "hola")), 200);
    EXPECT_EQ(inbox_.stored().size(), 1u);
    const http::Request request{
        "POST", "/webhook", {}, {}, {{"x-hub-signature-256", "sha256=" + std::string(64, '0')}}, "", ""};
    EXPECT_EQ(webhook_.receive(request).status, 401);
}

TEST_F(WebhookTest, TellsMetaWhenToComeAgain) {
    inbox_.fail_with(Error{Error::Code::kUnavailable, "store: full"});
    const std::string body = text_webhook({}, "wamid.1", kSent, "hola");
    http::Request request;
    request.headers = {{"x-hub-signature-256", standins::sign_webhook("test_app_secret", body)}};
    request.body = body;
    const http::Reply reply = webhook_.receive(request);
    EXPECT_EQ(reply.status, 503);
    ASSERT_EQ(reply.headers.size(), 1u);
    EXPECT_EQ(reply.headers.front().first, "Retry-After");
}

json status(const std::string& state, const std::string& reply_name) {
    json out = {{"id", "wamid.HBgLMTU1NTAxMDAwMDE"},
                {"status", state},
                {"timestamp", "1795348800"},
                {"recipient_id", "15550100001"}};
    if (!reply_name.empty()) out["biz_opaque_callback_data"] = reply_name;
    if (state == "failed") out["errors"] = {{{"code", 131047}}};
    return out;
}
/// A body with a message and statuses, as Meta may join them.
std::string joined(const json& messages, const json& statuses) {
    json body = json::parse(standins::webhook_body({}, messages));
    body["entry"][0]["changes"][0]["value"]["statuses"] = statuses;
    return body.dump();
}

TEST_F(WebhookTest, StoresNewsOfOurRepliesBeforeItAnswers) {
    const json statuses = {status("sent", "c-1/7/1"),   status("delivered", "c-1/7/1"),
                           status("read", "c-1/7/1"),   status("played", "c-1/7/1"),
                           status("failed", "c-1/8/1"), status("sent", ""),
                           status("warning", "c-1/7/1")};
    EXPECT_EQ(post(joined(json::array(), statuses)), 200);
    const auto news = inbox_.news();
    ASSERT_EQ(news.size(), 5u) << "those that name a reply of ours";
    using State = Delivery::State;
    const State expected[] = {State::kSent, State::kDelivered, State::kRead, State::kPlayed, State::kFailed};
    for (std::size_t i = 0; i < news.size(); ++i) EXPECT_EQ(news[i].state, expected[i]);
    EXPECT_EQ(news.back().error_code, 131047);
    EXPECT_EQ(news.back().unix_ms, 1795348800000);
    EXPECT_EQ(webhook_.counters().statuses, 6u);
    EXPECT_EQ(webhook_.counters().other_statuses, 1u);
}

TEST_F(WebhookTest, AsksForNewsAgainWhenTheyCannotBeStored) {
    inbox_.fail_with(Error{Error::Code::kUnavailable, "store: full"});
    EXPECT_EQ(post(joined(json::array(), json::array({status("sent", "c-1/7/1")}))), 503);
    EXPECT_EQ(webhook_.counters().not_stored, 1u);
    EXPECT_EQ(post(joined(json::array(), json::array({status("sent", "")}))), 200)
        << "nobody's: nothing to store";
    inbox_.fail_with(std::nullopt);
    EXPECT_EQ(post(joined(json::array(), json::array({status("sent", "c-1/7/1")}))), 200);
    EXPECT_EQ(inbox_.news().size(), 1u);
}

TEST_F(WebhookTest, HonoursMessagesAndNewsInOneBody) {
    const json message =
        standins::webhook_message({}, "wamid.1", kSent, {{"type", "text"}, {"text", {{"body", "hola"}}}});
    EXPECT_EQ(post(joined(json::array({message}), json::array({status("sent", "c-1/7/1")}))), 200);
    EXPECT_EQ(inbox_.stored().size(), 1u);
    EXPECT_EQ(inbox_.news().size(), 1u);
}

TEST_F(WebhookTest, LogsFailuresByCodeOnly) {
    EXPECT_EQ(post(joined(json::array(), json::array({status("failed", "c-1/8/1")}))), 200);
    EXPECT_EQ(webhook_.counters().failed_statuses, 1u);
    const std::lock_guard lock(mutex_);
    EXPECT_NE(logged_.find("131047"), std::string::npos);
    EXPECT_EQ(logged_.find("15550100001"), std::string::npos);
    EXPECT_EQ(logged_.find("HBgLMTU1NTAxMDAwMDE"), std::string::npos)
        << "a message id holds the number, in base64";
}

TEST_F(WebhookTest, NothingAPersonWroteReachesTheLog) {
    inbox_.fail_with(Error{Error::Code::kUnavailable, "store: full"});
    post(text_webhook({}, "wamid.1", kSent, "un secreto"));
    inbox_.fail_with(std::nullopt);
    post(text_webhook({}, "wamid.2", kSent, "un secreto"));
    post("un secreto");
    const std::lock_guard lock(mutex_);
    EXPECT_NE(logged_.find("not stored"), std::string::npos);
    EXPECT_EQ(logged_.find("secreto"), std::string::npos);
    EXPECT_EQ(logged_.find("15550100001"), std::string::npos);
}

TEST_F(WebhookTest, TakesTheLargestPayloadMetaSends) {
    json messages = json::array();
    for (int i = 0; i < 1000; ++i)
        messages.push_back(
            standins::webhook_message({}, "wamid." + std::to_string(i), kSent,
                                      {{"type", "text"}, {"text", {{"body", std::string(2900, 'x')}}}}));
    const std::string body = standins::webhook_body({}, messages);
    ASSERT_GT(body.size(), 2'900'000u);
    EXPECT_EQ(post(body), 200);
    EXPECT_EQ(inbox_.stored().size(), 1000u);
    EXPECT_EQ(post(body + std::string(2'000'000, ' ')), 413);
}

TEST_F(WebhookTest, TakesManyAtOnce) {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([this, t] {
            for (int i = 0; i < 25; ++i)
                EXPECT_EQ(post(text_webhook({}, "wamid." + std::to_string(t) + "." + std::to_string(i), kSent,
                                            "hola")),
                          200);
        });
    threads.clear();
    EXPECT_EQ(inbox_.stored().size(), 200u);
    EXPECT_EQ(webhook_.counters().requests, 200u);
}

struct VerifyCase {
    std::string name;
    std::vector<std::pair<std::string, std::string>> query;
    int status;
};
class WebhookVerify : public ::testing::TestWithParam<VerifyCase> {};
TEST_P(WebhookVerify, KnowsTheHandshake) {
    Log log(Severity::kError);
    StillClock clock;
    MemoryInbox inbox;
    const Webhook webhook(settings(), inbox, clock, log);
    http::Request request;
    request.query = GetParam().query;
    const http::Reply reply = webhook.verify(request);
    EXPECT_EQ(reply.status, GetParam().status);
    EXPECT_EQ(reply.body, GetParam().status == 200 ? "1158201444" : "");
}
INSTANTIATE_TEST_SUITE_P(
    Cases, WebhookVerify,
    ::testing::Values(
        VerifyCase{
            "Right",
            {{"hub.mode", "subscribe"}, {"hub.challenge", "1158201444"}, {"hub.verify_token", "verify me"}},
            200},
        VerifyCase{
            "AnyOrder",
            {{"hub.verify_token", "verify me"}, {"hub.challenge", "1158201444"}, {"hub.mode", "subscribe"}},
            200},
        VerifyCase{
            "WrongToken",
            {{"hub.mode", "subscribe"}, {"hub.challenge", "1158201444"}, {"hub.verify_token", "verify"}},
            403},
        VerifyCase{"NoToken", {{"hub.mode", "subscribe"}, {"hub.challenge", "1158201444"}}, 403},
        VerifyCase{
            "OtherMode",
            {{"hub.mode", "unsubscribe"}, {"hub.challenge", "1158201444"}, {"hub.verify_token", "verify me"}},
            403},
        VerifyCase{"NoMode", {{"hub.challenge", "1158201444"}, {"hub.verify_token", "verify me"}}, 403},
        VerifyCase{"NoChallenge", {{"hub.mode", "subscribe"}, {"hub.verify_token", "verify me"}}, 403}),
    [](const auto& tested) { return tested.param.name; });

TEST(WebhookVerifyToken, AnUnsetOneIsKnownByNobody) {
    Log log(Severity::kError);
    StillClock clock;
    MemoryInbox inbox;
    config::WhatsAppSettings unset = settings();
    unset.verify_token = "";
    const Webhook webhook(unset, inbox, clock, log);
    http::Request request;
    request.query = {{"hub.mode", "subscribe"}, {"hub.challenge", "1"}, {"hub.verify_token", ""}};
    EXPECT_EQ(webhook.verify(request).status, 403);
}

}  // namespace
}  // namespace migue::host::whatsapp
