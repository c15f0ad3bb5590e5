#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "host/store/store.hpp"

namespace migue::host {

/// How sending one reply ended.
struct SendOutcome {
    enum class Kind {
        kSent = 1,
        kRetry,      ///< try again after `retry_after_ms` (0: the outbox's own backoff)
        kUncertain,  ///< it may have arrived: no answer after the request was written
        kRefused,    ///< never going to work; `why` stays with the reply
        kHeld,       ///< not taken, as nothing of its account can be: ask permit() again
    };
    Kind kind = Kind::kSent;
    std::string channel_message_id;
    std::int64_t retry_after_ms = 0;
    std::string why;  ///< for operators, never a person's text
};

/// Whether a reply may be sent now, by the pace that the channel keeps.
struct Permit {
    enum class Kind {
        kGo = 1,       ///< send it after `wait_ms`: its place is taken
        kPersonWaits,  ///< nothing more to this person before; the others go on
        kAccountShut,  ///< nothing of this account can be sent now
    };
    Kind kind = Kind::kGo;
    std::int64_t wait_ms = 0;  ///< unless kGo: ask again after it, or earlier
};

/// When free text may be sent.
struct Window {
    std::int64_t hours = 0;     ///< after the person's last message; 0: always
    bool has_template = false;  ///< what comes later is carried by an approved template
};

/// A way in and out for messages. The way in is the channel's own (a webhook, a page): it
/// hands InboundMessages to the Inbox. Thread-safe.
class Channel {
public:
    Channel() = default;
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;
    virtual ~Channel() = default;

    [[nodiscard]] virtual std::string_view id() const = 0;
    [[nodiscard]] virtual ChannelLimits limits() const = 0;
    [[nodiscard]] virtual Window window() const { return {}; }
    /// Files can be fetched from it and sent through it (migue.media/1).
    [[nodiscard]] virtual bool carries_files() const { return false; }
    /// Asked before each send(). Must not wait, and costs little.
    [[nodiscard]] virtual Permit permit(const OutboundReply&) { return {}; }
    /// Sends one reply; may take as long as its own time limits say. Never called twice at
    /// once for one conversation.
    [[nodiscard]] virtual SendOutcome send(const OutboundReply& reply) = 0;
    /// What to do about a reply that was taken and then failed with this code of the channel's:
    /// kRetry and kRefused as for send(); kSent: it went out in another form just now. May
    /// take as long as send().
    [[nodiscard]] virtual SendOutcome failed(const OutboundReply&, int error_code) {
        SendOutcome refused;
        refused.kind = SendOutcome::Kind::kRefused;
        refused.why = "failed with code " + std::to_string(error_code);
        return refused;
    }
    /// A message was taken: mark it read, show "typing". Best effort, must not wait.
    virtual void acknowledge(const InboundMessage&) {}
};

}  // namespace migue::host
