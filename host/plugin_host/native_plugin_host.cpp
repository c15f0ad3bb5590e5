#include "host/plugin_host/native_plugin_host.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <optional>

#include "host/plugin_host/control_thread.hpp"
#include "host/plugin_host/quarantine.hpp"
#include "host/plugin_host/json_check.hpp"
#include "host/plugin_host/route_call.hpp"
#include "host/plugin_host/swap.hpp"
#include "host/plugin_host/turn.hpp"
#include "host/services/timer_queue.hpp"
#include "migue/cpp/text.hpp"

namespace migue::host {

namespace {

using std::chrono::steady_clock;

constexpr std::size_t kMaxRouteBody = 64u << 10;
constexpr std::chrono::nanoseconds kLongestTurn = std::chrono::hours(24);
constexpr std::size_t kMaxUnderstood = 1u << 20;

Result<VaultKeys> vault_keys(const PluginHostOptions& options) {
    if (!options.vault_keys.empty()) return VaultKeys::parse(options.vault_keys);
    if (!options.vault_key_file.empty()) return VaultKeys::read_or_make(options.vault_key_file);
    return VaultKeys::make_for_now();
}

/// Where plugins' tables are, if in Postgres.
Result<std::optional<postgres::Target>> sql_target(const PluginHostOptions& options) {
    if (options.sql_url.empty()) return std::optional<postgres::Target>();
    auto target = postgres::parse_url(options.sql_url);
    if (!target) return std::move(target).error();
    return std::optional(std::move(target).value());
}

PluginHttpReply plain(int status) {
    return {status, {}, {}};
}

PluginStatus status_of(const Instance& instance, std::string state) {
    PluginStatus status;
    status.id = instance.entry().id;
    status.version = instance.descriptor().version;
    status.file = instance.entry().file.string();
    status.sha256 = instance.entry().sha256;
    status.state = std::move(state);
    status.build = instance.build_id();
    status.isolation = name_of(instance.entry().isolation);
    status.generation = instance.number();
    status.turns = instance.score().turns;
    status.running = instance.generation().leases();
    for (const Descriptor::Intent& intent : instance.descriptor().intents)
        status.intents.push_back(intent.name);
    return status;
}

/// Of a file that does not run.
PluginStatus status_of(const LockEntry& entry, std::string state, std::string why) {
    PluginStatus status;
    status.id = entry.id;
    status.file = entry.file.string();
    status.sha256 = entry.sha256;
    status.isolation = name_of(entry.isolation);
    status.state = std::move(state);
    status.why = std::move(why);
    return status;
}

}  // namespace

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
    [[nodiscard]] std::optional<steady_clock::time_point> look_after();
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

void NativePluginHost::Impl::await_retired(const std::string& plugin) {
    while (retirement_.has(plugin)) {
        const auto next = retirement_.advance();
        if (retirement_.has(plugin)) control_.wait_for_poke(next.value_or(steady_clock::now()));
    }
}

/// The lock file, unless it cannot be trusted: then what served last (G3).
Result<LockFile> NativePluginHost::Impl::lock_to_start_from() {
    auto lock = read_lock_file(options_.lock_file, options_.trusted_key);
    const bool is_on_trial = lock && history_.is_on_trial(*lock);
    if (lock && !is_on_trial) return lock;
    auto good = history_.last_good();
    if (!good) return lock;
    log_.error("starting from the last good lock file",
               {{"why", is_on_trial ? "the lock file did not prove itself before the host ended; a reload of "
                                      "its plugins tries it again"
                                    : std::string_view(lock.error().what)}});
    return good;
}

/// What the host crashed inside of does not come into it again by itself. False: something else
/// than the lock file names is to serve.
bool NativePluginHost::Impl::put_stand_ins(LockFile& lock) {
    auto all = quarantine_.apply(lock, history_, !options_.runner.empty());
    for (const Quarantine::StandIn& each : all)
        log_.error("the host crashed inside this plugin: something else serves until its reload is asked for",
                   {{"plugin", each.crashed.id},
                    {"sha256", each.crashed.sha256},
                    {"instead", each.instead.sha256},
                    {"isolation", name_of(each.instead.isolation)}});
    const std::lock_guard lock_of_list(listing_);
    stand_ins_ = std::move(all);
    return stand_ins_.empty();
}

std::optional<steady_clock::time_point> NativePluginHost::Impl::look_after() {
    const auto canaries = is_stopped_ ? std::nullopt : swap_.advance();
    const auto restarts = is_stopped_ ? std::nullopt : supervisor_.advance();
    const auto leaving = retirement_.advance();
    std::optional<steady_clock::time_point> next;
    for (const auto& each : {canaries, restarts, leaving})
        if (each) next = std::min(next.value_or(*each), *each);
    return next;
}

Result<void> NativePluginHost::Impl::swap(const std::string& only, bool is_start) {
    Result<void> result;
    control_.run([&] {
        if (is_stopped_ || is_started_ == is_start) {
            result = Error{Error::Code::kState,
                           is_start ? "the plugins were started before" : "the plugins are not running"};
            return;
        }
        auto lock =
            is_start ? lock_to_start_from() : read_lock_file(options_.lock_file, options_.trusted_key);
        // Somebody asks for this plugin: its file gets another try.
        if (!is_start && !only.empty()) quarantine_.release(only);
        const bool is_as_named = !lock || put_stand_ins(*lock);
        result = lock ? swap_.run(*lock, {only, is_start && options_.start_with_what_works, is_as_named,
                                          [this](const std::string& plugin) { await_retired(plugin); }})
                      : Result<void>(std::move(lock).error());
        is_started_ = is_started_ || static_cast<bool>(result);
    });
    return result;
}

void NativePluginHost::Impl::stop(std::chrono::milliseconds limit) {
    control_.run([&] {
        if (std::exchange(is_stopped_, true)) return;
        {
            const std::lock_guard lock(listing_);
            const auto before = registry_.publish({});
            for (const auto& [id, place] : *before) {
                retirement_.add(place.active);
                if (place.canary != nullptr) retirement_.add(place.canary);
            }
        }
        retirement_.hurry(steady_clock::now() + limit);
        while (!retirement_.is_empty()) {
            const auto next = retirement_.advance();
            if (!retirement_.is_empty()) control_.wait_for_poke(next.value_or(steady_clock::now()));
        }
        retirement_.finish();
    });
    // Nothing is there any more that they could wait for, so each is refused at its next look.
    while (const std::size_t waiting = awaiting_restart_) awaiting_restart_.wait(waiting);
    // Their callbacks hold instances, which hold them: none may be left when they go.
    loader_.stop_http();
    sql_.stop();
}

void NativePluginHost::Impl::refuse(TurnCall::Finished finished, migue_status status, std::string why) {
    TurnResult result;
    result.status = status;
    result.reasons.push_back(std::move(why));
    // Never on the caller's stack: it may hold what the callback needs.
    timers_.start(std::chrono::nanoseconds(0),
                  [finished = std::move(finished), result = std::move(result)] { finished(result); });
}

/// A process that has ended is there again in a moment, unless it keeps ending: what came in
/// meanwhile need not suffer for what somebody else said.
void NativePluginHost::Impl::await_restart(const std::string& plugin, const std::string& loss,
                                           TurnRequest request, TurnCall::Finished finished) {
    constexpr std::chrono::milliseconds kAgain{2};
    const auto told = supervisor_.told(plugin);
    const bool is_in_time = clock_.monotonic_ns() < request.deadline_ns;
    if ((told && told->is_broken_off) || !is_in_time)
        return refuse(std::move(finished), MIGUE_E_UNAVAILABLE,
                      "the process of plugin " + plugin + " is over: " + loss);
    ++awaiting_restart_;
    timers_.start(kAgain,
                  [this, plugin, request = std::move(request), finished = std::move(finished)]() mutable {
                      run_turn(plugin, std::move(request), std::move(finished));
                      if (--awaiting_restart_ == 0) awaiting_restart_.notify_all();
                  });
}

void NativePluginHost::Impl::run_turn(const std::string& plugin, TurnRequest request,
                                      TurnCall::Finished finished) {
    Registry::Leased leased = registry_.lease(plugin, request.conversation_id);
    if (leased.instance == nullptr)
        return refuse(std::move(finished), MIGUE_E_UNAVAILABLE, "no plugin " + plugin + " is loaded");
    if (leased.lease == nullptr) {
        const std::string loss = leased.instance->loss();
        if (loss.empty())
            return refuse(std::move(finished), MIGUE_E_UNAVAILABLE, "plugin " + plugin + " is quarantined");
        return await_restart(plugin, loss, std::move(request), std::move(finished));
    }
    const Descriptor& descriptor = leased.instance->descriptor();
    if (!request.state_json.empty() && !descriptor.reads_state(request.state_version))
        return refuse(
            std::move(finished), MIGUE_E_UNAVAILABLE,
            "plugin " + plugin + " cannot read state version " + std::to_string(request.state_version));
    const std::uint64_t now = clock_.monotonic_ns();
    const std::uint64_t left = request.deadline_ns > now ? request.deadline_ns - now : 0;
    const std::chrono::nanoseconds limit(std::min(left, static_cast<std::uint64_t>(kLongestTurn.count())));
    // A process that ends takes turns with it that nobody there has seen: they go to the next.
    if (leased.instance->entry().isolation == LockEntry::Isolation::kProcess)
        finished = [this, plugin, copy = request, instance = std::weak_ptr<Instance>(leased.instance),
                    inner = std::move(finished)](TurnResult result) mutable {
            const auto lost = instance.lock();
            if (result.status != MIGUE_E_UNAVAILABLE || lost == nullptr || lost->loss().empty())
                return inner(std::move(result));
            await_restart(plugin, lost->loss(), std::move(copy), std::move(inner));
        };
    const auto call = std::make_shared<TurnCall>(leased.instance, std::move(leased.lease), std::move(request),
                                                 std::move(finished));
    leased.instance->adopt(call);
    call->start(limit, options_.grace);
}

PluginHttpReply NativePluginHost::Impl::serve(const std::string& plugin, const PluginHttpRequest& request) {
    Registry::Leased leased = registry_.lease(plugin);
    if (leased.instance == nullptr) return plain(404);
    if (leased.lease == nullptr) return plain(503);
    RouteList::Answer answer = leased.instance->routes().find(request.method, request.path, request.admin);
    if (!answer.match) {
        PluginHttpReply reply = plain(answer.allowed.empty() ? 404 : 405);
        if (!answer.allowed.empty()) reply.headers.emplace_back("Allow", answer.allowed);
        return reply;
    }
    if (request.body.size() > kMaxRouteBody) return plain(413);
    const auto answered = std::make_shared<std::promise<PluginHttpReply>>();
    std::future<PluginHttpReply> reply = answered->get_future();
    const std::chrono::nanoseconds limit = std::max(options_.route_limit - options_.grace, options_.grace);
    const std::uint64_t deadline_ns = clock_.monotonic_ns() + static_cast<std::uint64_t>(limit.count());
    const auto call = std::make_shared<RouteCall>(
        leased.instance, std::move(leased.lease), request, std::move(*answer.match), deadline_ns,
        [answered](PluginHttpReply given) { answered->set_value(std::move(given)); });
    leased.instance->adopt(call);
    call->start(limit, options_.grace);
    return reply.get();  // the call ends in time, whatever the plugin does
}

Result<std::string> NativePluginHost::Impl::understand(const std::string& plugin,
                                                       const migue_understand_request& request) {
    Registry::Leased leased = registry_.lease(plugin);
    if (leased.lease == nullptr)
        return Error{Error::Code::kUnavailable, "no plugin " + plugin + " is serving"};
    if (!leased.instance->understand_api())
        return Error{Error::Code::kUnsupported, "plugin " + plugin + " does not offer migue.understand/1"};
    std::string out;
    migue_sink sink = sink_into(out);
    migue_status status = MIGUE_E_INTERNAL;
    Instance& instance = *leased.instance;
    const bool returned = instance.call(
        [&] { status = instance.understand_api()->understand(instance.plugin(), &request, &sink); });
    if (!returned || status != MIGUE_OK)
        return to_error(returned ? status : MIGUE_E_INTERNAL, "understand failed");
    if (out.size() > kMaxUnderstood || !is_json(out))
        return Error{Error::Code::kInternal, "understand gave no JSON"};
    return out;
}

void NativePluginHost::Impl::tell_ends(PluginStatus& status, bool is_lost) const {
    const auto told = supervisor_.told(status.id);
    if (is_lost) status.state = told && told->is_broken_off ? "broken off" : "restarting";
    if (!told) return;
    status.why = "its process ended " + std::to_string(told->ends) + " times and was started again " +
                 std::to_string(told->restarts) + " times; the last time: " + told->why;
}

std::vector<PluginStatus> NativePluginHost::Impl::list() const {
    std::vector<PluginStatus> all;
    const std::lock_guard lock(listing_);
    const auto active = registry_.table();
    for (const auto& [id, place] : *active) {
        all.push_back(status_of(*place.active, place.active->is_quarantined() ? "quarantined" : "active"));
        tell_ends(all.back(), !place.active->loss().empty());
        if (place.canary != nullptr) all.push_back(status_of(*place.canary, "canary"));
    }
    for (const Retirement::Item& item : retirement_.list())
        all.push_back(status_of(*item.instance, item.is_abandoned ? "abandoned" : "draining"));
    for (const Swap::Refused& refused : swap_.refused())
        all.push_back(status_of(refused.entry, "refused", refused.why));
    for (const Quarantine::StandIn& each : stand_ins_)
        all.push_back(status_of(each.crashed, "quarantined",
                                each.instead.sha256 == each.crashed.sha256
                                    ? "the host crashed inside it; it serves from a process of its own"
                                    : "the host crashed inside it; the last good file serves instead"));
    return all;
}

Result<std::unique_ptr<NativePluginHost>> NativePluginHost::make(PluginHostOptions options, Clock& clock,
                                                                 Log& log, Store* store,
                                                                 MetricsSink* metrics) {
    auto keys = vault_keys(options);
    if (!keys) return std::move(keys).error();
    auto target = sql_target(options);
    if (!target) return std::move(target).error();
    auto area = StagingArea::make(options.staging_dir);
    if (!area) return std::move(area).error();
    auto history = History::open(options.history_dir, options.trusted_key, options.history_only_read);
    if (!history) return std::move(history).error();
    Quarantine quarantine(options.history_only_read ? "" : options.history_dir);
    if (options.report_crashes) report_crashes(quarantine.open_for_crash());
    return std::unique_ptr<NativePluginHost>(new NativePluginHost(std::make_unique<Impl>(
        std::move(options), clock, log, store, metrics, std::move(keys).value(), std::move(area).value(),
        std::move(target).value(), std::move(history).value(), std::move(quarantine))));
}

Result<std::unique_ptr<PluginHost>> make_plugin_host(PluginHostOptions options, Clock& clock, Log& log,
                                                     Store* store, MetricsSink* metrics) {
    auto made = NativePluginHost::make(std::move(options), clock, log, store, metrics);
    if (!made) return std::move(made).error();
    return std::unique_ptr<PluginHost>(std::move(made).value());
}

NativePluginHost::NativePluginHost(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
NativePluginHost::~NativePluginHost() {
    impl_->stop(std::chrono::seconds(1));
}

Result<void> NativePluginHost::start() {
    return impl_->swap({}, true);
}
void NativePluginHost::stop(std::chrono::milliseconds limit) {
    impl_->stop(limit);
}
Result<void> NativePluginHost::reload(const std::string& only) {
    return impl_->swap(only, false);
}

void NativePluginHost::run_turn(const std::string& plugin_id, TurnRequest request,
                                std::function<void(TurnResult)> finished) {
    impl_->run_turn(plugin_id, std::move(request), std::move(finished));
}

PluginHttpReply NativePluginHost::serve(const std::string& plugin_id, const PluginHttpRequest& request) {
    return impl_->serve(plugin_id, request);
}

Result<std::string> NativePluginHost::understand(const std::string& plugin_id, std::string_view text,
                                                 std::string_view intent, std::string_view timezone,
                                                 std::string_view locale, std::int64_t now_unix_ms) {
    return impl_->understand(plugin_id, {sizeof(migue_understand_request), 0, to_c(text), to_c(intent),
                                         to_c(timezone), to_c(locale), now_unix_ms});
}

std::vector<PluginStatus> NativePluginHost::list() const {
    return impl_->list();
}
std::vector<std::string> NativePluginHost::concerns() const {
    std::vector<std::string> all;
    for (const PluginStatus& plugin : impl_->list())
        if (plugin.state == "broken off")
            all.push_back("plugin " + plugin.id + ": broken off: " + plugin.why);
    if (can_swap()) return all;
    const GenerationCounts counts = generation_counts();
    all.push_back("restart wanted: " + std::to_string(counts.pinned) + " generations stay mapped and " +
                  std::to_string(counts.abandoned) + " were abandoned, so no more swaps are taken (G2)");
    return all;
}
bool NativePluginHost::has(const std::string& plugin_id) const {
    return impl_->table()->contains(plugin_id);
}

std::map<std::string, std::vector<std::string>> NativePluginHost::intents() const {
    std::map<std::string, std::vector<std::string>> all;
    const auto active = impl_->table();
    for (const auto& [id, place] : *active)
        for (const Descriptor::Intent& intent : place.active->descriptor().intents)
            all[id].push_back(intent.name);
    return all;
}

GenerationCounts NativePluginHost::generation_counts() const {
    const Retirement& retirement = impl_->retirement();
    return {retirement.closed(), retirement.pinned(), retirement.abandoned()};
}

bool NativePluginHost::can_swap() const {
    return impl_->can_swap();
}

}  // namespace migue::host
