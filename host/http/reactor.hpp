#pragma once
#include <Poco/Net/Context.h>
#include <Poco/Net/ServerSocket.h>
#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "host/http/connection.hpp"
#include "host/http/file_descriptor.hpp"
#include "host/http/poller.hpp"
#include "host/http/worker_pool.hpp"
#include "host/observe/log.hpp"

namespace migue::host::http {

/// All connections of one listener: one thread that accepts, reads and keeps the deadlines,
/// and the workers that answer.
///
/// A connection is either parked, and then only the reactor's thread may take it, or taken by
/// exactly one thread, which ends by parking it, giving it to the workers, or closing it. So a
/// connection needs no lock; the table of them has one.
class Reactor {
public:
    struct Parts {
        Poco::Net::ServerSocket listener;  ///< bound and listening
        Poco::Net::Context::Ptr tls;       ///< null: plain
        std::size_t room;                  ///< connections at once
    };

    /// Accepts from now on. `answer` must not throw.
    Reactor(Parts parts, const Limits& limits, std::function<Reply(Request&)> answer, Log& log);
    Reactor(const Reactor&) = delete;
    Reactor& operator=(const Reactor&) = delete;
    ~Reactor();  ///< stops

    /// Accepts no more, closes what waits, lets requests that were complete run to their end.
    void stop();
    [[nodiscard]] Counters counters() const;

private:
    using Clock = Connection::Clock;
    using Next = Connection::Next;
    using Lock = std::unique_lock<std::mutex>;

    /// A connection and its place in the table.
    struct Seat {
        Connection connection;
        std::size_t index;
        std::size_t held = 0;  // as counted in held_
        bool known = false;    // to the poller
        bool resting = false;  // in resting_
    };
    /// Who goes first when there is no room. kSilent has never said a thing, kSlow only half a
    /// request: both once they had time to. Of the others the longest idle goes.
    enum class Rank { kSilent = 1, kSlow, kIdle, kStays };
    struct Slot {
        std::unique_ptr<Seat> seat;
        Clock::time_point deadline;  // kTaken: not parked
        Clock::time_point since;
        std::size_t held;
        Rank rank;
    };

    void run();
    [[nodiscard]] std::chrono::milliseconds patience() const;
    void serve(std::span<void* const> ready);
    void turn(Seat& seat);
    void begin_round(Clock::time_point now);
    void tick(Clock::time_point now);
    Seat& take(Slot& slot);
    void begin_to_stop();

    void accept_some();
    void listen_again();
    void admit(FileDescriptor socket, const sockaddr* from, socklen_t size);
    void turn_away(const FileDescriptor& socket);
    bool make_room();
    void relieve();

    Next step(Seat& seat, Next (Connection::*what)());
    void go_on(Seat& seat, Next next);
    bool park(Seat& seat, Next next);
    bool hand_over(Seat& seat, Next next);
    void close(Seat& seat);
    void count_held(Seat& seat);

    const Limits& limits_;
    Log& log_;
    Poco::Net::ServerSocket listener_;
    const Poco::Net::Context::Ptr tls_;
    const std::size_t room_;
    Poller poller_;
    Connection::Tally tally_;
    std::atomic<std::uint64_t> accepted_{0}, turned_away_{0}, gave_way_{0};
    std::atomic<std::size_t> held_{0};
    std::atomic<bool> stop_asked_{false}, stopping_{false};
    const Connection::Rules rules_;

    mutable std::mutex mutex_;
    std::vector<Slot> slots_;  // guarded by mutex_

    // Of the reactor's thread alone.
    std::vector<Seat*> due_;
    std::deque<Seat*> resting_;  // parked, not armed: have had their turn
    std::size_t turns_left_ = 0;
    Clock::time_point next_round_{}, next_nudge_{};
    Clock::time_point next_tick_{};
    bool listening_ = false, pausing_ = false, short_of_files_ = false, has_threads_ = false;

    WorkerPool workers_;
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace migue::host::http
