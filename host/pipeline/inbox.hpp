#pragma once
#include <vector>

#include "host/store/store.hpp"
#include "migue/cpp/result.hpp"

namespace migue::host {

/// Where channels hand messages in. Thread-safe.
class Inbox {
public:
    Inbox() = default;
    Inbox(const Inbox&) = delete;
    Inbox& operator=(const Inbox&) = delete;
    virtual ~Inbox() = default;

    /// Returns once the messages are on disk; their turns are on their way by then.
    /// kUnavailable: the store cannot take them now; the sender should bring them again.
    [[nodiscard]] virtual Result<std::vector<Accepted>> accept(std::vector<InboundMessage> messages) = 0;
    /// Returns once news about replies are on disk, and acts upon them. Errors as above.
    [[nodiscard]] virtual Result<void> note(std::vector<Delivery> news) = 0;
};

}  // namespace migue::host
