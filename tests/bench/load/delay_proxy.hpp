#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <unordered_map>

#include "tests/bench/load/stream.hpp"

namespace migue::load {

/// A port behind which another one seems to be far away: every byte takes half of `round_trip`
/// in each direction, and bandwidth is as it was.
class DelayProxy {
public:
    DelayProxy(EventLoop& loop, std::uint16_t target, std::chrono::nanoseconds round_trip);
    [[nodiscard]] std::uint16_t port() const noexcept { return listener_.port(); }

private:
    /// The two connections of one client; whichever goes takes the other along.
    struct Pair {
        std::shared_ptr<Stream> client, target;
    };
    void accept(int fd);
    void carry(std::string& received, const std::shared_ptr<Stream>& to);
    void close(const std::shared_ptr<Pair>& pair);

    EventLoop& loop_;
    const std::uint16_t target_;
    const std::chrono::nanoseconds one_way_;
    std::unordered_map<const Pair*, std::shared_ptr<Pair>> pairs_;
    Listener listener_;  // last: it calls accept()
};

}  // namespace migue::load
