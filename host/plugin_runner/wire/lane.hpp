#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "host/plugin_runner/wire/bytes.hpp"
#include "migue/cpp/result.hpp"

namespace migue::wire {

/// Of everything on the wire; host and runner are of one build, so they must be equal.
inline constexpr std::uint32_t kVersion = 2;

/// What a frame is. Calls go from host to runner; inside a call the runner asks the host for
/// services, and the last thing it says is kReturn. So a lane is a call stack over two
/// processes: one thread at each end, and never both at work.
enum class Kind : std::uint16_t {
    // host to runner
    kOpen = 1,    ///< version → migue_entry
    kDescribe,    ///< → what describe() says
    kCreate,      ///< instance, configuration → status, functions, extensions
    kHandle,      ///< a turn
    kRoute,       ///< an HTTP request
    kDone,        ///< an operation has ended
    kUnderstand,  ///< migue.understand/1
    kHealth,
    kQuiesce,
    kExport,
    kImport,
    kDestroy,
    kLastCall = kDestroy,

    kAnswer = 64,  ///< to what the runner asked for

    // runner to host, inside a call
    kReturn = 128,
    kMonotonic,
    kUnixTime,
    kSeries,
    kTimer,
    kHttp,
    kSql,
    kMediaFetch,
    kMediaUpload,
    kSeal,
    kUnseal,
    kRandom,
    kHash,
    kClassify,
    kJobAt,
    kJobCancel,
    kReply,
    kState,
    kAsk,
    kComplete,
    kCancelled,
    kRespond,
    // those get no answer
    kLog,
    kRecord,
    kCancel,
    kReport,
};

/// Instead of a status: the plugin let an exception out over the border (O4).
inline constexpr migue_status kThrew = INT32_MIN;

/// What comes with kDone.
enum class DoneResult : std::uint32_t { kNone = 1, kHttp, kRows, kFile };

/// Which functions an instance has; bits.
enum Function : std::uint32_t {
    kHasHandle = 1,
    kHasHealth = 2,
    kHasQuiesce = 4,
    kHasExport = 8,
    kHasImport = 16,
    kHasDestroy = 32,
};

struct Frame {
    Kind kind{};
    std::string body;
};

/// One end of a stream socket that carries frames: 4 bytes of size, 2 of kind, 2 zero, then
/// the body. Owns the descriptor.
///
/// One thread at a time.
class Lane {
public:
    using TimePoint = std::chrono::steady_clock::time_point;
    /// What crosses at most at once: an HTTP answer of 32 MiB with its headers.
    static constexpr std::size_t kMaxBody = std::size_t{40} << 20;

    explicit Lane(int socket) noexcept : socket_(socket) {}
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;
    ~Lane();

    /// kInternal: over kMaxBody, nothing was sent. kUnavailable: the other end is gone.
    /// kDeadline: it does not take it, so the lane is of no use any more.
    [[nodiscard]] Result<void> send(Kind kind, const Writer& body, TimePoint deadline);
    /// The next frame. kInvalid: the other end breaks the rules; kUnavailable: it is gone;
    /// kDeadline: it says nothing.
    [[nodiscard]] Result<Frame> receive(TimePoint deadline);
    /// For good, from any thread: who waits here is told that the other end is gone.
    void shut_down() noexcept;

private:
    [[nodiscard]] Result<void> read_to(std::size_t wanted, TimePoint deadline);
    [[nodiscard]] Result<void> wait(short what, TimePoint deadline) const;

    const int socket_;
    std::string incoming_;  // read, and not taken yet
    std::string outgoing_;
};

}  // namespace migue::wire
