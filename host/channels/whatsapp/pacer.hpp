#pragma once
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>

#include "host/pipeline/channel.hpp"

namespace migue::host::whatsapp {

/// The pace of one business number, kept by us so that Graph need not refuse: so many
/// messages a second in all, and to each person one in 6 seconds, where a burst of 45 is
/// lent and paid back by waiting. Thread-safe.
class Pacer {
public:
    struct Options {
        std::int64_t per_second = 80;  ///< 0: no pace of our own, neither in all nor to a person
        std::uint64_t person_ns = 6'000'000'000;
        std::uint64_t person_burst = 45;
        std::size_t most_people = 65'536;  ///< that are remembered; more go unpaced, and Graph refuses
    };
    explicit Pacer(Options options) : options_(options) {}

    /// Takes a place for a message to this person (any hash of them), or says how long to wait
    /// before asking again. A place in the number's queue is taken for good.
    [[nodiscard]] Permit take(std::uint64_t person, std::uint64_t now_ns);
    /// Graph said that the number is too fast: half the pace, and back to all of it within a
    /// minute or so.
    void slow_down(std::uint64_t now_ns);
    /// Graph said that this person got too much: nothing is lent to them any more.
    void exhaust(std::uint64_t person, std::uint64_t now_ns);

    /// Messages a second that are allowed now.
    [[nodiscard]] double pace(std::uint64_t now_ns) const;

private:
    [[nodiscard]] double pace_at(std::uint64_t now_ns) const;
    void forget_the_idle(std::uint64_t now_ns);

    const Options options_;
    mutable std::mutex mutex_;
    std::uint64_t next_ns_ = 0;                                // guarded by mutex_: of the number
    double slowed_to_ = 1;                                     // guarded by mutex_: share of the pace …
    std::uint64_t slowed_ns_ = 0;                              // … that was left at this time
    std::unordered_map<std::uint64_t, std::uint64_t> people_;  // guarded by mutex_: when all is paid back
    std::uint64_t next_look_ns_ = 0;                           // guarded by mutex_: clean-up of people_
};

}  // namespace migue::host::whatsapp
