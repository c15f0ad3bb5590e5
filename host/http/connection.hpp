#pragma once
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "host/http/request_parser.hpp"
#include "host/http/server.hpp"
#include "host/http/stream.hpp"

namespace migue::host::http {

/// One client's connection: reads a request, has it answered, writes the answer; as often as
/// keep-alive allows. It waits for nothing and knows no thread: each step ends with what must
/// happen before the next one. One thread at a time.
class Connection {
public:
    using Clock = std::chrono::steady_clock;

    /// What to wait for, and whom to call then.
    enum class Next {
        kRead = 1,   ///< readable: on_ready()
        kWrite,      ///< writable: on_ready()
        kTurn,       ///< the others: it has moved much, and has more. Then on_ready()
        kHandshake,  ///< a thread that may compute for a millisecond: work()
        kAnswer,     ///< a thread that may wait: work(). Or overloaded()
        kClose       ///< nothing: destroy it
    };
    /// What one connection may move before the others have their turn.
    static constexpr std::size_t kTurnSize = 64 * 1024;

    /// What happened to requests, over all connections.
    struct Tally {
        std::atomic<std::uint64_t> requests{0}, rejected{0}, timeouts{0}, overloaded{0};
    };
    struct Rules {
        const Limits& limits;
        std::function<Reply(Request&)> answer;  ///< never throws
        std::function<bool()> stopping;         ///< the server goes down: no keep-alive
        Tally& tally;
    };

    Connection(Stream stream, std::string client, const Rules& rules);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// The socket is what the last step asked for.
    [[nodiscard]] Next on_ready();
    /// After kHandshake and kAnswer, on a worker. The handler runs in here.
    [[nodiscard]] Next work();
    /// After kAnswer, instead of work(): nobody is free to answer.
    [[nodiscard]] Next overloaded();
    /// The deadline has passed.
    [[nodiscard]] Next expire();
    /// What it holds is needed elsewhere.
    [[nodiscard]] Next give_up();

    /// By when the step asked for must have come.
    [[nodiscard]] Clock::time_point deadline() const;
    /// Between two requests, or before the first: may be closed without a word.
    [[nodiscard]] bool idle() const noexcept { return phase_ == Phase::kIdle || phase_ == Phase::kHandshake; }
    /// Holds an answer that the client has not taken yet.
    [[nodiscard]] bool answering() const noexcept { return phase_ == Phase::kWriting; }
    [[nodiscard]] std::uint64_t answered() const noexcept { return answered_; }
    /// Part of a request is here, or what comes is thrown away.
    [[nodiscard]] bool receiving() const noexcept {
        return phase_ == Phase::kReceiving || phase_ == Phase::kLingering;
    }
    /// When what it is in began.
    [[nodiscard]] Clock::time_point since() const noexcept { return since_; }
    /// Bytes of requests and answers in it.
    [[nodiscard]] std::size_t held() const noexcept;
    [[nodiscard]] int descriptor() const noexcept { return stream_.descriptor(); }

private:
    enum class Phase { kHandshake = 1, kIdle, kReceiving, kWriting, kLingering };

    void enter(Phase phase);
    Next handshake();
    Next receive();
    Next parse();
    bool allow_body();
    Next answer();
    Next refuse(int status);
    Next send(const Reply& reply, bool head, bool keep_alive);
    Next flush();
    Next next_request();
    Next linger();

    Stream stream_;
    const std::string client_;
    const Rules& rules_;
    Phase phase_;
    Clock::time_point since_;                // when the phase began
    Clock::time_point heard_{};              // when something was last thrown away
    std::unique_ptr<RequestParser> parser_;  // while a request is being received
    std::string input_;                      // received, not yet parsed
    std::string output_;                     // an answer, sent up to sent_
    std::size_t taken_ = 0;                  // bytes that the parser has
    std::size_t sent_ = 0, discarded_ = 0;
    std::uint64_t answered_ = 0;
    bool continued_ = false, keep_alive_ = false;
};

}  // namespace migue::host::http
