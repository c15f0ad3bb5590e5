#include "host/channels/chat/chat_channel.hpp"

namespace migue::host::chat {

SendOutcome ChatChannel::send(const OutboundReply&) {
    announce();
    return {};
}

void ChatChannel::announce() {
    const std::lock_guard lock(mutex_);
    ++version_;
    news_.notify_all();
}

std::uint64_t ChatChannel::version() const {
    const std::lock_guard lock(mutex_);
    return version_;
}

ChatChannel::Wait ChatChannel::wait(std::uint64_t seen, std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    if (closed_) return Wait::kClosed;
    if (version_ != seen) return Wait::kNews;
    if (waiters_ >= kMaxWaiters) return Wait::kFull;
    ++waiters_;
    const bool woken = news_.wait_until(lock, deadline, [&] { return closed_ || version_ != seen; });
    --waiters_;
    if (closed_) return Wait::kClosed;
    return woken ? Wait::kNews : Wait::kTimeout;
}

int ChatChannel::waiters() const {
    const std::lock_guard lock(mutex_);
    return waiters_;
}

void ChatChannel::close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    news_.notify_all();
}

}  // namespace migue::host::chat
