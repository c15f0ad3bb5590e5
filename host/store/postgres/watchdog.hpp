#pragma once
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "host/store/postgres/deadline.hpp"

namespace migue::host::postgres {

/// Shuts the socket of a call that still waits at its deadline, which ends the wait: libpqxx
/// alone would wait for a frozen server for ever. One thread for any number of calls. Outlives
/// its guards. Thread-safe.
class Watchdog {
public:
    class Guard;

    Watchdog();
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;
    ~Watchdog();

    /// The one of all connections: made for the first, gone with the last.
    [[nodiscard]] static std::shared_ptr<Watchdog> shared();

    /// `socket` must stay open, and the same, while the guard lives.
    [[nodiscard]] Guard watch(int socket, Deadline deadline);

private:
    using Key = std::pair<Deadline, std::uint64_t>;
    void run();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<Key, int> sockets_;  // guarded by mutex_; the next deadline first
    std::uint64_t last_ = 0;      // guarded by mutex_
    bool is_stopping_ = false;    // guarded by mutex_
    std::thread thread_;
};

class Watchdog::Guard {
public:
    Guard(Watchdog& watchdog, Key key) : watchdog_(watchdog), key_(key) {}
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    ~Guard() { (void)disarm(); }

    /// From here on the socket is left alone. True: it was shut already, and stays so, even if
    /// the answer came at the same moment.
    bool disarm();

private:
    Watchdog& watchdog_;
    const Key key_;
    bool has_shut_ = false, is_armed_ = true;
};

}  // namespace migue::host::postgres
