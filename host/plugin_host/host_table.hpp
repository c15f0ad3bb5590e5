#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "host/observe/log.hpp"
#include "host/services/clock.hpp"
#include "host/services/http_service.hpp"
#include "host/services/media_service.hpp"
#include "host/services/metrics_sink.hpp"
#include "host/services/redact.hpp"
#include "host/services/sql_service.hpp"
#include "host/services/timer_queue.hpp"
#include "host/services/url.hpp"
#include "host/services/vault.hpp"
#include "host/store/store.hpp"
#include "migue/plugin.h"

namespace migue::host {

/// How the host reads a text of that language: {"intent","plugin","confidence","locale"}, or ""
/// while it does not route. Thread-safe, and quick.
using Classify = std::function<std::string(std::string_view text, std::string_view locale)>;

/// What stands behind the services. All of it outlives every generation that is closed.
struct ServiceBackends {
    Clock& clock;
    Log& log;
    Store* store;          ///< nullptr: jobs answer MIGUE_E_UNAVAILABLE
    MetricsSink* metrics;  ///< nullptr: numbers go nowhere
    TimerQueue& timers;
    const Vault& vault;
    MediaService* media = nullptr;  ///< null: no channel carries files
    Classify classify = {};         ///< empty: nobody routes
};

/// What one generation may do with them.
struct ServiceGrant {
    std::string plugin;
    std::uint64_t generation = 0;
    std::vector<Url> egress;            ///< where it may connect to (O7)
    std::vector<std::string> secrets;   ///< never in a log line
    std::shared_ptr<HttpService> http;  ///< the plugin's own share
    std::shared_ptr<PluginTables> tables;
};

/// The migue_host of one generation. Outlives destroy(): after close() every service
/// answers MIGUE_E_STATE, also to static destructors that run inside dlclose (O6, H3).
class HostTable {
public:
    HostTable(const ServiceBackends& backends, ServiceGrant grant);
    HostTable(const HostTable&) = delete;
    HostTable& operator=(const HostTable&) = delete;
    ~HostTable();

    [[nodiscard]] static HostTable& of(const migue_host* host) noexcept {
        return *static_cast<HostTable*>(host->ctx);
    }
    [[nodiscard]] const migue_host* raw() const noexcept { return &raw_; }
    /// Whether this host has a service of that id (V8).
    [[nodiscard]] static bool offers(std::string_view service) noexcept;

    /// Waits for the service calls that are running, then refuses all. They never wait for
    /// the plugin, so this is short.
    void close();
    [[nodiscard]] bool is_closed() const noexcept { return closed_; }

    /// Says that a service call is running. False once closed.
    class Entry {
    public:
        explicit Entry(HostTable& table) : lock_(table.gate_), open_(!table.closed_) {}
        explicit operator bool() const noexcept { return open_; }

    private:
        std::shared_lock<std::shared_mutex> lock_;
        bool open_;
    };

    [[nodiscard]] const ServiceBackends& backends() const noexcept { return backends_; }
    [[nodiscard]] const ServiceGrant& grant() const noexcept { return grant_; }

    void write_log(Severity severity, std::string_view message,
                   std::vector<std::pair<std::string, std::string>> fields);
    [[nodiscard]] migue_status series(MetricsSink::Kind kind, std::string_view name, std::uint32_t* handle);
    void record(std::uint32_t handle, double value);

private:
    struct Series {
        std::string name;
        MetricsSink::Kind kind;
        std::uint64_t sink_handle;
    };

    const ServiceBackends backends_;
    ServiceGrant grant_;  // its services go with close()
    const Redactor redactor_;
    migue_host raw_;
    std::shared_mutex gate_;
    std::atomic<bool> closed_{false};  // set under gate_
    std::mutex mutex_;
    std::vector<Series> series_;  // guarded by mutex_; the handle is the position from 1
};

}  // namespace migue::host
