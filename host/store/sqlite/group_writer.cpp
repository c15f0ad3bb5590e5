#include "host/store/sqlite/group_writer.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace migue::host::sqlite {

namespace {

// What one commit takes at the most, so that its length stays bounded (perf: 64 rows a
// commit reach nearly the rate of 256).
constexpr std::size_t kBatch = 256;
// Beyond this the caller is told to come back; at 30,000 rows/s it is a third of a second.
constexpr std::size_t kMaxWaiting = 10'000;

Error unavailable(const std::string& what) {
    return {Error::Code::kUnavailable, "sqlite: " + what};
}

}  // namespace

GroupWriter::GroupWriter(std::unique_ptr<Connection> connection)
    : connection_(std::move(connection)), thread_([this] { run(); }) {}

GroupWriter::~GroupWriter() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    work_or_stop_.notify_one();
    thread_.join();
}

void GroupWriter::submit(Work work, Finished finished) {
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.size() < kMaxWaiting && !stopping_) {
            waiting_.push_back({std::move(work), std::move(finished), {}});
            work_or_stop_.notify_one();
            return;
        }
    }
    finished(unavailable("too many writes are waiting"));
}

void GroupWriter::run() {
    for (;;) {
        std::vector<Entry> batch;
        {
            std::unique_lock lock(mutex_);
            work_or_stop_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
            if (waiting_.empty()) return;
            const std::size_t count = std::min(kBatch, waiting_.size());
            const auto last = waiting_.begin() + static_cast<std::ptrdiff_t>(count);
            batch.assign(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(last));
            waiting_.erase(waiting_.begin(), last);
        }
        commit(batch);
        for (Entry& entry : batch) entry.finished(std::move(entry.result));
    }
}

void GroupWriter::commit(std::vector<Entry>& batch) {
    try {
        attempt(batch);
        is_failing_ = false;
    } catch (const SQLite::Exception& failure) {
        connection_->roll_back();
        is_failing_ = true;
        for (Entry& entry : batch) entry.result = unavailable(failure.what());
    }
}

void GroupWriter::attempt(std::vector<Entry>& batch) {
    connection_->run("BEGIN IMMEDIATE");
    for (Entry& entry : batch) {
        connection_->run("SAVEPOINT work");
        try {
            entry.result = entry.work(*connection_);
        } catch (const SQLite::Exception& failure) {
            // A full disk or an I/O error ends the whole transaction, and the batch with it.
            if (!connection_->in_transaction()) throw;
            entry.result = unavailable(failure.what());
        }
        if (!entry.result) connection_->run("ROLLBACK TO work");
        connection_->run("RELEASE work");
    }
    connection_->run("COMMIT");
}

}  // namespace migue::host::sqlite
