#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/load/stream.hpp"

namespace migue::load {

/// Meta's side of the webhook: POSTs over a fixed number of kept-alive connections, one
/// request on each at a time; what finds none free waits in line.
class WebhookClient {
public:
    /// `status` 0: no answer came, and nobody knows whether the request did.
    using Done = std::function<void(int status)>;

    WebhookClient(EventLoop& loop, std::size_t connections, std::string path = "/webhook");
    WebhookClient(const WebhookClient&) = delete;
    WebhookClient& operator=(const WebhookClient&) = delete;
    ~WebhookClient();

    /// Where from now on; open connections are closed, and what waits for an answer on them
    /// gets none. 0: nowhere, every post fails.
    void point_to(std::uint16_t port);
    void post(std::string body, std::string signature, Done done);
    /// What is out or in line ends without an answer, now.
    void give_up();
    [[nodiscard]] std::size_t in_line() const noexcept { return line_.size(); }
    [[nodiscard]] std::size_t in_flight() const noexcept { return slots_.size() - free_.size(); }

private:
    struct Request {
        std::string bytes;
        Done done;
    };
    struct Slot {
        std::shared_ptr<Stream> stream;
        Done done;  // set while a request is out
    };
    void start(std::size_t slot, Request request);
    void on_data(std::size_t slot, std::string& received);
    void finish(std::size_t slot, int status);
    void serve_line();
    void drop_connections();

    EventLoop& loop_;
    const std::string path_;
    std::uint16_t port_ = 0;
    std::vector<Slot> slots_;
    std::vector<std::size_t> free_;
    std::deque<Request> line_;
};

}  // namespace migue::load
