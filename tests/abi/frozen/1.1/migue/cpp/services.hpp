#pragma once
#include <chrono>
#include <coroutine>
#include <cstdint>
#include <exception>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "migue/cpp/result.hpp"
#include "migue/cpp/task.hpp"
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

/// The host's services in C++. Each is a thin handle: copy it, keep it. Operations are
/// awaited inside a Task and give a Result; the coroutine goes on inside done().
///
/// Using a service the host does not have gives kUnsupported: name what you cannot do
/// without in Description::required_services.
namespace migue {

/// Awaits one operation. `Start` is called with (done, user, op) and gives a status;
/// `Read` turns (status, result) into Result<T>. Lives in the awaiting coroutine's frame.
template <typename T, typename Start, typename Read>
class [[nodiscard]] Operation {
public:
    Operation(Start start, Read read) : start_(std::move(start)), read_(std::move(read)) {}
    Operation(const Operation&) = delete;
    Operation& operator=(const Operation&) = delete;

    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> awaiting) {
        awaiting_ = awaiting;
        std::uint64_t op = 0;
        const migue_status status = start_(&Operation::done, this, &op);
        if (status == MIGUE_OK) return !handshake_.settle();
        result_.emplace(read_(status, nullptr));
        return false;
    }
    Result<T> await_resume() {
        if (failure_) std::rethrow_exception(failure_);
        return std::move(*result_);
    }

private:
    /// May come before start_ returns: then the awaiting coroutine goes on by itself.
    static void done(void* user, migue_status status, const void* result) noexcept {
        auto* self = static_cast<Operation*>(user);
        try {
            self->result_.emplace(self->read_(status, result));
        } catch (const std::exception&) {  // no memory for the result
            self->failure_ = std::current_exception();
        }
        const std::coroutine_handle<> awaiting = self->awaiting_;
        if (self->handshake_.finish()) awaiting.resume();
    }

    Start start_;
    Read read_;
    std::coroutine_handle<> awaiting_;
    std::optional<Result<T>> result_;
    std::exception_ptr failure_;
    detail::Handshake handshake_;
};

struct HttpRequest {
    std::string method = "GET";
    std::string url = {};
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::string body = {};
    std::chrono::nanoseconds timeout{0};  ///< 0: the turn's deadline
    std::size_t max_response = 0;         ///< bytes; 0: 1 MiB
};

struct HttpResponse {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
    std::string body;

    /// The first header of that (lower-case) name, or "".
    [[nodiscard]] std::string_view header(std::string_view name) const noexcept {
        for (const auto& [key, value] : headers)
            if (key == name) return value;
        return {};
    }
};

struct SqlStatement {
    std::string text = {};
    std::string params_json = "[]";
    bool require_row = false;  ///< roll everything back with kConflict unless a row came or changed
};

struct MediaFetch {
    std::string place = {};  ///< "media" of channel_json
    std::string media_id = {};
    std::size_t max_bytes = 0;
    std::chrono::nanoseconds timeout{0};  ///< 0: the turn's deadline
};

struct MediaUpload {
    std::string place = {};
    std::string mime_type = {}, file_name = {}, bytes = {};
    std::chrono::nanoseconds timeout{0};
};

struct MediaFile {
    std::string media_id, mime_type, bytes;
};

class Clock {
public:
    explicit Clock(const migue_host* host);
    /// 0 when the host has no clock.
    [[nodiscard]] std::uint64_t monotonic_ns() const {
        return api_ == nullptr ? 0 : api_->monotonic_ns(host_);
    }
    [[nodiscard]] std::int64_t unix_ms() const { return api_ == nullptr ? 0 : api_->unix_ms(host_); }

private:
    const migue_host* host_;
    const migue_clock_v1* api_;
};

class Log {
public:
    using Fields = std::initializer_list<std::pair<std::string_view, std::string_view>>;
    explicit Log(const migue_host* host);
    void debug(std::string_view message, Fields fields = {}) const {
        write(MIGUE_LOG_DEBUG, message, fields);
    }
    void info(std::string_view message, Fields fields = {}) const { write(MIGUE_LOG_INFO, message, fields); }
    void warn(std::string_view message, Fields fields = {}) const { write(MIGUE_LOG_WARN, message, fields); }
    void error(std::string_view message, Fields fields = {}) const {
        write(MIGUE_LOG_ERROR, message, fields);
    }

private:
    void write(std::int32_t severity, std::string_view message, Fields fields) const;
    const migue_host* host_;
    const migue_log_v1* api_;
};

class Metrics {
public:
    explicit Metrics(const migue_host* host);
    /// The handle of a series, or 0 when the host has no metrics.
    [[nodiscard]] std::uint32_t counter(std::string_view name) const;
    [[nodiscard]] std::uint32_t histogram(std::string_view name) const;
    void record(std::uint32_t handle, double value) const;

private:
    const migue_host* host_;
    const migue_metrics_v1* api_;
};

class Timer {
public:
    explicit Timer(const migue_host* host);
    /// Goes on once the delay has passed; kCancelled when the turn was cancelled meanwhile.
    [[nodiscard]] auto after(std::chrono::nanoseconds delay) const;

private:
    const migue_host* host_;
    const migue_timer_v1* api_;
};

class Http {
public:
    explicit Http(const migue_host* host);
    /// Result<HttpResponse>; see ext/http.h for what each error tells about the other side.
    [[nodiscard]] auto send(HttpRequest request) const;

private:
    const migue_host* host_;
    const migue_http_v1* api_;
};

class Sql {
public:
    explicit Sql(const migue_host* host);
    /// Runs the statements as one transaction. Result<std::string>: rows_json of ext/sql.h.
    ///
    /// Inside co_await name the statements one by one: GCC 12 cannot compile a braced list
    /// of them there.
    [[nodiscard]] auto execute(std::vector<SqlStatement> statements) const;
    template <typename... More>
    [[nodiscard]] auto execute(SqlStatement first, More... more) const;

private:
    const migue_host* host_;
    const migue_sql_v1* api_;
};

class Vault {
public:
    explicit Vault(const migue_host* host);
    [[nodiscard]] Result<std::string> seal(std::string_view plain, std::string_view context) const;
    [[nodiscard]] Result<std::string> open(std::string_view sealed, std::string_view context) const;
    [[nodiscard]] Result<std::string> random(std::size_t size) const;
    [[nodiscard]] Result<std::string> sha256(std::string_view bytes) const;

private:
    const migue_host* host_;
    const migue_vault_v1* api_;
};

class Jobs {
public:
    explicit Jobs(const migue_host* host);
    /// Result<void>, once it is stored. `payload_json` at most 16 KiB.
    [[nodiscard]] auto at(std::int64_t unix_ms, std::string conversation_id, std::string key,
                          std::string payload_json) const;
    [[nodiscard]] auto cancel(std::string conversation_id, std::string key) const;

private:
    const migue_host* host_;
    const migue_jobs_v1* api_;
};

/// Files in the chat; see ext/media.h for what each error tells.
class Media {
public:
    explicit Media(const migue_host* host);
    /// Result<MediaFile>: its bytes.
    [[nodiscard]] auto fetch(MediaFetch request) const;
    /// Result<MediaFile>: its id, for a reply of kind "document".
    [[nodiscard]] auto upload(MediaUpload request) const;

private:
    const migue_host* host_;
    const migue_media_v1* api_;
};

class Intents {
public:
    explicit Intents(const migue_host* host);
    /// {"intent","plugin","confidence","locale"} of words that did not come as a message.
    [[nodiscard]] Result<std::string> classify(std::string_view text, std::string_view locale) const;

private:
    const migue_host* host_;
    const migue_intents_v1* api_;
};

/// All of them. Made once in create() and kept in the plugin.
struct Services {
    explicit Services(const migue_host* host)
        : clock(host),
          log(host),
          metrics(host),
          timer(host),
          http(host),
          sql(host),
          vault(host),
          jobs(host),
          media(host),
          intents(host) {}

    Clock clock;
    Log log;
    Metrics metrics;
    Timer timer;
    Http http;
    Sql sql;
    Vault vault;
    Jobs jobs;
    Media media;
    Intents intents;
};

}  // namespace migue

#include "migue/cpp/services_impl.hpp"  // IWYU pragma: export
