#pragma once
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "host/pipeline/inbox.hpp"

namespace migue::host::whatsapp {

/// An inbox that keeps its promises in memory, and breaks them when told to.
class MemoryInbox final : public Inbox {
public:
    Result<std::vector<Accepted>> accept(std::vector<InboundMessage> messages) override {
        const std::lock_guard lock(mutex_);
        if (failure_) return *failure_;
        std::vector<Accepted> out;
        for (InboundMessage& message : messages) {
            Accepted accepted;
            accepted.duplicate = !seen_.insert(message.message_id).second;
            out.push_back(accepted);
            if (!accepted.duplicate) stored_.push_back(std::move(message));
        }
        return out;
    }

    Result<void> note(std::vector<Delivery> news) override {
        const std::lock_guard lock(mutex_);
        if (failure_) return *failure_;
        news_.insert(news_.end(), news.begin(), news.end());
        return {};
    }

    void fail_with(std::optional<Error> failure) {
        const std::lock_guard lock(mutex_);
        failure_ = std::move(failure);
    }

    [[nodiscard]] std::vector<InboundMessage> stored() const {
        const std::lock_guard lock(mutex_);
        return stored_;
    }

    [[nodiscard]] std::vector<Delivery> news() const {
        const std::lock_guard lock(mutex_);
        return news_;
    }

private:
    mutable std::mutex mutex_;
    std::optional<Error> failure_;
    std::set<std::string> seen_;
    std::vector<InboundMessage> stored_;
    std::vector<Delivery> news_;
};

}  // namespace migue::host::whatsapp
