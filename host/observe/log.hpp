#pragma once
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace migue::host {

enum class Severity : std::int32_t { kDebug = 1, kInfo, kWarn, kError };

/// One JSON object a line on standard error: time, severity, message, fields.
///
/// `message` is a fixed text; what varies goes into fields. Never what a person wrote, a
/// name, an address or a secret. Thread-safe.
class Log {
public:
    using Field = std::pair<std::string_view, std::string_view>;
    using Fields = std::initializer_list<Field>;
    using Writer = std::function<void(std::string_view line)>;

    explicit Log(Severity threshold = Severity::kInfo, Writer writer = {});
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    void write(Severity severity, std::string_view message, const Field* fields, std::size_t count);
    void debug(std::string_view message, Fields fields = {}) {
        write(Severity::kDebug, message, fields.begin(), fields.size());
    }
    void info(std::string_view message, Fields fields = {}) {
        write(Severity::kInfo, message, fields.begin(), fields.size());
    }
    void warn(std::string_view message, Fields fields = {}) {
        write(Severity::kWarn, message, fields.begin(), fields.size());
    }
    void error(std::string_view message, Fields fields = {}) {
        write(Severity::kError, message, fields.begin(), fields.size());
    }

private:
    const Severity threshold_;
    const Writer writer_;
    std::mutex mutex_;  // one line at a time
};

}  // namespace migue::host
