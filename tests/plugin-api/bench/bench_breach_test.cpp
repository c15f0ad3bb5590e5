// Plugins that break the rules: the bench says so, by the rule's id.
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <functional>

#include "migue/cpp/bench.hpp"

namespace migue::bench {

namespace {

/// A plugin straight on the border, so that it can do what the C++ layer would not.
struct RawPlugin {
    inline static std::function<migue_status(const migue_host*, const migue_request*, migue_call*)> on_handle;
    inline static const migue_host* host = nullptr;
    inline static migue_plugin border{};

    static const migue_descriptor* describe() {
        static constexpr const char* kNoServices[] = {nullptr};
        static const migue_descriptor kDescriptor{
            sizeof(migue_descriptor), 0, "raw", "1.0.0", "{}", kNoServices, nullptr, 0, 1, 1, 1, 1};
        return &kDescriptor;
    }
    static migue_status create(const migue_host* given, migue_str, migue_diag*, migue_plugin** out) {
        host = given;
        border = {};
        border.struct_size = sizeof(migue_plugin);
        border.handle = [](migue_plugin*, const migue_request* request, migue_call* call) {
            return on_handle(host, request, call);
        };
        border.destroy = [](migue_plugin*) {};
        *out = &border;
        return MIGUE_OK;
    }
    static constexpr migue_entry kEntry{sizeof(migue_entry), 1, 0, 0, {0, 0, 0}, describe, create};
};

migue_str str(const char* text) {
    return {text, std::strlen(text)};
}

template <typename T>
const T& service(const migue_host* host, const char* id) {
    return *static_cast<const T*>(host->service(host, id));
}

std::string breach_of(Bench& bench) {
    try {
        bench.send("x");
    } catch (const Fault& fault) {
        return fault.what();
    }
    return "none";
}

struct Late {
    migue_call* call;
    std::function<void(migue_call*)> act;
    static void done(void* user, migue_status, const void*) {
        const std::unique_ptr<Late> self(static_cast<Late*>(user));
        self->act(self->call);
    }
};

migue_status start_timer(const migue_host* host, std::uint64_t delay_ns, Late late) {
    std::uint64_t op = 0;
    const auto& timer = service<migue_timer_v1>(host, MIGUE_TIMER_ID);
    auto* user = new Late(std::move(late));
    const migue_status status = timer.start(host, delay_ns, &Late::done, user, &op);
    if (status != MIGUE_OK) delete user;
    return status;
}

}  // namespace

class Breach : public ::testing::Test {
protected:
    Bench bench_{RawPlugin::kEntry};
};

TEST_F(Breach, CompletingTwice) {  // T5
    RawPlugin::on_handle = [](const migue_host* host, const migue_request*, migue_call* call) {
        return start_timer(host, 0,
                           {call,
                            [](migue_call* one) {
                                one->complete(one, MIGUE_OK);
                                EXPECT_EQ(one->complete(one, MIGUE_OK), MIGUE_E_STATE);
                            }}) == MIGUE_OK
                   ? MIGUE_PENDING
                   : MIGUE_E_INTERNAL;
    };
    EXPECT_EQ(breach_of(bench_), "complete() of a turn that has ended (T5)");
}

TEST_F(Breach, CompletingAndReturningAStatus) {  // T5
    RawPlugin::on_handle = [](const migue_host*, const migue_request*, migue_call* call) {
        call->complete(call, MIGUE_OK);
        return MIGUE_OK;
    };
    EXPECT_EQ(breach_of(bench_), "handle() returned 0 after complete(): one of them ends a turn (T5)");
}

TEST_F(Breach, CompletingBeforeReturningPendingIsAllowed) {  // T5
    RawPlugin::on_handle = [](const migue_host*, const migue_request*, migue_call* call) {
        call->reply(call, str("text"), str(R"({"text":"a"})"));
        call->complete(call, MIGUE_OK);
        return MIGUE_PENDING;
    };
    EXPECT_EQ(bench_.send("x").text(), "a");
}

TEST_F(Breach, UsingTheTurnAfterItsEnd) {  // T5
    RawPlugin::on_handle = [](const migue_host* host, const migue_request*,
                              migue_call* call) -> migue_status {
        EXPECT_EQ(start_timer(host, 0,
                              {call,
                               [](migue_call* one) {
                                   EXPECT_EQ(one->reply(one, str("text"), str(R"({"text":"late"})")),
                                             MIGUE_E_STATE);
                                   EXPECT_EQ(one->set_state(one, str("{}")), MIGUE_E_STATE);
                                   EXPECT_EQ(one->ask(one, 1), MIGUE_E_STATE);
                                   one->diag->report(one->diag->ctx, str(""), str("late"));
                               }}),
                  MIGUE_OK);
        return MIGUE_OK;
    };
    EXPECT_EQ(breach_of(bench_),
              "reply() of a turn that has ended (T5)\nset_state() of a turn that has ended (T5)\n"
              "ask() of a turn that has ended (T5)\ndiag of a turn that has ended (T5)");
    EXPECT_EQ(bench_.state(), "");
}

TEST_F(Breach, NeverEnding) {  // T4
    RawPlugin::on_handle = [](const migue_host*, const migue_request*, migue_call*) { return MIGUE_PENDING; };
    EXPECT_NE(breach_of(bench_).find("never ends"), std::string::npos);
    EXPECT_NE(breach_of(bench_).find("never ends"), std::string::npos) << "the conversation is free again";
}

TEST_F(Breach, PassingAfterAReply) {
    RawPlugin::on_handle = [](const migue_host*, const migue_request*, migue_call* call) {
        call->reply(call, str("text"), str(R"({"text":"a"})"));
        return MIGUE_PASS;
    };
    EXPECT_EQ(breach_of(bench_), "MIGUE_PASS after a reply, a state or a question");
}

TEST_F(Breach, AnUnknownStatus) {  // V6
    RawPlugin::on_handle = [](const migue_host*, const migue_request*, migue_call*) { return 7; };
    EXPECT_EQ(breach_of(bench_), "handle() returned the unknown status 7");
}

TEST_F(Breach, RecordingAnUnknownMetric) {
    RawPlugin::on_handle = [](const migue_host* host, const migue_request*, migue_call*) {
        service<migue_metrics_v1>(host, MIGUE_METRICS_ID).record(host, 9, 1);
        return MIGUE_OK;
    };
    EXPECT_NE(breach_of(bench_).find("unknown handle"), std::string::npos);
}

TEST_F(Breach, ABrokenRuleIsToldOnce) {
    RawPlugin::on_handle = [](const migue_host*, const migue_request*, migue_call*) { return 7; };
    EXPECT_THROW(bench_.send("x"), Fault);
    RawPlugin::on_handle = [](const migue_host*, const migue_request*, migue_call*) { return MIGUE_OK; };
    EXPECT_NO_THROW(bench_.send("x"));
}

TEST_F(Breach, StateThatIsNoJsonIsRefused) {
    RawPlugin::on_handle = [](const migue_host*, const migue_request*, migue_call* call) {
        return call->set_state(call, str("not json"));
    };
    const TurnOutcome turn = bench_.send("x");
    EXPECT_EQ(turn.status, MIGUE_E_INVALID);
    EXPECT_EQ(turn.reasons.at(0), "set_state: is not JSON in UTF-8, or over 262144 bytes");
}

TEST_F(Breach, AReplacedInstanceGetsItsDonesAndThenOnlyRefusals) {  // T5, T6, O6
    std::vector<migue_status> dones;
    RawPlugin::on_handle = [&](const migue_host* host, const migue_request*, migue_call*) -> migue_status {
        std::uint64_t op = 0;
        return service<migue_timer_v1>(host, MIGUE_TIMER_ID)
            .start(
                host, 1'000'000,
                [](void* user, migue_status status, const void*) {
                    static_cast<std::vector<migue_status>*>(user)->push_back(status);
                },
                &dones, &op);
    };
    EXPECT_EQ(bench_.send("x").status, MIGUE_OK);
    EXPECT_EQ(bench_.open_operations(), 1u) << "it outlives its turn";
    const migue_host* old = RawPlugin::host;
    const auto& timer = service<migue_timer_v1>(old, MIGUE_TIMER_ID);
    bench_.restart();
    EXPECT_EQ(dones, std::vector<migue_status>{MIGUE_E_CANCELLED});
    EXPECT_NE(RawPlugin::host, old);
    std::uint64_t op = 0;
    EXPECT_EQ(timer.start(old, 0, &Late::done, nullptr, &op), MIGUE_E_STATE);
    EXPECT_EQ(old->service(old, MIGUE_TIMER_ID), nullptr);
}

TEST_F(Breach, AnOperationOfAnEndedTurnIsDoneWhenItsTimeComes) {  // T5
    int dones = 0;
    RawPlugin::on_handle = [&](const migue_host* host, const migue_request*,
                               migue_call* call) -> migue_status {
        EXPECT_EQ(start_timer(host, 1'000'000, {call, [&](migue_call*) { ++dones; }}), MIGUE_OK);
        return MIGUE_OK;
    };
    bench_.send("x");
    EXPECT_EQ(dones, 0);
    EXPECT_THROW(bench_.verify(), Fault) << "something is still open";
    bench_.advance(std::chrono::milliseconds(1));
    EXPECT_EQ(dones, 1);
    EXPECT_NO_THROW(bench_.verify());
}

TEST_F(Breach, CancellingAnOperationMakesItsDoneCancelledOnce) {
    std::vector<migue_status> dones;
    RawPlugin::on_handle = [&](const migue_host* host, const migue_request*, migue_call*) -> migue_status {
        const auto& timer = service<migue_timer_v1>(host, MIGUE_TIMER_ID);
        std::uint64_t op = 0;
        const migue_status started = timer.start(
            host, 1'000'000,
            [](void* user, migue_status status, const void*) {
                static_cast<std::vector<migue_status>*>(user)->push_back(status);
            },
            &dones, &op);
        timer.cancel(host, op);
        timer.cancel(host, op);
        timer.cancel(host, 12345);
        return started;
    };
    bench_.send("x");
    bench_.advance(std::chrono::seconds(1));
    EXPECT_EQ(dones, std::vector<migue_status>{MIGUE_E_CANCELLED});
}

}  // namespace migue::bench
