#include "host/pipeline/executor.hpp"

#include <gtest/gtest.h>

#include <future>
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
