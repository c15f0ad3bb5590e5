#include "host/http/worker_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <thread>
#include <vector>

#include "eventually.hpp"

namespace migue::host::http {
namespace {

using namespace std::chrono_literals;
using Kind = WorkerPool::Kind;
using test::eventually;

/// Jobs that wait until it is opened.
class Waiting {
public:
    WorkerPool::Job job() {
        return [this] {
            ++begun;
            opened_.wait();
        };
    }
    void open() { open_.set_value(); }
    std::atomic<int> begun{0};

private:
    std::promise<void> open_;
    std::shared_future<void> opened_{open_.get_future()};
};

TEST(WorkerPool, MakesNoThreadBeforeTheFirstJob) {
    WorkerPool pool({8, 8}, [] {});
    EXPECT_EQ(pool.threads(), 0u);
    std::promise<void> ran;
    ASSERT_TRUE(pool.submit(Kind::kRequest, [&] { ran.set_value(); }));
    EXPECT_EQ(ran.get_future().wait_for(20s), std::future_status::ready);
    EXPECT_EQ(pool.threads(), 1u);
}

TEST(WorkerPool, NudgesBringInAThreadForEachJobThatWaits) {
    Waiting waiting;
    WorkerPool pool({5, 8}, [] {});
    for (int i = 0; i < 6; ++i) ASSERT_TRUE(pool.submit(Kind::kRequest, waiting.job()));
    EXPECT_TRUE(eventually([&] {
        pool.nudge();
        return waiting.begun == 5;
    }));
    EXPECT_EQ(pool.queued(), 1u);
    EXPECT_EQ(pool.busy(), 5u);
    waiting.open();
    pool.stop();
    EXPECT_EQ(waiting.begun, 6) << "stop runs what is queued";
    EXPECT_EQ(pool.threads(), 0u);
}

TEST(WorkerPool, TellsThatItHoldsBack) {
    Waiting waiting;
    std::atomic<int> told{0};
    WorkerPool pool({64, 64}, [&] { ++told; });
    for (int i = 0; i < 64; ++i) ASSERT_TRUE(pool.submit(Kind::kRequest, waiting.job()));
    EXPECT_TRUE(eventually([&] { return told > 0; }));
    EXPECT_TRUE(pool.holds_back());
    EXPECT_TRUE(eventually([&] {
        pool.nudge();
        return waiting.begun == 64;
    }));
    pool.nudge();
    EXPECT_FALSE(pool.holds_back());
    waiting.open();
}

TEST(WorkerPool, RefusesWhatTheQueueCannotHold) {
    Waiting waiting;
    WorkerPool pool({2, 3}, [] {});
    for (int i = 0; i < 2; ++i) {
        ASSERT_TRUE(pool.submit(Kind::kRequest, waiting.job()));
        ASSERT_TRUE(eventually([&] {
            pool.nudge();
            return waiting.begun == i + 1;
        }));
    }
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(pool.submit(Kind::kRequest, [] {}));
    EXPECT_FALSE(pool.submit(Kind::kRequest, [] {}));
    waiting.open();
}

TEST(WorkerPool, HandshakesLeaveThreadsToRequests) {
    Waiting handshakes;
    WorkerPool pool({2, 8}, [] {});
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(pool.submit(Kind::kHandshake, handshakes.job()));
    ASSERT_TRUE(eventually([&] { return handshakes.begun == 1; }));
    std::promise<void> ran;
    ASSERT_TRUE(pool.submit(Kind::kRequest, [&] { ran.set_value(); }));
    EXPECT_EQ(ran.get_future().wait_for(20s), std::future_status::ready);
    EXPECT_EQ(handshakes.begun, 1);
    handshakes.open();
    EXPECT_TRUE(eventually([&] { return handshakes.begun == 20; }));
}

}  // namespace
}  // namespace migue::host::http
