#include "host/channels/chat/chat_channel.hpp"

#include <gtest/gtest.h>

#include <future>
#include <vector>

namespace migue::host::chat {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Wait = ChatChannel::Wait;

std::future<Wait> wait_aside(ChatChannel& channel, std::uint64_t seen) {
    return std::async(std::launch::async,
                      [&channel, seen] { return channel.wait(seen, steady_clock::now() + 30s); });
}

/// Until this many threads wait inside the channel.
void await_waiters(const ChatChannel& channel, int count) {
    const auto deadline = steady_clock::now() + 30s;
    while (channel.waiters() < count && steady_clock::now() < deadline) std::this_thread::yield();
    ASSERT_EQ(channel.waiters(), count);
}

TEST(ChatChannel, WakesWhoeverWaitsWhenAReplyIsSent) {
    ChatChannel channel;
    auto first = wait_aside(channel, channel.version());
    auto second = wait_aside(channel, channel.version());
    await_waiters(channel, 2);
    EXPECT_EQ(channel.send({}).kind, SendOutcome::Kind::kSent);
    EXPECT_EQ(first.get(), Wait::kNews);
    EXPECT_EQ(second.get(), Wait::kNews);
    EXPECT_EQ(channel.waiters(), 0);
}

TEST(ChatChannel, MissesNoNewsBetweenLookingAndWaiting) {
    ChatChannel channel;
    const auto seen = channel.version();
    channel.announce();
    EXPECT_EQ(channel.wait(seen, steady_clock::now() + 30s), Wait::kNews);
}

TEST(ChatChannel, GivesUpAtTheDeadline) {
    ChatChannel channel;
    EXPECT_EQ(channel.wait(channel.version(), steady_clock::now()), Wait::kTimeout);
}

TEST(ChatChannel, RefusesMoreThanItsShareOfWaiters) {
    ChatChannel channel;
    std::vector<std::future<Wait>> waiting;
    for (int i = 0; i < ChatChannel::kMaxWaiters; ++i)
        waiting.push_back(wait_aside(channel, channel.version()));
    await_waiters(channel, ChatChannel::kMaxWaiters);
    EXPECT_EQ(channel.wait(channel.version(), steady_clock::now() + 30s), Wait::kFull);
    channel.close();
    for (auto& one : waiting) EXPECT_EQ(one.get(), Wait::kClosed);
    EXPECT_EQ(channel.wait(channel.version(), steady_clock::now() + 30s), Wait::kClosed);
}

}  // namespace
}  // namespace migue::host::chat
