#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "eventually.hpp"
#include "host/http/server.hpp"
#include "raw_client.hpp"

/// Many clients at once, and those that behave badly: the others must not notice.
namespace migue::host::http {
namespace {

using namespace std::chrono_literals;
using test::Answer;
using test::eventually;
using test::RawClient;

constexpr std::string_view kGet = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view kWait = "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::size_t kLarge = 32u * 1024 * 1024;  // more than any socket buffers

/// Handlers wait here until the test lets them go.
class Gate {
public:
    void pass() {
        std::unique_lock lock(mutex_);
        ++waiting_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return open_; });
    }
    void open() {
        const std::lock_guard lock(mutex_);
        open_ = true;
        changed_.notify_all();
    }
    bool wait_for(int waiting) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, 20s, [&] { return waiting_ >= waiting; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int waiting_ = 0;    // guarded by mutex_
    bool open_ = false;  // guarded by mutex_
};

class Crowd : public ::testing::Test {
protected:
    /// A server with two threads and patience, unless told otherwise.
    static Limits limits() {
        Limits limits;
        limits.threads = 2;
        limits.head = limits.whole = limits.idle = 60s;
        return limits;
    }

    Server& start(const Limits& limits) {
        server_ = std::make_unique<Server>(config::Listen{"127.0.0.1", 0}, limits, log_);
        server_->route("GET", "/hello", [](const Request&) { return Reply{200, "text/plain", "hello", {}}; });
        server_->route("GET", "/wait", [this](const Request&) {
            gate_.pass();
            return Reply{200, "text/plain", "waited", {}};
        });
        server_->route("GET", "/large", [](const Request&) {
            return Reply{200, "text/plain", std::string(kLarge, 'x'), {}};
        });
        server_->route("POST", "/echo", [](const Request& request) {
            return Reply{200, "text/plain", request.body, {}};
        });
        const auto started = server_->start();
        EXPECT_TRUE(started) << started.error().what;
        return *server_;
    }

    void TearDown() override { gate_.open(); }

    std::unique_ptr<RawClient> client() { return std::make_unique<RawClient>(server_->port()); }
    std::vector<std::unique_ptr<RawClient>> clients(int count, std::string_view first_words = "") {
        std::vector<std::unique_ptr<RawClient>> out;
        for (int i = 0; i < count; ++i) {
            out.push_back(client());
            if (!first_words.empty()) out.back()->send(first_words);
        }
        return out;
    }

    Log log_{Severity::kDebug, [](std::string_view) {}};
    Gate gate_;
    std::unique_ptr<Server> server_;  // last: its handlers use all of the above
};

std::string post(std::string_view body, std::size_t announced) {
    return "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(announced) + "\r\n\r\n" +
           std::string(body);
}

TEST_F(Crowd, HalfRequestsHoldNoThread) {
    Server& server = start(limits());
    const auto heads = clients(20, "GET /hello HTTP/1.1\r\nHost:");
    const auto bodies = clients(20, post("only the beginn", 100));
    ASSERT_TRUE(eventually([&] { return server.counters().parked == 40; }));
    EXPECT_EQ(client()->ask(kGet).status, 200);
    EXPECT_TRUE(eventually([&] { return server.counters().running == 0; }));
    for (const auto& head : heads) EXPECT_EQ(head->ask(" a\r\n\r\n").body, "hello");
    for (const auto& body : bodies) EXPECT_EQ(body->ask(std::string(85, 'x')).status, 200);
}

TEST_F(Crowd, MoreConnectionsThanThreadsAreAllServed) {
    start(limits());
    const auto all = clients(64);
    for (int round = 0; round < 3; ++round)
        for (const auto& one : all) EXPECT_EQ(one->ask(kGet).status, 200);
    for (const auto& one : all) one->send(kGet);
    for (const auto& one : all) EXPECT_EQ(one->answer().body, "hello");
}

TEST_F(Crowd, WaitingHandlersEachHaveAThreadUpToTheLimit) {
    Limits some = limits();
    some.threads = 6;
    Server& server = start(some);
    const auto waiting = clients(7, kWait);
    ASSERT_TRUE(gate_.wait_for(6));
    ASSERT_TRUE(eventually([&] { return server.counters().queued == 1; }));
    EXPECT_EQ(server.counters().threads, 6u);
    EXPECT_EQ(server.counters().running, 6u);
    gate_.open();
    for (const auto& one : waiting) EXPECT_EQ(one->answer().body, "waited");
}

TEST_F(Crowd, AClientThatDoesNotReadHoldsNoThread) {
    Limits some = limits();
    some.buffered = 8 * kLarge;
    Server& server = start(some);
    const auto slow = clients(4, "GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
    ASSERT_TRUE(
        eventually([&] { return server.counters().requests == 4 && server.counters().running == 0; }));
    EXPECT_EQ(client()->ask(kGet).status, 200);
    for (const auto& one : slow) EXPECT_EQ(one->answer().body.size(), kLarge);
    EXPECT_EQ(slow.front()->ask(kGet).body, "hello") << "the connection goes on";
}

TEST_F(Crowd, PipelinedRequestsAreAnsweredInOrder) {
    start(limits());
    std::string all;
    for (int i = 0; i < 300; ++i) all += post(std::to_string(i), std::to_string(i).size());
    const auto sender = client();
    sender->send(all);
    for (int i = 0; i < 300; ++i) ASSERT_EQ(sender->answer().body, std::to_string(i));
}

TEST_F(Crowd, IdleConnectionsAreDroppedWithoutAWord) {
    Limits some = limits();
    some.idle = 100ms;
    Server& server = start(some);
    const auto silent = clients(5);
    const auto used = client();
    EXPECT_EQ(used->ask(kGet).status, 200);
    for (const auto& one : silent) EXPECT_TRUE(one->ended());
    EXPECT_TRUE(used->ended());
    EXPECT_TRUE(eventually([&] { return server.counters().open == 0; }));
    EXPECT_EQ(server.counters().timeouts, 6u);
}

TEST_F(Crowd, ASlowHeadIsCutOffBeforeASlowBody) {
    Limits some = limits();
    some.head = 200ms;
    Server& server = start(some);
    const auto body = client();
    body->send(post("", 3));
    const auto head = client();
    head->send("GET /hello HTTP/1.1\r\nX: ");
    EXPECT_EQ(head->answer().status, 408);
    EXPECT_EQ(body->ask("abc").body, "abc");
    EXPECT_EQ(server.counters().timeouts, 1u);
}

TEST_F(Crowd, WhenAllThreadsAreTakenAndTheQueueIsFullTheAnswerIs503AtOnce) {
    Limits some = limits();
    some.queue = 1;
    Server& server = start(some);
    const auto running = clients(2, kWait);
    ASSERT_TRUE(gate_.wait_for(2));
    const auto queued = client();
    queued->send(kGet);
    ASSERT_TRUE(eventually([&] { return server.counters().queued == 1; }));

    const auto refused = client();
    const Answer answer = refused->ask(kGet);
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.header("Retry-After"), "1");
    EXPECT_EQ(answer.header("Connection"), "keep-alive");
    EXPECT_EQ(server.counters().overloaded, 1u);

    gate_.open();
    EXPECT_EQ(queued->answer().body, "hello");
    for (const auto& one : running) EXPECT_EQ(one->answer().body, "waited");
    EXPECT_EQ(refused->ask(kGet).body, "hello");
}

TEST_F(Crowd, APipelineIntoAFullQueueIsAnsweredRequestByRequest) {
    Limits some = limits();
    some.queue = 1;
    Server& server = start(some);
    const auto running = clients(2, kWait);
    ASSERT_TRUE(gate_.wait_for(2));
    const auto queued = client();
    queued->send(kGet);
    ASSERT_TRUE(eventually([&] { return server.counters().queued == 1; }));
    const auto pipeline = client();
    std::string all;
    for (int i = 0; i < 200; ++i) all += kGet;
    pipeline->send(all);
    for (int i = 0; i < 200; ++i) ASSERT_EQ(pipeline->answer().status, 503);
}

TEST_F(Crowd, BeyondTheLimitOfConnectionsANewcomerIsTurnedAway) {
    Limits some = limits();
    some.connections = 2;
    Server& server = start(some);
    const auto running = clients(2, kWait);
    ASSERT_TRUE(gate_.wait_for(2));
    const auto newcomer = client();
    const Answer answer = newcomer->answer();
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.header("Connection"), "close");
    EXPECT_TRUE(newcomer->ended());
    EXPECT_EQ(server.counters().turned_away, 1u);
    gate_.open();
    for (const auto& one : running) EXPECT_EQ(one->answer().status, 200);
    EXPECT_EQ(client()->ask(kGet).status, 200) << "an idle one gave way";
}

TEST_F(Crowd, AtTheLimitTheConnectionThatWasSilentForLongestGivesWay) {
    Limits some = limits();
    some.connections = 3;
    Server& server = start(some);
    const auto all = clients(3);
    const auto ask = [&](const std::unique_ptr<RawClient>& one) {
        EXPECT_EQ(one->ask(kGet).status, 200);
        // It is silent from the moment on at which the server has put it aside again.
        EXPECT_TRUE(eventually([&] { return server.counters().parked == 3; }));
    };
    for (const auto& one : all) ask(one);
    ask(all[0]);
    EXPECT_EQ(client()->ask(kGet).status, 200);
    EXPECT_TRUE(all[1]->ended());
    EXPECT_EQ(all[0]->ask(kGet).status, 200);
    EXPECT_EQ(all[2]->ask(kGet).status, 200);
    EXPECT_EQ(server.counters().gave_way, 1u);
    EXPECT_EQ(server.counters().turned_away, 0u);
}

TEST_F(Crowd, AtTheLimitSilentNewcomersGiveWayToo) {
    Limits some = limits();
    some.connections = 2;
    Server& server = start(some);
    const auto first = client();
    ASSERT_TRUE(eventually([&] { return server.counters().parked == 1; }));
    const auto second = client();
    ASSERT_TRUE(eventually([&] { return server.counters().parked == 2; }));
    EXPECT_EQ(client()->ask(kGet).status, 200);
    EXPECT_TRUE(first->ended());
    EXPECT_EQ(second->ask(kGet).status, 200);
    EXPECT_EQ(server.counters().turned_away, 0u);
}

TEST_F(Crowd, AtTheLimitThoseWhoTalkOnAfterARefusalGiveWay) {
    Limits some = limits();
    some.connections = 2;
    start(some);
    const auto refused = clients(2, "nonsense\r\n\r\n");
    for (const auto& one : refused) EXPECT_EQ(one->answer().status, 400);
    EXPECT_TRUE(eventually([&] {
        try {
            for (const auto& one : refused) one->send("x");
        } catch (const Poco::Exception&) {
            // This one has given way.
        }
        return client()->ask(kGet).status == 200;
    }));
}

/// No file can be opened while it lives, but for `spare` ones.
class FewFiles {
public:
    explicit FewFiles(int spare) {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const int lowest_free = ::dup(0);
        ::close(lowest_free);
        rlimit few = before_;
        few.rlim_cur = static_cast<rlim_t>(lowest_free + spare);
        ::setrlimit(RLIMIT_NOFILE, &few);
    }
    FewFiles(const FewFiles&) = delete;
    FewFiles& operator=(const FewFiles&) = delete;
    ~FewFiles() { ::setrlimit(RLIMIT_NOFILE, &before_); }

private:
    rlimit before_{};
};

TEST_F(Crowd, WhenTheProcessHasNoFilesLeftAnIdleConnectionGivesWay) {
    start(limits());
    const auto idle = client();
    EXPECT_EQ(idle->ask(kGet).status, 200);
    const FewFiles few(1);
    const auto newcomer = client();
    EXPECT_EQ(newcomer->ask(kGet).body, "hello");
    EXPECT_TRUE(idle->ended());
}

TEST_F(Crowd, WhenTheProcessHasNoFilesLeftAndAllAreBusyNewcomersWait) {
    Server& server = start(limits());
    const auto busy = clients(1, kWait);
    ASSERT_TRUE(gate_.wait_for(1));
    std::unique_ptr<RawClient> newcomer;
    {
        const FewFiles few(1);
        newcomer = client();
        newcomer->send(kGet);
        EXPECT_EQ(server.counters().accepted, 1u);
    }
    EXPECT_EQ(newcomer->answer().body, "hello");
    gate_.open();
    EXPECT_EQ(busy.front()->answer().body, "waited");
}

TEST_F(Crowd, WhenMemoryRunsShortTheLargestUnfinishedRequestPays) {
    Limits some = limits();
    some.buffered = 20000;
    Server& server = start(some);
    const auto large = client();
    large->send(post(std::string(15000, 'x'), 16000));
    const auto small = client();
    small->send(post(std::string(2000, 'x'), 2001));
    ASSERT_TRUE(eventually([&] { return server.counters().held_bytes > 17000; }));
    const auto next = client();
    next->send(post(std::string(5000, 'y'), 5001));
    const Answer answer = large->answer();
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.header("Retry-After"), "1");
    EXPECT_EQ(small->ask("x").body.size(), 2001u);
    EXPECT_EQ(next->ask("y").body.size(), 5001u);
    EXPECT_TRUE(eventually([&] { return server.counters().held_bytes == 0; }));
}

/// Sends 100 MB and looks for an answer only when the server takes no more of it.
Answer push_100_mb(RawClient& client, std::string head, const std::string& part) {
    client.socket().setSendTimeout(Poco::Timespan(20, 0));
    try {
        client.send(head);
        for (std::size_t sent = 0; sent < 100'000'000; sent += part.size()) {
            if (client.socket().poll(Poco::Timespan(0), Poco::Net::Socket::SELECT_READ)) break;
            client.send(part);
        }
    } catch (const Poco::Exception&) {
        // The server has closed: its answer may still be here.
    }
    return client.answer();
}

TEST_F(Crowd, BodiesOf100MbAreCutOffAndTheOthersServed) {
    Server& server = start(limits());
    auto announced = std::async(std::launch::async, [this] {
        return push_100_mb(*client(), post("", 100'000'000), std::string(65536, 'x'));
    });
    auto chunked = std::async(std::launch::async, [this] {
        return push_100_mb(*client(), "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
                           "10000\r\n" + std::string(65536, 'x') + "\r\n");
    });
    const auto other = client();
    for (int i = 0; i < 100; ++i) EXPECT_EQ(other->ask(kGet).status, 200);
    EXPECT_EQ(announced.get().status, 413);
    EXPECT_EQ(chunked.get().status, 413);
    EXPECT_EQ(server.counters().rejected, 2u);
    EXPECT_LE(server.counters().held_bytes, Limits{}.body + 128u * 1024);
}

TEST_F(Crowd, StopEndsWhatWaitsAndFinishesWhatRuns) {
    Limits some = limits();
    some.threads = 2;
    Server& server = start(some);
    const auto idle = clients(3);
    const auto half = clients(3, post("only the beginn", 100));
    const auto unread = client();
    unread->send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
    ASSERT_TRUE(eventually([&] { return server.counters().parked == 7 && server.counters().requests == 1; }));
    const auto running = clients(3, kWait);  // two in their handlers, one complete and queued
    ASSERT_TRUE(gate_.wait_for(2));
    ASSERT_TRUE(eventually([&] { return server.counters().queued == 1; }));

    auto stopped = std::async(std::launch::async, [&] { server.stop(); });
    for (const auto& one : idle) EXPECT_TRUE(one->ended());
    for (const auto& one : half) EXPECT_TRUE(one->ended());
    EXPECT_EQ(stopped.wait_for(0s), std::future_status::timeout);
    gate_.open();
    for (const auto& one : running) {
        const Answer answer = one->answer();
        EXPECT_EQ(answer.body, "waited");
        EXPECT_EQ(answer.header("Connection"), "close");
    }
    EXPECT_EQ(stopped.wait_for(20s), std::future_status::ready)
        << "the one that does not read is not waited for";
    EXPECT_EQ(server.counters().open, 0u);
    EXPECT_EQ(server.counters().threads, 0u);
    EXPECT_THROW(client(), Poco::Exception);
}

}  // namespace
}  // namespace migue::host::http
