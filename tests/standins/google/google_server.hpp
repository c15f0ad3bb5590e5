#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "tests/standins/google/google.hpp"

namespace migue::standins {

/// When a call is looked at from outside.
enum class CallMoment {
    kArrived = 1,  ///< whole, nothing is done yet
    kDone,         ///< it took effect, nothing is answered yet
    kAnswered,     ///< the answer is on its way
};

/// Google on a loopback port: all of its addresses under one. What answers late or never
/// holds one of its threads until the server is stopped.
class GoogleServer {
public:
    /// The google must outlive it. Port 0: any free one.
    explicit GoogleServer(Google& google, std::uint16_t port = 0, int threads = 32);
    GoogleServer(const GoogleServer&) = delete;
    GoogleServer& operator=(const GoogleServer&) = delete;
    ~GoogleServer();

    /// Told of every call on the thread that serves it, which waits meanwhile. Before the first
    /// request.
    void watch(std::function<void(CallMoment, const std::string& call)> watcher);

    [[nodiscard]] std::uint16_t port() const;
    /// "http://127.0.0.1:<port>"; below it /o/oauth2/v2/auth, /token, /revoke, /v1/userinfo
    /// and /calendar/v3/.
    [[nodiscard]] std::string url() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace migue::standins
