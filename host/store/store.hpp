#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "host/store/records.hpp"
#include "migue/cpp/result.hpp"

namespace migue::host {

/// How long a host that has gone silent keeps its conversations.
inline constexpr std::chrono::milliseconds kLease{5000};

/// Where everything durable lives. SQLite (store/sqlite) and Postgres (store/postgres) keep
/// the same promises:
///
///  - A call that reports success is on disk. A call that fails changed nothing, unless it
///    reports kDeadline: then it may have, and repeating it is harmless.
///  - `done` is called exactly once, on a thread of the store or of the caller; it must not
///    wait. Calls that wait for the same commit share it. Of two accept() of one
///    conversation, the `done` of the one committed first is called first.
///  - A conversation belongs to one host at a time (its lease). The host that holds it runs
///    its turns and sends its replies; a conversation with neither is let go of in the commit
///    that ended the last one. A host that stops calling heartbeat() loses its conversations
///    to others after kLease, and what it then still finishes is refused with kConflict.
///
/// Thread-safe.
class Store {
public:
    template <typename T>
    using Done = std::function<void(Result<T>)>;

    Store() = default;
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;
    virtual ~Store() = default;

    // ---- inbox
    /// Stores messages in the given order, and takes the leases that are free. One Accepted a message.
    virtual void accept(std::vector<InboundMessage> messages, std::int64_t now_unix_ms,
                        Done<std::vector<Accepted>> done) = 0;
    /// Work of conversations whose lease is free or has run out: taken for this host. About
    /// `limit` turns and as many replies, the oldest first; call it again until it is empty.
    virtual Result<Claimed> claim(std::int64_t now_unix_ms, std::size_t limit) = 0;
    /// The same for these conversations, whose lease another host held when this one stored a
    /// message of theirs. One that is not among `still` is either in `work` or in good hands.
    virtual Result<Taken> take(const std::vector<std::string>& conversation_ids,
                               std::int64_t now_unix_ms) = 0;
    /// Says that this host lives. Call it several times within a lease.
    virtual Result<void> heartbeat(std::int64_t now_unix_ms) = 0;
    virtual void conversation(const std::string& conversation_id, Done<Conversation> done) = 0;
    /// Which message a person means who quotes this one: that whose answer the channel knows by
    /// this id, else the one that has it itself. "" when the conversation has neither among its
    /// latest thousand.
    virtual void quoted(const std::string& conversation_id, const std::string& channel_message_id,
                        Done<std::string> done) = 0;
    /// Gives open messages to the turn of the first of them, in one transaction. kConflict: one of
    /// them is not open, or the conversation is another host's by now; nothing changed.
    virtual void join(JoinedTurn turn, std::int64_t now_unix_ms, Done<void> done) = 0;
    /// Replies, state, question and "done" in one transaction. The replies come back as they
    /// are in the outbox. kConflict: the turn was finished before, or the conversation is
    /// another host's by now; nothing changed.
    virtual void finish(FinishedTurn turn, std::int64_t now_unix_ms,
                        Done<std::vector<OutboundReply>> done) = 0;

    // ---- outbox
    virtual void sent(const OutboundReply& reply, const std::string& channel_message_id,
                      std::int64_t now_unix_ms, Done<void> done) = 0;
    /// Keeps reply.due_unix_ms and reply.uncertain; raises the attempt.
    virtual void postpone(const OutboundReply& reply, const std::string& why, Done<void> done) = 0;
    /// Never to be sent (again): the reason stays with it. `untold`: the person should hear
    /// of it next time (Conversation::untold). Also for a reply that was sent and then failed.
    virtual void bury(const OutboundReply& reply, const std::string& why, bool untold,
                      std::int64_t now_unix_ms, Done<void> done) = 0;
    /// Records news about replies; those that are about nothing of ours are left out.
    virtual void deliveries(std::vector<Delivery> news, std::int64_t now_unix_ms,
                            Done<std::vector<DeliveryEffect>> done) = 0;

    // ---- jobs
    virtual void put_job(Job job, Done<void> done) = 0;
    virtual void cancel_job(const std::string& plugin, const std::string& conversation_id,
                            const std::string& key, Done<void> done) = 0;
    /// Turns due jobs of conversations that are free or this host's into open turns, in one
    /// transaction; takes the leases.
    virtual Result<std::vector<OpenTurn>> due_jobs(std::int64_t now_unix_ms, std::size_t limit) = 0;

    // ---- looking
    virtual Result<std::vector<TranscriptLine>> transcript(const std::string& conversation_id,
                                                           std::int64_t after, std::size_t limit) = 0;
    /// The conversation of a person on a channel; "" when there is none yet.
    virtual Result<std::string> find_conversation(const std::string& channel, const std::string& account,
                                                  const std::string& identity) = 0;
    /// trace_json of a finished turn, by message id; "" when there is none.
    virtual Result<std::string> trace(const std::string& message_id) = 0;
    /// Replies that are neither sent nor buried, oldest first, whoever holds them.
    virtual Result<std::vector<OutboundReply>> unsent(std::size_t limit) = 0;
    /// Cheap proof that the store answers; where the last write failed, also that it takes one.
    virtual Result<void> ping() = 0;

    // ---- keeping
    /// Erases the text of messages and replies that were done with before `before_unix_ms`;
    /// ids, times and traces stay. At most `limit` rows; gives how many it were.
    virtual Result<std::size_t> erase_text(std::int64_t before_unix_ms, std::size_t limit) = 0;
};

}  // namespace migue::host
