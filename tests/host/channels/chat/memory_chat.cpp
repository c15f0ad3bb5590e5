#include "memory_chat.hpp"

#include <chrono>

namespace migue::test {
namespace {

using namespace host;

Error unsupported() {
    return {Error::Code::kUnsupported, "the memory store only keeps a chat's lines"};
}

std::int64_t now_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

std::string conversation_of(const std::string& identity) {
    return "conversation-" + identity;
}

}  // namespace

std::string person_of(const std::string& identity) {
    return "person-" + identity;
}

void MemoryStore::add_line(const std::string& identity, TranscriptLine line) {
    const std::lock_guard lock(mutex_);
    line.position = next_position_++;
    if (line.unix_ms == 0) line.unix_ms = now_ms();
    lines_[conversation_of(identity)].push_back(std::move(line));
}

void MemoryStore::fail_with(std::string what) {
    const std::lock_guard lock(mutex_);
    failure_ = std::move(what);
}

Result<std::vector<TranscriptLine>> MemoryStore::transcript(const std::string& conversation_id,
                                                            std::int64_t after, std::size_t limit) {
    const std::lock_guard lock(mutex_);
    std::vector<TranscriptLine> out;
    for (const TranscriptLine& line : lines_[conversation_id])
        if (line.position > after && out.size() < limit) out.push_back(line);
    return out;
}

Result<std::string> MemoryStore::find_conversation(const std::string& channel, const std::string& account,
                                                   const std::string& identity) {
    const std::lock_guard lock(mutex_);
    if (!failure_.empty()) return Error{Error::Code::kUnavailable, failure_};
    if (channel != "chat" || !account.empty()) return std::string();
    const std::string id = conversation_of(identity);
    return lines_.count(id) > 0 ? id : std::string();
}

void MemoryStore::accept(std::vector<InboundMessage>, std::int64_t, Done<std::vector<Accepted>> done) {
    done(unsupported());
}
Result<Claimed> MemoryStore::claim(std::int64_t, std::size_t) {
    return unsupported();
}
Result<Taken> MemoryStore::take(const std::vector<std::string>&, std::int64_t) {
    return unsupported();
}
Result<void> MemoryStore::heartbeat(std::int64_t) {
    return unsupported();
}
void MemoryStore::conversation(const std::string&, Done<Conversation> done) {
    done(unsupported());
}
void MemoryStore::finish(FinishedTurn, std::int64_t, Done<std::vector<OutboundReply>> done) {
    done(unsupported());
}
Result<std::vector<OutboundReply>> MemoryStore::unsent(std::size_t) {
    return unsupported();
}
void MemoryStore::sent(const OutboundReply&, const std::string&, std::int64_t, Done<void> done) {
    done(unsupported());
}
void MemoryStore::postpone(const OutboundReply&, const std::string&, Done<void> done) {
    done(unsupported());
}
void MemoryStore::bury(const OutboundReply&, const std::string&, bool, std::int64_t, Done<void> done) {
    done(unsupported());
}
void MemoryStore::deliveries(std::vector<Delivery>, std::int64_t, Done<std::vector<DeliveryEffect>> done) {
    done(unsupported());
}
void MemoryStore::put_job(Job, Done<void> done) {
    done(unsupported());
}
void MemoryStore::cancel_job(const std::string&, const std::string&, const std::string&, Done<void> done) {
    done(unsupported());
}
Result<std::vector<OpenTurn>> MemoryStore::due_jobs(std::int64_t, std::size_t) {
    return unsupported();
}
Result<std::string> MemoryStore::trace(const std::string&) {
    return unsupported();
}
Result<void> MemoryStore::ping() {
    return {};
}
Result<std::size_t> MemoryStore::erase_text(std::int64_t, std::size_t) {
    return unsupported();
}

Result<std::vector<Accepted>> ScriptedInbox::accept(std::vector<InboundMessage> messages) {
    std::vector<Accepted> out;
    for (InboundMessage& message : messages) {
        const std::string& identity = message.identities.at(0);
        Accepted accepted;
        accepted.conversation_id = conversation_of(identity);
        accepted.person_id = person_of(identity);
        bool hold_back = false;
        {
            const std::lock_guard lock(mutex_);
            if (!failure_.empty()) return Error{Error::Code::kUnavailable, failure_};
            taken_.push_back(message);
            accepted.duplicate = !seen_.insert(message.message_id).second;
            hold_back = holding_ && !accepted.duplicate;
            if (hold_back) held_.push_back(message);
        }
        if (!accepted.duplicate) {
            store_.add_line(identity, {0, true, message.message_id, message.kind, message.text, "", 0});
            if (!hold_back) reply_to(message);
        }
        out.push_back(std::move(accepted));
    }
    return out;
}

void ScriptedInbox::reply_to(const InboundMessage& message) {
    OutboundReply outbound;
    outbound.message_id = message.message_id;
    for (const host::Reply& reply : answer_(message)) {
        store_.add_line(message.identities.at(0),
                        {0, false, message.message_id, reply.kind, "", reply.body_json, 0});
        outbound.reply = reply;
        (void)channel_.send(outbound);
    }
}

void ScriptedInbox::fail_with(std::string what) {
    const std::lock_guard lock(mutex_);
    failure_ = std::move(what);
}

void ScriptedInbox::hold() {
    const std::lock_guard lock(mutex_);
    holding_ = true;
}

void ScriptedInbox::release() {
    std::vector<InboundMessage> waiting;
    {
        const std::lock_guard lock(mutex_);
        holding_ = false;
        waiting.swap(held_);
    }
    for (const InboundMessage& message : waiting) reply_to(message);
}

std::vector<InboundMessage> ScriptedInbox::taken() const {
    const std::lock_guard lock(mutex_);
    return taken_;
}

}  // namespace migue::test
