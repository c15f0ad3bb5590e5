#include "host/store/postgres/group_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <deque>
#include <iterator>
#include <string_view>
#include <thread>
#include <utility>

#include "host/store/postgres/line.hpp"
#include "host/store/postgres/retry.hpp"

namespace migue::host::postgres {

namespace {

using Clock = std::chrono::steady_clock;

// What one commit takes at the most, so that its length stays bounded (64 items reach nearly
// the rate of 256).
constexpr std::size_t kBatch = 256;
// Beyond this the caller is told to come back; at 10,000 items/s it is a second's worth.
constexpr std::size_t kMaxWaiting = 10'000;
constexpr int kAttempts = 3;
// A host that ends has ten seconds for all of it.
constexpr std::chrono::seconds kStopLimit{3};

constexpr const char* kWrite =
    "SELECT * FROM migue.write($1::text, $2::text, $3::integer, $4::text[], $5::json, $6::json, $7::json,"
    " $8::json, $9::json, $10::json, $11::json)";

Error unavailable(const std::string& what) {
    return {Error::Code::kUnavailable, "postgres: " + what};
}

bool may_pass(const Error& error) {
    return error.code == Error::Code::kUnavailable || error.code == Error::Code::kDeadline;
}

/// Whether one of many works may be to blame.
bool is_about_one(const Error& error) {
    return !may_pass(error) && error.code != Error::Code::kConfig;
}

/// A commit's name in the rows it wrote: "host/lane/number".
std::string commit_name(const std::string& host, std::size_t lane, std::uint64_t number) {
    return host + "/" + std::to_string(lane) + "/" + std::to_string(number);
}

template <typename T>
bool read_number(std::string_view digits, T& number) {
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return fault == std::errc() && end == digits.data() + digits.size();
}

void append(std::string& list, const std::vector<std::string>& items) {
    for (const std::string& item : items) {
        if (!list.empty()) list += ',';
        list += item;
    }
}

/// A JSON array of the items; NULL when there are none.
Value array(const std::string& list) {
    return list.empty() ? Value(nullptr) : Value("[" + list + "]");
}

Kind kind_of(std::string_view name) {
    if (name == "accept") return Kind::kMessages;
    if (name == "finish") return Kind::kTurns;
    if (name == "news") return Kind::kNews;
    return Kind::kDue;
}

}  // namespace

/// One thread with one connection: one commit after the other.
class GroupWriter::Lane {
public:
    Lane(GroupWriter& writer, std::size_t index)
        : writer_(writer), index_(index), line_(writer.target_), thread_([this] { run(); }) {}
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;
    ~Lane() { thread_.join(); }

    /// False, and the entry is as it was: too much is waiting.
    bool submit(Entry& entry) {
        const std::lock_guard lock(mutex_);
        if (is_stopping_ || items_ >= kMaxWaiting) return false;
        items_ += entry.work.items.size();
        waiting_.push_back(std::move(entry));
        work_or_stop_.notify_one();
        return true;
    }
    void stop() {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
        stop_at_ = Clock::now() + std::min<Clock::duration>(kStopLimit, writer_.options_.call_limit);
        work_or_stop_.notify_one();
    }

private:
    [[nodiscard]] Clock::time_point stop_at() {
        const std::lock_guard lock(mutex_);
        return stop_at_;
    }
    void run();
    std::vector<Entry> next_batch();
    void commit(std::vector<Entry>& batch);
    Result<Rows> attempt(const std::vector<Entry>& batch);
    [[nodiscard]] Params params(const std::vector<Entry>& batch) const;
    void deliver(std::vector<Entry>& batch, const Rows& rows);

    GroupWriter& writer_;
    const std::size_t index_;
    Line line_;                 // used by thread_ alone
    std::uint64_t number_ = 0;  // of the commit under way; used by thread_ alone
    std::mutex mutex_;
    std::condition_variable work_or_stop_;
    std::deque<Entry> waiting_;                             // guarded by mutex_
    std::size_t items_ = 0;                                 // guarded by mutex_: of all that is waiting
    bool is_stopping_ = false;                              // guarded by mutex_
    Clock::time_point stop_at_ = Clock::time_point::max();  // guarded by mutex_
    std::thread thread_;
};

void GroupWriter::Lane::run() {
    for (;;) {
        std::vector<Entry> batch = next_batch();
        if (batch.empty()) return;
        const auto too_old = Clock::now() - writer_.options_.call_limit;
        const auto late = std::stable_partition(
            batch.begin(), batch.end(), [too_old](const Entry& entry) { return entry.submitted > too_old; });
        for (auto entry = late; entry != batch.end(); ++entry)
            entry->finished(unavailable("the write waited for too long"));
        batch.erase(late, batch.end());
        if (!batch.empty()) commit(batch);
    }
}

/// Empty when it is time to go.
std::vector<GroupWriter::Entry> GroupWriter::Lane::next_batch() {
    std::vector<Entry> batch;
    std::unique_lock lock(mutex_);
    work_or_stop_.wait(lock, [this] { return is_stopping_ || !waiting_.empty(); });
    if (is_stopping_ && Clock::now() > stop_at_) {
        std::deque<Entry> left = std::move(waiting_);
        lock.unlock();
        for (Entry& entry : left) entry.finished(unavailable("the store is closing"));
        return batch;
    }
    std::size_t items = 0;
    while (!waiting_.empty() && (batch.empty() || items + waiting_.front().work.items.size() <= kBatch)) {
        items += waiting_.front().work.items.size();
        batch.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
    }
    items_ -= items;
    return batch;
}

void GroupWriter::Lane::commit(std::vector<Entry>& batch) {
    ++number_;
    const auto rows = attempt(batch);
    if (rows) {
        deliver(batch, *rows);
        writer_.note_delivered(index_, number_);
        return;
    }
    writer_.note_delivered(index_, number_);
    if (batch.size() > 1 && is_about_one(rows.error())) {
        for (Entry& entry : batch) {
            std::vector<Entry> alone;
            alone.push_back(std::move(entry));
            commit(alone);
        }
        return;
    }
    for (Entry& entry : batch) {
        if (rows.error().code == Error::Code::kDeadline) writer_.doubts_.add(entry.work.keys);
        entry.finished(Error(rows.error()));
    }
}

Result<Rows> GroupWriter::Lane::attempt(const std::vector<Entry>& batch) {
    const Options& options = writer_.options_;
    const Params bound = params(batch);
    const auto deadline = std::min(Clock::now() + options.call_limit, stop_at());
    Backoff backoff(RetryRule{});
    bool is_in_doubt = false;
    for (int attempts = 1;; ++attempts) {
        auto rows = line_.query(kWrite, bound, std::min(deadline, Clock::now() + options.statement_limit));
        if (rows) return rows;
        Error failed = std::move(rows).error().within("postgres");
        is_in_doubt = is_in_doubt || failed.code == Error::Code::kDeadline;
        // What is in doubt is asked again for as long as there is time: an answer is worth it.
        const bool again = may_pass(failed) && (attempts < kAttempts || is_in_doubt);
        if (again && wait_before_retry(backoff, deadline)) continue;
        if (is_in_doubt) failed.code = Error::Code::kDeadline;
        return failed;
    }
}

Params GroupWriter::Lane::params(const std::vector<Entry>& batch) const {
    std::vector<std::string> conversations;
    std::string names;
    std::array<std::string, kKinds> items;
    for (const Entry& entry : batch) {
        conversations.insert(conversations.end(), entry.work.conversations.begin(),
                             entry.work.conversations.end());
        append(names, entry.work.names);
        append(items[static_cast<std::size_t>(entry.work.kind)], entry.work.items);
    }
    std::sort(conversations.begin(), conversations.end());
    conversations.erase(std::unique(conversations.begin(), conversations.end()), conversations.end());
    Params bound{Value(writer_.options_.host), Value(commit_name(writer_.options_.host, index_, number_)),
                 Value(writer_.options_.lease.count()), Value::array(conversations), array(names)};
    for (const std::string& list : items) bound.push_back(array(list));
    return bound;
}

void GroupWriter::Lane::deliver(std::vector<Entry>& batch, const Rows& rows) {
    // Where each item of an array came from: its entry, and its place there.
    std::array<std::vector<std::pair<std::size_t, std::size_t>>, kKinds> origins;
    for (std::size_t i = 0; i < batch.size(); ++i)
        for (std::size_t place = 0; place < batch[i].work.items.size(); ++place)
            origins[static_cast<std::size_t>(batch[i].work.kind)].emplace_back(i, place);
    std::vector<std::vector<Written>> answers(batch.size());
    for (const Row row : rows) {
        Written written = read_written(row);
        writer_.wait_for_earlier(index_, written.before_by);
        const auto [entry, place] =
            origins[static_cast<std::size_t>(kind_of(row.view("kind")))].at(written.place);
        written.place = place;
        answers[entry].push_back(std::move(written));
    }
    for (std::size_t i = 0; i < batch.size(); ++i) batch[i].finished(std::move(answers[i]));
}

GroupWriter::GroupWriter(const Target& target, Doubts& doubts, Options options)
    : target_(target), doubts_(doubts), options_(std::move(options)), delivered_by_lane_(options_.lanes) {
    for (std::size_t lane = 0; lane < options_.lanes; ++lane)
        lanes_.push_back(std::make_unique<Lane>(*this, lane));
}

GroupWriter::~GroupWriter() {
    for (const auto& lane : lanes_) lane->stop();
    lanes_.clear();
}

void GroupWriter::submit(Work work, Finished finished) {
    Lane& lane = *lanes_[std::hash<std::string>()(work.lane) % lanes_.size()];
    Entry entry{std::move(work), std::move(finished), Clock::now()};
    if (!lane.submit(entry)) entry.finished(unavailable("too many writes are waiting"));
}

void GroupWriter::note_delivered(std::size_t lane, std::uint64_t number) {
    if (options_.lanes == 1) return;
    const std::lock_guard lock(mutex_);
    delivered_by_lane_[lane] = number;
    delivered_.notify_all();
}

void GroupWriter::wait_for_earlier(std::size_t lane, const std::string& before_by) {
    if (options_.lanes == 1) return;
    std::string_view name = before_by;
    if (!name.starts_with(options_.host) || name.substr(options_.host.size(), 1) != "/") return;
    name.remove_prefix(options_.host.size() + 1);
    const std::size_t slash = name.find('/');
    std::size_t other = 0;
    std::uint64_t number = 0;
    if (slash == std::string_view::npos || !read_number(name.substr(0, slash), other) ||
        !read_number(name.substr(slash + 1), number) || other == lane || other >= options_.lanes)
        return;
    // The other commit was over before ours, and waits for none that came after it.
    std::unique_lock lock(mutex_);
    delivered_.wait(lock, [&] { return delivered_by_lane_[other] >= number; });
}

}  // namespace migue::host::postgres
