#include "host/pipeline/executor.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include "host/pipeline/lanes.hpp"

namespace migue::host {
namespace {

using namespace std::chrono_literals;

TEST(Executor, RunsTasksInTheOrderTheyAreDue) {
    Executor executor(1);
    std::promise<void> gate;
    executor.post([opened = gate.get_future().share()] { opened.wait(); });
    std::vector<int> order;
    std::promise<void> done;
    executor.post_after(20ms, [&] {
        order.push_back(3);
        done.set_value();
    });
    executor.post([&] { order.push_back(1); });
    executor.post([&] { order.push_back(2); });
    gate.set_value();
    done.get_future().wait();
    EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}

TEST(Executor, StopRunsWhatIsDueAndDropsWhatIsNot) {
    int due = 0;
    int later = 0;
    {
        Executor executor(2);
        executor.post([&] { ++due; });
        executor.post_after(1h, [&] { ++later; });
        executor.stop();
        executor.post([&] { ++later; });
    }
    EXPECT_EQ(due, 1);
    EXPECT_EQ(later, 0);
}

TEST(Executor, StartsAThreadForEachTaskThatWaits) {
    constexpr std::size_t kMost = 40;
    Executor executor(Executor::Options{.least = 1, .most = kMost, .idle_limit = 10s});
    EXPECT_EQ(executor.threads(), 1U);
    std::promise<void> gate;
    const std::shared_future<void> opened = gate.get_future().share();
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t running = 0;
    for (std::size_t i = 0; i < kMost + 5; ++i)
        executor.post([&] {
            {
                const std::lock_guard lock(mutex);
                ++running;
                changed.notify_all();
            }
            opened.wait();
        });
    {
        std::unique_lock lock(mutex);
        EXPECT_TRUE(changed.wait_for(lock, 30s, [&] { return running == kMost; })) << running;
    }
    EXPECT_EQ(executor.threads(), kMost) << "and never more";
    gate.set_value();
    executor.stop();
    EXPECT_EQ(running, kMost + 5);
}

TEST(Executor, LetsThreadsGoThatHaveNothingToDo) {
    Executor executor(Executor::Options{.least = 2, .most = 20, .idle_limit = 1ms});
    std::promise<void> gate;
    const std::shared_future<void> opened = gate.get_future().share();
    for (int i = 0; i < 20; ++i) executor.post([opened] { opened.wait(); });
    gate.set_value();
    const auto limit = std::chrono::steady_clock::now() + 30s;
    while (executor.threads() > 2 && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
    EXPECT_EQ(executor.threads(), 2U);
    std::promise<void> done;
    executor.post_after(5ms, [&] { done.set_value(); });
    EXPECT_EQ(done.get_future().wait_for(30s), std::future_status::ready) << "those left still work";
}

TEST(Executor, WatchesTheTimeWhileAllOthersAreBusy) {
    Executor executor(Executor::Options{.least = 1, .most = 3, .idle_limit = 1ms});
    std::promise<void> gate;
    const std::shared_future<void> opened = gate.get_future().share();
    std::promise<void> later;
    executor.post_after(20ms, [&] { later.set_value(); });
    for (int i = 0; i < 2; ++i) executor.post([opened] { opened.wait(); });
    EXPECT_EQ(later.get_future().wait_for(30s), std::future_status::ready);
    gate.set_value();
}

TEST(Executor, LosesNoTaskUnderAStormOfThem) {
    std::atomic<int> done{0};
    {
        Executor executor(Executor::Options{.least = 1, .most = 16, .idle_limit = 1ms});
        std::vector<std::thread> posters;
        for (int p = 0; p < 4; ++p)
            posters.emplace_back([&] {
                for (int i = 0; i < 2000; ++i)
                    executor.post_after(std::chrono::milliseconds(i % 3), [&] { ++done; });
            });
        for (std::thread& poster : posters) poster.join();
        const auto limit = std::chrono::steady_clock::now() + 60s;
        while (done < 8000 && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
    }
    EXPECT_EQ(done, 8000);
}

TEST(Lanes, WorksOnOneItemOfAConversationAtATime) {
    Lanes<int> lanes;
    EXPECT_EQ(lanes.push("ana", 1), 1);
    EXPECT_EQ(lanes.push("ana", 2), std::nullopt);
    EXPECT_EQ(lanes.push("luis", 3), 3);
    EXPECT_EQ(lanes.size(), 3U);
    EXPECT_EQ(lanes.next("ana"), 2);
    EXPECT_EQ(lanes.next("ana"), std::nullopt);
    EXPECT_EQ(lanes.push("ana", 4), 4);
    EXPECT_EQ(lanes.size(), 2U);
}

}  // namespace
}  // namespace migue::host
