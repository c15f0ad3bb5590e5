#pragma once
// Bodies of services.hpp; include that one.
#include "migue/cpp/services.hpp"

namespace migue {

namespace detail {

template <typename Api>
const Api* service(const migue_host* host, const char* id) noexcept {
    return static_cast<const Api*>(host->service(host, id));
}

inline std::vector<migue_field> to_fields(const std::vector<std::pair<std::string, std::string>>& pairs) {
    std::vector<migue_field> fields;
    fields.reserve(pairs.size());
    for (const auto& [key, value] : pairs) fields.push_back({to_c(key), to_c(value)});
    return fields;
}

template <typename T, typename Start, typename Read>
[[nodiscard]] auto operation(Start start, Read read) {
    return Operation<T, Start, Read>(std::move(start), std::move(read));
}

/// For operations that tell nothing but their status.
inline Result<void> read_nothing(migue_status status, std::string_view what) {
    if (status == MIGUE_OK) return {};
    return to_error(status, what);
}

inline Result<HttpResponse> read_http(migue_status status, const void* result) {
    if (status != MIGUE_OK || result == nullptr) return to_error(status, "http");
    const auto* raw = static_cast<const migue_http_response*>(result);
    HttpResponse response{raw->status, {}, std::string(to_view(raw->body))};
    response.headers.reserve(raw->header_count);
    for (std::size_t i = 0; i < raw->header_count; ++i)
        response.headers.emplace_back(to_view(raw->headers[i].key), to_view(raw->headers[i].value));
    return response;
}

inline Result<std::string> read_sql(migue_status status, const void* result) {
    if (status != MIGUE_OK || result == nullptr) return to_error(status, "sql");
    return std::string(to_view(static_cast<const migue_sql_result*>(result)->rows_json));
}

}  // namespace detail

inline Clock::Clock(const migue_host* host)
    : host_(host), api_(detail::service<migue_clock_v1>(host, MIGUE_CLOCK_ID)) {}

inline Log::Log(const migue_host* host)
    : host_(host), api_(detail::service<migue_log_v1>(host, MIGUE_LOG_ID)) {}

inline void Log::write(std::int32_t severity, std::string_view message, Fields fields) const {
    if (api_ == nullptr) return;
    std::vector<migue_field> raw;
    raw.reserve(fields.size());
    for (const auto& [key, value] : fields) raw.push_back({to_c(key), to_c(value)});
    api_->write(host_, severity, to_c(message), raw.data(), raw.size());
}

inline Metrics::Metrics(const migue_host* host)
    : host_(host), api_(detail::service<migue_metrics_v1>(host, MIGUE_METRICS_ID)) {}

inline std::uint32_t Metrics::counter(std::string_view name) const {
    std::uint32_t handle = 0;
    if (api_ != nullptr && api_->counter(host_, to_c(name), &handle) != MIGUE_OK) return 0;
    return handle;
}
inline std::uint32_t Metrics::histogram(std::string_view name) const {
    std::uint32_t handle = 0;
    if (api_ != nullptr && api_->histogram(host_, to_c(name), &handle) != MIGUE_OK) return 0;
    return handle;
}
inline void Metrics::record(std::uint32_t handle, double value) const {
    if (api_ != nullptr && handle != 0) api_->record(host_, handle, value);
}

inline Timer::Timer(const migue_host* host)
    : host_(host), api_(detail::service<migue_timer_v1>(host, MIGUE_TIMER_ID)) {}

inline auto Timer::after(std::chrono::nanoseconds delay) const {
    return detail::operation<void>(
        [api = api_, host = host_, delay](migue_done done, void* user, std::uint64_t* op) -> migue_status {
            if (api == nullptr) return MIGUE_E_UNSUPPORTED;
            return api->start(host, static_cast<std::uint64_t>(delay.count()), done, user, op);
        },
        [](migue_status status, const void*) { return detail::read_nothing(status, "timer"); });
}

inline Http::Http(const migue_host* host)
    : host_(host), api_(detail::service<migue_http_v1>(host, MIGUE_HTTP_ID)) {}

inline auto Http::send(HttpRequest request) const {
    return detail::operation<HttpResponse>(
        [api = api_, host = host_, request = std::move(request)](migue_done done, void* user,
                                                                 std::uint64_t* op) -> migue_status {
            if (api == nullptr) return MIGUE_E_UNSUPPORTED;
            const std::vector<migue_field> headers = detail::to_fields(request.headers);
            const migue_http_request raw{sizeof(migue_http_request),
                                         0,
                                         to_c(request.method),
                                         to_c(request.url),
                                         headers.data(),
                                         headers.size(),
                                         to_c(request.body),
                                         static_cast<std::uint64_t>(request.timeout.count()),
                                         request.max_response};
            return api->send(host, &raw, done, user, op);
        },
        detail::read_http);
}

inline Sql::Sql(const migue_host* host)
    : host_(host), api_(detail::service<migue_sql_v1>(host, MIGUE_SQL_ID)) {}

inline auto Sql::execute(std::vector<SqlStatement> statements) const {
    return detail::operation<std::string>(
        [api = api_, host = host_, statements = std::move(statements)](migue_done done, void* user,
                                                                       std::uint64_t* op) -> migue_status {
            if (api == nullptr) return MIGUE_E_UNSUPPORTED;
            std::vector<migue_sql_statement> raw;
            std::vector<const migue_sql_statement*> pointers;
            raw.reserve(statements.size());
            pointers.reserve(statements.size());
            for (const SqlStatement& statement : statements) {
                raw.push_back({sizeof(migue_sql_statement), statement.require_row ? MIGUE_SQL_REQUIRE_ROW : 0,
                               to_c(statement.text), to_c(statement.params_json)});
                pointers.push_back(&raw.back());
            }
            return api->execute(host, pointers.data(), pointers.size(), done, user, op);
        },
        detail::read_sql);
}

template <typename... More>
auto Sql::execute(SqlStatement first, More... more) const {
    std::vector<SqlStatement> statements;
    statements.reserve(1 + sizeof...(more));
    statements.push_back(std::move(first));
    (statements.push_back(std::move(more)), ...);
    return execute(std::move(statements));
}

inline Vault::Vault(const migue_host* host)
    : host_(host), api_(detail::service<migue_vault_v1>(host, MIGUE_VAULT_ID)) {}

namespace detail {
/// Collects what a call writes to its sink.
template <typename Call>
Result<std::string> collect(const migue_vault_v1* api, std::string_view what, Call call) {
    if (api == nullptr) return to_error(MIGUE_E_UNSUPPORTED, what);
    std::string out;
    migue_sink sink = sink_into(out);
    const migue_status status = call(&sink);
    if (status != MIGUE_OK) return to_error(status, what);
    return out;
}
}  // namespace detail

inline Result<std::string> Vault::seal(std::string_view plain, std::string_view context) const {
    return detail::collect(api_, "vault seal", [&](migue_sink* out) {
        return api_->seal(host_, to_c(plain), to_c(context), out);
    });
}
inline Result<std::string> Vault::open(std::string_view sealed, std::string_view context) const {
    return detail::collect(api_, "vault open", [&](migue_sink* out) {
        return api_->open(host_, to_c(sealed), to_c(context), out);
    });
}
inline Result<std::string> Vault::random(std::size_t size) const {
    return detail::collect(api_, "vault random",
                           [&](migue_sink* out) { return api_->random(host_, size, out); });
}
inline Result<std::string> Vault::sha256(std::string_view bytes) const {
    return detail::collect(api_, "vault sha256",
                           [&](migue_sink* out) { return api_->sha256(host_, to_c(bytes), out); });
}

inline Jobs::Jobs(const migue_host* host)
    : host_(host), api_(detail::service<migue_jobs_v1>(host, MIGUE_JOBS_ID)) {}

inline auto Jobs::at(std::int64_t unix_ms, std::string conversation_id, std::string key,
                     std::string payload_json) const {
    return detail::operation<void>(
        [api = api_, host = host_, unix_ms, conversation_id = std::move(conversation_id),
         key = std::move(key),
         payload = std::move(payload_json)](migue_done done, void* user, std::uint64_t* op) -> migue_status {
            if (api == nullptr) return MIGUE_E_UNSUPPORTED;
            const migue_job job{sizeof(migue_job), 0, unix_ms, to_c(key), to_c(conversation_id),
                                to_c(payload)};
            return api->at(host, &job, done, user, op);
        },
        [](migue_status status, const void*) { return detail::read_nothing(status, "jobs at"); });
}

inline auto Jobs::cancel(std::string conversation_id, std::string key) const {
    return detail::operation<void>(
        [api = api_, host = host_, conversation_id = std::move(conversation_id), key = std::move(key)](
            migue_done done, void* user, std::uint64_t* op) -> migue_status {
            if (api == nullptr) return MIGUE_E_UNSUPPORTED;
            return api->cancel(host, to_c(conversation_id), to_c(key), done, user, op);
        },
        [](migue_status status, const void*) { return detail::read_nothing(status, "jobs cancel"); });
}

}  // namespace migue
