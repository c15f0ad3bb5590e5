#include <gtest/gtest.h>

#include <thread>

#include "migue/cpp/plugin.hpp"

namespace migue {

namespace {

/// A host whose timer answers as the test wants: inside start(), or when asked to.
class TimerHost {
public:
    enum class When { kInside = 1, kLater, kOtherThread, kRefused };

    explicit TimerHost(When when) : when_(when), raw_{sizeof(migue_host), 1, 0, this, &TimerHost::service} {}
    TimerHost(const TimerHost&) = delete;
    TimerHost& operator=(const TimerHost&) = delete;
    ~TimerHost() {
        for (std::thread& thread : threads_) thread.join();
    }

    [[nodiscard]] const migue_host* raw() const noexcept { return &raw_; }
    [[nodiscard]] bool is_waiting() const noexcept { return done_ != nullptr; }
    void finish(migue_status status) { std::exchange(done_, nullptr)(user_, status, nullptr); }

private:
    static const void* service(const migue_host*, const char* id) noexcept {
        static constexpr migue_timer_v1 kTimer{sizeof(migue_timer_v1), 0, &TimerHost::start,
                                               [](const migue_host*, std::uint64_t) {}};
        return std::string_view(id) == MIGUE_TIMER_ID ? &kTimer : nullptr;
    }
    static migue_status start(const migue_host* host, std::uint64_t, migue_done done, void* user,
                              std::uint64_t* op) {
        auto& self = *static_cast<TimerHost*>(host->ctx);
        *op = 1;
        if (self.when_ == When::kRefused) return MIGUE_E_STATE;
        self.done_ = done;
        self.user_ = user;
        if (self.when_ == When::kInside) self.finish(MIGUE_OK);
        if (self.when_ == When::kOtherThread)
            self.threads_.emplace_back([done, user] { done(user, MIGUE_OK, nullptr); });
        return MIGUE_OK;
    }

    const When when_;
    migue_host raw_;
    migue_done done_ = nullptr;
    void* user_ = nullptr;
    std::vector<std::thread> threads_;
};

using namespace std::chrono_literals;

Task<int> wait_often(Services& services, int count) {
    int ok = 0;
    for (int i = 0; i < count; ++i)
        if (co_await services.timer.after(1ms)) ++ok;
    co_return ok;
}

Detached run(Task<int> task, std::atomic<int>& result) {
    result = co_await std::move(task);
}

}  // namespace

TEST(Operation, MayBeDoneBeforeItsStartReturns) {
    TimerHost host(TimerHost::When::kInside);
    Services services(host.raw());
    std::atomic<int> result{-1};
    run(wait_often(services, 100'000), result);
    EXPECT_EQ(result, 100'000) << "and the stack does not grow";
}

TEST(Operation, MayBeDoneOnAnotherThreadWhileItsStartReturns) {
    for (int round = 0; round < 200; ++round) {
        std::atomic<int> result{-1};
        {
            TimerHost host(TimerHost::When::kOtherThread);
            Services services(host.raw());
            run(wait_often(services, 1), result);
        }
        ASSERT_EQ(result, 1);
    }
}

TEST(Operation, GivesTheStatusOfItsDone) {
    TimerHost host(TimerHost::When::kLater);
    Services services(host.raw());
    std::atomic<int> result{-1};
    run(wait_often(services, 2), result);
    ASSERT_TRUE(host.is_waiting());
    host.finish(MIGUE_E_CANCELLED);
    EXPECT_EQ(result, -1);
    host.finish(MIGUE_OK);
    EXPECT_EQ(result, 1);
}

TEST(Operation, ARefusedOneGoesOnAtOnce) {
    TimerHost host(TimerHost::When::kRefused);
    Services services(host.raw());
    std::atomic<int> result{-1};
    run(wait_often(services, 100'000), result);
    EXPECT_EQ(result, 0);
}

TEST(Services, OneThatTheHostLacksIsUnsupported) {
    TimerHost host(TimerHost::When::kLater);
    Services services(host.raw());
    const auto ask = [](Services& all, std::vector<Error::Code>& codes) -> Detached {
        HttpRequest request;
        codes.push_back((co_await all.http.send(std::move(request))).error().code);
        std::vector<SqlStatement> none;
        codes.push_back((co_await all.sql.execute(std::move(none))).error().code);
        codes.push_back((co_await all.jobs.at(0, "c", "k", "{}")).error().code);
        codes.push_back((co_await all.jobs.cancel("c", "k")).error().code);
    };
    std::vector<Error::Code> codes;
    ask(services, codes);
    codes.push_back(services.vault.random(1).error().code);
    EXPECT_EQ(codes, std::vector<Error::Code>(5, Error::Code::kUnsupported));
    EXPECT_EQ(services.metrics.counter("x"), 0u);
    EXPECT_EQ(services.clock.unix_ms(), 0);
    services.metrics.record(0, 1);
    services.log.debug("nobody listens");
}

}  // namespace migue
