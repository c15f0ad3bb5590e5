#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "host/store/message.hpp"
#include "migue/cpp/result.hpp"

namespace migue::host {

/// What an accepted message became.
struct Accepted {
    bool duplicate = false;  ///< seen before: acknowledge it, do nothing
    bool ours = true;        ///< this host holds the conversation's lease
    std::string conversation_id;
    std::string person_id;
    std::int64_t sequence = 0;  ///< grows with arrival within a conversation
};

/// A turn that waits to be run, or to be run again.
struct OpenTurn {
    InboundMessage message;
    std::string conversation_id;
    std::string person_id;
    std::int64_t sequence = 0;
    std::int64_t received_unix_ms = 0;
    std::uint32_t attempt = 1;
    std::string job_plugin;  ///< a job's turn: the plugin it is for
};

/// A conversation's memory, read before each of its turns.
struct Conversation {
    struct PluginState {
        std::uint32_t version = 0;
        std::string json;
    };
    std::map<std::string, PluginState> states;  ///< by plugin id
    std::string locale;                         ///< of the last turn, or ""
    std::string asked_plugin;                   ///< whose question is open, or ""
    std::int64_t asked_until_unix_ms = 0;
};

/// What a turn leaves behind. Committed whole or not at all.
struct FinishedTurn {
    std::string conversation_id;
    std::string message_id;
    std::int64_t sequence = 0;
    std::string outcome;     ///< "done", "failed", "ignored": for operators and metrics
    std::string plugin;      ///< who handled it, or ""
    std::string trace_json;  ///< steps and times, no text of a person
    std::vector<Reply> replies;
    std::optional<Conversation::PluginState> state;  ///< json "" removes it
    std::string locale;                              ///< "" keeps the old one
    std::string asked_plugin;                        ///< "" closes an open question
    std::int64_t asked_until_unix_ms = 0;
};

/// A reply on its way. (conversation_id, message_id, ordinal) names it for ever.
struct OutboundReply {
    std::string conversation_id;
    std::string message_id;  ///< the message it answers
    std::int32_t ordinal = 0;
    std::int64_t sequence = 0;  ///< order within the conversation
    std::string channel, account, address_json;
    Reply reply;
    std::int64_t due_unix_ms = 0;
    std::uint32_t attempt = 0;               ///< sends tried so far
    std::int64_t answered_sent_unix_ms = 0;  ///< when the answered message was written
};

struct Job {
    std::string plugin, conversation_id, key, payload_json;
    std::int64_t at_unix_ms = 0;
};

/// A line of a conversation as a chat page shows it.
struct TranscriptLine {
    std::int64_t position = 0;  ///< grows; ask for what is after the last one seen
    bool from_person = false;
    std::string message_id;
    std::string kind;       ///< input kind, or reply kind
    std::string text;       ///< of the person
    std::string body_json;  ///< of a reply
    std::int64_t unix_ms = 0;
};

/// Where everything durable lives. SQLite (store/sqlite) and Postgres (store/postgres) keep
/// the same promises:
///
///  - A call that reports success is on disk. A call that fails changed nothing, unless it
///    reports kDeadline: then it may have, and repeating it is harmless.
///  - `done` is called exactly once, on a thread of the store; it must not wait. Calls that
///    wait for the same commit share it.
///  - A conversation belongs to one host at a time (its lease). A host that stops calling
///    heartbeat() loses its conversations to others after `lease`.
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
    /// Open turns of conversations whose lease is free or run out: taken for this host, their
    /// attempt raised, oldest first and in order within a conversation.
    virtual Result<std::vector<OpenTurn>> claim(std::int64_t now_unix_ms, std::size_t limit) = 0;
    /// Says that this host lives.
    virtual Result<void> heartbeat(std::int64_t now_unix_ms) = 0;
    virtual Result<Conversation> conversation(const std::string& conversation_id) = 0;
    /// Raises the attempt of a turn that will be run again by this host.
    virtual void retry(const OpenTurn& turn, Done<void> done) = 0;
    /// Replies, state, question and "done" in one transaction. The replies come back as they
    /// are in the outbox. kConflict: the turn was finished before; nothing changed.
    virtual void finish(FinishedTurn turn, std::int64_t now_unix_ms,
                        Done<std::vector<OutboundReply>> done) = 0;

    // ---- outbox
    /// Unsent replies of conversations this host holds, in order.
    virtual Result<std::vector<OutboundReply>> unsent(std::size_t limit) = 0;
    virtual void sent(const OutboundReply& reply, const std::string& channel_message_id,
                      std::int64_t now_unix_ms, Done<void> done) = 0;
    virtual void postpone(const OutboundReply& reply, std::int64_t due_unix_ms, const std::string& why,
                          Done<void> done) = 0;
    /// Never to be sent: the reason stays with it.
    virtual void bury(const OutboundReply& reply, const std::string& why, std::int64_t now_unix_ms,
                      Done<void> done) = 0;

    // ---- jobs
    virtual void put_job(Job job, Done<void> done) = 0;
    virtual void cancel_job(const std::string& plugin, const std::string& conversation_id,
                            const std::string& key, Done<void> done) = 0;
    /// Turns due jobs into open turns of their conversations, in one transaction.
    virtual Result<std::vector<OpenTurn>> due_jobs(std::int64_t now_unix_ms, std::size_t limit) = 0;

    // ---- looking
    virtual Result<std::vector<TranscriptLine>> transcript(const std::string& conversation_id,
                                                           std::int64_t after, std::size_t limit) = 0;
    /// The conversation of a person on a channel; "" when there is none yet.
    virtual Result<std::string> find_conversation(const std::string& channel, const std::string& account,
                                                  const std::string& identity) = 0;
    /// trace_json of a finished turn, by message id; "" when there is none.
    virtual Result<std::string> trace(const std::string& message_id) = 0;
    /// Cheap proof that the store answers.
    virtual Result<void> ping() = 0;
};

}  // namespace migue::host
