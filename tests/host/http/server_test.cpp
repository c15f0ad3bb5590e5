#include "host/http/server.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "raw_client.hpp"

namespace migue::host::http {
namespace {

using namespace std::chrono_literals;
using test::Answer;
using test::RawClient;

constexpr std::string_view kGet = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";

/// A server with a few routes; everything it logs is kept.
class ServerTest : public ::testing::Test {
protected:
    explicit ServerTest(Limits limits = quick_limits()) : server_({"127.0.0.1", 0}, limits, log_) {}

    static Limits quick_limits() {
        Limits limits;
        limits.threads = 8;
        limits.body = 1000;
        limits.header = 8192;
        return limits;
    }

    void start() {
        server_.route("GET", "/hello", [](const Request&) { return Reply{200, "text/plain", "hello", {}}; });
        server_.route("POST", "/echo", [this](const Request& request) {
            ++handled_;
            return Reply{200, "application/octet-stream", request.body, {}};
        });
        server_.route("GET", "/items/:id", [](const Request& request) {
            return Reply{200,
                         "text/plain",
                         std::string(request.param("id")) + "|" + std::string(request.query_value("q")),
                         {}};
        });
        server_.route("GET", "/files/*rest", [](const Request& request) {
            return Reply{200, "text/plain", std::string(request.param("rest")), {}};
        });
        const auto started = server_.start();
        ASSERT_TRUE(started) << started.error().what;
    }

    Answer ask(std::string_view bytes) { return RawClient(server_.port()).ask(bytes); }

    std::mutex mutex_;
    std::string logged_;  // guarded by mutex_
    Log log_{Severity::kDebug, [this](std::string_view line) {
                 const std::lock_guard lock(mutex_);
                 logged_ += line;
             }};
    std::atomic<int> handled_{0};
    Server server_;
};

std::string post(std::string_view path, std::string_view body, std::string_view extra = "") {
    return "POST " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n" + std::string(extra) +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

TEST_F(ServerTest, AnswersWithTheHandlersReplyAndTheSecurityHeaders) {
    start();
    const Answer answer = ask(kGet);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "hello");
    EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(answer.header("Referrer-Policy"), "no-referrer");
    EXPECT_EQ(answer.header("Content-Security-Policy"), "frame-ancestors 'none'");
    EXPECT_EQ(answer.header("Cache-Control"), "no-store");
    EXPECT_EQ(answer.header("Server"), "migue");
    EXPECT_EQ(answer.header("Connection"), "keep-alive");
}

TEST_F(ServerTest, AHandlersOwnPolicyKeepsItsWordsAndGainsFrameAncestors) {
    server_.route("GET", "/page", [](const Request&) {
        return Reply{200,
                     "text/html",
                     "x",
                     {{"Content-Security-Policy", "default-src 'self'"}, {"Cache-Control", "max-age=5"}}};
    });
    start();
    const Answer answer = ask("GET /page HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(answer.header("Content-Security-Policy"), "default-src 'self'; frame-ancestors 'none'");
    EXPECT_EQ(answer.header("Cache-Control"), "max-age=5");
}

TEST_F(ServerTest, SaysWhyAnAddressCannotBeListenedOn) {
    start();
    const auto why = [&](const config::Listen& listen) {
        const auto started = Server(listen, Limits{}, log_).start();
        return started ? "started" : started.error().what;
    };
    EXPECT_EQ(why({"127.0.0.1", server_.port()}),
              "127.0.0.1:" + std::to_string(server_.port()) +
                  ": in use by another program; end that one, or choose another port");
    EXPECT_EQ(why({"203.0.113.7", 0}), "203.0.113.7:0: not an address of this machine");
}

TEST_F(ServerTest, KeepsTheConnectionForTheNextRequestAndForPipelinedOnes) {
    start();
    RawClient client(server_.port());
    EXPECT_EQ(client.ask(kGet).status, 200);
    EXPECT_EQ(client.ask(post("/echo", "abc")).body, "abc");
    client.send(std::string(kGet) + post("/echo", "second") + std::string(kGet));
    EXPECT_EQ(client.answer().body, "hello");
    EXPECT_EQ(client.answer().body, "second");
    EXPECT_EQ(client.answer().body, "hello");
}

TEST_F(ServerTest, ClosesWhenTheClientAsksForIt) {
    start();
    RawClient client(server_.port());
    const Answer answer = client.ask("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(answer.header("Connection"), "close");
    EXPECT_TRUE(client.ended());
    RawClient old(server_.port());
    EXPECT_EQ(old.ask("GET /hello HTTP/1.0\r\n\r\n").status, 200);
    EXPECT_TRUE(old.ended());
}

TEST_F(ServerTest, TellsUnknownPathsFromWrongMethods) {
    start();
    EXPECT_EQ(ask("GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n").status, 404);
    const Answer answer = ask("DELETE /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(answer.status, 405);
    EXPECT_EQ(answer.header("Allow"), "GET, HEAD");
}

TEST_F(ServerTest, AnswersHeadWithTheHeadersOfGetAndNoBody) {
    start();
    RawClient client(server_.port());
    client.send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    const Answer answer = client.answer(true);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("Content-Length"), "5");
    EXPECT_EQ(client.ask(kGet).body, "hello") << "a body after HEAD would be read as the next answer";
}

TEST_F(ServerTest, ReadsAbsoluteTargetsAndPutsTheirHostFirst) {
    server_.route("GET", "/host", [](const Request& request) {
        return Reply{200, "text/plain", std::string(request.header("host")), {}};
    });
    start();
    const Answer answer = ask("GET http://real.example:1/host?x=1 HTTP/1.1\r\nHost: forged\r\n\r\n");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "real.example:1");
}

TEST_F(ServerTest, DecodesParametersAndQuery) {
    start();
    const Answer answer = ask("GET /items/caf%C3%A9%20a?q=1+2%26 HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(answer.body, "caf\xC3\xA9 a|1 2&");
}

TEST_F(ServerTest, RefusesABodyOverTheLimitWithoutReadingItAndTheClientSeesTheAnswer) {
    start();
    RawClient client(server_.port());
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n");
    client.send(std::string(900000, 'x'));  // the client does not look before it has sent everything
    EXPECT_EQ(client.answer().status, 413);
    EXPECT_TRUE(client.ended());
    EXPECT_EQ(handled_, 0);
}

TEST_F(ServerTest, CountsChunkedBodiesToo) {
    start();
    const std::string head = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    EXPECT_EQ(ask(head + "3\r\nabc\r\n4;note=x\r\ndefg\r\n0\r\n\r\n").body, "abcdefg");
    const std::string chunk = "190\r\n" + std::string(400, 'x') + "\r\n";
    EXPECT_EQ(ask(head + chunk + chunk + chunk + "0\r\n\r\n").status, 413);
}

TEST_F(ServerTest, AcceptsABodyOfExactlyTheLimit) {
    start();
    EXPECT_EQ(ask(post("/echo", std::string(1000, 'x'))).body.size(), 1000u);
    EXPECT_EQ(ask(post("/echo", std::string(1001, 'x'))).status, 413);
}

TEST_F(ServerTest, GivesLeaveToContinueOnlyForBodiesItWillTake) {
    start();
    RawClient client(server_.port());
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    EXPECT_EQ(client.answer().status, 100);
    EXPECT_EQ(client.ask("abc").body, "abc");
    EXPECT_EQ(
        ask("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2000\r\n\r\n").status,
        413);
}

struct BadRequest {
    std::string_view name;
    std::string text;
    int status;
};
class ServerBadRequest : public ServerTest, public ::testing::WithParamInterface<BadRequest> {};

TEST_P(ServerBadRequest, IsRefusedAndTheServerLives) {
    start();
    EXPECT_EQ(ask(GetParam().text).status, GetParam().status);
    EXPECT_EQ(ask(kGet).status, 200);
    EXPECT_EQ(handled_, 0);
}

std::string get(std::string_view target) {
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n\r\n";
}

INSTANTIATE_TEST_SUITE_P(
    Edges, ServerBadRequest,
    ::testing::Values(
        BadRequest{"NotHttp", "\x16\x03\x01\x02 hello\r\n\r\n", 400},
        BadRequest{"NoVersion", "GET /hello\r\n\r\n", 400},
        BadRequest{"OtherVersion", "GET /hello HTTP/2.0\r\nHost: a\r\n\r\n", 400},
        BadRequest{"NoHost", "GET /hello HTTP/1.1\r\n\r\n", 400},
        BadRequest{"TwoHosts", "GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
        BadRequest{"BadEscape", get("/items/%zz"), 400}, BadRequest{"CutEscape", get("/items/%2"), 400},
        BadRequest{"Nul", get("/items/a%00b"), 400}, BadRequest{"EncodedSlash", get("/files/a%2fb"), 400},
        BadRequest{"NotUtf8", get("/items/%ff"), 400}, BadRequest{"BadQuery", get("/items/a?q=%0a"), 400},
        BadRequest{"Traversal", get("/files/../../etc/passwd"), 400},
        BadRequest{"EncodedTraversal", get("/files/%2e%2e/passwd"), 400},
        BadRequest{"Backslash", get("/files/..%5cpasswd"), 400},
        BadRequest{"TwoLengths",
                   "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
                   400},
        BadRequest{"NegativeLength", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: -3\r\n\r\nabc", 400},
        BadRequest{"LengthAndChunks",
                   "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: "
                   "chunked\r\n\r\n0\r\n\r\n",
                   400},
        BadRequest{"OtherEncoding", "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\nabc",
                   400},
        BadRequest{"BadChunk", "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                   400},
        BadRequest{"LongTarget", get("/" + std::string(9000, 'a')), 431},
        BadRequest{"LongHeader",
                   "GET /hello HTTP/1.1\r\nHost: a\r\nX: " + std::string(9000, 'a') + "\r\n\r\n", 431},
        BadRequest{"LongChunkExtension",
                   "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;" +
                       std::string(20000, 'a'),
                   431}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST_F(ServerTest, AnExceptionInAHandlerBecomes500AndALogLineWithoutContent) {
    server_.route("GET", "/broken/:who",
                  [](const Request&) -> Reply { throw std::runtime_error("what Ana wrote"); });
    start();
    const Answer answer = ask("GET /broken/secret HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(answer.status, 500);
    EXPECT_EQ(answer.body.find("Ana"), std::string::npos);
    const std::lock_guard lock(mutex_);
    EXPECT_NE(logged_.find("/broken/:who"), std::string::npos);
    EXPECT_EQ(logged_.find("Ana"), std::string::npos);
    EXPECT_EQ(logged_.find("secret"), std::string::npos);
}

TEST_F(ServerTest, AReplyHeaderWithALineBreakBecomes500) {
    server_.route("GET", "/split", [](const Request&) {
        return Reply{302, "text/plain", "", {{"Location", "/a\r\nSet-Cookie: x=1"}}};
    });
    start();
    const Answer answer = ask("GET /split HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(answer.status, 500);
    EXPECT_EQ(answer.header("Set-Cookie"), "");
}

TEST_F(ServerTest, AGuardsAnswerEndsTheRequest) {
    server_.guard([](const Request& request) {
        return request.header("x-key") == "1" ? nullptr
                                              : std::make_unique<Reply>(Reply{401, "text/plain", "no", {}});
    });
    start();
    EXPECT_EQ(ask(post("/echo", "abc")).status, 401);
    EXPECT_EQ(handled_, 0);
    EXPECT_EQ(ask(post("/echo", "abc", "X-Key: 1\r\n")).status, 200);
    EXPECT_EQ(ask("GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n").status, 401) << "guards come before the routes";
}

TEST_F(ServerTest, StopWaitsForRunningRequests) {
    std::promise<void> entered, leave;
    server_.route("GET", "/slow", [&](const Request&) {
        entered.set_value();
        leave.get_future().wait();
        return Reply{200, "text/plain", "done", {}};
    });
    start();
    RawClient client(server_.port());
    RawClient idle(server_.port());
    EXPECT_EQ(idle.ask(kGet).status, 200);
    client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    entered.get_future().wait();
    auto stopped = std::async(std::launch::async, [this] { server_.stop(); });
    EXPECT_EQ(stopped.wait_for(50ms), std::future_status::timeout);
    leave.set_value();
    const Answer answer = client.answer();
    EXPECT_EQ(answer.body, "done");
    EXPECT_EQ(answer.header("Connection"), "close");
    EXPECT_EQ(stopped.wait_for(5s), std::future_status::ready);
    EXPECT_TRUE(idle.ended());
}

TEST_F(ServerTest, ASecondServerOnThePortIsToldSo) {
    start();
    Server second({"127.0.0.1", server_.port()}, Limits{}, log_);
    const auto started = second.start();
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().code, Error::Code::kConfig);
    EXPECT_NE(started.error().what.find(std::to_string(server_.port())), std::string::npos);
}

class ImpatientServerTest : public ServerTest {
protected:
    ImpatientServerTest() : ServerTest(impatient()) {}
    static Limits impatient() {
        Limits limits = quick_limits();
        limits.threads = 2;
        limits.head = 200ms;
        limits.idle = 60s;
        limits.whole = 500ms;
        return limits;
    }
};

TEST_F(ImpatientServerTest, ASilentClientIsCutOff) {
    start();
    RawClient client(server_.port());
    EXPECT_EQ(client.ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nab").status, 408);
    EXPECT_TRUE(client.ended());
    EXPECT_EQ(handled_, 0);
}

TEST_F(ImpatientServerTest, AClientThatSendsAByteNowAndThenIsCutOffAsAWhole) {
    start();
    RawClient client(server_.port());
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n");
    const auto begin = std::chrono::steady_clock::now();
    bool cut = false;
    for (int i = 0; i < 200 && !cut; ++i) {
        client.send("X");
        cut = client.socket().poll(Poco::Timespan(50 * 1000), Poco::Net::Socket::SELECT_READ);
    }
    EXPECT_TRUE(cut);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
    EXPECT_EQ(client.answer().status, 408);
}

TEST_F(ImpatientServerTest, IdleConnectionsGiveWayToThoseWhoWait) {
    start();
    RawClient first(server_.port()), second(server_.port());
    EXPECT_EQ(first.ask(kGet).status, 200);
    EXPECT_EQ(second.ask(kGet).status, 200);  // both threads now wait on idle connections, for a minute
    EXPECT_EQ(ask(kGet).status, 200);
}

}  // namespace
}  // namespace migue::host::http
