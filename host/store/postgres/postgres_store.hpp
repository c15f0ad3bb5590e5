#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "host/store/postgres/conversation_reader.hpp"
#include "host/store/postgres/doubts.hpp"
#include "host/store/postgres/group_writer.hpp"
#include "host/store/postgres/pool.hpp"
#include "host/store/store.hpp"

namespace migue::host::postgres {

/// The Store in a Postgres database that any number of hosts share, straight or through a
/// transaction pooler. Every call is one statement that commits by itself (the functions of
/// migrations/postgres); due_jobs() looks first. Writes share commits (GroupWriter).
///
/// A host counts as alive, by the clock of the database, until `lease` after its last
/// heartbeat() or write. One that is destroyed gives its conversations back at once.
///
/// No call waits for the server longer than a few seconds: it ends with kUnavailable or, when
/// its answer was lost, with kDeadline. What such a call did comes to light in claim(): turns
/// and replies that came to this host without its knowledge are handed out there.
class PostgresStore final : public Store {
public:
    struct Options {
        std::chrono::milliseconds lease{5000};
        std::chrono::milliseconds statement_limit{3000};  ///< of one round trip
        std::chrono::milliseconds call_limit{6000};       ///< of a write, with its repetitions
        std::size_t lanes = 0;  ///< commits under way at once; 0: by how far the database is
    };

    /// Brings the tables up to date where the login may, and begins to live. kConfig: what an
    /// operator has to do. kUnavailable: the server is away.
    [[nodiscard]] static Result<std::unique_ptr<PostgresStore>> open(const std::string& url, Options options);
    [[nodiscard]] static Result<std::unique_ptr<PostgresStore>> open(const std::string& url);
    ~PostgresStore() override;

    void accept(std::vector<InboundMessage> messages, std::int64_t now_unix_ms,
                Done<std::vector<Accepted>> done) override;
    Result<Claimed> claim(std::int64_t now_unix_ms, std::size_t limit) override;
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
    PostgresStore(Target target, Options options, std::string host);
    [[nodiscard]] Result<void> begin();

    void write(Work work, Done<void> done);
    /// A statement that may be run any number of times.
    [[nodiscard]] Result<Rows> look(const std::string& sql, const Params& params);
    /// One that must not: kDeadline, it may have happened.
    [[nodiscard]] Result<Rows> ask(const std::string& sql, const Params& params);

    const Target target_;
    const Options options_;
    const std::string host_;  // this process, as conversations.owner
    Doubts doubts_;
    Pool pool_;
    // Last: their threads use the members above.
    std::unique_ptr<ConversationReader> reader_;
    std::unique_ptr<GroupWriter> writer_;
};

}  // namespace migue::host::postgres
