#include <Poco/Net/Context.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "eventually.hpp"
#include "host/http/server.hpp"
#include "raw_client.hpp"
#include "tls_files_on_disk.hpp"

namespace migue::host::http {
namespace {

using test::eventually;
using test::TlsFilesOnDisk;

TEST(TlsServer, AnswersOverTlsWithBodiesLargerThanARecord) {
    const TlsFilesOnDisk tls;
    Log log(Severity::kError);
    Server server({"127.0.0.1", 0}, Limits{}, log, tls.files());
    server.route("POST", "/echo", [](const Request& request) {
        return Reply{200, "text/plain", request.body, {}};
    });
    const auto started = server.start();
    ASSERT_TRUE(started) << started.error().what;

    const Poco::Net::Context::Ptr context =
        new Poco::Net::Context(Poco::Net::Context::TLS_CLIENT_USE, "", Poco::Net::Context::VERIFY_NONE);
    test::RawClient client(Poco::Net::SecureStreamSocket(context), server.port());
    const std::string body(100000, 'x');
    for (int i = 0; i < 3; ++i) {
        const auto answer =
            client.ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
                       "\r\n\r\n" + body);
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(answer.body, body);
    }
}

TEST(TlsServer, PlainTextOnATlsPortEndsTheConnectionOnly) {
    const TlsFilesOnDisk tls;
    Log log(Severity::kError);
    Server server({"127.0.0.1", 0}, Limits{}, log, tls.files());
    server.route("GET", "/", [](const Request&) { return Reply{}; });
    ASSERT_TRUE(server.start());
    EXPECT_EQ(test::RawClient(server.port()).ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status, 0);

    const Poco::Net::Context::Ptr context =
        new Poco::Net::Context(Poco::Net::Context::TLS_CLIENT_USE, "", Poco::Net::Context::VERIFY_NONE);
    test::RawClient client(Poco::Net::SecureStreamSocket(context), server.port());
    EXPECT_EQ(client.ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status, 200);
}

class TlsCrowd : public ::testing::Test {
protected:
    Server& start(const Limits& limits) {
        server_ = std::make_unique<Server>(config::Listen{"127.0.0.1", 0}, limits, log_, tls_.files());
        server_->route("POST", "/echo", [](const Request& request) {
            return Reply{200, "text/plain", request.body, {}};
        });
        server_->route("GET", "/large", [](const Request&) {
            return Reply{200, "text/plain", std::string(kLarge, 'x'), {}};
        });
        EXPECT_TRUE(server_->start());
        return *server_;
    }
    std::unique_ptr<test::RawClient> client() {
        return std::make_unique<test::RawClient>(Poco::Net::SecureStreamSocket(context_), server_->port());
    }
    std::unique_ptr<test::RawClient> plain_client() {
        return std::make_unique<test::RawClient>(server_->port());
    }
    static Limits two_threads() {
        Limits limits;
        limits.threads = 2;
        limits.head = limits.whole = limits.idle = std::chrono::seconds(60);
        return limits;
    }

    static constexpr std::size_t kLarge = 32u * 1024 * 1024;  // more than any socket buffers
    static constexpr std::string_view kEcho =
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";

    const TlsFilesOnDisk tls_;
    Log log_{Severity::kError};
    const Poco::Net::Context::Ptr context_ =
        new Poco::Net::Context(Poco::Net::Context::TLS_CLIENT_USE, "", Poco::Net::Context::VERIFY_NONE);
    std::unique_ptr<Server> server_;
};

TEST_F(TlsCrowd, UnfinishedHandshakesHoldNobodyUp) {
    Server& server = start(two_threads());
    std::vector<std::unique_ptr<test::RawClient>> stuck;
    for (int i = 0; i < 40; ++i) {
        stuck.push_back(plain_client());
        // The beginning of a ClientHello of 512 bytes, or nothing at all.
        if (i % 2 == 0) stuck.back()->send(std::string_view("\x16\x03\x01\x02\x00\x01\x00\x01\xfc", 9));
    }
    ASSERT_TRUE(eventually([&] { return server.counters().parked == 40; }));
    EXPECT_EQ(client()->ask(kEcho).body, "hello");
    EXPECT_TRUE(eventually([&] { return server.counters().running == 0; }));
}

TEST_F(TlsCrowd, AtTheLimitUnfinishedHandshakesGiveWay) {
    Limits limits = two_threads();
    limits.connections = 2;
    const Server& server = start(limits);
    const auto first = plain_client();
    ASSERT_TRUE(eventually([&] { return server.counters().parked == 1; }));
    const auto second = plain_client();
    ASSERT_TRUE(eventually([&] { return server.counters().parked == 2; }));
    EXPECT_EQ(client()->ask(kEcho).body, "hello");
    EXPECT_TRUE(first->ended());
    EXPECT_EQ(server.counters().turned_away, 0u);
}

TEST_F(TlsCrowd, AHandshakeThatDoesNotEndIsCutOff) {
    Limits limits = two_threads();
    limits.idle = std::chrono::milliseconds(100);
    Server& server = start(limits);
    const auto silent = plain_client();
    const auto half = plain_client();
    half->send(std::string_view("\x16\x03\x01\x02\x00\x01\x00\x01\xfc", 9));
    EXPECT_TRUE(silent->ended());
    EXPECT_TRUE(half->ended());
    EXPECT_TRUE(eventually([&] { return server.counters().open == 0; }));
    EXPECT_EQ(server.counters().timeouts, 2u);
}

TEST_F(TlsCrowd, MoreConnectionsThanThreadsAreAllServed) {
    start(two_threads());
    std::vector<std::unique_ptr<test::RawClient>> all;
    for (int i = 0; i < 16; ++i) all.push_back(client());
    for (int round = 0; round < 2; ++round)
        for (const auto& one : all) EXPECT_EQ(one->ask(kEcho).body, "hello");
}

TEST_F(TlsCrowd, PipelinedRequestsAreAnsweredInOrder) {
    start(two_threads());
    const auto one = client();
    std::string all;
    for (int i = 0; i < 50; ++i) all += kEcho;
    one->send(all);
    for (int i = 0; i < 50; ++i) ASSERT_EQ(one->answer().body, "hello");
}

TEST_F(TlsCrowd, AClientThatDoesNotReadHoldsNoThread) {
    Limits limits = two_threads();
    limits.buffered = 8 * kLarge;
    Server& server = start(limits);
    std::vector<std::unique_ptr<test::RawClient>> slow;
    for (int i = 0; i < 3; ++i) {
        slow.push_back(client());
        slow.back()->send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    ASSERT_TRUE(
        eventually([&] { return server.counters().requests == 3 && server.counters().running == 0; }));
    EXPECT_EQ(client()->ask(kEcho).body, "hello");
    EXPECT_EQ(slow.front()->answer().body.size(), kLarge);
}

TEST_F(TlsCrowd, ABodyOverTheLimitIsRefusedAndTheClientSeesIt) {
    Limits limits = two_threads();
    limits.body = 1000;
    start(limits);
    // Many: the body must come in just when the refusal has been sent.
    for (int i = 0; i < 50; ++i) {
        const auto one = client();
        one->send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n");
        one->send(std::string(900000, 'x'));
        EXPECT_EQ(one->answer().status, 413);
        EXPECT_TRUE(one->ended());
    }
}

TEST(TlsServer, AMissingCertificateIsTold) {
    Log log(Severity::kError);
    Server server({"127.0.0.1", 0}, Limits{}, log,
                  config::TlsFiles{"/nowhere/certificate.pem", "/nowhere/key.pem"});
    const auto started = server.start();
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().code, Error::Code::kConfig);
}

}  // namespace
}  // namespace migue::host::http
