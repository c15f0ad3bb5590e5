#include "host/store/postgres/watchdog.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace migue::host::postgres {
namespace {

using namespace std::chrono_literals;

class SocketPair {
public:
    SocketPair() { EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends_.data()), 0); }
    ~SocketPair() {
        for (const int end : ends_) ::close(end);
    }
    [[nodiscard]] int ours() const { return ends_[0]; }
    [[nodiscard]] int theirs() const { return ends_[1]; }

private:
    std::array<int, 2> ends_{};
};

TEST(Watchdog, EndsAReadThatWaitsAtItsDeadline) {
    Watchdog watchdog;
    const SocketPair patient, late;
    auto kept = watchdog.watch(patient.ours(), std::chrono::steady_clock::now() + 1h);
    auto guard = watchdog.watch(late.ours(), std::chrono::steady_clock::now() + 5ms);
    char byte = 0;
    EXPECT_EQ(::read(late.ours(), &byte, 1), 0) << "shut, so that the read ends";
    EXPECT_TRUE(guard.disarm());
    EXPECT_TRUE(guard.disarm());
    EXPECT_FALSE(kept.disarm());
}

TEST(Watchdog, LeavesASocketAloneOnceItIsDisarmed) {
    Watchdog watchdog;
    const SocketPair sockets, probe;
    {
        auto guard = watchdog.watch(sockets.ours(), std::chrono::steady_clock::now() + 1h);
        EXPECT_FALSE(guard.disarm());
    }
    // By the time that a later deadline has been met, the earlier one would have been.
    auto guard = watchdog.watch(probe.ours(), std::chrono::steady_clock::now());
    char byte = 0;
    EXPECT_EQ(::read(probe.ours(), &byte, 1), 0);
    EXPECT_EQ(::write(sockets.ours(), "x", 1), 1);
    EXPECT_EQ(::read(sockets.theirs(), &byte, 1), 1);
}

TEST(Watchdog, IsOneForAllAndGoneWithTheLast) {
    std::weak_ptr<Watchdog> gone;
    {
        const auto first = Watchdog::shared(), second = Watchdog::shared();
        EXPECT_EQ(first, second);
        gone = first;
    }
    EXPECT_TRUE(gone.expired());
}

}  // namespace
}  // namespace migue::host::postgres
