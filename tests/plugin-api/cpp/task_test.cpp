#include "migue/cpp/task.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace migue {

namespace {

/// Something a coroutine waits for until the test says so.
class Gate {
public:
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) noexcept { waiting_ = waiting; }
    void await_resume() const noexcept {}
    void open() { std::exchange(waiting_, {}).resume(); }

private:
    std::coroutine_handle<> waiting_;
};

template <typename T>
Detached run(Task<T> task, std::optional<T>& result) {
    result.emplace(co_await std::move(task));
}

Detached run_void(Task<void> task, bool& done) {
    co_await std::move(task);
    done = true;
}

Task<int> number(int value) {
    co_return value;
}
Task<int> sum(int count) {
    int total = 0;
    for (int i = 0; i < count; ++i) total += co_await number(1);
    co_return total;
}

}  // namespace

TEST(Task, StartsOnlyWhenAwaited) {
    bool started = false;
    const auto body = [](bool& flag) -> Task<int> {
        flag = true;
        co_return 1;
    };
    std::optional<int> result;
    Task<int> task = body(started);
    EXPECT_FALSE(started);
    run(std::move(task), result);
    EXPECT_TRUE(started);
    EXPECT_EQ(result, 1);
}

TEST(Task, GivesItsFrameBackWhenNeverAwaited) {
    const auto body = [](std::shared_ptr<int> held) -> Task<int> { co_return *held; };
    const auto held = std::make_shared<int>(1);
    { const Task<int> never = body(held); }
    EXPECT_EQ(held.use_count(), 1);
}

TEST(Task, AHundredThousandAwaitsDoNotGrowTheStack) {
    // Without the handshake each await that ends at once keeps two frames here in a build
    // without optimisation: over 10 MiB.
    std::optional<int> result;
    run(sum(100'000), result);
    EXPECT_EQ(result, 100'000);
}

TEST(Task, GoesOnWhereTheWaitEnded) {
    Gate gate;
    std::vector<std::string> order;
    const auto inner = [](Gate& wait, std::vector<std::string>& log) -> Task<int> {
        log.emplace_back("inner starts");
        co_await wait;
        log.emplace_back("inner ends");
        co_return 7;
    };
    const auto outer = [&inner](Gate& wait, std::vector<std::string>& log) -> Task<int> {
        const int got = co_await inner(wait, log);
        log.emplace_back("outer ends");
        co_return got + 1;
    };
    std::optional<int> result;
    run(outer(gate, order), result);
    EXPECT_FALSE(result);
    gate.open();
    EXPECT_EQ(result, 8);
    EXPECT_EQ(order, (std::vector<std::string>{"inner starts", "inner ends", "outer ends"}));
}

TEST(Task, AHundredThousandWaitsDoNotGrowTheStack) {
    Gate gate;
    const auto wait = [](Gate& one) -> Task<void> { co_await one; };
    const auto loop = [&wait](Gate& one) -> Task<int> {
        int count = 0;
        for (; count < 100'000; ++count) co_await wait(one);
        co_return count;
    };
    std::optional<int> result;
    run(loop(gate), result);
    while (!result) gate.open();
    EXPECT_EQ(result, 100'000);
}

TEST(Task, AnExceptionComesOutOfTheAwait) {
    Gate gate;
    const auto inner = [](Gate& wait) -> Task<void> {
        co_await wait;
        throw std::runtime_error("late");
    };
    const auto outer = [&inner](Gate& wait) -> Task<std::string> {
        try {
            co_await inner(wait);
        } catch (const std::runtime_error& failure) {
            co_return failure.what();
        }
        co_return "nothing";
    };
    std::optional<std::string> result;
    run(outer(gate), result);
    gate.open();
    EXPECT_EQ(result, "late");
}

TEST(Task, UnwindsItsObjectsInOrder) {
    struct Note {
        std::vector<int>& log;
        int number;
        ~Note() { log.push_back(number); }
    };
    std::vector<int> log;
    const auto body = [](std::vector<int>& notes) -> Task<void> {
        const Note first{notes, 1};
        const Note second{notes, 2};
        co_return;
    };
    bool done = false;
    run_void(body(log), done);
    EXPECT_TRUE(done);
    EXPECT_EQ(log, (std::vector<int>{2, 1}));
}

/// Resumes on another thread at once, so that the end of the work and the leaving of its
/// starter meet in every order.
class OtherThread {
public:
    explicit OtherThread(std::vector<std::thread>& threads) : threads_(threads) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) {
        threads_.emplace_back([waiting] { waiting.resume(); });
    }
    void await_resume() const noexcept {}

private:
    std::vector<std::thread>& threads_;
};

TEST(Task, EndsOnceWhenFinishedOnAnotherThreadMeanwhile) {
    for (int round = 0; round < 500; ++round) {
        std::vector<std::thread> threads;
        threads.reserve(1);
        const auto inner = [](std::vector<std::thread>& all) -> Task<int> {
            co_await OtherThread(all);
            co_return 1;
        };
        const auto outer = [&inner](std::vector<std::thread>& all, std::atomic<int>& ends) -> Task<void> {
            ends += co_await inner(all);
        };
        std::atomic<int> ends{0};
        bool done = false;
        run_void(outer(threads, ends), done);
        threads.at(0).join();
        ASSERT_EQ(ends.load(), 1);
    }
}

TEST(Handshake, TellsExactlyOneSideToGoOn) {
    detail::Handshake early;
    EXPECT_FALSE(early.finish());
    EXPECT_TRUE(early.settle());
    detail::Handshake late;
    EXPECT_FALSE(late.settle());
    EXPECT_TRUE(late.finish());
}

}  // namespace migue
