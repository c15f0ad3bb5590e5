#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "host/pipeline/channel.hpp"

namespace migue::host::chat {

/// The chat of the console and the terminal. A reply is durable in the outbox before it is
/// sent, and the page reads it from there; so sending only wakes those who wait for news.
///
/// Thread-safe. Destroy it after the HTTP server whose handlers wait here.
class ChatChannel final : public Channel {
public:
    enum class Wait {
        kNews = 1,  ///< something was said in some conversation
        kTimeout,
        kFull,    ///< kMaxWaiters wait already; nothing was waited for
        kClosed,  ///< close() was called
    };
    /// Each waiter holds a thread of the HTTP server: half of them stay free for messages.
    static constexpr int kMaxWaiters = 32;

    [[nodiscard]] std::string_view id() const override { return "chat"; }
    [[nodiscard]] ChannelLimits limits() const override { return {}; }
    [[nodiscard]] SendOutcome send(const OutboundReply& reply) override;

    /// Wakes everybody who waits.
    void announce();
    /// Grows with every announce(). Take it, look into the store, then wait() on it: news
    /// that came between the two are not missed.
    [[nodiscard]] std::uint64_t version() const;
    [[nodiscard]] Wait wait(std::uint64_t seen, std::chrono::steady_clock::time_point deadline);
    [[nodiscard]] int waiters() const;
    /// Nobody waits from now on, so that the HTTP server can stop at once.
    void close();

private:
    mutable std::mutex mutex_;
    std::condition_variable news_;
    std::uint64_t version_ = 0;  // guarded by mutex_
    int waiters_ = 0;            // guarded by mutex_
    bool closed_ = false;        // guarded by mutex_
};

}  // namespace migue::host::chat
