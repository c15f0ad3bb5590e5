#include "host/cli/host_metrics.hpp"

#include <algorithm>

namespace migue::host::cli {

namespace {

void watch_server(Metrics& metrics, const http::Server& server) {
    using http::Counters;
    const auto watch = [&](const char* name, const char* help, auto Counters::*value) {
        metrics.watch(name, help, [&server, value] { return static_cast<double>(server.counters().*value); });
    };
    watch("migue_http_connections", "Connections on http.listen", &Counters::open);
    watch("migue_http_parked", "Of them, those that hold no thread", &Counters::parked);
    watch("migue_http_threads", "Threads that run handlers", &Counters::threads);
    watch("migue_http_requests", "Requests that a handler or a guard was asked", &Counters::requests);
    watch("migue_http_rejected", "Requests answered 400, 413 or 431", &Counters::rejected);
    watch("migue_http_timeouts", "Connections closed over a deadline", &Counters::timeouts);
    watch("migue_http_overloaded", "Requests answered 503: nobody free to answer", &Counters::overloaded);
    watch("migue_http_turned_away", "Connections closed at once: too many", &Counters::turned_away);
}

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
    watch("migue_webhook_failed_statuses", "Statuses that say a reply failed", counters.failed_statuses);
    watch("migue_webhook_other_statuses", "Statuses of a name not known yet", counters.other_statuses);
    watch("migue_webhook_unreadable", "Signed bodies that could not be read", counters.unreadable);
    watch("migue_webhook_unusable", "Elements without what their type promises", counters.unusable);
    watch("migue_webhook_unknown_kinds", "Messages of a type not known yet", counters.unknown_kinds);
    watch("migue_webhook_not_stored", "Webhooks answered 503", counters.not_stored);
    metrics.watch("migue_webhook_last_signed_seconds", "When WhatsApp was last heard from, Unix time",
                  [&counters] { return static_cast<double>(counters.last_signed_unix_ms.load()) / 1000; });
}

void watch_channel(Metrics& metrics, const whatsapp::WhatsAppChannel& channel) {
    using Counts = whatsapp::WhatsAppChannel::Counts;
    const auto watch = [&](const char* name, const char* help, auto read) {
        metrics.watch(name, help, [&channel, read] { return static_cast<double>(read(channel.counts())); });
    };
    watch("migue_graph_sent", "Replies that Graph accepted", [](const Counts& c) { return c.sent; });
    watch("migue_graph_templates", "Replies sent as a template", [](const Counts& c) { return c.templates; });
    watch("migue_graph_retried", "Sends to be tried again", [](const Counts& c) { return c.retried; });
    watch("migue_graph_uncertain", "Sends whose answer was lost",
          [](const Counts& c) { return c.uncertain; });
    watch("migue_graph_refused", "Replies that Graph will never take",
          [](const Counts& c) { return c.refused; });
    watch("migue_graph_window_closed", "Replies outside the 24-hour window",
          [](const Counts& c) { return c.window_closed; });
    watch("migue_graph_alarms", "Answers of Graph that an operator has to look at",
          [](const Counts& c) { return c.alarms; });
    watch("migue_graph_person_waits", "Times a reply waited because the person had got many",
          [](const Counts& c) { return c.person_waits; });
    watch("migue_graph_read_marks", "Messages marked as read",
          [](const Counts& c) { return c.read_marks.sent; });
    watch("migue_graph_read_marks_left_out", "Read marks that came too late or failed",
          [](const Counts& c) { return c.read_marks.dropped + c.read_marks.failed; });
    watch("migue_graph_paused", "Business numbers that must not send now",
          [](const Counts& c) { return c.paused; });
}

void watch_outbox(Metrics& metrics, const Outbox& outbox) {
    using Counts = Outbox::Counts;
    const auto watch = [&](const char* name, const char* help, auto read) {
        metrics.watch(name, help, [&outbox, read] { return static_cast<double>(read(outbox.counts())); });
    };
    metrics.watch("migue_outbox_waiting", "Replies that wait to be sent",
                  [&outbox] { return static_cast<double>(outbox.waiting()); });
    watch("migue_outbox_sent", "Replies that were sent", [](const Counts& c) { return c.sent; });
    watch("migue_outbox_postponed", "Sends that are tried again",
          [](const Counts& c) { return c.postponed; });
    watch("migue_outbox_buried", "Replies that were given up", [](const Counts& c) { return c.buried; });
    watch("migue_outbox_settled_by_news", "Lost answers that a status made good",
          [](const Counts& c) { return c.settled_by_news; });
    watch("migue_outbox_failed_later", "Replies that were taken and then failed",
          [](const Counts& c) { return c.failed_later; });
    watch("migue_outbox_threads", "Threads that send", [](const Counts& c) { return c.threads; });
}

}  // namespace

void add_host_metrics(Metrics& metrics, const Dispatcher& dispatcher, const TurnRunner& turns,
                      const Outbox& outbox, const http::Server& server, const whatsapp::Webhook* webhook,
                      const whatsapp::WhatsAppChannel* channel) {
    metrics.watch("migue_open_turns", "Turns that run or wait in this process",
                  [&dispatcher] { return static_cast<double>(dispatcher.open_turns()); });
    metrics.watch("migue_messages_joined", "Messages that were answered with the one before",
                  [&turns] { return static_cast<double>(turns.joined()); });
    watch_outbox(metrics, outbox);
    watch_server(metrics, server);
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
