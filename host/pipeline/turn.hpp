#pragma once
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/intents/router.hpp"
#include "host/observe/log.hpp"
#include "host/pipeline/burst.hpp"
#include "host/pipeline/executor.hpp"
#include "host/pipeline/outbox.hpp"
#include "host/pipeline/outstanding.hpp"
#include "host/plugin_host/plugin_host.hpp"
#include "host/services/clock.hpp"
#include "host/store/store.hpp"

namespace migue::host {

/// Runs one turn from the stored message to the committed replies: reads the conversation,
/// routes, calls the plugin, commits, hands the replies to the outbox. Nothing of it waits
/// while holding a thread.
///
/// A plugin that fails leaves nothing behind; the person gets one true sentence instead.
/// Thread-safe.
class TurnRunner {
public:
    struct Options {
        std::chrono::milliseconds budget{2000};      ///< from the message's arrival to its reply
        std::chrono::milliseconds slow_job{20'000};  ///< the same for jobs that say so
        std::chrono::milliseconds send{250};         ///< of it, kept for sending
        std::chrono::milliseconds least{500};        ///< what a late turn still gets
        std::uint32_t attempts = 8;                  ///< of one turn, over restarts
        std::string default_locale = "es";
        BurstLimits burst = {};
        /// How long the first of what may be several messages waits for the next; of `budget`.
        std::chrono::milliseconds burst_wait{0};
    };
    using RouterSource = std::function<std::shared_ptr<const intents::Router>()>;

    TurnRunner(Store& store, PluginHost& plugins, RouterSource router, Channels channels, Outbox& outbox,
               Executor& executor, Clock& clock, Log& log, Options options);

    TurnRunner(const TurnRunner&) = delete;
    TurnRunner& operator=(const TurnRunner&) = delete;
    ~TurnRunner() { store_calls_.wait(); }

    /// Calls `finished` once, when the turn is committed and its replies are with the
    /// outbox. Until the store takes it, it is tried again. `behind` may be empty, and is not
    /// called after `finished`.
    void run(OpenTurn turn, Behind behind, std::function<void()> finished);

    /// Messages that were answered with the one before, since the start.
    [[nodiscard]] std::uint64_t joined() const noexcept { return joined_; }

private:
    struct Running;
    using Step = std::shared_ptr<Running>;

    void start(const Step& run);
    void on_conversation(const Step& run, Result<Conversation> conversation);
    void find_quoted(const Step& run);
    void begin(const Step& run);
    void join(const Step& run);
    void keep_joined(const Step& run, std::vector<OpenTurn> others, std::uint32_t tries);
    void on_joined(const Step& run, const std::vector<OpenTurn>& others, std::uint32_t tries,
                   const Result<void>& kept);
    void answer(const Step& run);
    void decide(const Step& run, bool question_open);
    [[nodiscard]] bool take_chosen_wish(Running& run) const;
    [[nodiscard]] bool ask_what_was_meant(const Step& run);
    void call_plugin(const Step& run);
    void on_result(const Step& run, TurnResult result);
    void commit(const Step& run, FinishedTurn finished, std::uint32_t tries);
    void on_commit(const Step& run, FinishedTurn finished, std::uint32_t tries,
                   Result<std::vector<OutboundReply>> kept);
    [[nodiscard]] TurnRequest request_for(const Running& run) const;
    [[nodiscard]] static FinishedTurn end_of(const Running& run);
    [[nodiscard]] static FinishedTurn ignored(const Running& run);
    void take_result(const Running& run, const TurnResult& result, FinishedTurn& finished) const;
    [[nodiscard]] std::string trace_of(const Running& run, const TurnResult& result,
                                       std::size_t replies) const;
    [[nodiscard]] FinishedTurn outcome_of(const Running& run, const TurnResult& result) const;
    [[nodiscard]] std::uint64_t deadline_for(const OpenTurn& turn) const;
    [[nodiscard]] std::optional<Job> job_again(const Running& run) const;
    [[nodiscard]] ChannelLimits limits_of(const OpenTurn& turn) const;

    Store& store_;
    PluginHost& plugins_;
    const RouterSource router_;
    const Channels channels_;
    Outbox& outbox_;
    Executor& executor_;
    Clock& clock_;
    Log& log_;
    const Options options_;
    std::atomic<std::uint64_t> joined_{0};
    Outstanding store_calls_;  // that will call back
};

}  // namespace migue::host
