#pragma once
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "host/channels/whatsapp/webhook.hpp"
#include "host/channels/whatsapp/whatsapp_channel.hpp"
#include "host/http/server.hpp"
#include "host/observe/metrics.hpp"
#include "host/pipeline/dispatcher.hpp"
#include "host/pipeline/outbox.hpp"
#include "host/services/metrics_sink.hpp"

namespace migue::host::cli {

/// What the rooms count, shown at /metrics. The last two may be nullptr. All must outlive
/// the metrics' last reading.
void add_host_metrics(Metrics& metrics, const Dispatcher& dispatcher, const TurnRunner& turns,
                      const Outbox& outbox, const http::Server& server, const whatsapp::Webhook* webhook,
                      const whatsapp::WhatsAppChannel* channel);

/// Plugins' own series, kept in the same registry. Thread-safe.
class MetricsForPlugins final : public MetricsSink {
public:
    explicit MetricsForPlugins(Metrics& metrics) : metrics_(metrics) {}
    [[nodiscard]] std::uint64_t series(Kind kind, const std::string& name) override;
    void record(std::uint64_t series, double value) override;

private:
    struct Series {
        Kind kind;
        std::string name;
    };
    Metrics& metrics_;
    std::mutex mutex_;
    std::vector<Series> series_;  // guarded by mutex_; a handle is its index + 1
};

}  // namespace migue::host::cli
