#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <unordered_map>

#include "tests/bench/load/stream.hpp"

namespace migue::load {

/// A reply as Graph got it.
struct GraphReply {
    TimePoint at;
    std::string to;      ///< the recipient, digits only
    std::string name;    ///< biz_opaque_callback_data: the same for a reply that is sent again
    std::string text;    ///< of a text message or of an interactive one
    std::string body;    ///< as it came, JSON
    std::string wamid;   ///< the id it was given
    std::string sender;  ///< which process sent it: the label of its url()
};

/// Graph's send endpoint, for rates: any number of kept-alive connections and answers that
/// wait, on one event loop. Refuses a wrong token, path or body; what it knows of Meta's
/// further rules is little (tests/standins/graph knows them all).
class FakeGraph {
public:
    struct Options {
        std::string access_token = "access-token-of-the-load";
        std::string version = "v25.0";
        std::string phone_number_id = "106540352242922";
        std::chrono::nanoseconds latency{0};  ///< from request to answer
        double lost_answers = 0;              ///< share of replies taken whose answer never comes
        std::uint64_t seed = 1;
    };
    struct Counts {
        std::uint64_t replies = 0, read_marks = 0, refused = 0, lost_answers = 0;
        std::string last_refusal;
    };

    FakeGraph(EventLoop& loop, Options options, std::function<void(const GraphReply&)> on_reply);

    /// For channels.whatsapp.graph_url. Every process gets a label of its own (letters and
    /// digits), and so its replies can be told apart for sure.
    [[nodiscard]] std::string url(std::string_view label) const;
    void set_latency(std::chrono::nanoseconds latency) { options_.latency = latency; }
    [[nodiscard]] const Options& options() const noexcept { return options_; }
    [[nodiscard]] const Counts& counts() const noexcept { return counts_; }

private:
    void accept(int fd);
    void on_data(const std::shared_ptr<Stream>& stream, std::string& received);
    void answer(const std::shared_ptr<Stream>& stream, int status, std::string body);
    /// The reason of a refusal, or "" when the reply was taken and `body` is the answer.
    std::string take(std::string_view start, std::string_view authorization, std::string_view json,
                     std::string& body);

    EventLoop& loop_;
    Options options_;
    const std::function<void(const GraphReply&)> on_reply_;
    std::unordered_map<const Stream*, std::shared_ptr<Stream>> streams_;
    Counts counts_;
    std::uint64_t next_id_ = 0;
    std::mt19937_64 chance_;
    Listener listener_;  // last: it calls accept()
};

}  // namespace migue::load
