#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

#include "host/plugin_host/runner_process.hpp"
#include "migue/ext/clock.h"
#include "migue/ext/http.h"
#include "migue/ext/intents.h"
#include "migue/ext/jobs.h"
#include "migue/ext/log.h"
#include "migue/ext/media.h"
#include "migue/ext/metrics.h"
#include "migue/ext/sql.h"
#include "migue/ext/timer.h"
#include "migue/ext/vault.h"

namespace migue::host {

/// The host's services as a plugin in another process asks for them: each message becomes a
/// call of the host's own tables, on the thread that serves it. So rules, limits and refusals
/// are the host's own.
///
/// Thread-safe.
class CarriedServices {
public:
    using Served = RunnerProcess::Served;
    /// An operation has ended: `done` is the body of a kDone. On a worker.
    using Ended = std::function<void(std::uint64_t number, const wire::Writer& done)>;

    CarriedServices(const migue_host* host, Ended ended);
    CarriedServices(const CarriedServices&) = delete;
    CarriedServices& operator=(const CarriedServices&) = delete;

    /// kBroken for what is no service, or cannot be read. `owner` is kept until an operation
    /// that this begins has ended; this lives as long.
    [[nodiscard]] Served serve(wire::Kind kind, wire::Reader& in, wire::Writer& answer,
                               const std::shared_ptr<void>& owner);

private:
    struct Pending;
    /// An operation that is asked for.
    struct Asked {
        std::uint64_t number;  ///< the runner's
        wire::Reader& in;
        wire::Writer& answer;
        const std::shared_ptr<void>& owner;
    };
    struct Tables {
        const migue_clock_v1* clock;
        const migue_log_v1* log;
        const migue_metrics_v1* metrics;
        const migue_timer_v1* timer;
        const migue_http_v1* http;
        const migue_sql_v1* sql;
        const migue_vault_v1* vault;
        const migue_jobs_v1* jobs;
        const migue_media_v1* media;
        const migue_intents_v1* intents;
    };

    template <typename Begin>
    [[nodiscard]] Served accept(const Asked& asked, wire::DoneResult result, Begin&& begin);
    [[nodiscard]] Served serve_operation(wire::Kind kind, const Asked& asked);
    [[nodiscard]] Served start_timer(const Asked& asked);
    [[nodiscard]] Served send_http(const Asked& asked);
    [[nodiscard]] Served execute_sql(const Asked& asked);
    [[nodiscard]] Served put_job(const Asked& asked);
    [[nodiscard]] Served cancel_job(const Asked& asked);
    [[nodiscard]] Served fetch_media(const Asked& asked);
    [[nodiscard]] Served upload_media(const Asked& asked);
    [[nodiscard]] Served serve_bytes(wire::Kind kind, wire::Reader& in, wire::Writer& answer);
    [[nodiscard]] Served serve_log(wire::Reader& in);
    [[nodiscard]] Served serve_numbers(wire::Kind kind, wire::Reader& in, wire::Writer& answer);
    static void operation_done(void* user, migue_status status, const void* result);

    const migue_host* const host_;
    const Ended ended_;
    const Tables tables_;
    std::atomic<std::size_t> operations_{0};  // under way
};

}  // namespace migue::host
