#include "host/cli/host_metrics.hpp"

#include <algorithm>

namespace migue::host::cli {

namespace {

void watch_webhook(Metrics& metrics, const whatsapp::WebhookCounters& counters) {
    const auto watch = [&metrics](const char* name, const char* help,
                                  const std::atomic<std::uint64_t>& value) {
        metrics.watch(name, help, [&value] { return static_cast<double>(value.load()); });
    };
    watch("migue_webhook_requests", "Webhook POSTs, whatever became of them", counters.requests);
    watch("migue_webhook_bad_signature", "Webhooks answered 401", counters.bad_signature);
    watch("migue_webhook_messages", "Messages stored for the first time", counters.messages);
    watch("migue_webhook_duplicates", "Messages that Meta brought again", counters.duplicates);
    watch("migue_webhook_statuses", "Statuses of replies", counters.statuses);
    watch("migue_webhook_unreadable", "Signed bodies that could not be read", counters.unreadable);
    watch("migue_webhook_unusable", "Elements without what their type promises", counters.unusable);
    watch("migue_webhook_unknown_kinds", "Messages of a type not known yet", counters.unknown_kinds);
    watch("migue_webhook_not_stored", "Webhooks answered 503", counters.not_stored);
    metrics.watch("migue_webhook_last_signed_seconds", "When WhatsApp was last heard from, Unix time",
                  [&counters] { return static_cast<double>(counters.last_signed_unix_ms.load()) / 1000; });
}

void watch_channel(Metrics& metrics, const whatsapp::WhatsAppChannel& channel) {
    metrics.watch("migue_graph_sent", "Replies that Graph accepted",
                  [&channel] { return static_cast<double>(channel.counts().sent); });
    metrics.watch("migue_graph_retried", "Sends to be tried again",
                  [&channel] { return static_cast<double>(channel.counts().retried); });
    metrics.watch("migue_graph_refused", "Replies that Graph will never take",
                  [&channel] { return static_cast<double>(channel.counts().refused); });
    metrics.watch("migue_graph_paused", "1 while the number must not send",
                  [&channel] { return channel.counts().paused ? 1.0 : 0.0; });
}

}  // namespace

void add_host_metrics(Metrics& metrics, const Dispatcher& dispatcher, const Outbox& outbox,
                      const whatsapp::Webhook* webhook, const whatsapp::WhatsAppChannel* channel) {
    metrics.watch("migue_open_turns", "Turns that run or wait in this process",
                  [&dispatcher] { return static_cast<double>(dispatcher.open_turns()); });
    metrics.watch("migue_outbox_waiting", "Replies that wait to be sent",
                  [&outbox] { return static_cast<double>(outbox.waiting()); });
    if (webhook != nullptr) watch_webhook(metrics, webhook->counters());
    if (channel != nullptr) watch_channel(metrics, *channel);
}

std::uint64_t MetricsForPlugins::series(Kind kind, const std::string& name) {
    const std::lock_guard lock(mutex_);
    const auto known =
        std::find_if(series_.begin(), series_.end(), [&](const Series& one) { return one.name == name; });
    if (known != series_.end()) return static_cast<std::uint64_t>(known - series_.begin()) + 1;
    series_.push_back({kind, name});
    return series_.size();
}

void MetricsForPlugins::record(std::uint64_t series, double value) {
    Series one;
    {
        const std::lock_guard lock(mutex_);
        if (series == 0 || series > series_.size()) return;
        one = series_[series - 1];
    }
    if (one.kind == Kind::kCounter)
        metrics_.add(one.name, "counted by a plugin", {}, value);
    else
        metrics_.observe(one.name, "measured by a plugin", {}, value);
}

}  // namespace migue::host::cli
