#include "host/store/postgres/postgres_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <future>
#include <utility>

#include "host/store/job_turn.hpp"
#include "host/store/postgres/migrate.hpp"
#include "host/store/postgres/retry.hpp"
#include "host/store/postgres/sql_text.hpp"

namespace migue::host::postgres {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kOpenLimit{60};  // migrations of a large database take their time
constexpr std::chrono::seconds kPingLimit{2};
constexpr std::chrono::seconds kFarewellLimit{1};
constexpr int kOldestServer = 140000;

std::string new_host() {
    return fmt::format("{:016x}{:016x}", static_cast<std::uint64_t>(new_key()),
                       static_cast<std::uint64_t>(new_key()));
}

Result<void> check_version(Connection& connection, Deadline deadline) {
    const auto rows = connection.query("SELECT current_setting('server_version_num')", {}, deadline);
    if (!rows) return rows.error();
    const std::int64_t version = rows->front().integer(0);
    if (version >= kOldestServer) return {};
    return Error{Error::Code::kConfig,
                 fmt::format("the server is Postgres {}; expected 14 or newer", version / 10000)};
}

Result<void> bring_up_to_date(Connection& connection, Deadline deadline) {
    auto applied = migrate(connection, host_migrations(), deadline);
    if (applied) return {};
    Error failed = std::move(applied).error();
    if (failed.code == Error::Code::kConfig)
        failed.what +=
            "; run `migue migrate` with a login that may change the tables, and give this one the role "
            "migue_host";
    return failed;
}

/// The best of a few: what disturbs them makes them longer, never shorter.
Result<steady_clock::duration> round_trip(Connection& connection, Deadline deadline) {
    auto best = steady_clock::duration::max();
    for (int i = 0; i < 3; ++i) {
        const auto begun = steady_clock::now();
        if (auto answered = connection.query("SELECT 1", {}, deadline); !answered)
            return std::move(answered).error();
        best = std::min(best, steady_clock::now() - begun);
    }
    return best;
}

/// Commits under way at once. While one is on its way the next can only gather: where the
/// database is far, that is most of the time.
/// How far away the server is, once it has all that the store needs.
Result<steady_clock::duration> make_ready(Connection& connection, Deadline deadline) {
    if (auto checked = check_version(connection, deadline); !checked) return checked.error();
    if (auto migrated = bring_up_to_date(connection, deadline); !migrated) return migrated.error();
    return round_trip(connection, deadline);
}

std::size_t lanes_for(steady_clock::duration round_trip) {
    if (round_trip > std::chrono::milliseconds(15)) return 4;
    return round_trip > std::chrono::milliseconds(3) ? 2 : 1;
}

/// What `read` makes of an answer. An answer it cannot read is a bug, here or in the server's
/// functions, and ends with this call.
template <typename T, typename Read>
Result<T> decoded(Read read) {
    try {
        return read();
    } catch (const std::exception& fault) {
        return Error{Error::Code::kInternal,
                     std::string("postgres: an answer that cannot be read: ") + fault.what()};
    }
}

std::vector<Accepted> read_accepted(std::vector<Written> lines, std::size_t count) {
    std::vector<Accepted> accepted(count);
    for (Written& line : lines) {
        Accepted& one = accepted.at(line.place);
        one.duplicate = line.is_duplicate;
        one.ours = line.is_done;
        one.conversation_id = std::move(line.conversation_id);
        one.person_id = std::move(line.person_id);
        one.sequence = line.sequence;
        one.before = read_turns(line.more);
    }
    return accepted;
}

void sort_by_sequence(Claimed& claimed) {
    const auto earlier = [](const auto& one, const auto& other) { return one.sequence < other.sequence; };
    std::sort(claimed.turns.begin(), claimed.turns.end(), earlier);
    std::sort(claimed.unsent.begin(), claimed.unsent.end(), earlier);
}

/// Rows (kind, work) of migue.claim() and migue.take().
Taken read_taken(const Rows& rows) {
    Taken taken;
    for (const Row row : rows) {
        const std::string_view kind = row.view(0);
        if (kind == "turn")
            taken.work.turns.push_back(read_turn(row.text(1)));
        else if (kind == "reply")
            taken.work.unsent.push_back(read_reply(row.text(1)));
        else
            taken.still.push_back(row.text(1));
    }
    sort_by_sequence(taken.work);
    return taken;
}

}  // namespace

Result<std::unique_ptr<PostgresStore>> PostgresStore::open(const std::string& url) {
    return open(url, {});
}

Result<std::unique_ptr<PostgresStore>> PostgresStore::open(const std::string& url, Options options) {
    auto target = parse_url(url);
    if (!target) return std::move(target).error();
    auto store =
        std::unique_ptr<PostgresStore>(new PostgresStore(std::move(target).value(), options, new_host()));
    if (auto begun = store->begin(); !begun) return std::move(begun).error().within("store.url");
    return store;
}

PostgresStore::PostgresStore(Target target, Options options, std::string host)
    : target_(std::move(target)), options_(options), host_(std::move(host)), pool_(target_) {}

Result<void> PostgresStore::begin() {
    std::size_t lanes = options_.lanes;
    {
        auto connection = pool_.borrow(steady_clock::now() + target_.connect_limit);
        if (!connection) return std::move(connection).error();  // names the server
        const auto distance = make_ready(**connection, steady_clock::now() + kOpenLimit);
        if (!distance) return Error(distance.error()).within("Postgres at " + target_.shown);
        if (lanes == 0) lanes = lanes_for(*distance);
    }
    if (auto alive = heartbeat(0); !alive) return alive;
    reader_ = std::make_unique<ConversationReader>(target_, lanes, options_.statement_limit);
    writer_ = std::make_unique<GroupWriter>(target_, doubts_,
                                            GroupWriter::Options{.host = host_,
                                                                 .lease = options_.lease,
                                                                 .lanes = lanes,
                                                                 .statement_limit = options_.statement_limit,
                                                                 .call_limit = options_.call_limit});
    return {};
}

PostgresStore::~PostgresStore() {
    if (!writer_) return;  // it never began
    writer_.reset();
    reader_.reset();
    // What cannot be said now the lease will say when it runs out.
    static_cast<void>(pool_.query("UPDATE migue.hosts SET alive_until = clock_timestamp() WHERE host = $1",
                                  {host_}, steady_clock::now() + kFarewellLimit));
}

void PostgresStore::write(Work work, Done<void> done) {
    writer_->submit(std::move(work), [done = std::move(done)](Result<std::vector<Written>> written) {
        if (!written) return done(std::move(written).error());
        done({});
    });
}

Result<Rows> PostgresStore::look(const std::string& sql, const Params& params) {
    const Deadline deadline = steady_clock::now() + options_.statement_limit;
    auto rows = retry(deadline, RetryRule{.repeats_in_doubt = true},
                      [&] { return pool_.query(sql, params, deadline); });
    if (rows) return rows;
    Error failed = std::move(rows).error().within("postgres");
    if (failed.code == Error::Code::kDeadline) failed.code = Error::Code::kUnavailable;
    return failed;
}

Result<Rows> PostgresStore::ask(const std::string& sql, const Params& params) {
    const Deadline deadline = steady_clock::now() + options_.statement_limit;
    auto rows = retry(deadline, RetryRule{}, [&] { return pool_.query(sql, params, deadline); });
    if (!rows) return std::move(rows).error().within("postgres");
    return rows;
}

void PostgresStore::accept(std::vector<InboundMessage> messages, std::int64_t now_unix_ms,
                           Done<std::vector<Accepted>> done) {
    if (messages.empty()) return done(std::vector<Accepted>());
    writer_->submit(write_messages(messages, now_unix_ms), [count = messages.size(), done = std::move(done)](
                                                               Result<std::vector<Written>> written) {
        if (!written) return done(std::move(written).error());
        done(decoded<std::vector<Accepted>>([&] { return read_accepted(std::move(*written), count); }));
    });
}

Result<Claimed> PostgresStore::claim(std::int64_t, std::size_t limit) {
    const std::int64_t key = new_key();
    const auto rows = ask("SELECT kind, work FROM migue.claim($1, $2, $3, $4::bigint[])",
                          {host_, key, limit, Value::array(doubts_.keys())});
    if (!rows) {
        if (rows.error().code == Error::Code::kDeadline) doubts_.add({key});
        return rows.error();
    }
    return decoded<Claimed>([&] { return read_taken(*rows).work; });
}

Result<Taken> PostgresStore::take(const std::vector<std::string>& conversation_ids, std::int64_t) {
    if (conversation_ids.empty()) return Taken{};
    const std::int64_t key = new_key();
    const auto rows = ask(
        "SELECT kind, CASE kind WHEN 'still' THEN work #>> '{}' ELSE work::text END FROM migue.take($1, $2, "
        "$3::text[])",
        {host_, key, Value::array(conversation_ids)});
    if (!rows) {
        if (rows.error().code == Error::Code::kDeadline) doubts_.add({key});
        return rows.error();
    }
    return decoded<Taken>([&] { return read_taken(*rows); });
}

Result<void> PostgresStore::heartbeat(std::int64_t) {
    auto beaten = pool_.query("SELECT migue.heartbeat($1, $2)", {host_, options_.lease.count()},
                              steady_clock::now() + kPingLimit);
    if (!beaten) return std::move(beaten).error().within("postgres");
    return {};
}

void PostgresStore::conversation(const std::string& conversation_id, Done<Conversation> done) {
    reader_->read(conversation_id, std::move(done));
}

void PostgresStore::quoted(const std::string& conversation_id, const std::string& channel_message_id,
                           Done<std::string> done) {
    reader_->read_quoted(conversation_id, channel_message_id, std::move(done));
}

void PostgresStore::join(JoinedTurn turn, std::int64_t now_unix_ms, Done<void> done) {
    writer_->submit(write_join(turn, now_unix_ms), [sequence = turn.sequence, done = std::move(done)](
                                                       Result<std::vector<Written>> written) {
        if (!written) return done(std::move(written).error());
        if (!written->empty() && written->front().is_done) return done({});
        done(Error{Error::Code::kConflict,
                   fmt::format("turn {} or one that joins it is not open, or another host's", sequence)});
    });
}

void PostgresStore::finish(FinishedTurn turn, std::int64_t now_unix_ms,
                           Done<std::vector<OutboundReply>> done) {
    Work work = write_turn(turn, now_unix_ms);
    writer_->submit(std::move(work), [turn = std::move(turn), now_unix_ms,
                                      done = std::move(done)](Result<std::vector<Written>> written) {
        if (!written) return done(std::move(written).error());
        done(decoded<std::vector<OutboundReply>>([&]() -> Result<std::vector<OutboundReply>> {
            const Written& line = written->at(0);
            if (line.is_done) return read_replies(turn, now_unix_ms, line.more);
            return Error{Error::Code::kConflict,
                         fmt::format("turn {} was finished before, or its conversation is another host's",
                                     turn.sequence)};
        }));
    });
}

void PostgresStore::sent(const OutboundReply& reply, const std::string& channel_message_id,
                         std::int64_t now_unix_ms, Done<void> done) {
    write(write_sent(reply, channel_message_id, now_unix_ms), std::move(done));
}

void PostgresStore::postpone(const OutboundReply& reply, const std::string& why, Done<void> done) {
    write(write_postponed(reply, why), std::move(done));
}

void PostgresStore::bury(const OutboundReply& reply, const std::string& why, bool untold,
                         std::int64_t now_unix_ms, Done<void> done) {
    write(write_buried(reply, why, untold, now_unix_ms), std::move(done));
}

void PostgresStore::deliveries(std::vector<Delivery> news, std::int64_t now_unix_ms,
                               Done<std::vector<DeliveryEffect>> done) {
    std::vector<std::size_t> places;  // of those that name replies
    Work work = write_news(news, now_unix_ms, places);
    if (work.items.empty()) return done(std::vector<DeliveryEffect>());
    writer_->submit(std::move(work), [news = std::move(news), places = std::move(places),
                                      done = std::move(done)](Result<std::vector<Written>> written) {
        if (!written) return done(std::move(written).error());
        done(decoded<std::vector<DeliveryEffect>>([&] {
            std::vector<DeliveryEffect> effects;
            for (const Written& line : *written)
                effects.push_back({news.at(places.at(line.place)), read_reply(line.more)});
            return effects;
        }));
    });
}

void PostgresStore::put_job(Job job, Done<void> done) {
    write(write_job(job), std::move(done));
}

void PostgresStore::cancel_job(const std::string& plugin, const std::string& conversation_id,
                               const std::string& key, Done<void> done) {
    write(write_no_job({plugin, conversation_id, key, {}, 0, 1}), std::move(done));
}

Result<std::vector<OpenTurn>> PostgresStore::due_jobs(std::int64_t now_unix_ms, std::size_t limit) {
    const auto rows = look(
        "SELECT j.plugin, j.conversation_id, j.key, j.payload_json, j.at_unix_ms, j.attempt, c.person_id,"
        " c.channel, c.account, c.address_json"
        " FROM migue.jobs j JOIN migue.conversations c USING (conversation_id)"
        " WHERE j.at_unix_ms <= $1 AND (c.owner = $2 OR NOT EXISTS (SELECT FROM migue.hosts h"
        " WHERE h.host = c.owner AND h.alive_until > clock_timestamp()))"
        " ORDER BY j.at_unix_ms LIMIT $3",
        {now_unix_ms, host_, limit});
    if (!rows) return rows.error();
    if (rows->empty()) return std::vector<OpenTurn>();
    std::vector<Job> jobs;
    std::vector<OpenTurn> turns;
    for (const Row row : *rows) {
        jobs.push_back({row.text(0), row.text(1), row.text(2), row.text(3), row.integer(4),
                        static_cast<std::uint32_t>(row.integer(5))});
        turns.push_back(job_turn(jobs.back(), now_unix_ms));
        turns.back().person_id = row.text(6);
        turns.back().message.channel = row.text(7);
        turns.back().message.account = row.text(8);
        turns.back().message.address_json = row.text(9);
    }
    std::promise<Result<std::vector<Written>>> promise;
    auto written = promise.get_future();
    writer_->submit(write_due(jobs, turns), [&promise](Result<std::vector<Written>> result) {
        promise.set_value(std::move(result));
    });
    auto opened = written.get();
    if (!opened) return std::move(opened).error();
    std::vector<OpenTurn> ours;
    for (const Written& line : *opened) {
        ours.push_back(std::move(turns.at(line.place)));
        ours.back().sequence = line.sequence;
    }
    return ours;
}

Result<std::vector<TranscriptLine>> PostgresStore::transcript(const std::string& conversation_id,
                                                              std::int64_t after, std::size_t limit) {
    const auto rows = look(
        "SELECT sequence, true, message_id, kind, text, '', sent_unix_ms FROM migue.inbox"
        " WHERE conversation_id = $1 AND sequence > $2 AND kind <> 'job'"
        " UNION ALL SELECT sequence, false, message_id, kind, '', body_json, created_unix_ms FROM "
        "migue.outbox"
        " WHERE conversation_id = $1 AND sequence > $2 ORDER BY 1 LIMIT $3",
        {sql_text(conversation_id), after, limit});
    if (!rows) return rows.error();
    std::vector<TranscriptLine> lines;
    for (const Row row : *rows)
        lines.push_back({row.integer(0), row.boolean(1), row.text(2), row.text(3), row.text(4), row.text(5),
                         row.integer(6)});
    return lines;
}

Result<std::string> PostgresStore::find_conversation(const std::string& channel, const std::string& account,
                                                     const std::string& identity) {
    const auto rows = look(
        "SELECT conversation_id FROM migue.identities WHERE channel = $1 AND account = $2 AND identity = $3"
        " ORDER BY since DESC LIMIT 1",
        {sql_text(channel), sql_text(account), sql_text(identity)});
    if (!rows) return rows.error();
    return rows->empty() ? std::string() : rows->front().text(0);
}

Result<std::string> PostgresStore::trace(const std::string& message_id) {
    const auto rows =
        look("SELECT trace_json FROM migue.inbox WHERE message_id = $1 ORDER BY sequence DESC LIMIT 1",
             {sql_text(message_id)});
    if (!rows) return rows.error();
    return rows->empty() ? std::string() : rows->front().text(0);
}

Result<std::vector<OutboundReply>> PostgresStore::unsent(std::size_t limit) {
    const auto rows = look(
        "SELECT migue.reply_json(o, c) FROM migue.outbox o JOIN migue.conversations c USING (conversation_id)"
        " WHERE o.sent_unix_ms IS NULL AND o.buried_unix_ms IS NULL ORDER BY o.sequence LIMIT $1",
        {limit});
    if (!rows) return rows.error();
    return decoded<std::vector<OutboundReply>>([&] {
        std::vector<OutboundReply> replies;
        for (const Row row : *rows) replies.push_back(read_reply(row.text(0)));
        return replies;
    });
}

Result<void> PostgresStore::ping() {
    auto answered = pool_.query("SELECT 1", {}, steady_clock::now() + kPingLimit);
    if (!answered) return std::move(answered).error().within("postgres");
    return {};
}

Result<std::size_t> PostgresStore::erase_text(std::int64_t before_unix_ms, std::size_t limit) {
    const auto rows = look("SELECT migue.erase_text($1, $2)", {before_unix_ms, limit});
    if (!rows) return rows.error();
    return static_cast<std::size_t>(rows->front().integer(0));
}

}  // namespace migue::host::postgres
