#pragma once
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/store/records.hpp"
#include "host/store/sqlite/connection.hpp"

/// The SQL of SqliteStore, one function a step. Each runs inside the caller's transaction
/// and throws SQLite::Exception.
namespace migue::host::sqlite {

using Positions = std::atomic<std::int64_t>;

[[nodiscard]] std::int64_t last_position(Connection& connection);

// ---- inbox
[[nodiscard]] Accepted insert_message(Connection& connection, const InboundMessage& message,
                                      const std::string& owner, Positions& next, std::int64_t now_unix_ms);
/// Open turns with after < sequence <= until; raises their attempts.
[[nodiscard]] std::vector<OpenTurn> claim_turns(Connection& connection, std::int64_t after,
                                                std::int64_t until, std::size_t limit);
[[nodiscard]] Conversation select_conversation(Connection& connection, const std::string& conversation_id);
[[nodiscard]] std::string select_quoted(Connection& connection, const std::string& conversation_id,
                                        const std::string& channel_message_id);
/// False when one of them is not open: then what was written has to be undone.
[[nodiscard]] bool join_turn(Connection& connection, const JoinedTurn& turn, std::int64_t now_unix_ms);
/// False when it was closed before.
[[nodiscard]] bool close_turn(Connection& connection, const FinishedTurn& turn, std::int64_t now_unix_ms);
void keep_state(Connection& connection, const FinishedTurn& turn);
[[nodiscard]] std::string select_conversation_id(Connection& connection, const std::string& channel,
                                                 const std::string& account, const std::string& identity);
[[nodiscard]] std::string select_trace(Connection& connection, const std::string& message_id);

// ---- outbox
[[nodiscard]] std::vector<OutboundReply> insert_replies(Connection& connection, const FinishedTurn& turn,
                                                        Positions& next, std::int64_t now_unix_ms);
/// Neither sent nor buried, with after < position <= until.
[[nodiscard]] std::vector<OutboundReply> select_unsent(Connection& connection, std::int64_t after,
                                                       std::int64_t until, std::size_t limit);
void mark_sent(Connection& connection, std::int64_t position, const std::string& channel_message_id,
               std::int64_t now_unix_ms);
void mark_postponed(Connection& connection, const OutboundReply& reply, const std::string& why);
void mark_buried(Connection& connection, const OutboundReply& reply, const std::string& why, bool untold,
                 std::int64_t now_unix_ms);
/// The effect when somebody has to act upon the news.
[[nodiscard]] std::optional<DeliveryEffect> keep_delivery(Connection& connection, const Delivery& news,
                                                          std::int64_t now_unix_ms);
[[nodiscard]] std::size_t erase_old_text(Connection& connection, std::int64_t before_unix_ms,
                                         std::size_t limit);
[[nodiscard]] std::vector<TranscriptLine> select_transcript(Connection& connection,
                                                            const std::string& conversation_id,
                                                            std::int64_t after, std::size_t limit);

// ---- jobs
[[nodiscard]] bool has_due_job(Connection& connection, std::int64_t now_unix_ms);
void upsert_job(Connection& connection, const Job& job);
/// As upsert_job, but a job that was put meanwhile stays.
void put_job_again(Connection& connection, const Job& job);
void delete_job(Connection& connection, const Job& job);
[[nodiscard]] std::vector<OpenTurn> open_due_jobs(Connection& connection, Positions& next,
                                                  std::int64_t now_unix_ms, std::size_t limit);

}  // namespace migue::host::sqlite
