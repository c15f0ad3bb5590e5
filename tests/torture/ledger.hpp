#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace migue::torture {

using TimePoint = std::chrono::steady_clock::time_point;

/// What Meta saw of one message. Its place in Ledger::messages is its number.
struct SentMessage {
    std::uint64_t conversation = 0;
    TimePoint first_sent;
    std::optional<TimePoint> acked;  ///< the first 200
};

/// What Graph saw of one reply, each time it came.
struct SentReply {
    TimePoint at;
    std::uint64_t conversation = 0;
    std::string name;                    ///< biz_opaque_callback_data: the same when it comes again
    std::optional<std::size_t> answers;  ///< the message's number; nothing: a sentence about a failure
    std::uint64_t count = 0;             ///< what the plugin's state says: how many answers there were
    std::size_t sender = 0;              ///< the process it came from
};

/// One process, from its start to its end.
struct Sender {
    std::optional<TimePoint> killed = {};  ///< kill -9
    std::size_t host = 0;
};

/// When the database was away.
struct Outage {
    TimePoint begin, end;
};

/// Everything that was seen from outside, by one clock.
struct Ledger {
    std::vector<SentMessage> messages;
    std::vector<SentReply> replies;  ///< in the order they came
    std::vector<Sender> senders;
    std::vector<Outage> outages;
};

}  // namespace migue::torture
