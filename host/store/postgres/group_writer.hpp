#pragma once
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "host/store/postgres/doubts.hpp"
#include "host/store/postgres/target.hpp"
#include "host/store/postgres/work.hpp"
#include "migue/cpp/result.hpp"

namespace migue::host::postgres {

/// Writes in groups: what was submitted during a commit goes into the next one together, as one
/// statement and one round trip; a lone writer waits for nobody.
///
/// With several lanes as many commits are under way at once, which pays where the database is
/// far. Works of the same `lane` are committed in the order of submission. Of two messages of one
/// conversation, the one committed first is reported first, whatever lanes they took.
///
/// A commit that failed for a passing reason is run again; one whose answer was lost too: every
/// work finds what it did before by its key. When a commit fails for good its works are tried one
/// by one, so that one does not fail its neighbours. Thread-safe.
class GroupWriter {
public:
    using Finished = std::function<void(Result<std::vector<Written>>)>;

    struct Options {
        std::string host;  ///< who writes: conversations.owner
        std::chrono::milliseconds lease{5000};
        std::size_t lanes = 1;
        std::chrono::milliseconds statement_limit{3000};
        /// From the submission: later it is not sent any more, nor sent again.
        std::chrono::milliseconds call_limit{6000};
    };

    /// Connects when there is something to write. `target` and `doubts` outlive it.
    GroupWriter(const Target& target, Doubts& doubts, Options options);
    GroupWriter(const GroupWriter&) = delete;
    GroupWriter& operator=(const GroupWriter&) = delete;
    ~GroupWriter();  ///< commits what was submitted, for a few seconds at the most, then stops

    /// `finished` is called once, on a thread of the writer: kUnavailable, nothing happened;
    /// kDeadline, it may have (claim() tells, see Doubts); else what is wrong with this work. At
    /// once, on the caller's thread, with kUnavailable when too much is waiting already.
    void submit(Work work, Finished finished);

private:
    struct Entry {
        Work work;
        Finished finished;
        std::chrono::steady_clock::time_point submitted;
    };
    class Lane;

    void note_delivered(std::size_t lane, std::uint64_t number);
    /// Until what another lane committed earlier has been reported.
    void wait_for_earlier(std::size_t lane, const std::string& before_by);

    const Target& target_;
    Doubts& doubts_;
    const Options options_;
    std::mutex mutex_;
    std::condition_variable delivered_;
    std::vector<std::uint64_t> delivered_by_lane_;  // guarded by mutex_: numbers of commits
    std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace migue::host::postgres
