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
    std::string other_phone_number_id = {};  ///< a second business number, if any
    std::uint16_t port = 0;                  ///< 0: any free one
    std::chrono::milliseconds delay{0};      ///< before each answer, as the real one has
    int threads = 64;
    // The rates that Meta documents; 0: not counted.
    double messages_per_second = 0;  ///< of a business number: 130429
    int person_burst = 0;            ///< of a pair, then one each …: 131056
    std::chrono::milliseconds person_interval{6000};
};

/// Where statuses go, as Meta sends them: signed, one after the other, after the answer.
struct GraphReports {
    std::string url, app_secret;
    std::vector<std::string> statuses = {"sent", "delivered", "read"};
};

/// A file that somebody sent.
struct GraphMedia {
    std::string id, mime_type, bytes;
    std::string sha256 = {};     ///< "": the right one
    std::size_t file_size = 0;   ///< 0: the right one
    std::string url = {};        ///< "": an address here
    std::string file_name = {};  ///< of an uploaded one
    std::string owner = {};      ///< of an uploaded one: the business number that may send it
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
        kFailLater,           ///< takes the message and answers 200; its status is "failed", with `code`
    };
    Kind kind = Kind::kError;
    int code = 131000;
    int subcode = 0;
    int status = 500;
    std::string body = {};
    std::vector<std::pair<std::string, std::string>> headers = {};  ///< such as Retry-After
    std::chrono::milliseconds delay{0};
    int times = 1;        ///< requests it is good for; negative: all, until clear_faults()
    std::string to = {};  ///< only messages to this number or user id, or "(upload)"; empty: all
};

/// A message or mark that was accepted.
struct GraphMessage {
    std::string wamid;  ///< "" for read marks
    std::string body;   ///< JSON as received
    std::string to;     ///< digits, or the user id
    std::string from;   ///< the business number's id
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
    /// From now on statuses of what is accepted are brought there.
    void report_to(GraphReports reports);
    /// Brings one status of a message now; the answer of the webhook.
    int report(const GraphReports& to, const GraphMessage& message, const std::string& status, int code = 0);
    /// The 24 hours since this person wrote are over, or not any more: 131047 but for templates.
    void close_window(const std::string& to, bool closed = true);
    void add_media(GraphMedia media);
    /// So many addresses of bytes turn out to be dead when asked, as they are after five minutes.
    void expire_media_urls(int count);

    /// What was uploaded, in order.
    [[nodiscard]] std::vector<GraphMedia> uploads() const;

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
