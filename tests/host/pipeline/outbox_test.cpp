#include "host/pipeline/outbox.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>

#include "host/store/identity.hpp"
#include "host/store/sqlite/sqlite_store.hpp"
#include "tests/host/temporary_folder.hpp"

namespace migue::host {
namespace {

using namespace std::chrono_literals;

/// A channel whose sends end as the test says; remembers what was sent.
class ScriptedChannel final : public Channel {
public:
    explicit ScriptedChannel(std::function<SendOutcome(const OutboundReply&)> script)
        : script_(std::move(script)) {}
    [[nodiscard]] std::string_view id() const override { return "chat"; }
    [[nodiscard]] ChannelLimits limits() const override { return {}; }
    [[nodiscard]] Permit permit(const OutboundReply& reply) override {
        ++asked_;
        return pace_ ? pace_(reply) : Permit{};
    }
    [[nodiscard]] SendOutcome failed(const OutboundReply& reply, int code) override {
        return on_failure_ ? on_failure_(reply, code) : Channel::failed(reply, code);
    }
    [[nodiscard]] SendOutcome send(const OutboundReply& reply) override {
        const SendOutcome outcome = script_(reply);
        const std::lock_guard lock(mutex_);
        tried_.push_back(reply.reply.body_json);
        changed_.notify_all();
        return outcome;
    }
    /// The bodies tried so far, once there are `count`.
    std::vector<std::string> tried(std::size_t count) {
        std::unique_lock lock(mutex_);
        EXPECT_TRUE(changed_.wait_for(lock, 10s, [&] { return tried_.size() >= count; })) << tried_.size();
        return tried_;
    }

    std::function<Permit(const OutboundReply&)> pace_;                  // set before the first reply
    std::function<SendOutcome(const OutboundReply&, int)> on_failure_;  // the same
    std::atomic<int> asked_{0};

private:
    const std::function<SendOutcome(const OutboundReply&)> script_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> tried_;  // guarded by mutex_
};

class OutboxTest : public ::testing::Test {
protected:
    OutboxTest() : store_(sqlite::SqliteStore::open(folder_.path() / "migue.db").value()) {}

    /// A message of `person` that is answered with these bodies, committed.
    std::vector<OutboundReply> answered(const std::string& person, const std::vector<std::string>& bodies) {
        InboundMessage message;
        message.channel = "chat";
        message.message_id = "m" + std::to_string(++messages_);
        message.identities = {person};
        message.input_json = "{}";
        message.sent_unix_ms = clock_.unix_ms();
        std::promise<Accepted> accepted;
        store_->accept({message}, clock_.unix_ms(),
                       [&](auto result) { accepted.set_value(result->front()); });
        const Accepted turn = accepted.get_future().get();
        FinishedTurn finished;
        finished.conversation_id = turn.conversation_id;
        finished.message_id = message.message_id;
        finished.sequence = turn.sequence;
        finished.outcome = "done";
        for (const std::string& body : bodies) finished.replies.push_back({"text", body});
        std::promise<std::vector<OutboundReply>> replies;
        store_->finish(finished, clock_.unix_ms(),
                       [&](auto result) { replies.set_value(std::move(result).value()); });
        return replies.get_future().get();
    }
    /// What the channel tells about a reply: kept in the store, then told to the outbox.
    void tell(Outbox& outbox, const OutboundReply& reply, Delivery::State state, int code = 0) {
        Delivery news;
        news.reply_name = reply_name(reply);
        news.channel_message_id = "wamid.1";
        news.state = state;
        news.error_code = code;
        std::promise<std::vector<DeliveryEffect>> effects;
        store_->deliveries({news}, clock_.unix_ms(),
                           [&](auto result) { effects.set_value(std::move(result).value()); });
        for (const DeliveryEffect& effect : effects.get_future().get()) outbox.on_news(effect);
    }
    std::int64_t untold(const OutboundReply& reply) {
        std::promise<std::int64_t> count;
        store_->conversation(reply.conversation_id, [&](auto result) { count.set_value(result->untold); });
        return count.get_future().get();
    }
    template <typename Condition>
    static void wait_until(Condition condition) {
        const auto deadline = std::chrono::steady_clock::now() + 30s;
        while (!condition() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
        EXPECT_TRUE(condition());
    }
    /// Until the store says that nothing is to be sent any more.
    void wait_until_settled() {
        const auto deadline = std::chrono::steady_clock::now() + 10s;
        while (!store_->unsent(10)->empty() && std::chrono::steady_clock::now() < deadline)
            std::this_thread::yield();
        EXPECT_TRUE(store_->unsent(10)->empty());
    }

    test::TemporaryFolder folder_;
    SystemClock clock_;
    Log log_{Severity::kError, [](std::string_view) {}};
    std::unique_ptr<Store> store_;
    int messages_ = 0;
};

TEST_F(OutboxTest, SendsRepliesOfAConversationInOrder) {
    ScriptedChannel channel([](const OutboundReply&) { return SendOutcome{}; });
    Outbox outbox(*store_, {{"chat", &channel}}, clock_, log_, {});
    outbox.deliver(answered("ana", {"1", "2"}));
    outbox.deliver(answered("ana", {"3"}));
    EXPECT_EQ(channel.tried(3), (std::vector<std::string>{"1", "2", "3"}));
    wait_until_settled();
}

TEST_F(OutboxTest, TriesAgainBeforeItGoesOnToTheNextReply) {
    std::atomic<int> failures{2};
    ScriptedChannel channel([&](const OutboundReply&) {
        return failures-- > 0 ? SendOutcome{SendOutcome::Kind::kRetry, {}, 1, "503"} : SendOutcome{};
    });
    Outbox outbox(*store_, {{"chat", &channel}}, clock_, log_, {});
    outbox.deliver(answered("ana", {"1", "2"}));
    EXPECT_EQ(channel.tried(4), (std::vector<std::string>{"1", "1", "1", "2"}));
    wait_until_settled();
}

TEST_F(OutboxTest, AStuckConversationDelaysNoOther) {
    std::promise<void> release;
    const std::shared_future<void> released = release.get_future().share();
    ScriptedChannel channel([released](const OutboundReply& reply) {
        if (reply.reply.body_json == "stuck") released.wait();
        return SendOutcome{};
    });
    Outbox outbox(*store_, {{"chat", &channel}}, clock_, log_, {});
    outbox.deliver(answered("ana", {"stuck"}));
    outbox.deliver(answered("luis", {"free"}));
    EXPECT_EQ(channel.tried(1), (std::vector<std::string>{"free"}));
    release.set_value();
    EXPECT_EQ(channel.tried(2).back(), "stuck");
    wait_until_settled();
}

TEST_F(OutboxTest, BuriesWhatIsRefusedAndGoesOn) {
    ScriptedChannel channel([](const OutboundReply& reply) {
        return reply.reply.body_json == "bad" ? SendOutcome{SendOutcome::Kind::kRefused, {}, 0, "(#100)"}
                                              : SendOutcome{};
    });
    Outbox outbox(*store_, {{"chat", &channel}}, clock_, log_, {});
    outbox.deliver(answered("ana", {"bad", "good"}));
    EXPECT_EQ(channel.tried(2), (std::vector<std::string>{"bad", "good"}));
    wait_until_settled();
}

TEST_F(OutboxTest, GivesUpADayAfterTheMessage) {
    ScriptedChannel channel([](const OutboundReply&) {
        return SendOutcome{SendOutcome::Kind::kRetry, {}, 1, "503"};
    });
    Outbox outbox(*store_, {{"chat", &channel}}, clock_, log_,
                  {.senders = 2, .give_up_ms = -1, .uncertain_ms = 1});
    const auto late = answered("ana", {"late"});
    outbox.deliver(late);
    wait_until_settled();
    EXPECT_EQ(channel.tried(1).size(), 1U);
    EXPECT_EQ(untold(late.front()), 1) << "the person is told next time";
}

TEST_F(OutboxTest, BuriesAReplyWhoseChannelIsGone) {
    Outbox outbox(*store_, {}, clock_, log_, {});
    outbox.deliver(answered("ana", {"nowhere"}));
    wait_until_settled();
}

TEST_F(OutboxTest, KeepsWhatCouldNotBeSentForTheNextStart) {
    ScriptedChannel down([](const OutboundReply&) {
        return SendOutcome{SendOutcome::Kind::kRetry, {}, 3'600'000, "down"};
    });
    {
        Outbox outbox(*store_, {{"chat", &down}}, clock_, log_, {});
        outbox.deliver(answered("ana", {"1"}));
        EXPECT_EQ(down.tried(1).size(), 1U);
        outbox.stop();
    }
    EXPECT_EQ(store_->unsent(10)->size(), 1U);
}

constexpr SendOutcome::Kind kUncertain = SendOutcome::Kind::kUncertain;

TEST_F(OutboxTest, NewsOfAReplyWhoseAnswerWasLostSettleItAtOnce) {
    ScriptedChannel channel([](const OutboundReply& reply) {
        return reply.reply.body_json == "1" ? SendOutcome{kUncertain, {}, 0, "cut off"} : SendOutcome{};
    });
    Outbox outbox(*store_, {{"chat", &channel}}, clock_, log_, {.uncertain_ms = 3'600'000});
    const auto replies = answered("ana", {"1", "2"});
    outbox.deliver(replies);
    wait_until([&] { return outbox.counts().postponed == 1; });
    tell(outbox, replies.front(), Delivery::State::kSent);
    EXPECT_EQ(channel.tried(2), (std::vector<std::string>{"1", "2"})) << "once, and the lane goes on";
    wait_until_settled();
    EXPECT_EQ(outbox.counts().settled_by_news, 1U);
}

TEST_F(OutboxTest, NewsDuringASendCountMoreThanItsLostAnswer) {
    std::promise<void> release;
    const std::shared_future<void> released = release.get_future().share();
    std::promise<void> begun;
    ScriptedChannel channel([&](const OutboundReply&) {
        begun.set_value();
        released.wait();
        return SendOutcome{kUncertain, {}, 0, "cut off"};
    });
    Outbox outbox(*store_, {{"chat", &channel}}, clock_, log_, {.uncertain_ms = 1});
    const auto replies = answered("ana", {"1"});
    outbox.deliver(replies);
    begun.get_future().wait();
    tell(outbox, replies.front(), Delivery::State::kDelivered);
    release.set_value();
    wait_until([&] { return outbox.waiting() == 0; });
    EXPECT_EQ(channel.tried(1).size(), 1U);
    wait_until_settled();
}

TEST_F(OutboxTest, WithoutNewsAReplyThatMayHaveArrivedIsSentOnceMore) {
    std::atomic<int> lost{1};
    ScriptedChannel channel([&](const OutboundReply&) {
        return lost-- > 0 ? SendOutcome{kUncertain, {}, 0, "cut off"} : SendOutcome{};
    });
    Outbox outbox(*store_, {{"chat", &channel}}, clock_, log_, {.uncertain_ms = 20});
    outbox.deliver(answered("ana", {"1"}));
    wait_until([&] { return outbox.waiting() == 0; });
    EXPECT_EQ(channel.tried(2).size(), 2U);
    wait_until_settled();
}

TEST_F(OutboxTest, AReplyThatIsNeverAnsweredIsGivenUpAndThePersonIsTold) {
    ScriptedChannel channel([](const OutboundReply&) { return SendOutcome{kUncertain, {}, 0, "cut off"}; });
    Outbox outbox(*store_, {{"chat", &channel}}, clock_, log_, {.uncertain_ms = 1, .uncertain_sends = 3});
    const auto replies = answered("ana", {"1"});
    outbox.deliver(replies);
    wait_until([&] { return outbox.waiting() == 0; });
    EXPECT_EQ(channel.tried(3).size(), 3U);
    EXPECT_EQ(untold(replies.front()), 1);
}

TEST_F(OutboxTest, AfterARestartItStillWaitsForNews) {
    ScriptedChannel channel([](const OutboundReply&) { return SendOutcome{kUncertain, {}, 0, "cut off"}; });
    const auto replies = answered("ana", {"1"});
    {
        Outbox before(*store_, {{"chat", &channel}}, clock_, log_, {.uncertain_ms = 3'600'000});
        before.deliver(replies);
        wait_until([&] { return before.counts().postponed == 1; });
    }
    const auto kept = store_->unsent(10);
    ASSERT_EQ(kept->size(), 1U);
    EXPECT_TRUE(kept->front().uncertain);
    Outbox after(*store_, {{"chat", &channel}}, clock_, log_, {.uncertain_ms = 3'600'000});
    after.deliver(*kept);
    tell(after, kept->front(), Delivery::State::kRead);
    wait_until([&] { return after.waiting() == 0; });
    EXPECT_EQ(channel.tried(1).size(), 1U);
    wait_until_settled();
}

TEST_F(OutboxTest, AReplyThatFailsAfterItWasTakenIsBuriedAndToldNextTime) {
    ScriptedChannel channel([](const OutboundReply&) { return SendOutcome{}; });
    Outbox outbox(*store_, {{"chat", &channel}}, clock_, log_, {});
    const auto replies = answered("ana", {"1"});
    outbox.deliver(replies);
    wait_until([&] { return outbox.waiting() == 0; });
    tell(outbox, replies.front(), Delivery::State::kFailed, 131026);
    tell(outbox, replies.front(), Delivery::State::kFailed, 131026);
    wait_until([&] { return outbox.counts().buried == 1 && outbox.waiting() == 0; });
    EXPECT_EQ(untold(replies.front()), 1) << "also when it is told twice";
    EXPECT_EQ(channel.tried(1).size(), 1U);
}

TEST_F(OutboxTest, AReplyThatFailedForAWhileIsSentOnceMore) {
    ScriptedChannel channel([](const OutboundReply&) { return SendOutcome{}; });
    channel.on_failure_ = [](const OutboundReply&, int code) {
        EXPECT_EQ(code, 131056);
        return SendOutcome{SendOutcome::Kind::kRetry, {}, 1, "too many"};
    };
    Outbox outbox(*store_, {{"chat", &channel}}, clock_, log_, {});
    const auto replies = answered("ana", {"1"});
    outbox.deliver(replies);
    wait_until([&] { return outbox.waiting() == 0; });
    tell(outbox, replies.front(), Delivery::State::kFailed, 131056);
    EXPECT_EQ(channel.tried(2).size(), 2U);
    wait_until([&] { return outbox.waiting() == 0; });
    EXPECT_EQ(untold(replies.front()), 0);
}

TEST_F(OutboxTest, AFailureToldWhileTheAnswerIsAwaitedIsActedUpon) {
    ScriptedChannel channel([](const OutboundReply&) { return SendOutcome{kUncertain, {}, 0, "cut off"}; });
    Outbox outbox(*store_, {{"chat", &channel}}, clock_, log_, {.uncertain_ms = 3'600'000});
    const auto replies = answered("ana", {"1"});
    outbox.deliver(replies);
    wait_until([&] { return outbox.counts().postponed == 1; });
    tell(outbox, replies.front(), Delivery::State::kFailed, 131047);
    wait_until([&] { return outbox.waiting() == 0; });
    EXPECT_EQ(untold(replies.front()), 1);
    wait_until_settled();
}

TEST_F(OutboxTest, APersonWhoMustWaitDelaysNobodyAndCostsNoWrite) {
    std::atomic<bool> may{false};
    ScriptedChannel channel([](const OutboundReply&) { return SendOutcome{}; });
    channel.pace_ = [&](const OutboundReply& reply) {
        const bool waits = reply.reply.body_json == "ana" && !may;
        return waits ? Permit{Permit::Kind::kPersonWaits, 1} : Permit{};
    };
    Outbox outbox(*store_, {{"chat", &channel}}, clock_, log_, {});
    outbox.deliver(answered("ana", {"ana"}));
    outbox.deliver(answered("luis", {"luis"}));
    EXPECT_EQ(channel.tried(1), std::vector<std::string>{"luis"});
    wait_until([&] { return channel.asked_ > 10; });
    EXPECT_EQ(store_->unsent(10)->front().attempt, 0U);
    may = true;
    EXPECT_EQ(channel.tried(2).back(), "ana");
    wait_until_settled();
}

TEST_F(OutboxTest, AShutAccountKeepsAllItsRepliesInOrderUntilItOpens) {
    std::atomic<bool> open{false};
    ScriptedChannel channel([](const OutboundReply&) { return SendOutcome{}; });
    channel.pace_ = [&](const OutboundReply&) {
        return open ? Permit{} : Permit{Permit::Kind::kAccountShut, 7'200'000};
    };
    Outbox outbox(*store_, {{"chat", &channel}}, clock_, log_, {.look_again_ms = 2});
    for (int i = 0; i < 40; ++i) {
        const std::string number = std::to_string(i);
        outbox.deliver(answered("person " + number, {number + "a", number + "b"}));
    }
    const int asked = channel.asked_;
    wait_until([&] { return channel.asked_ > asked + 10; });
    EXPECT_FALSE(outbox.overloaded()) << "messages are still taken";
    EXPECT_EQ(store_->unsent(100)->size(), 80U);
    open = true;
    const auto tried = channel.tried(80);
    for (int i = 0; i < 40; ++i) {
        const auto first = std::find(tried.begin(), tried.end(), std::to_string(i) + "a");
        const auto second = std::find(tried.begin(), tried.end(), std::to_string(i) + "b");
        EXPECT_LT(first, second);
    }
    wait_until_settled();
}

TEST_F(OutboxTest, APlaceInTheQueueOfANumberIsKept) {
    std::atomic<int> held{1};
    ScriptedChannel channel([&](const OutboundReply&) {
        return held-- > 0 ? SendOutcome{SendOutcome::Kind::kHeld, {}, 0, "shut meanwhile"} : SendOutcome{};
    });
    channel.pace_ = [](const OutboundReply&) { return Permit{Permit::Kind::kGo, 1}; };
    Outbox outbox(*store_, {{"chat", &channel}}, clock_, log_, {});
    outbox.deliver(answered("ana", {"1"}));
    EXPECT_EQ(channel.tried(2).size(), 2U);
    wait_until_settled();
    EXPECT_EQ(channel.asked_, 2);
}

TEST_F(OutboxTest, TakesNoMoreThanItShouldHoldInMemory) {
    ScriptedChannel channel([](const OutboundReply&) { return SendOutcome{}; });
    channel.pace_ = [](const OutboundReply&) { return Permit{Permit::Kind::kAccountShut, 3'600'000}; };
    Outbox outbox(*store_, {{"chat", &channel}}, clock_, log_, {.most_waiting = 2});
    outbox.deliver(answered("ana", {"1"}));
    EXPECT_FALSE(outbox.overloaded());
    outbox.deliver(answered("luis", {"2"}));
    EXPECT_TRUE(outbox.overloaded());
}

TEST(Backoff, GrowsFourfoldWithJitterUpToTenMinutes) {
    EXPECT_EQ(backoff_ms(0, 0), 1000);
    EXPECT_EQ(backoff_ms(1, 0), 4000);
    EXPECT_EQ(backoff_ms(2, 0.5), 20'000);
    EXPECT_EQ(backoff_ms(50, 0), 600'000);
    EXPECT_LE(backoff_ms(50, 1), 900'000);
}

}  // namespace
}  // namespace migue::host
