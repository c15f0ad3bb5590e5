#pragma once
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "host/channels/chat/chat_channel.hpp"
#include "host/pipeline/inbox.hpp"
#include "host/store/store.hpp"

namespace migue::test {

/// The part of a store that the chat reads: conversations and their lines, in memory. All
/// else answers kUnsupported. Thread-safe.
class MemoryStore final : public host::Store {
public:
    void add_line(const std::string& identity, host::TranscriptLine line);
    void fail_with(std::string what);

    Result<std::vector<host::TranscriptLine>> transcript(const std::string& conversation_id,
                                                         std::int64_t after, std::size_t limit) override;
    Result<std::string> find_conversation(const std::string& channel, const std::string& account,
                                          const std::string& identity) override;

    void accept(std::vector<host::InboundMessage>, std::int64_t,
                Done<std::vector<host::Accepted>> done) override;
    Result<host::Claimed> claim(std::int64_t, std::size_t) override;
    Result<host::Taken> take(const std::vector<std::string>&, std::int64_t) override;
    Result<void> heartbeat(std::int64_t) override;
    void conversation(const std::string&, Done<host::Conversation> done) override;
    void quoted(const std::string&, const std::string&, Done<std::string> done) override {
        done(std::string());
    }
    void join(host::JoinedTurn, std::int64_t, Done<void> done) override { done({}); }
    void finish(host::FinishedTurn, std::int64_t, Done<std::vector<host::OutboundReply>> done) override;
    Result<std::vector<host::OutboundReply>> unsent(std::size_t) override;
    void sent(const host::OutboundReply&, const std::string&, std::int64_t, Done<void> done) override;
    void postpone(const host::OutboundReply&, const std::string&, Done<void> done) override;
    void bury(const host::OutboundReply&, const std::string&, bool, std::int64_t, Done<void> done) override;
    void deliveries(std::vector<host::Delivery>, std::int64_t,
                    Done<std::vector<host::DeliveryEffect>> done) override;
    void put_job(host::Job, Done<void> done) override;
    void cancel_job(const std::string&, const std::string&, const std::string&, Done<void> done) override;
    Result<std::vector<host::OpenTurn>> due_jobs(std::int64_t, std::size_t) override;
    Result<std::string> trace(const std::string&) override;
    Result<void> ping() override;
    Result<std::size_t> erase_text(std::int64_t, std::size_t) override;

private:
    mutable std::mutex mutex_;
    std::map<std::string, std::vector<host::TranscriptLine>> lines_;  // by conversation
    std::int64_t next_position_ = 1;
    std::string failure_;
};

/// The ids that ScriptedInbox gives.
[[nodiscard]] std::string person_of(const std::string& identity);

/// Takes messages as the real inbox does, and answers each with what `answer` says, through
/// the channel. hold() keeps answers back until release(). Thread-safe.
class ScriptedInbox final : public host::Inbox {
public:
    using Answer = std::function<std::vector<host::Reply>(const host::InboundMessage&)>;

    ScriptedInbox(MemoryStore& store, host::chat::ChatChannel& channel, Answer answer)
        : store_(store), channel_(channel), answer_(std::move(answer)) {}

    Result<std::vector<host::Accepted>> accept(std::vector<host::InboundMessage> messages) override;
    Result<void> note(std::vector<host::Delivery>) override { return {}; }
    void fail_with(std::string what);
    void hold();
    void release();
    [[nodiscard]] std::vector<host::InboundMessage> taken() const;

private:
    void reply_to(const host::InboundMessage& message);

    MemoryStore& store_;
    host::chat::ChatChannel& channel_;
    const Answer answer_;
    mutable std::mutex mutex_;
    std::vector<host::InboundMessage> taken_, held_;
    std::set<std::string> seen_;
    bool holding_ = false;
    std::string failure_;
};

}  // namespace migue::test
