#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <mutex>
#include <thread>

#include "host/pipeline/outbox.hpp"
#include "host/store/postgres/postgres_store.hpp"
#include "tests/standins/postgres/postgres.hpp"

namespace migue::host {
namespace {

using namespace std::chrono_literals;

/// Sends everything; says so before each send ends.
class WatchedChannel final : public Channel {
public:
    explicit WatchedChannel(std::function<void()> sending) : sending_(std::move(sending)) {}
    [[nodiscard]] std::string_view id() const override { return "chat"; }
    [[nodiscard]] ChannelLimits limits() const override { return {}; }
    [[nodiscard]] SendOutcome send(const OutboundReply& reply) override {
        {
            const std::lock_guard lock(mutex_);
            sent_.push_back(reply.reply.body_json);
        }
        sending_();
        return {};
    }
    [[nodiscard]] std::vector<std::string> sent() const {
        const std::lock_guard lock(mutex_);
        return sent_;
    }

private:
    const std::function<void()> sending_;
    mutable std::mutex mutex_;
    std::vector<std::string> sent_;  // guarded by mutex_
};

/// One message, answered with these replies; they are committed and unsent.
std::vector<OutboundReply> answered(Store& store, std::int64_t now, const std::vector<std::string>& bodies) {
    InboundMessage message;
    message.channel = "chat";
    message.message_id = "m1";
    message.identities = {"ana"};
    message.input_json = "{}";
    message.sent_unix_ms = now;
    std::promise<Accepted> accepted;
    store.accept({message}, now, [&](auto result) { accepted.set_value(result.value().front()); });
    const Accepted turn = accepted.get_future().get();
    FinishedTurn finished;
    finished.conversation_id = turn.conversation_id;
    finished.message_id = message.message_id;
    finished.sequence = turn.sequence;
    finished.outcome = "done";
    for (const std::string& body : bodies) finished.replies.push_back({"text", body});
    std::promise<std::vector<OutboundReply>> replies;
    store.finish(finished, now, [&](auto result) { replies.set_value(std::move(result).value()); });
    return replies.get_future().get();
}

TEST(OutboxOutage, WhatWasSentWhileTheStoreWasAwayIsNotedWhenItIsBack) {
    standins::Postgres server;
    const auto store = postgres::PostgresStore::open(server.url(server.fresh_database()));
    ASSERT_TRUE(store) << store.error().what;
    SystemClock clock;
    Log log{Severity::kError, [](std::string_view) {}};
    std::once_flag once;
    std::promise<void> gone;
    WatchedChannel channel([&] {
        std::call_once(once, [&] {
            server.stop();
            gone.set_value();
        });
    });
    Outbox outbox(**store, {{"chat", &channel}}, clock, log, {});
    outbox.deliver(answered(**store, clock.unix_ms(), {"1", "2"}));
    gone.get_future().wait();
    server.start();

    // Unsettled it would be sent again after a restart, behind what was sent since.
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    const auto settled = [&] {
        const auto unsent = (*store)->unsent(10);
        return unsent && unsent->empty();
    };
    while (!settled() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    EXPECT_TRUE(settled());
    EXPECT_EQ(channel.sent(), (std::vector<std::string>{"1", "2"}));
}

}  // namespace
}  // namespace migue::host
