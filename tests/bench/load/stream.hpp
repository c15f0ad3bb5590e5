#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "tests/bench/load/event_loop.hpp"

namespace migue::load {

/// A non-blocking TCP connection over loopback, on an event loop.
class Stream final : public EventLoop::Watcher, public std::enable_shared_from_this<Stream> {
public:
    struct Handlers {
        std::function<void(std::string& received)> data;  ///< takes off the front what it has used
        std::function<void()> gone;                       ///< closed by the other side, or failed; once
    };

    /// Starts to connect; what is written meanwhile is sent once it is up.
    [[nodiscard]] static std::shared_ptr<Stream> connect(EventLoop& loop, std::uint16_t port,
                                                         Handlers handlers);
    /// Takes over an accepted descriptor.
    [[nodiscard]] static std::shared_ptr<Stream> take(EventLoop& loop, int fd, Handlers handlers);
    ~Stream() override;

    void write(std::string_view bytes);
    /// gone() is not called any more.
    void close();
    [[nodiscard]] bool is_open() const noexcept { return fd_ >= 0; }

    void on_events(std::uint32_t events) override;

private:
    Stream(EventLoop& loop, int fd, Handlers handlers);
    void send_waiting();
    void receive();
    void fail();

    EventLoop& loop_;
    int fd_;
    Handlers handlers_;
    std::string received_, waiting_;
    bool wants_write_ = false;
};

/// Accepts connections on a free loopback port.
class Listener final : public EventLoop::Watcher {
public:
    Listener(EventLoop& loop, std::function<void(int fd)> accepted);
    ~Listener() override;
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    void on_events(std::uint32_t events) override;

private:
    EventLoop& loop_;
    std::function<void(int)> accepted_;
    int fd_;
    std::uint16_t port_ = 0;
};

}  // namespace migue::load
