#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// A stand-in for Meta's Graph API: real HTTP on a loopback port. Refuses what Graph refuses,
/// keeps what it accepted, and fails on demand in the ways Graph fails.
namespace migue::standins {

struct GraphOptions {
    std::string access_token = "test_access_token";
    std::string phone_number_id = "106540352242922";
    std::uint16_t port = 0;              ///< 0: any free one
    std::chrono::milliseconds delay{0};  ///< before each answer, as the real one has
    int threads = 64;
};

struct GraphFault {
    enum class Kind {
        kError = 1,           ///< the JSON error `code`, with `status`
        kRaw,                 ///< `status` and `body` as they are (a proxy's HTML page)
        kSlow,                ///< the right answer, after `delay`
        kHang,                ///< takes the message, answers nothing until released or stopped
        kErrorWhenReleased,   ///< the JSON error, but only at clear_faults()
        kCloseBeforeReading,  ///< resets the connection before reading the body
        kCloseAfterReading,   ///< reads, drops the message, closes
        kAcceptThenClose,     ///< takes the message, closes without an answer
    };
    Kind kind = Kind::kError;
    int code = 131000;
    int subcode = 0;
    int status = 500;
    std::string body = {};
    std::vector<std::pair<std::string, std::string>> headers = {};  ///< such as Retry-After
    std::chrono::milliseconds delay{0};
    int times = 1;        ///< requests it is good for; negative: all, until clear_faults()
    std::string to = {};  ///< only messages to this number or user id; empty: all
};

/// A message or mark that was accepted.
struct GraphMessage {
    std::string wamid;  ///< "" for read marks
    std::string body;   ///< JSON as received
    std::string to;     ///< digits, or the user id
    std::chrono::steady_clock::time_point at;
};

struct GraphRequestRefused {
    int status = 0, code = 0;
    std::string details;
};

/// Thread-safe.
class Graph {
public:
    explicit Graph(GraphOptions options = {});
    Graph(const Graph&) = delete;
    Graph& operator=(const Graph&) = delete;
    ~Graph();

    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] std::string url() const;  ///< "http://127.0.0.1:<port>"

    void fail(GraphFault fault);  ///< after those already waiting
    void clear_faults();          ///< and releases what hangs
    void set_access_token(std::string token);

    [[nodiscard]] std::vector<GraphMessage> messages() const;
    [[nodiscard]] std::vector<GraphMessage> read_marks() const;
    /// Requests refused for a fault of the sender's: there should be none.
    [[nodiscard]] std::vector<GraphRequestRefused> refused() const;
    [[nodiscard]] std::uint64_t requests() const;
    void forget();  ///< messages, marks and refusals so far

    /// False when the time is over first.
    [[nodiscard]] bool wait_for_messages(std::size_t count, std::chrono::milliseconds limit) const;
    [[nodiscard]] bool wait_for_read_marks(std::size_t count, std::chrono::milliseconds limit) const;
    [[nodiscard]] bool wait_for_requests(std::uint64_t count, std::chrono::milliseconds limit) const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace migue::standins
