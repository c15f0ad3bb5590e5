#pragma once
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "host/channels/whatsapp/encode.hpp"
#include "host/channels/whatsapp/graph_client.hpp"
#include "host/channels/whatsapp/graph_errors.hpp"
#include "host/channels/whatsapp/read_marks.hpp"
#include "host/config/settings.hpp"
#include "host/observe/log.hpp"
#include "host/pipeline/channel.hpp"
#include "host/services/clock.hpp"

namespace migue::host::whatsapp {

/// The way out: sends replies through the Graph API, from one business number.
///
/// When Graph says that the number as a whole must not send (token dead, limits, account
/// locked), every send() answers kRetry without a call until the pause is over; a new token
/// ends the pause at once. Thread-safe.
class WhatsAppChannel final : public Channel {
public:
    /// All must outlive it. `http` should keep as many idle connections as there are senders.
    WhatsAppChannel(const config::WhatsAppSettings& settings, HttpClient& http, const Clock& clock, Log& log,
                    EncodeRules rules = {});

    [[nodiscard]] std::string_view id() const override { return "whatsapp"; }
    [[nodiscard]] ChannelLimits limits() const override { return channel_limits(); }
    [[nodiscard]] SendOutcome send(const OutboundReply& reply) override;
    void acknowledge(const InboundMessage& message) override;

    /// Takes a new token and resumes, without a restart.
    void set_access_token(std::string token);

    /// For metrics.
    struct Counts {
        std::uint64_t sent = 0, retried = 0, uncertain = 0, refused = 0;
        std::map<int, std::uint64_t> errors_by_code;  ///< -1: no code to read
        ReadMarks::Counts read_marks;
        bool paused = false;
    };
    [[nodiscard]] Counts counts() const;

private:
    [[nodiscard]] std::int64_t pause_left_ms() const;
    void learn(const Verdict& verdict);

    const EncodeRules rules_;
    const std::string account_;
    const Clock& clock_;
    Log& log_;
    GraphClient graph_;
    std::atomic<std::uint64_t> paused_until_ns_{0};
    std::atomic<std::uint64_t> tokens_{0};  ///< how often the token was replaced
    mutable std::mutex mutex_;
    Counts counts_;          // guarded by mutex_
    std::string pause_why_;  // guarded by mutex_
    ReadMarks read_marks_;   // last: its threads use graph_
};

}  // namespace migue::host::whatsapp
