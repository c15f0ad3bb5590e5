#pragma once
#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "host/store/sqlite/connection.hpp"
#include "host/store/sqlite/group_writer.hpp"
#include "host/store/store.hpp"

namespace migue::host::sqlite {

/// The Store in one SQLite file. One process owns the file (a lock file beside it says so),
/// so every conversation is this host's, and what a dead process left open is claimed at
/// once. Writes share commits (GroupWriter); reads see what was committed.
class SqliteStore final : public Store {
public:
    /// Opens or makes the file, its folder and its tables. kState: another process has it.
    [[nodiscard]] static Result<std::unique_ptr<SqliteStore>> open(const std::filesystem::path& file);
    ~SqliteStore() override;

    void accept(std::vector<InboundMessage> messages, std::int64_t now_unix_ms,
                Done<std::vector<Accepted>> done) override;
    Result<Claimed> claim(std::int64_t now_unix_ms, std::size_t limit) override;
    /// Nothing: no other host ever holds a conversation of this file.
    Result<Taken> take(const std::vector<std::string>& conversation_ids, std::int64_t now_unix_ms) override;
    Result<void> heartbeat(std::int64_t now_unix_ms) override;
    void conversation(const std::string& conversation_id, Done<Conversation> done) override;
    void quoted(const std::string& conversation_id, const std::string& channel_message_id,
                Done<std::string> done) override;
    void join(JoinedTurn turn, std::int64_t now_unix_ms, Done<void> done) override;
    void finish(FinishedTurn turn, std::int64_t now_unix_ms, Done<std::vector<OutboundReply>> done) override;

    void sent(const OutboundReply& reply, const std::string& channel_message_id, std::int64_t now_unix_ms,
              Done<void> done) override;
    void postpone(const OutboundReply& reply, const std::string& why, Done<void> done) override;
    void bury(const OutboundReply& reply, const std::string& why, bool untold, std::int64_t now_unix_ms,
              Done<void> done) override;
    void deliveries(std::vector<Delivery> news, std::int64_t now_unix_ms,
                    Done<std::vector<DeliveryEffect>> done) override;

    void put_job(Job job, Done<void> done) override;
    void cancel_job(const std::string& plugin, const std::string& conversation_id, const std::string& key,
                    Done<void> done) override;
    Result<std::vector<OpenTurn>> due_jobs(std::int64_t now_unix_ms, std::size_t limit) override;

    Result<std::vector<TranscriptLine>> transcript(const std::string& conversation_id, std::int64_t after,
                                                   std::size_t limit) override;
    Result<std::string> find_conversation(const std::string& channel, const std::string& account,
                                          const std::string& identity) override;
    Result<std::string> trace(const std::string& message_id) override;
    Result<std::vector<OutboundReply>> unsent(std::size_t limit) override;
    Result<void> ping() override;

    Result<std::size_t> erase_text(std::int64_t before_unix_ms, std::size_t limit) override;

private:
    class FileLock;
    SqliteStore(std::unique_ptr<FileLock> lock, std::string owner, const std::filesystem::path& file,
                std::int64_t next_position);

    Result<void> look();
    /// Runs `work` in a shared commit and hands its value to `done`.
    template <typename T, typename Work>
    void write(Work work, Done<T> done);
    /// The same, waiting for it.
    template <typename T, typename Work>
    Result<T> write_now(Work work);
    template <typename T, typename Read>
    Result<T> read(Read read);

    const std::unique_ptr<FileLock> lock_;
    const std::string owner_;                  // this process, as conversations.owner
    std::atomic<std::int64_t> next_position_;  // drawn by the writer thread: grows in order of commit
    const std::int64_t left_until_;            // the last position that stood in the file at open()
    std::atomic<std::int64_t> claimed_turns_until_{0}, claimed_replies_until_{0};
    // Closed after the reader: what closes last brings the log into the file, and may only if it writes.
    GroupWriter writer_;
    std::mutex reader_mutex_;
    Connection reader_;  // guarded by reader_mutex_
};

}  // namespace migue::host::sqlite
