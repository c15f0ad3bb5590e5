#include "host/plugin_host/native_plugin_host.hpp"

#include <algorithm>
#include <optional>

#include "host/plugin_host/crash_report.hpp"
#include "host/plugin_host/native_plugin_host_impl.hpp"
#include "migue/cpp/text.hpp"

namespace migue::host {

namespace {

using std::chrono::steady_clock;

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

}  // namespace

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
    const std::vector<PluginStatus> plugins = impl_->list();
    for (const PluginStatus& plugin : plugins) {
        // Of a file that crashed the host, another may be serving in its place.
        const bool is_served = std::any_of(plugins.begin(), plugins.end(), [&](const PluginStatus& each) {
            return each.id == plugin.id && each.state == "active";
        });
        if (!is_served && (plugin.state == "broken off" || plugin.state == "quarantined"))
            all.push_back("plugin " + plugin.id + ": " + plugin.state + ": " + plugin.why);
    }
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
