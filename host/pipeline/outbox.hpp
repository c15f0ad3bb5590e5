#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "host/observe/log.hpp"
#include "host/pipeline/channel.hpp"
#include "host/pipeline/executor.hpp"
#include "host/pipeline/lanes.hpp"
#include "host/pipeline/load_gauge.hpp"
#include "host/pipeline/outstanding.hpp"
#include "host/services/clock.hpp"
#include "host/store/store.hpp"

namespace migue::host {

/// The channels by their id. They outlive whoever holds the map.
using Channels = std::map<std::string, Channel*, std::less<>>;

/// How long the outbox waits before it sends again: 1, 4, 16 … seconds, at most 10 minutes,
/// and half as much again by chance, so that many do not come back at once.
[[nodiscard]] std::int64_t backoff_ms(std::uint32_t attempt, double chance) noexcept;

/// Sends committed replies: in order within a conversation, many conversations at once,
/// again after a failure, until 24 hours have passed since the message they answer.
/// Thread-safe.
class Outbox {
public:
    struct Options {
        std::size_t senders = 16;  ///< sends in flight; each may wait for the network
        std::int64_t give_up_ms = 24LL * 60 * 60 * 1000;
        std::int64_t uncertain_ms = 30'000;  ///< before a reply that may have arrived is sent again
    };

    Outbox(Store& store, Channels channels, Clock& clock, Log& log, Options options);
    Outbox(const Outbox&) = delete;
    Outbox& operator=(const Outbox&) = delete;
    ~Outbox();  ///< stops

    /// Takes replies that are in the store and unsent.
    void deliver(std::vector<OutboundReply> replies);
    /// Finishes what is being sent; the rest stays in the store.
    void stop();
    [[nodiscard]] std::size_t waiting() const { return lanes_.size(); }
    /// What is due is more than can be sent in time.
    [[nodiscard]] bool overloaded() { return load_.overloaded(clock_.monotonic_ns()); }
    /// The channel told how a reply fared, and somebody has to act upon it.
    void on_news(const DeliveryEffect& effect);

private:
    void send_when_due(OutboundReply reply);
    void send(const OutboundReply& reply);
    void settle(OutboundReply reply, SendOutcome outcome);
    void again(OutboundReply reply, std::int64_t delay_ms, const std::string& why);
    void bury(const OutboundReply& reply, const std::string& why);
    using NoteCall = std::function<void(Store::Done<void>)>;
    /// Has the store note how a send ended, again and again until it does; then the
    /// conversation `next_of` goes on. "": it is tried once, and nothing waits for it. `what`
    /// is for the log.
    void note(const char* what, const std::string& next_of, const NoteCall& call, std::uint32_t tries = 0);
    void go_on(const std::string& conversation_id);

    Store& store_;
    const Channels channels_;
    Clock& clock_;
    Log& log_;
    const Options options_;
    Lanes<OutboundReply> lanes_;
    LoadGauge load_;
    Outstanding notes_;  // calls of the store that will call back
    Executor executor_;  // last: its threads use the members above
};

}  // namespace migue::host
