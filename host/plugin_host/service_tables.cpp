#include "host/plugin_host/service_tables.hpp"

#include <algorithm>
#include <optional>

#include "host/plugin_host/http_table.hpp"
#include "host/plugin_host/json_check.hpp"
#include "host/plugin_host/media_table.hpp"
#include "host/plugin_host/service_call.hpp"
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

namespace {

// Sizes of ABI 1.0, frozen: what the oldest plugin of this major brings (V3).
constexpr std::size_t kStatementSize = 40;
constexpr std::size_t kJobSize = 64;
static_assert(sizeof(migue_sql_statement) >= kStatementSize && sizeof(migue_job) >= kJobSize);

// ---- clock

std::uint64_t clock_monotonic(const migue_host* host) noexcept {
    std::uint64_t now = 0;
    static_cast<void>(serve_call(host, [&](HostTable& table) {
        now = table.backends().clock.monotonic_ns();
        return MIGUE_OK;
    }));
    return now;
}

std::int64_t clock_unix_ms(const migue_host* host) noexcept {
    std::int64_t now = 0;
    static_cast<void>(serve_call(host, [&](HostTable& table) {
        now = table.backends().clock.unix_ms();
        return MIGUE_OK;
    }));
    return now;
}

// ---- log

constexpr std::size_t kMaxLogText = 2048;
constexpr std::size_t kMaxLogFields = 32;

std::string cut(migue_str text) {
    return is_sound(text) ? std::string(to_view(text).substr(0, kMaxLogText)) : "?";
}

void log_write(const migue_host* host, std::int32_t severity, migue_str message, const migue_field* fields,
               std::size_t count) noexcept {
    static_cast<void>(serve_call(host, [&](HostTable& table) {
        std::vector<std::pair<std::string, std::string>> copies;
        for (std::size_t i = 0; i < std::min(count, kMaxLogFields); ++i)
            copies.emplace_back(cut(fields[i].key), cut(fields[i].value));
        const auto known = std::clamp<std::int32_t>(severity, MIGUE_LOG_DEBUG, MIGUE_LOG_ERROR);
        table.write_log(static_cast<Severity>(known), cut(message), std::move(copies));
        return MIGUE_OK;
    }));
}

// ---- metrics

template <MetricsSink::Kind kKind>
migue_status metrics_series(const migue_host* host, migue_str name, std::uint32_t* handle) noexcept {
    return serve_call(host, [&](HostTable& table) {
        return is_sound(name) ? table.series(kKind, to_view(name), handle) : MIGUE_E_INVALID;
    });
}

void metrics_record(const migue_host* host, std::uint32_t handle, double value) noexcept {
    static_cast<void>(serve_call(host, [&](HostTable& table) {
        table.record(handle, value);
        return MIGUE_OK;
    }));
}

// ---- timer

migue_status timer_start(const migue_host* host, std::uint64_t delay_ns, migue_done done, void* user,
                         std::uint64_t* op) noexcept {
    return serve_operation(
        host, done, user, op, [&](HostTable& table, Activity&, const std::shared_ptr<Operation>& operation) {
            TimerQueue& timers = table.backends().timers;
            const auto longest = static_cast<std::uint64_t>(std::chrono::nanoseconds::max().count());
            const std::chrono::nanoseconds delay(std::min(delay_ns, longest));
            const std::uint64_t timer = timers.start(delay, [operation] { operation->finish(MIGUE_OK); });
            operation->on_end([&timers, timer] { timers.cancel(timer); });
            return MIGUE_OK;
        });
}

// ---- sql

constexpr std::size_t kMaxStatements = 1000;

struct SqlAnswer {
    std::string rows;
    migue_sql_result raw{};
};

std::shared_ptr<const void> sql_answer(std::string rows) {
    const auto answer = std::make_shared<SqlAnswer>();
    answer->rows = std::move(rows);
    answer->raw = {sizeof(migue_sql_result), 0, to_c(answer->rows)};
    return {answer, &answer->raw};
}

std::optional<std::vector<SqlText>> copy_statements(const migue_sql_statement* const* statements,
                                                    std::size_t count) {
    if (statements == nullptr || count == 0 || count > kMaxStatements) return std::nullopt;
    std::vector<SqlText> copies;
    for (std::size_t i = 0; i < count; ++i) {
        const migue_sql_statement* each = statements[i];
        if (each == nullptr || each->struct_size < kStatementSize) return std::nullopt;
        if (!is_sound(each->text) || !is_sound(each->params_json)) return std::nullopt;
        copies.push_back(
            {std::string(to_view(each->text)), std::string(to_view(each->params_json)), each->flags});
    }
    return copies;
}

migue_status sql_execute(const migue_host* host, const migue_sql_statement* const* statements,
                         std::size_t count, migue_done done, void* user, std::uint64_t* op) noexcept {
    return serve_operation(
        host, done, user, op,
        [&](HostTable& table, Activity& activity,
            const std::shared_ptr<Operation>& operation) -> migue_status {
            auto copies = copy_statements(statements, count);
            if (!copies) return MIGUE_E_INVALID;
            const auto instance = activity.instance().shared_from_this();
            const bool accepted = table.grant().tables->execute(
                std::move(*copies), [operation, instance](PluginTables::Outcome outcome) {
                    const bool has_rows = outcome.status == MIGUE_OK || outcome.status == MIGUE_E_CONFLICT;
                    if (!has_rows) instance->warn("sql failed", outcome.why);
                    operation->finish(outcome.status,
                                      has_rows ? sql_answer(std::move(outcome.json)) : nullptr);
                });
            return accepted ? MIGUE_OK : MIGUE_E_UNAVAILABLE;
        });
}

// ---- vault

/// Computes inside the gate, writes outside of it: the sink is the plugin's.
template <typename Compute>
migue_status vault_call(const migue_host* host, migue_sink* out, Compute&& compute) noexcept {
    if (out == nullptr || out->write == nullptr) return MIGUE_E_INVALID;
    std::string bytes;
    const migue_status status = serve_call(host, [&](HostTable& table) { return compute(table, bytes); });
    return status == MIGUE_OK ? out->write(out->ctx, bytes.data(), bytes.size()) : status;
}

migue_status vault_seal(const migue_host* host, migue_str plain, migue_str context,
                        migue_sink* out) noexcept {
    return vault_call(host, out, [&](HostTable& table, std::string& bytes) -> migue_status {
        if (!is_sound(plain) || !is_sound(context)) return MIGUE_E_INVALID;
        bytes = table.backends().vault.seal(table.grant().plugin, to_view(plain), to_view(context));
        return MIGUE_OK;
    });
}

migue_status vault_open(const migue_host* host, migue_str sealed, migue_str context,
                        migue_sink* out) noexcept {
    return vault_call(host, out, [&](HostTable& table, std::string& bytes) -> migue_status {
        if (!is_sound(sealed) || !is_sound(context)) return MIGUE_E_INVALID;
        auto plain = table.backends().vault.open(table.grant().plugin, to_view(sealed), to_view(context));
        if (!plain) return to_status(plain.error().code);
        bytes = std::move(plain).value();
        return MIGUE_OK;
    });
}

migue_status vault_random(const migue_host* host, std::size_t size, migue_sink* out) noexcept {
    return vault_call(host, out, [&](HostTable&, std::string& bytes) -> migue_status {
        if (size > 4096) return MIGUE_E_INVALID;
        bytes = Vault::random(size);
        return MIGUE_OK;
    });
}

migue_status vault_sha256(const migue_host* host, migue_str text, migue_sink* out) noexcept {
    return vault_call(host, out, [&](HostTable&, std::string& bytes) -> migue_status {
        if (!is_sound(text)) return MIGUE_E_INVALID;
        bytes = Vault::sha256(to_view(text));
        return MIGUE_OK;
    });
}

// ---- jobs

constexpr std::size_t kMaxJobName = 200;
constexpr std::size_t kMaxPayload = 16u << 10;

bool is_job_name(migue_str text) {
    return is_sound(text) && text.size > 0 && text.size <= kMaxJobName;
}

Store::Done<void> job_done(const std::shared_ptr<Operation>& operation,
                           const std::shared_ptr<Instance>& instance) {
    return [operation, instance](Result<void> result) {
        if (!result) instance->warn("job not stored", result.error().what);
        operation->finish(result ? MIGUE_OK : to_status(result.error().code));
    };
}

migue_status jobs_at(const migue_host* host, const migue_job* job, migue_done done, void* user,
                     std::uint64_t* op) noexcept {
    return serve_operation(host, done, user, op,
                           [&](HostTable& table, Activity& activity,
                               const std::shared_ptr<Operation>& operation) -> migue_status {
                               if (job == nullptr || job->struct_size < kJobSize) return MIGUE_E_INVALID;
                               if (!is_job_name(job->key) || !is_job_name(job->conversation_id))
                                   return MIGUE_E_INVALID;
                               if (!is_sound(job->payload_json) || job->payload_json.size > kMaxPayload)
                                   return MIGUE_E_INVALID;
                               const std::string_view payload = to_view(job->payload_json);
                               if (!payload.empty() && !is_json(payload)) return MIGUE_E_INVALID;
                               if (table.backends().store == nullptr) return MIGUE_E_UNAVAILABLE;
                               table.backends().store->put_job(
                                   {table.grant().plugin, std::string(to_view(job->conversation_id)),
                                    std::string(to_view(job->key)), std::string(payload), job->at_unix_ms, 1},
                                   job_done(operation, activity.instance().shared_from_this()));
                               return MIGUE_OK;
                           });
}

migue_status jobs_cancel(const migue_host* host, migue_str conversation_id, migue_str key, migue_done done,
                         void* user, std::uint64_t* op) noexcept {
    return serve_operation(host, done, user, op,
                           [&](HostTable& table, Activity& activity,
                               const std::shared_ptr<Operation>& operation) -> migue_status {
                               if (!is_job_name(key) || !is_job_name(conversation_id)) return MIGUE_E_INVALID;
                               if (table.backends().store == nullptr) return MIGUE_E_UNAVAILABLE;
                               table.backends().store->cancel_job(
                                   table.grant().plugin, std::string(to_view(conversation_id)),
                                   std::string(to_view(key)),
                                   job_done(operation, activity.instance().shared_from_this()));
                               return MIGUE_OK;
                           });
}

constexpr migue_clock_v1 kClock{sizeof(migue_clock_v1), 0, &clock_monotonic, &clock_unix_ms};
constexpr migue_log_v1 kLog{sizeof(migue_log_v1), 0, &log_write};
constexpr migue_metrics_v1 kMetrics{sizeof(migue_metrics_v1), 0, &metrics_series<MetricsSink::Kind::kCounter>,
                                    &metrics_series<MetricsSink::Kind::kHistogram>, &metrics_record};
constexpr migue_timer_v1 kTimer{sizeof(migue_timer_v1), 0, &timer_start, &cancel_operation};
constexpr migue_sql_v1 kSql{sizeof(migue_sql_v1), 0, &sql_execute, &cancel_operation};
constexpr migue_vault_v1 kVault{sizeof(migue_vault_v1), 0, &vault_seal, &vault_open, &vault_random,
                                &vault_sha256};
constexpr migue_jobs_v1 kJobs{sizeof(migue_jobs_v1), 0, &jobs_at, &jobs_cancel};

}  // namespace

const void* service_table(std::string_view id) noexcept {
    if (id == MIGUE_CLOCK_ID) return &kClock;
    if (id == MIGUE_LOG_ID) return &kLog;
    if (id == MIGUE_METRICS_ID) return &kMetrics;
    if (id == MIGUE_TIMER_ID) return &kTimer;
    if (id == MIGUE_HTTP_ID) return http_table();
    if (id == MIGUE_SQL_ID) return &kSql;
    if (id == MIGUE_VAULT_ID) return &kVault;
    if (id == MIGUE_JOBS_ID) return &kJobs;
    if (id == MIGUE_MEDIA_ID) return media_table();
    if (id == MIGUE_INTENTS_ID) return intents_table();
    return nullptr;
}

}  // namespace migue::host
