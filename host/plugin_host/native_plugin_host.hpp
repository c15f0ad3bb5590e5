#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/config/settings.hpp"
#include "host/plugin_host/plugin_host.hpp"
#include "host/plugin_host/supervisor.hpp"
#include "host/services/http_client.hpp"
#include "host/services/media_service.hpp"
#include "host/services/metrics_sink.hpp"
#include "host/store/store.hpp"

namespace migue::host {

struct PluginHostOptions {
    std::filesystem::path lock_file = "plugins.lock";
    std::filesystem::path staging_dir = "var/plugins";  ///< for private copies; must allow executing
    std::string trusted_key;            ///< plugins.trusted_key: lock files must be signed; or ""
    std::filesystem::path history_dir;  ///< what served well is kept there (G3); "" keeps nothing
    bool history_only_read = false;     ///< for commands beside a host that keeps it
    /// migue-plugin-runner; "": nothing is rehearsed, and isolation: process is refused.
    std::filesystem::path runner;
    bool rehearse = true;  ///< new files are tried in a process of their own first
    bool warm = true;      ///< one turn an intent before a generation serves
    /// At the start: a plugin that cannot be loaded is told as refused, and the others serve.
    bool start_with_what_works = false;
    bool report_crashes = false;  ///< of the whole process: crash_report.hpp
    std::vector<config::PluginSettings> plugins;
    std::string public_url;  ///< http.public_url, for plugins whose schema has one; may be ""
    /// Plugins' tables are in `<sql_prefix>.<plugin>.db` ("var/migue" beside var/migue.db);
    /// "" keeps them in memory.
    std::string sql_prefix;
    std::string sql_url;                   ///< "postgres://…": plugins' tables are there instead
    std::string vault_keys;                ///< as in the settings; "" uses the key file
    std::filesystem::path vault_key_file;  ///< made when missing; "" with no keys: one for this run only
    HttpClientOptions http;
    MediaService* media = nullptr;  ///< for migue.media/1; it outlives the host
    /// For migue.intents/1: {"intent","plugin","confidence","locale"} of a text in a language.
    std::function<std::string(std::string_view text, std::string_view locale)> classify = {};
    std::size_t max_workers = 4;           ///< threads of one generation; its max_concurrency may be lower
    std::size_t max_http_requests = 64;    ///< of one plugin at once
    std::chrono::milliseconds grace{200};  ///< from a turn's deadline to giving up on it
    std::chrono::milliseconds kill_after{1000};  ///< from there to killing the process it hangs in
    std::chrono::milliseconds route_limit{10'000};
    std::chrono::milliseconds rehearsal_limit{10'000};
    /// For a call that the control thread makes: create(), health(), quiesce() and their like.
    std::chrono::milliseconds control_limit{10'000};
    std::chrono::milliseconds drain_limit{30'000};   ///< for turns of a retired generation
    std::chrono::milliseconds cancel_limit{30'000};  ///< from cancelling them to abandoning it
    Supervisor::Limits restarts;                     ///< of processes that came to an end
    std::size_t max_pinned = 200;                    ///< G2: beyond either, swaps are refused
    std::size_t max_abandoned = 3;
};

/// What happened to generations since the start.
struct GenerationCounts {
    std::uint64_t closed = 0;     ///< unloaded
    std::uint64_t pinned = 0;     ///< closed, yet still mapped
    std::uint64_t abandoned = 0;  ///< never ended
};

/// PluginHost for plugins that are shared libraries, in the host's process or each in its own.
class NativePluginHost final : public PluginHost {
public:
    /// Nothing is loaded before start(). `store` and `metrics` may be null: jobs then answer
    /// MIGUE_E_UNAVAILABLE, numbers go nowhere. All of them outlive the host.
    [[nodiscard]] static Result<std::unique_ptr<NativePluginHost>> make(PluginHostOptions options,
                                                                        Clock& clock, Log& log, Store* store,
                                                                        MetricsSink* metrics);
    ~NativePluginHost() override;  ///< stops, with little patience

    Result<void> start() override;
    void stop(std::chrono::milliseconds limit) override;
    void run_turn(const std::string& plugin_id, TurnRequest request,
                  std::function<void(TurnResult)> finished) override;
    [[nodiscard]] PluginHttpReply serve(const std::string& plugin_id,
                                        const PluginHttpRequest& request) override;
    [[nodiscard]] Result<std::string> understand(const std::string& plugin_id, std::string_view text,
                                                 std::string_view intent, std::string_view timezone,
                                                 std::string_view locale, std::int64_t now_unix_ms) override;
    Result<void> reload(const std::string& only = {}) override;
    [[nodiscard]] std::vector<PluginStatus> list() const override;
    [[nodiscard]] std::vector<std::string> concerns() const override;
    [[nodiscard]] bool has(const std::string& plugin_id) const override;
    [[nodiscard]] std::map<std::string, std::vector<std::string>> intents() const override;

    [[nodiscard]] GenerationCounts generation_counts() const;
    /// False when no more swaps are taken (G2): readiness says "restart wanted".
    [[nodiscard]] bool can_swap() const;

private:
    class Impl;
    explicit NativePluginHost(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// The same, by its interface.
[[nodiscard]] Result<std::unique_ptr<PluginHost>> make_plugin_host(PluginHostOptions options, Clock& clock,
                                                                   Log& log, Store* store,
                                                                   MetricsSink* metrics);

}  // namespace migue::host
