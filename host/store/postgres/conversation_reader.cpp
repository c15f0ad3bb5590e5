#include "host/store/postgres/conversation_reader.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <unordered_map>
#include <utility>

#include "host/store/postgres/retry.hpp"
#include "host/store/postgres/sql_text.hpp"

namespace migue::host::postgres {

namespace {

constexpr std::size_t kBatch = 256;
constexpr std::size_t kMaxWaiting = 10'000;

constexpr const char* kRead =
    "SELECT c.conversation_id, c.locale, c.asked_plugin, c.asked_until_unix_ms, c.untold, p.plugin, "
    "p.version, p.json"
    " FROM migue.conversations c LEFT JOIN migue.plugin_states p USING (conversation_id)"
    " WHERE c.conversation_id = ANY ($1::text[])";

// What is quoted is nearly always recent; an index on ids that are hardly ever asked for would cost
// every reply.
constexpr const char* kReadQuoted =
    "SELECT message_id FROM (SELECT o.message_id, o.channel_message_id FROM migue.outbox o"
    " WHERE o.conversation_id = $1 ORDER BY o.sequence DESC LIMIT 1000) AS late WHERE channel_message_id = $2"
    " UNION ALL SELECT i.message_id FROM migue.inbox i WHERE i.conversation_id = $1 AND i.message_id = $2"
    " LIMIT 1";

std::unordered_map<std::string, Conversation> read_all(const Rows& rows) {
    std::unordered_map<std::string, Conversation> found;
    for (const Row row : rows) {
        Conversation& conversation = found[row.text(0)];
        conversation.locale = row.text(1);
        conversation.asked_plugin = row.text(2);
        conversation.asked_until_unix_ms = row.integer(3);
        conversation.untold = row.integer(4);
        if (!row.is_null(5))
            conversation.states[row.text(5)] = {static_cast<std::uint32_t>(row.integer(6)), row.text(7)};
    }
    return found;
}

}  // namespace

ConversationReader::ConversationReader(const Target& target, std::size_t lines,
                                       std::chrono::milliseconds limit)
    : target_(target), limit_(limit) {
    for (std::size_t i = 0; i < lines; ++i) threads_.emplace_back([this] { run(); });
}

ConversationReader::~ConversationReader() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    work_or_stop_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

void ConversationReader::read(const std::string& conversation_id, Done done) {
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.size() < kMaxWaiting && !is_stopping_) {
            waiting_.push_back({sql_text(conversation_id), std::move(done)});
            work_or_stop_.notify_one();
            return;
        }
    }
    done(Error{Error::Code::kUnavailable, "postgres: too many reads are waiting"});
}

void ConversationReader::read_quoted(const std::string& conversation_id,
                                     const std::string& channel_message_id, QuotedDone done) {
    {
        const std::lock_guard lock(mutex_);
        if (quotes_.size() < kMaxWaiting && !is_stopping_) {
            quotes_.push_back({sql_text(conversation_id), sql_text(channel_message_id), std::move(done)});
            work_or_stop_.notify_one();
            return;
        }
    }
    done(Error{Error::Code::kUnavailable, "postgres: too many reads are waiting"});
}

void ConversationReader::answer_quote(Line& line, Quote quote) {
    const Deadline deadline = std::chrono::steady_clock::now() + limit_;
    const auto rows = retry(deadline, RetryRule{.repeats_in_doubt = true}, [&] {
        return line.query(kReadQuoted, {Value(quote.id), Value(quote.channel_message_id)}, deadline);
    });
    if (!rows) return quote.done(Error{Error::Code::kUnavailable, "postgres: " + rows.error().what});
    quote.done(rows->empty() ? std::string() : (*rows)[0].text(0));
}

void ConversationReader::run() {
    Line line(target_);
    for (;;) {
        std::vector<Entry> batch;
        std::optional<Quote> quote;
        {
            std::unique_lock lock(mutex_);
            work_or_stop_.wait(lock,
                               [this] { return is_stopping_ || !waiting_.empty() || !quotes_.empty(); });
            if (waiting_.empty() && quotes_.empty()) return;
            if (!quotes_.empty()) {
                quote = std::move(quotes_.front());
                quotes_.pop_front();
            }
            // Once stopping, all at once: a server that is away must not hold us up many times.
            const std::size_t count = is_stopping_ ? waiting_.size() : std::min(kBatch, waiting_.size());
            const auto last = waiting_.begin() + static_cast<std::ptrdiff_t>(count);
            batch.assign(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(last));
            waiting_.erase(waiting_.begin(), last);
        }
        if (!batch.empty()) answer(line, batch);
        if (quote) answer_quote(line, std::move(*quote));
    }
}

void ConversationReader::answer(Line& line, std::vector<Entry>& batch) {
    std::vector<std::string> ids;
    ids.reserve(batch.size());
    for (const Entry& entry : batch) ids.push_back(entry.id);
    const Deadline deadline = std::chrono::steady_clock::now() + limit_;
    // Looking twice does no harm.
    const auto rows = retry(deadline, RetryRule{.repeats_in_doubt = true},
                            [&] { return line.query(kRead, {Value::array(ids)}, deadline); });
    if (!rows) {
        // Nothing was to happen, so nothing can be in doubt.
        Error away{rows.error().code, "postgres: " + rows.error().what};
        if (away.code == Error::Code::kDeadline) away.code = Error::Code::kUnavailable;
        for (Entry& entry : batch) entry.done(Error(away));
        return;
    }
    auto found = read_all(*rows);
    for (Entry& entry : batch) entry.done(Conversation(found[entry.id]));
}

}  // namespace migue::host::postgres
