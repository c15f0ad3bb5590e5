#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "host/store/postgres/rows.hpp"
#include "host/store/records.hpp"
#include "migue/cpp/result.hpp"

/// What is written, as migue.write() takes and answers it (migrations/postgres).
namespace migue::host::postgres {

/// The arrays of migue.write(), in the order in which it works through them.
enum class Kind : std::size_t { kMessages, kJobs, kTurns, kSettled, kNews, kDue };
inline constexpr std::size_t kKinds = 6;

/// One line of the answer. Which members mean something depends on the kind.
struct Written {
    std::size_t place = 0;  ///< of the item, among those of its work
    std::string conversation_id, person_id;
    std::int64_t sequence = 0;
    bool is_duplicate = false, is_done = false;
    std::string before_by;  ///< a message: the commit that stored the one before it
    std::string more;       ///< JSON, or ""
};

/// What one call of the store writes: committed whole or not at all.
struct Work {
    Kind kind = Kind::kMessages;
    std::vector<std::string> items = {};          ///< JSON objects
    std::vector<std::string> names = {};          ///< of messages: by what their conversations are found
    std::vector<std::string> conversations = {};  ///< that are known to be touched
    std::vector<std::int64_t> keys = {};          ///< of the items, where their result can be asked for later
    std::string lane;                             ///< works with the same one stay in order
};

[[nodiscard]] Work write_messages(const std::vector<InboundMessage>& messages, std::int64_t now_unix_ms);
[[nodiscard]] Work write_turn(const FinishedTurn& turn, std::int64_t now_unix_ms);
[[nodiscard]] Work write_join(const JoinedTurn& turn, std::int64_t now_unix_ms);
[[nodiscard]] Work write_sent(const OutboundReply& reply, const std::string& channel_message_id,
                              std::int64_t now_unix_ms);
[[nodiscard]] Work write_postponed(const OutboundReply& reply, const std::string& why);
[[nodiscard]] Work write_buried(const OutboundReply& reply, const std::string& why, bool untold,
                                std::int64_t now_unix_ms);
/// News whose names are none of ours are left out: `places` are those of the others.
[[nodiscard]] Work write_news(const std::vector<Delivery>& news, std::int64_t now_unix_ms,
                              std::vector<std::size_t>& places);
[[nodiscard]] Work write_job(const Job& job);
[[nodiscard]] Work write_no_job(const Job& job);
/// `turns` are those that the jobs become.
[[nodiscard]] Work write_due(const std::vector<Job>& jobs, const std::vector<OpenTurn>& turns);

[[nodiscard]] Written read_written(const Row& row);
/// JSON as migue.turn_json() and migue.reply_json() give it. Throws when it is not.
[[nodiscard]] OpenTurn read_turn(const std::string& json);
[[nodiscard]] std::vector<OpenTurn> read_turns(const std::string& json);
[[nodiscard]] OutboundReply read_reply(const std::string& json);
/// The replies of a turn that was written: the turn's own, with what the answer adds.
[[nodiscard]] std::vector<OutboundReply> read_replies(const FinishedTurn& turn, std::int64_t now_unix_ms,
                                                      const std::string& json);

}  // namespace migue::host::postgres
