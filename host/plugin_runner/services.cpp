#include <time.h>

#include <algorithm>
#include <string_view>

#include "host/plugin_runner/session.hpp"
#include "migue/cpp/text.hpp"
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

// The services of the host, by id: each function asks the host to call its own. So rules,
// limits and refusals are the host's, and the same as without a process in between.
namespace migue::runner {

namespace {

using wire::Kind;
using wire::Reader;
using wire::Writer;

// What the host would refuse at its border anyway; here it keeps a message in its bounds.
constexpr std::size_t kMaxFields = 100;
constexpr std::size_t kMaxStatements = 1001;

// Sizes of ABI 1.0, frozen: what the oldest plugin of this major brings (V3).
constexpr std::size_t kRequestSize = 88;
constexpr std::size_t kStatementSize = 40;
constexpr std::size_t kJobSize = 64;
// And of ABI 1.1.
constexpr std::size_t kFetchSize = 56;
constexpr std::size_t kUploadSize = 80;

/// The call that this thread is inside of, if the table is its own (T3).
Inside* inside(const migue_host* host) noexcept {
    Inside* const current = Inside::current();
    const bool is_own = current != nullptr && host != nullptr && current->instance != nullptr &&
                        host->ctx == current->instance;
    return is_own ? current : nullptr;
}

bool is_sound(migue_str text) noexcept {
    return text.data != nullptr || text.size == 0;
}

// ---- clock

template <typename T>
T time_of(const migue_host* host, Kind kind, clockid_t clock, std::int64_t unit) noexcept {
    if (Inside* const here = inside(host)) {
        const std::string answer = ask(here->lane, kind, {});
        return static_cast<T>(Reader(answer).u64());
    }
    timespec now{};
    ::clock_gettime(clock, &now);
    return static_cast<T>((now.tv_sec * 1'000'000'000 + now.tv_nsec) / unit);
}
std::uint64_t clock_monotonic(const migue_host* host) noexcept {
    return time_of<std::uint64_t>(host, Kind::kMonotonic, CLOCK_MONOTONIC, 1);
}
std::int64_t clock_unix_ms(const migue_host* host) noexcept {
    return time_of<std::int64_t>(host, Kind::kUnixTime, CLOCK_REALTIME, 1'000'000);
}

// ---- log, metrics

void log_write(const migue_host* host, std::int32_t severity, migue_str message, const migue_field* fields,
               std::size_t count) noexcept {
    Inside* const here = inside(host);
    if (here == nullptr || !is_sound(message)) return;
    count = std::min(count, kMaxFields);
    for (std::size_t i = 0; i < count; ++i)
        if (!is_sound(fields[i].key) || !is_sound(fields[i].value)) return;
    tell(here->lane, Kind::kLog, Writer().i32(severity).text(message).fields(fields, count));
}

template <std::uint32_t kIsHistogram>
migue_status metrics_series(const migue_host* host, migue_str name, std::uint32_t* handle) noexcept {
    Inside* const here = inside(host);
    if (here == nullptr || handle == nullptr || !is_sound(name)) return MIGUE_E_INVALID;
    const std::string answer = ask(here->lane, Kind::kSeries, Writer().u32(kIsHistogram).text(name));
    Reader reader(answer);
    const migue_status status = reader.i32();
    if (status == MIGUE_OK) *handle = reader.u32();
    return status;
}

void metrics_record(const migue_host* host, std::uint32_t handle, double value) noexcept {
    if (Inside* const here = inside(host)) tell(here->lane, Kind::kRecord, Writer().u32(handle).f64(value));
}

// ---- operations

/// `body(writer)` adds what the operation needs after its number.
template <typename Body>
migue_status start(const migue_host* host, Kind kind, migue_done done, void* user, std::uint64_t* op,
                   Body&& body) noexcept {
    Inside* const here = inside(host);
    if (here == nullptr || done == nullptr) return MIGUE_E_INVALID;
    // Before it is asked for: it may be done before the answer is read.
    const std::uint64_t number = Operations::all().add({done, user, here->instance});
    Writer writer;
    writer.u64(number);
    body(writer);
    const std::string answer = ask(here->lane, kind, writer);
    Reader reader(answer);
    const migue_status status = reader.i32();
    if (status != MIGUE_OK) static_cast<void>(Operations::all().take(number));
    if (status == MIGUE_OK && op != nullptr) *op = reader.u64();
    return status;
}

void cancel(const migue_host* host, std::uint64_t op) noexcept {
    if (Inside* const here = inside(host)) tell(here->lane, Kind::kCancel, Writer().u64(op));
}

migue_status timer_start(const migue_host* host, std::uint64_t delay_ns, migue_done done, void* user,
                         std::uint64_t* op) noexcept {
    return start(host, Kind::kTimer, done, user, op, [&](Writer& writer) { writer.u64(delay_ns); });
}

migue_status http_send(const migue_host* host, const migue_http_request* request, migue_done done, void* user,
                       std::uint64_t* op) noexcept {
    if (request == nullptr || request->struct_size < kRequestSize) return MIGUE_E_INVALID;
    if (request->header_count > kMaxFields || (request->header_count != 0 && request->headers == nullptr))
        return MIGUE_E_INVALID;
    if (!is_sound(request->method) || !is_sound(request->url) || !is_sound(request->body) ||
        request->body.size > wire::Lane::kMaxBody / 2)
        return MIGUE_E_INVALID;
    for (std::size_t i = 0; i < request->header_count; ++i)
        if (!is_sound(request->headers[i].key) || !is_sound(request->headers[i].value))
            return MIGUE_E_INVALID;
    return start(host, Kind::kHttp, done, user, op, [&](Writer& writer) {
        writer.text(request->method).text(request->url).fields(request->headers, request->header_count);
        writer.text(request->body).u64(request->timeout_ns).u64(request->max_response);
    });
}

migue_status sql_execute(const migue_host* host, const migue_sql_statement* const* statements,
                         std::size_t count, migue_done done, void* user, std::uint64_t* op) noexcept {
    if (statements == nullptr || count == 0 || count > kMaxStatements) return MIGUE_E_INVALID;
    for (std::size_t i = 0; i < count; ++i)
        if (statements[i] == nullptr || statements[i]->struct_size < kStatementSize ||
            !is_sound(statements[i]->text) || !is_sound(statements[i]->params_json))
            return MIGUE_E_INVALID;
    return start(host, Kind::kSql, done, user, op, [&](Writer& writer) {
        writer.u32(static_cast<std::uint32_t>(count));
        for (std::size_t i = 0; i < count; ++i)
            writer.u32(statements[i]->flags).text(statements[i]->text).text(statements[i]->params_json);
    });
}

migue_status jobs_at(const migue_host* host, const migue_job* job, migue_done done, void* user,
                     std::uint64_t* op) noexcept {
    if (job == nullptr || job->struct_size < kJobSize || !is_sound(job->key) ||
        !is_sound(job->conversation_id) || !is_sound(job->payload_json))
        return MIGUE_E_INVALID;
    return start(host, Kind::kJobAt, done, user, op, [&](Writer& writer) {
        writer.i64(job->at_unix_ms).text(job->key).text(job->conversation_id).text(job->payload_json);
    });
}

migue_status jobs_cancel(const migue_host* host, migue_str conversation_id, migue_str key, migue_done done,
                         void* user, std::uint64_t* op) noexcept {
    if (!is_sound(conversation_id) || !is_sound(key)) return MIGUE_E_INVALID;
    return start(host, Kind::kJobCancel, done, user, op,
                 [&](Writer& writer) { writer.text(conversation_id).text(key); });
}

migue_status media_fetch(const migue_host* host, const migue_media_fetch* file, migue_done done, void* user,
                         std::uint64_t* op) noexcept {
    if (file == nullptr || file->struct_size < kFetchSize || !is_sound(file->place) ||
        !is_sound(file->media_id))
        return MIGUE_E_INVALID;
    return start(host, Kind::kMediaFetch, done, user, op, [&](Writer& writer) {
        writer.text(file->place).text(file->media_id).u64(file->max_bytes).u64(file->timeout_ns);
    });
}

migue_status media_upload(const migue_host* host, const migue_media_upload* file, migue_done done, void* user,
                          std::uint64_t* op) noexcept {
    if (file == nullptr || file->struct_size < kUploadSize || !is_sound(file->place) ||
        !is_sound(file->mime_type) || !is_sound(file->file_name) || !is_sound(file->bytes))
        return MIGUE_E_INVALID;
    return start(host, Kind::kMediaUpload, done, user, op, [&](Writer& writer) {
        writer.text(file->place).text(file->mime_type).text(file->file_name).text(file->bytes);
        writer.u64(file->timeout_ns);
    });
}

// ---- vault, intents

migue_status into_sink(const migue_host* host, Kind kind, const Writer& body, migue_sink* out) noexcept {
    Inside* const here = inside(host);
    if (here == nullptr || out == nullptr || out->write == nullptr) return MIGUE_E_INVALID;
    const std::string answer = ask(here->lane, kind, body);
    Reader reader(answer);
    const migue_status status = reader.i32();
    if (status != MIGUE_OK) return status;
    const std::string_view bytes = reader.text();
    return out->write(out->ctx, bytes.data(), bytes.size());
}

migue_status vault_seal(const migue_host* host, migue_str plain, migue_str context,
                        migue_sink* out) noexcept {
    if (!is_sound(plain) || !is_sound(context)) return MIGUE_E_INVALID;
    return into_sink(host, Kind::kSeal, Writer().text(plain).text(context), out);
}
migue_status vault_open(const migue_host* host, migue_str sealed, migue_str context,
                        migue_sink* out) noexcept {
    if (!is_sound(sealed) || !is_sound(context)) return MIGUE_E_INVALID;
    return into_sink(host, Kind::kUnseal, Writer().text(sealed).text(context), out);
}
migue_status vault_random(const migue_host* host, std::size_t size, migue_sink* out) noexcept {
    return into_sink(host, Kind::kRandom, Writer().u64(size), out);
}
migue_status vault_sha256(const migue_host* host, migue_str bytes, migue_sink* out) noexcept {
    if (!is_sound(bytes)) return MIGUE_E_INVALID;
    return into_sink(host, Kind::kHash, Writer().text(bytes), out);
}

migue_status intents_classify(const migue_host* host, migue_str text, migue_str locale,
                              migue_sink* out) noexcept {
    if (!is_sound(text) || !is_sound(locale)) return MIGUE_E_INVALID;
    return into_sink(host, Kind::kClassify, Writer().text(text).text(locale), out);
}

constexpr migue_clock_v1 kClock{sizeof(migue_clock_v1), 0, &clock_monotonic, &clock_unix_ms};
constexpr migue_log_v1 kLog{sizeof(migue_log_v1), 0, &log_write};
constexpr migue_metrics_v1 kMetrics{sizeof(migue_metrics_v1), 0, &metrics_series<0>, &metrics_series<1>,
                                    &metrics_record};
constexpr migue_timer_v1 kTimer{sizeof(migue_timer_v1), 0, &timer_start, &cancel};
constexpr migue_http_v1 kHttp{sizeof(migue_http_v1), 0, &http_send, &cancel};
constexpr migue_sql_v1 kSql{sizeof(migue_sql_v1), 0, &sql_execute, &cancel};
constexpr migue_vault_v1 kVault{sizeof(migue_vault_v1), 0, &vault_seal, &vault_open, &vault_random,
                                &vault_sha256};
constexpr migue_jobs_v1 kJobs{sizeof(migue_jobs_v1), 0, &jobs_at, &jobs_cancel};
constexpr migue_media_v1 kMedia{sizeof(migue_media_v1), 0, &media_fetch, &media_upload, &cancel};
constexpr migue_intents_v1 kIntents{sizeof(migue_intents_v1), 0, &intents_classify};

}  // namespace

const void* service_table(const char* id) noexcept {
    const std::string_view wanted = id == nullptr ? "" : id;
    if (wanted == MIGUE_CLOCK_ID) return &kClock;
    if (wanted == MIGUE_LOG_ID) return &kLog;
    if (wanted == MIGUE_METRICS_ID) return &kMetrics;
    if (wanted == MIGUE_TIMER_ID) return &kTimer;
    if (wanted == MIGUE_HTTP_ID) return &kHttp;
    if (wanted == MIGUE_SQL_ID) return &kSql;
    if (wanted == MIGUE_VAULT_ID) return &kVault;
    if (wanted == MIGUE_JOBS_ID) return &kJobs;
    if (wanted == MIGUE_MEDIA_ID) return &kMedia;
    if (wanted == MIGUE_INTENTS_ID) return &kIntents;
    return nullptr;
}

}  // namespace migue::runner
