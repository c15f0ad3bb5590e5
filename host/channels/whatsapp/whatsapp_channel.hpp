#pragma once
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "host/channels/whatsapp/encode.hpp"
#include "host/channels/whatsapp/graph_client.hpp"
#include "host/channels/whatsapp/graph_errors.hpp"
#include "host/channels/whatsapp/media.hpp"
#include "host/channels/whatsapp/pacer.hpp"
#include "host/channels/whatsapp/read_marks.hpp"
#include "host/channels/whatsapp/token_watch.hpp"
#include "host/config/settings.hpp"
#include "host/observe/log.hpp"
#include "host/pipeline/channel.hpp"
#include "host/services/clock.hpp"

namespace migue::host::whatsapp {

/// The way out: sends replies through the Graph API, each from the business number that the
/// person wrote to, at the pace that Graph allows.
///
/// When Graph says that a number as a whole must not send (token dead, limits, account
/// locked), permit() says so without a call until the pause is over; a new token ends a
/// pause that was about the token at once. A reply outside the 24-hour window goes out as the
/// configured template, or not at all. Thread-safe.
class WhatsAppChannel final : public Channel {
public:
    /// All must outlive it. `http` should keep as many idle connections as there are senders.
    WhatsAppChannel(const config::WhatsAppSettings& settings, HttpClient& http, const Clock& clock, Log& log,
                    EncodeRules rules = {});

    [[nodiscard]] std::string_view id() const override { return "whatsapp"; }
    [[nodiscard]] ChannelLimits limits() const override { return channel_limits(); }
    [[nodiscard]] Window window() const override { return {24, template_.has_value()}; }
    [[nodiscard]] bool carries_files() const override { return true; }
    /// What people sent, and files for them.
    [[nodiscard]] MediaSource& media() noexcept { return media_; }
    [[nodiscard]] Permit permit(const OutboundReply& reply) override;
    [[nodiscard]] SendOutcome send(const OutboundReply& reply) override;
    [[nodiscard]] SendOutcome failed(const OutboundReply& reply, int error_code) override;
    void acknowledge(const InboundMessage& message) override;

    /// Takes a new token and resumes, without a restart.
    void set_access_token(std::string token);

    /// For metrics.
    struct Counts {
        std::uint64_t sent = 0, retried = 0, uncertain = 0, refused = 0;
        std::uint64_t templates = 0;      ///< of those sent
        std::uint64_t window_closed = 0;  ///< replies outside the 24 hours, whatever became of them
        std::uint64_t alarms = 0;         ///< times an operator had to look
        std::uint64_t person_waits = 0;   ///< times our own pace held a person's reply
        std::map<int, std::uint64_t> errors_by_code;  ///< -1: no code to read
        ReadMarks::Counts read_marks;
        std::size_t paused = 0;  ///< numbers that must not send now
    };
    [[nodiscard]] Counts counts() const;

private:
    /// One of our business numbers.
    struct Number {
        Number(std::string number_id, Pacer::Options pace) : id(std::move(number_id)), pacer(pace) {}
        const std::string id;
        Pacer pacer;
        std::atomic<std::uint64_t> paused_until_ns{0};
        std::atomic<bool> is_access{false};  ///< the pause is about the token
        std::string pause_why;               // guarded by WhatsAppChannel::mutex_
    };

    [[nodiscard]] Number* number_of(const std::string& account) const;
    [[nodiscard]] std::int64_t pause_left_ms(const Number& number) const;
    [[nodiscard]] bool is_window_closed(const OutboundReply& reply) const;
    [[nodiscard]] SendOutcome send_template(const OutboundReply& reply, Number& number);
    [[nodiscard]] Verdict call(const OutboundReply& reply, Number& number, const Result<std::string>& body);
    void learn(const Verdict& verdict, Number& number, const OutboundReply& reply);
    void count(const Verdict& verdict);
    void tell(const Verdict& verdict, bool was_paused);

    const EncodeRules rules_;
    const std::optional<config::MessageTemplate> template_;
    const Clock& clock_;
    Log& log_;
    GraphClient graph_;
    GraphMedia media_{graph_};
    std::map<std::string, std::unique_ptr<Number>> numbers_;  // fixed after construction
    std::atomic<std::uint64_t> tokens_{0};                    ///< how often the token was replaced
    std::atomic<std::uint64_t> person_waits_{0};
    mutable std::mutex mutex_;
    Counts counts_;                            // guarded by mutex_
    ReadMarks read_marks_;                     // its threads use graph_
    std::unique_ptr<TokenWatch> token_watch_;  // last: its thread uses all of the above
};

}  // namespace migue::host::whatsapp
