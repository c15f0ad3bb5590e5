#include "host/pipeline/outbox.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>

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
    outbox.deliver(answered("ana", {"late"}));
    wait_until_settled();
    EXPECT_EQ(channel.tried(1).size(), 1U);
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

TEST(Backoff, GrowsFourfoldWithJitterUpToTenMinutes) {
    EXPECT_EQ(backoff_ms(0, 0), 1000);
    EXPECT_EQ(backoff_ms(1, 0), 4000);
    EXPECT_EQ(backoff_ms(2, 0.5), 20'000);
    EXPECT_EQ(backoff_ms(50, 0), 600'000);
    EXPECT_LE(backoff_ms(50, 1), 900'000);
}

}  // namespace
}  // namespace migue::host
