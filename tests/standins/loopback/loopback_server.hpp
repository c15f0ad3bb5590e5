#pragma once
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

namespace migue::standins {

/// An HTTP server on a loopback port, for the stand-ins. Each request holds one of its threads
/// until it is answered. Stopping ends all pauses.
class LoopbackServer {
public:
    using Request = Poco::Net::HTTPServerRequest;
    using Response = Poco::Net::HTTPServerResponse;
    using Serve = std::function<void(LoopbackServer& server, Request& request, Response& response)>;

    /// Port 0: any free one.
    LoopbackServer(std::uint16_t port, int threads, Serve serve);
    LoopbackServer(const LoopbackServer&) = delete;
    LoopbackServer& operator=(const LoopbackServer&) = delete;
    ~LoopbackServer();

    [[nodiscard]] std::uint16_t port() const;
    /// Inside `serve`. True: the server is being stopped.
    bool pause(std::chrono::milliseconds time);
    /// Inside `serve`: ends the connection with a reset, so that the client notices at once.
    static void cut(Request& request);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace migue::standins
