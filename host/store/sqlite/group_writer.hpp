#pragma once
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "host/store/sqlite/connection.hpp"
#include "migue/cpp/result.hpp"

namespace migue::host::sqlite {

/// The one thread that writes. What was submitted during a commit goes into the next one
/// together, so many waiting writers pay for one fsync, and a lone writer waits for nobody.
///
/// Works run in the order of submission. A work that fails is undone alone; a commit that
/// fails fails all that shared it. Thread-safe.
class GroupWriter {
public:
    using Work = std::function<Result<void>(Connection&)>;
    using Finished = std::function<void(Result<void>)>;

    explicit GroupWriter(std::unique_ptr<Connection> connection);
    GroupWriter(const GroupWriter&) = delete;
    GroupWriter& operator=(const GroupWriter&) = delete;
    ~GroupWriter();  ///< commits what was submitted, then stops

    /// `finished` is called once, on the writer's thread after the commit; at once, with
    /// kUnavailable, when too much is waiting already.
    void submit(Work work, Finished finished);
    /// The last commit failed: the disk is full, or broken.
    [[nodiscard]] bool is_failing() const noexcept { return is_failing_; }

private:
    struct Entry {
        Work work;
        Finished finished;
        Result<void> result;
    };
    void run();
    void commit(std::vector<Entry>& batch);
    void attempt(std::vector<Entry>& batch);

    std::unique_ptr<Connection> connection_;  // used by thread_ alone
    std::atomic<bool> is_failing_{false};
    std::mutex mutex_;
    std::condition_variable work_or_stop_;
    std::deque<Entry> waiting_;  // guarded by mutex_
    bool stopping_ = false;      // guarded by mutex_
    std::thread thread_;
};

}  // namespace migue::host::sqlite
