#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/store/message.hpp"

/// What goes into the store and comes out of it. Plain values; times are Unix milliseconds.
namespace migue::host {

/// A turn that waits to be run, or to be run again.
struct OpenTurn {
    InboundMessage message;
    std::string conversation_id;
    std::string person_id;
    std::int64_t sequence = 0;  ///< grows with arrival within a conversation
    std::int64_t received_unix_ms = 0;
    std::uint32_t attempt = 1;
    std::string job_plugin;  ///< a job's turn: the plugin it is for
};

/// What an accepted message became.
struct Accepted {
    bool duplicate = false;  ///< seen before: acknowledge it, do nothing
    bool ours = true;        ///< this host holds the conversation's lease; else ask take() for it
    std::string conversation_id = {};
    std::string person_id = {};
    std::int64_t sequence = 0;
    /// Older open turns of the conversation that another host stored and left to whoever
    /// holds the lease: they are this host's now and run before this one.
    std::vector<OpenTurn> before = {};
};

/// A conversation's memory, read before each of its turns.
struct Conversation {
    struct PluginState {
        std::uint32_t version = 0;
        std::string json = {};
    };
    std::map<std::string, PluginState> states;  ///< by plugin id
    std::string locale;                         ///< of the last turn, or ""
    std::string asked_plugin;                   ///< whose question is open, or ""
    std::int64_t asked_until_unix_ms = 0;
    std::int64_t untold = 0;  ///< replies that could not be sent and that nobody has told the person about
};

struct Job {
    std::string plugin, conversation_id, key, payload_json;
    std::int64_t at_unix_ms = 0;
    std::uint32_t attempt = 1;  ///< of the turn it becomes
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
    bool keeps_question = false;  ///< the question and the locale stay as they are
    std::int64_t told = 0;        ///< of Conversation::untold, so many the person knows about now
    std::optional<Job> again;     ///< put in the same commit: a job's turn that failed and comes back later
};

/// Messages that are answered together: the first has a turn, the others belong to it.
struct JoinedTurn {
    struct Message {
        std::int64_t sequence = 0;
        std::string trace_json;
    };
    std::string conversation_id;
    std::int64_t sequence = 0;      ///< of the first
    std::string input_json;         ///< of the first, from now on: it holds what the others say
    std::int64_t sent_unix_ms = 0;  ///< of the first, from now on: the newest one's
    std::vector<Message> others;    ///< done with, as "joined"
};

/// A reply on its way. (conversation_id, sequence) names it for ever.
struct OutboundReply {
    std::string conversation_id;
    std::string message_id;  ///< the message it answers
    std::int32_t ordinal = 0;
    std::int64_t sequence = 0;  ///< order within the conversation, shared with its inbound messages
    std::string channel, account, address_json;
    Reply reply;
    std::int64_t created_unix_ms = 0;
    std::int64_t due_unix_ms = 0;
    std::uint32_t attempt = 0;  ///< sends tried so far
    bool uncertain = false;     ///< the last one may have arrived: news about it may still come
    /// When the person last wrote in this conversation, by the channel's clock: where free
    /// text is allowed for 24 hours only, they count from here. 0: never.
    std::int64_t person_wrote_unix_ms = 0;
};

/// What a host found when it looked for work that nobody holds.
struct Claimed {
    std::vector<OutboundReply> unsent;  ///< in order within each conversation
    std::vector<OpenTurn> turns;        ///< oldest first, attempts raised
};

/// Conversations whose lease another host held.
struct Taken {
    Claimed work;                    ///< of those whose lease is this host's now
    std::vector<std::string> still;  ///< those that another host still holds: ask again
};

/// News from the channel about a reply.
struct Delivery {
    enum class State { kSent = 1, kDelivered, kRead, kPlayed, kFailed };  ///< a later one is never undone
    std::string reply_name;          ///< reply_name(reply), as it was sent along
    std::string channel_message_id;  ///< the channel's own id of the reply
    State state = State::kSent;
    std::int64_t unix_ms = 0;
    int error_code = 0;        ///< of a failed one
    std::string pricing_json;  ///< what the channel says it costs, or ""
};

/// News that somebody has to act upon: a reply that was not known to be sent has arrived, or
/// one that was known to be sent has failed.
struct DeliveryEffect {
    Delivery delivery;
    OutboundReply reply;
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

}  // namespace migue::host
