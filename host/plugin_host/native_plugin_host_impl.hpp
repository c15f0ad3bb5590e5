#pragma once
#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/plugin_host/control_thread.hpp"
#include "host/plugin_host/native_plugin_host.hpp"
#include "host/plugin_host/quarantine.hpp"
#include "host/plugin_host/swap.hpp"
#include "host/plugin_host/turn.hpp"
#include "host/services/timer_queue.hpp"

namespace migue::host {

/// What a NativePluginHost is made of. Its functions are in native_plugin_host.cpp (from start to
/// stop), native_plugin_host_calls.cpp (what comes in) and native_plugin_host_list.cpp (what
/// operators see).
class NativePluginHost::Impl {
public:
    Impl(PluginHostOptions options, Clock& clock, Log& log, Store* store, MetricsSink* metrics,
         VaultKeys keys, std::unique_ptr<StagingArea> area, std::optional<postgres::Target> target,
         History history, Quarantine quarantine)
        : options_(std::move(options)),
          clock_(clock),
          log_(log),
          vault_(std::move(keys)),
          area_(std::move(area)),
          history_(std::move(history)),
          quarantine_(std::move(quarantine)),
          http_(options_.http),
          sql_(target ? SqlService::in_postgres(*std::move(target))
                      : SqlService::in_files(options_.sql_prefix)),
          loader_({options_.lock_file, options_.plugins, options_.public_url, options_.max_workers,
                   options_.max_http_requests, options_.runner, options_.rehearse, options_.kill_after,
                   options_.warm, options_.rehearsal_limit, options_.control_limit,
                   [doorbell = doorbell_] { doorbell->ring(); },
                   [this](Instance::Leftover leftover) { retirement_.count(leftover); }},
                  {clock, log, store, metrics, timers_, vault_, options_.media, options_.classify}, *area_,
                  http_, sql_, history_),
          retirement_({options_.drain_limit, options_.cancel_limit}, log),
          swap_({loader_, registry_, retirement_, history_, listing_, log},
                {options_.max_pinned, options_.max_abandoned}),
          supervisor_(
              options_.restarts, registry_,
              [this](const std::string& plugin) { return swap_.restart(plugin); }, log, metrics),
          control_([this] { return look_after(); }) {
        doorbell_->connect(&control_);
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() { doorbell_->connect(nullptr); }

    Result<void> swap(const std::string& only, bool is_start);
    void stop(std::chrono::milliseconds limit);
    void run_turn(const std::string& plugin, TurnRequest request, TurnCall::Finished finished);
    [[nodiscard]] PluginHttpReply serve(const std::string& plugin, const PluginHttpRequest& request);
    [[nodiscard]] Result<std::string> understand(const std::string& plugin,
                                                 const migue_understand_request& request);
    [[nodiscard]] std::vector<PluginStatus> list() const;
    [[nodiscard]] std::shared_ptr<const Registry::Table> table() const { return registry_.table(); }
    [[nodiscard]] const Retirement& retirement() const noexcept { return retirement_; }
    [[nodiscard]] bool can_swap() const {
        return retirement_.pinned() <= options_.max_pinned &&
               retirement_.abandoned() <= options_.max_abandoned;
    }

private:
    [[nodiscard]] Result<LockFile> lock_to_start_from();
    [[nodiscard]] bool put_stand_ins(LockFile& lock);
    [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> look_after();
    void await_retired(const std::string& plugin);
    void tell_ends(PluginStatus& status, bool is_lost) const;
    void await_restart(const std::string& plugin, const std::string& loss, TurnRequest request,
                       TurnCall::Finished finished);
    void refuse(TurnCall::Finished finished, migue_status status, std::string why);

    const PluginHostOptions options_;
    Clock& clock_;
    Log& log_;
    const Vault vault_;
    const std::unique_ptr<StagingArea> area_;
    History history_;
    Quarantine quarantine_;                       // control thread only
    std::vector<Quarantine::StandIn> stand_ins_;  // written with listing_ held
    TimerQueue timers_;
    HttpClient http_;
    SqlService sql_;
    Registry registry_;
    mutable std::mutex listing_;
    const std::shared_ptr<Doorbell> doorbell_ = std::make_shared<Doorbell>();
    Loader loader_;
    Retirement retirement_;
    Swap swap_;
    Supervisor supervisor_;
    std::atomic<std::size_t> awaiting_restart_{0};  ///< turns
    bool is_started_ = false, is_stopped_ = false;  // control thread only
    ControlThread control_;
};

}  // namespace migue::host
