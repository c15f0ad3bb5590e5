#pragma once
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "host/observe/log.hpp"
#include "host/plugin_host/registry.hpp"
#include "host/services/metrics_sink.hpp"
#include "migue/cpp/result.hpp"

namespace migue::host {

/// Puts another generation in the place of one whose process has come to an end: at once the
/// first time, then after ever longer pauses, and rarely while it keeps ending.
///
/// Control thread only, but for told().
class Supervisor {
public:
    using TimePoint = std::chrono::steady_clock::time_point;
    struct Limits {
        std::chrono::milliseconds first_pause{100};  ///< before the second attempt; then doubled
        std::chrono::milliseconds longest_pause{10'000};
        /// So many within `window` open the breaker; a start that fails is one too.
        std::size_t most_ends = 5;
        std::chrono::milliseconds window{60'000};  ///< also how long it then waits
    };
    /// How it is with one plugin, for operators.
    struct Told {
        std::uint64_t ends = 0, restarts = 0;  ///< since the start of the host
        bool is_broken_off = false;            ///< the breaker is open
        std::string why;                       ///< of the last end
    };
    using Restart = std::function<Result<void>(const std::string& plugin)>;

    /// `metrics` may be null.
    Supervisor(Limits limits, const Registry& registry, Restart restart, Log& log, MetricsSink* metrics);
    Supervisor(const Supervisor&) = delete;
    Supervisor& operator=(const Supervisor&) = delete;

    /// Restarts what is due. Says when to look again.
    std::optional<TimePoint> advance();
    /// Nothing where the plugin never came to an end.
    [[nodiscard]] std::optional<Told> told(const std::string& plugin) const;

private:
    struct Record {
        Told told;
        std::uint64_t generation = 0;  ///< the last one that is known to have ended
        std::deque<TimePoint> ends;    ///< and starts that failed, within the window
        std::size_t attempts = 0;      ///< since it last ran for a whole window
        TimePoint on_trial_until;      ///< after the breaker was open: one more end opens it
        TimePoint next;
    };
    void note_end(const std::string& plugin, const Instance& instance, TimePoint now);
    void plan_next(Record& record, TimePoint now) const;
    void forget_old_ends(Record& record, TimePoint now) const;
    void try_restart(const std::string& plugin);
    void count(const std::string& plugin, const char* what) const;

    const Limits limits_;
    const Registry& registry_;
    const Restart restart_;
    Log& log_;
    MetricsSink* const metrics_;
    mutable std::mutex mutex_;
    std::map<std::string, Record> records_;  // written with mutex_ held
};

}  // namespace migue::host
