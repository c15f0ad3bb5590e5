#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "host/observe/log.hpp"
#include "host/pipeline/channel.hpp"
#include "host/pipeline/executor.hpp"
#include "host/pipeline/holding.hpp"
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

/// Sends committed replies: in order within a conversation, many conversations at once, at
/// the pace the channel allows, again after a failure, until 24 hours have passed since they
/// were written.
///
/// Each is sent at least once. It is sent again only after a failure that is known to be
/// one, after a crash, and when the answer to a send was lost and no news about the reply
/// came within `uncertain_ms`. What is given up is kept with its reason, and the person is
/// told when they write next. Thread-safe.
class Outbox {
public:
    struct Options {
        std::size_t senders = 2;         ///< threads at rest
        std::size_t most_senders = 256;  ///< sends in flight; each may wait for the network
        std::int64_t give_up_ms = 24LL * 60 * 60 * 1000;
        std::int64_t uncertain_ms = 30'000;  ///< before a reply that may have arrived is sent again
        std::uint32_t uncertain_sends = 6;   ///< then such a reply is given up
        std::size_t most_waiting = 20'000;   ///< replies: they are all in memory
        double first_pace = 2000;            ///< sends a second that are expected, until it is measured
        std::int64_t look_again_ms = 1000;   ///< at an account that cannot send
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
    /// What is due is more than can be sent in time, or more waits than should be in memory.
    [[nodiscard]] bool overloaded();
    /// Nothing is sent while it is not sure that the conversations are still this host's.
    [[nodiscard]] Holding& holding() { return holding_; }
    /// Those that have something to be sent.
    [[nodiscard]] std::vector<std::string> conversations() const { return lanes_.keys(); }
    /// Another host sends the replies of this conversation now.
    void forget(const std::string& conversation_id);
    /// The channel told how a reply fared, and somebody has to act upon it.
    void on_news(const DeliveryEffect& effect);

    /// For metrics.
    struct Counts {
        std::uint64_t sent = 0, postponed = 0, buried = 0;
        std::uint64_t settled_by_news = 0;  ///< without a known answer to the send
        std::uint64_t failed_later = 0;     ///< taken by the channel, then failed
        std::size_t threads = 0;
    };
    [[nodiscard]] Counts counts() const;

private:
    struct Item {
        OutboundReply reply;
        int failed_code = 0;  ///< not 0: it was sent, and failed with this code
    };
    /// The one of a conversation that is being sent, or that waits for it.
    struct Flight {
        OutboundReply reply;     // of the step that runs; its names never change
        int failed_code = 0;     // guarded by mutex_: news that came during a step
        std::string failed_id;   // guarded by mutex_: the channel's id of the send that failed
        bool arrived = false;    // guarded by mutex_: the store has it as sent
        bool forgotten = false;  // guarded by mutex_: another host sends it
        bool waits = false;      // guarded by mutex_: no step runs
        std::uint64_t wait = 0;  // guarded by mutex_: a wait that was ended is not this one
        bool is_load = false;    // of the step that runs
    };
    using FlightPtr = std::shared_ptr<Flight>;
    using Step = void (Outbox::*)(const FlightPtr&);
    /// Replies of an account that cannot send now.
    struct Shut {
        std::deque<std::pair<FlightPtr, std::uint64_t>> replies;  // with their Flight::wait
        std::size_t next_release = 1;  // it opens to so many first, then to twice as many
        std::int64_t wait_ms = 0;      // until the next look
        bool watched = false;          // a look is on its way
    };

    void push(Item item);
    void begin(Item item);
    void after(const FlightPtr& flight, std::int64_t wait_ms, Step step);
    [[nodiscard]] std::optional<std::uint64_t> start_wait(const FlightPtr& flight);
    [[nodiscard]] bool end_wait(const FlightPtr& flight, std::uint64_t wait);
    void ask(const FlightPtr& flight);
    void park(const FlightPtr& flight, std::int64_t wait_ms);
    void look_at_shut(const std::string& account);
    void post_look(const std::string& account, std::int64_t wait_ms);
    void send(const FlightPtr& flight);
    void react_to_failure(const FlightPtr& flight);
    void settle(const FlightPtr& flight, SendOutcome outcome);
    [[nodiscard]] bool is_settled_by_news(Flight& flight, const SendOutcome& outcome);
    void again(const FlightPtr& flight, std::int64_t delay_ms, const std::string& why);
    void bury(const FlightPtr& flight, const std::string& why, bool untold = true);
    void is_load(Flight& flight, bool counts);
    [[nodiscard]] Channel* channel_of(const OutboundReply& reply) const;
    using Note = std::function<void(Store::Done<void>)>;
    /// Has the store note how a reply ended, as often as it takes: a reply that is sent and
    /// not noted would be sent again. `what` is for the log.
    void note(const char* what, const FlightPtr& flight, Note call, std::uint32_t tries = 0);
    void finish(const FlightPtr& flight);

    Store& store_;
    const Channels channels_;
    Clock& clock_;
    Log& log_;
    const Options options_;
    Lanes<Item> lanes_;
    LoadGauge load_;
    Holding holding_{kLease};
    mutable std::mutex mutex_;
    std::unordered_map<std::string, FlightPtr> flights_;  // guarded by mutex_, by conversation
    std::unordered_map<std::string, Shut> shut_;          // guarded by mutex_, by channel and account
    Counts counts_;                                       // guarded by mutex_
    Outstanding notes_;                                   // calls of the store that will call back
    Executor executor_;                                   // last: its threads use the members above
};

}  // namespace migue::host
