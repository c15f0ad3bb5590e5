#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "host/plugin_host/runner_process.hpp"
#include "migue/ext/clock.h"
#include "migue/ext/http.h"
#include "migue/ext/jobs.h"
#include "migue/ext/log.h"
#include "migue/ext/metrics.h"
#include "migue/ext/migrations.h"
#include "migue/ext/routes.h"
#include "migue/ext/sql.h"
#include "migue/ext/timer.h"
#include "migue/ext/understand.h"
#include "migue/ext/vault.h"
#include "migue/plugin.h"

namespace migue::host {

/// An instance of a plugin in another process, as a migue_plugin of this one: the host calls
/// it like any other, and it calls the host's services like any other plugin would, on the
/// thread that the host lent it. So all rules are the host's own.
///
/// When the process ends, the turns and requests it left open are ended: with MIGUE_E_INTERNAL,
/// so that nobody runs them again on the next process.
class IsolatedPlugin : public std::enable_shared_from_this<IsolatedPlugin> {
public:
    IsolatedPlugin(std::shared_ptr<RunnerProcess> process, std::uint32_t number, const migue_host* host,
                   std::chrono::milliseconds grace);
    IsolatedPlugin(const IsolatedPlugin&) = delete;
    IsolatedPlugin& operator=(const IsolatedPlugin&) = delete;

    /// As migue_entry.create; `out` is raw().
    [[nodiscard]] migue_status create(migue_str config_json, migue_diag* diag, migue_plugin** out);
    [[nodiscard]] migue_plugin* raw() noexcept { return &raw_; }

private:
    struct Pending;
    /// A turn or a request that the plugin has not ended.
    struct Open {
        std::mutex mutex;
        migue_call* turn = nullptr;         // guarded by mutex
        migue_route_call* route = nullptr;  // guarded by mutex
        bool is_pending = false;            // guarded by mutex; the plugin's function came back
    };
    struct Services {
        const migue_clock_v1* clock;
        const migue_log_v1* log;
        const migue_metrics_v1* metrics;
        const migue_timer_v1* timer;
        const migue_http_v1* http;
        const migue_sql_v1* sql;
        const migue_vault_v1* vault;
        const migue_jobs_v1* jobs;
    };
    using Served = RunnerProcess::Served;

    // What the host calls.
    static migue_status handle(migue_plugin*, const migue_request*, migue_call*);
    static migue_status health(migue_plugin*, migue_diag*);
    static migue_status quiesce(migue_plugin*, std::uint64_t deadline_ns);
    static migue_status export_state(migue_plugin*, migue_sink*);
    static migue_status import_state(migue_plugin*, std::uint32_t version, migue_str state);
    static const void* extension(migue_plugin*, const char* id);
    static void destroy(migue_plugin*);
    static migue_status route(migue_plugin*, const migue_route_request*, migue_route_call*);
    static migue_status understand(migue_plugin*, const migue_understand_request*, migue_sink*);
    static void operation_done(void* user, migue_status status, const void* result);

    [[nodiscard]] Result<std::string> call(wire::Kind kind, const wire::Writer& body, migue_diag* diag);
    /// A call that gives a status and nothing else.
    [[nodiscard]] migue_status call_for_status(wire::Kind kind, const wire::Writer& body, migue_diag* diag);
    [[nodiscard]] bool read_made(std::string_view answer, migue_status& status, bool& has_plugin);
    [[nodiscard]] bool read_extensions(wire::Reader& in);

    // What the plugin asks for.
    [[nodiscard]] Served serve(const wire::Frame& asked, wire::Writer& answer, migue_diag* diag);
    [[nodiscard]] Served serve_operation(wire::Kind kind, wire::Reader& in, wire::Writer& answer);
    [[nodiscard]] Served serve_vault(wire::Kind kind, wire::Reader& in, wire::Writer& answer);
    [[nodiscard]] Served serve_turn(wire::Kind kind, wire::Reader& in, wire::Writer& answer);
    [[nodiscard]] Served serve_plain(wire::Kind kind, wire::Reader& in, wire::Writer& answer);
    void report(std::uint64_t number, migue_str where, migue_str what, migue_diag* diag);

    [[nodiscard]] std::uint64_t open(migue_call* turn, migue_route_call* route);
    [[nodiscard]] std::shared_ptr<Open> find(std::uint64_t number);
    void close(std::uint64_t number);
    /// What the plugin's function said of it; kept open only when its end comes later.
    [[nodiscard]] migue_status leave(std::uint64_t number, migue_status status);
    void end_open_calls(const std::string& why);

    const std::shared_ptr<RunnerProcess> process_;
    const std::uint32_t number_;
    const migue_host* const host_;
    const std::chrono::milliseconds grace_;
    const Services services_;
    migue_plugin raw_{};

    // What it offers, written by create().
    struct Route {
        migue_route raw{};
        std::string method, pattern;
    };
    struct Migration {
        migue_migration raw{};
        std::string dialect, name, sql;
    };
    std::vector<std::unique_ptr<Route>> routes_;
    std::vector<const migue_route*> raw_routes_;
    std::optional<migue_routes_v1> routes_api_;
    std::optional<migue_understand_v1> understand_api_;
    std::vector<std::unique_ptr<Migration>> migrations_;
    std::vector<const migue_migration*> raw_migrations_;
    std::optional<migue_migrations_v1> migrations_api_;

    std::atomic<std::size_t> operations_{0};  // under way
    std::atomic<bool> is_over_{false};        // the process is
    std::mutex mutex_;
    std::uint64_t last_call_ = 0;                                    // guarded by mutex_
    std::unordered_map<std::uint64_t, std::shared_ptr<Open>> open_;  // guarded by mutex_
};

}  // namespace migue::host
