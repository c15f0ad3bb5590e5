#pragma once
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "host/observe/log.hpp"
#include "host/pipeline/executor.hpp"
#include "host/pipeline/inbox.hpp"
#include "host/pipeline/lanes.hpp"
#include "host/pipeline/load_gauge.hpp"
#include "host/pipeline/outbox.hpp"
#include "host/pipeline/turn.hpp"
#include "host/services/clock.hpp"
#include "host/store/store.hpp"

namespace migue::host {

/// From the stored message to its turn: one turn at a time for each conversation, in the
/// order of arrival. Brings back what a dead host left open, and starts due jobs.
/// Thread-safe.
class Dispatcher final : public Inbox {
public:
    struct Options {
        LoadGauge::Options load = {};  ///< beyond it messages are not taken
        std::chrono::milliseconds tick{250};
        std::chrono::milliseconds look_again{50};  ///< at conversations that another host holds
        std::chrono::milliseconds text_kept{std::chrono::hours(7 * 24)};
    };

    Dispatcher(Store& store, TurnRunner& turns, Outbox& outbox, Executor& executor, Channels channels,
               Clock& clock, Log& log, Options options);
    ~Dispatcher() override;  ///< stops

    /// Claims what was left open, resends what was not sent, then watches: for jobs, for what
    /// a dead host left, for conversations that another host lets go of, for old text.
    [[nodiscard]] Result<void> start();
    /// Waits until no turn is open, at most `limit`. What is left stays in the store.
    void drain(std::chrono::milliseconds limit);
    void stop();

    /// kUnavailable also when what is taken now would be answered too late.
    [[nodiscard]] Result<std::vector<Accepted>> accept(std::vector<InboundMessage> messages) override;
    [[nodiscard]] Result<void> note(std::vector<Delivery> news) override;
    [[nodiscard]] std::size_t open_turns() const { return lanes_.size(); }

private:
    /// While work of other hosts is being taken over, new messages wait until it is in its
    /// lanes: it is older than they are.
    class TakeOver {
    public:
        explicit TakeOver(Dispatcher& dispatcher);
        TakeOver(const TakeOver&) = delete;
        TakeOver& operator=(const TakeOver&) = delete;
        ~TakeOver();

    private:
        Dispatcher& dispatcher_;
    };
    void enqueue_in_order(std::vector<OpenTurn> turns);
    void enqueue_new(std::vector<InboundMessage>& messages, std::vector<Accepted>& accepted,
                     std::int64_t now_unix_ms);
    void enqueue(Claimed work);
    void enqueue(std::vector<OpenTurn> turns);
    void run(OpenTurn turn);
    [[nodiscard]] Behind behind(const std::string& conversation);
    Result<void> claim_all();
    void watch();
    void look_for_work();
    void look_again();
    [[nodiscard]] Result<void> say_alive();
    [[nodiscard]] Result<void> find_out_what_is_lost();
    void erase_old_text();

    Store& store_;
    TurnRunner& turns_;
    Outbox& outbox_;
    Executor& executor_;
    const Channels channels_;
    Clock& clock_;
    Log& log_;
    const Options options_;
    Lanes<OpenTurn> lanes_;
    LoadGauge load_;

    std::mutex order_mutex_;
    bool taking_over_ = false;    // guarded by order_mutex_
    std::vector<OpenTurn> late_;  // guarded by order_mutex_: messages that came meanwhile

    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;                // guarded by mutex_
    std::vector<std::string> held_away_;   // guarded by mutex_: conversations another host holds
    std::int64_t next_erase_unix_ms_ = 0;  // of watcher_
    std::thread watcher_;
};

}  // namespace migue::host
