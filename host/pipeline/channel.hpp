#pragma once
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
    };
    Kind kind = Kind::kSent;
    std::string channel_message_id;
    std::int64_t retry_after_ms = 0;
    std::string why;  ///< for operators, never a person's text
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
    /// Sends one reply; may take as long as its own time limits say. Never called twice at
    /// once for one conversation.
    [[nodiscard]] virtual SendOutcome send(const OutboundReply& reply) = 0;
    /// A message was taken: mark it read, show "typing". Best effort, must not wait.
    virtual void acknowledge(const InboundMessage&) {}
};

}  // namespace migue::host
