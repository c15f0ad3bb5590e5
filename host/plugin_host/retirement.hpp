#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "host/observe/log.hpp"
#include "host/plugin_host/instance.hpp"

namespace migue::host {

/// Generations on their way out: they finish what runs, are cancelled when that takes too
/// long, and when even that does not help (G1) their process is ended, or, where that is the
/// host's own, they are abandoned.
///
/// Control thread only, but for list() and the counters.
class Retirement {
public:
    using TimePoint = std::chrono::steady_clock::time_point;
    struct Limits {
        std::chrono::milliseconds drain{30'000};   ///< for turns to finish
        std::chrono::milliseconds cancel{30'000};  ///< from cancelling to giving up
    };
    struct Item {
        std::shared_ptr<Instance> instance;
        bool is_abandoned = false;
    };

    Retirement(Limits limits, Log& log) : limits_(limits), log_(log) {}
    Retirement(const Retirement&) = delete;
    Retirement& operator=(const Retirement&) = delete;

    /// Of a candidate that never served.
    void count(Instance::Leftover leftover);
    /// From here on it is on the list. Its generation takes no leases any more.
    void add(std::shared_ptr<Instance> instance);
    /// Quiesces those that are new. Calls into plugins, so never under a lock.
    void quiesce_new();
    /// Closes what is idle, cancels and abandons what is late. Says when to look again.
    std::optional<TimePoint> advance();
    /// Everything has to be gone by then: shortens what is on the list.
    void hurry(TimePoint drain_until);
    /// At the end: closes the abandoned that became idle, and lets go of the others.
    void finish();

    [[nodiscard]] bool is_empty() const;  ///< the abandoned left out
    [[nodiscard]] bool has(const std::string& plugin) const;
    [[nodiscard]] std::vector<Item> list() const;
    [[nodiscard]] std::uint64_t closed() const;
    [[nodiscard]] std::uint64_t pinned() const;
    [[nodiscard]] std::uint64_t abandoned() const;

private:
    struct Leaving {
        std::shared_ptr<Instance> instance;
        TimePoint until;
        bool is_quiesced = false;
        bool is_cancelled = false;
        bool is_forced = false;  ///< a process of its own was ended
        bool is_abandoned = false;
    };
    /// True: it is off the list; else it is abandoned.
    bool close(Leaving& leaving);
    /// Moves one on; true when it is off the list.
    bool advance(Leaving& leaving, TimePoint now);

    const Limits limits_;
    Log& log_;
    mutable std::mutex mutex_;
    std::vector<Leaving> leaving_;                           // written by the control thread with mutex_ held
    std::uint64_t closed_ = 0, pinned_ = 0, abandoned_ = 0;  // guarded by mutex_
};

}  // namespace migue::host
