#include "host/services/timer_queue.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <mutex>
#include <vector>

#include "host/services/redact.hpp"
#include "host/services/task_pool.hpp"

namespace migue::host {
namespace {

using namespace std::chrono_literals;

TEST(TimerQueue, CallsInTheOrderOfTime) {
    TimerQueue timers;
    std::vector<int> order;
    std::promise<void> last;
    timers.start(60ms, [&] {
        order.push_back(3);
        last.set_value();
    });
    timers.start(20ms, [&] { order.push_back(2); });
    timers.start(0ms, [&] { order.push_back(1); });
    last.get_future().wait();
    EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}

TEST(TimerQueue, NeverCallsWhatWasCancelled) {
    TimerQueue timers;
    std::atomic<int> calls{0};
    const std::uint64_t never = timers.start(std::chrono::nanoseconds::max(), [&] { ++calls; });
    const std::uint64_t soon = timers.start(30ms, [&] { ++calls; });
    EXPECT_TRUE(timers.cancel(never));
    EXPECT_FALSE(timers.cancel(never));
    EXPECT_TRUE(timers.cancel(soon));
    std::promise<void> later;
    const std::uint64_t called = timers.start(60ms, [&] { later.set_value(); });
    later.get_future().wait();
    EXPECT_FALSE(timers.cancel(called));
    EXPECT_FALSE(timers.cancel(4711));
    EXPECT_EQ(calls, 0);
}

TEST(TimerQueue, MayBeUsedFromItsOwnActions) {
    TimerQueue timers;
    std::promise<void> done;
    std::atomic<int> left{100};
    std::function<void()> again = [&] {
        if (--left == 0) return done.set_value();
        timers.start(0ms, again);
    };
    timers.start(0ms, again);
    EXPECT_EQ(done.get_future().wait_for(10s), std::future_status::ready);
}

TEST(TaskPool, RunsEverythingThatWasTaken) {
    std::atomic<int> ran{0};
    {
        TaskPool pool(3);
        for (int i = 0; i < 1000; ++i) ASSERT_TRUE(pool.post([&] { ++ran; }));
    }
    EXPECT_EQ(ran, 1000);
}

TEST(TaskPool, UsesAsManyThreadsAsAllowedAndNoMore) {
    std::atomic<int> inside{0}, most{0};
    std::once_flag opened;
    std::promise<void> open;
    const std::shared_future<void> gate = open.get_future().share();
    TaskPool pool(3);
    for (int i = 0; i < 10; ++i)
        ASSERT_TRUE(pool.post([&, gate] {
            const int now = ++inside;
            int seen = most;
            while (now > seen && !most.compare_exchange_weak(seen, now)) {
            }
            if (now == 3) std::call_once(opened, [&] { open.set_value(); });
            gate.wait();
            --inside;
        }));
    EXPECT_EQ(gate.wait_for(10s), std::future_status::ready);
    pool.stop();
    EXPECT_EQ(most, 3);
    EXPECT_FALSE(pool.post([] {}));
}

TEST(TaskPool, RefusesMoreThanItsQueueHolds) {
    std::promise<void> started, open;
    TaskPool pool(1, 2);
    ASSERT_TRUE(pool.post([&] {
        started.set_value();
        open.get_future().wait();
    }));
    started.get_future().wait();
    EXPECT_TRUE(pool.post([] {}));
    EXPECT_TRUE(pool.post([] {}));
    EXPECT_FALSE(pool.post([] {}));
    open.set_value();
}

struct RedactCase {
    const char* text;
    const char* clean;
};
class Redact : public ::testing::TestWithParam<RedactCase> {};
TEST_P(Redact, TakesOutWhatMustNotBeThere) {
    const Redactor redactor({"hush-hush", "hush-hush-longer", "abc"});
    EXPECT_EQ(redactor.clean(GetParam().text), GetParam().clean);
}
INSTANTIATE_TEST_SUITE_P(
    Edges, Redact,
    ::testing::Values(RedactCase{"", ""}, RedactCase{"nothing to hide: abc", "nothing to hide: abc"},
                      RedactCase{"hush-hush!hush-hush-longer", "[secret]![secret]"},
                      RedactCase{"to ana.maria+x@mail.example.org, and", "to [mail], and"},
                      RedactCase{"a@b @ c@ @d.e", "a@b @ c@ @d.e"}, RedactCase{"x@y.z@w.v", "[mail]@w.v"},
                      RedactCase{"call +57 300-123.4567 now", "call [telephone] now"},
                      RedactCase{"1 + 2 and +1234567", "1 + 2 and +1234567"},
                      RedactCase{"+1234567890123456789", "+1234567890123456789"},
                      RedactCase{"took 12345678 ns", "took 12345678 ns"}));

}  // namespace
}  // namespace migue::host
