#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "host/http/file_descriptor.hpp"

struct ssl_st;
struct ssl_ctx_st;

namespace migue::host::http {

/// A client's socket, plain or TLS. No call waits: where a socket has nothing to give or to
/// take, the answer says which readiness to wait for. One thread at a time.
class Stream {
public:
    enum class State {
        kDone = 1,   ///< the call did something
        kWantRead,   ///< again once the socket is readable
        kWantWrite,  ///< again once the socket is writable
        kEnded       ///< the client is gone, or broke the protocol
    };
    struct Moved {
        State state;
        std::size_t bytes = 0;  ///< over 0 with kDone
    };

    /// The socket must be non-blocking. With `tls` (a server's context) handshake() comes first.
    Stream(FileDescriptor socket, ssl_ctx_st* tls);

    /// kDone: encrypted from here on. The signature it makes costs up to a millisecond.
    State handshake();
    /// `room` of 16 KiB and more leaves nothing unseen inside the TLS layer.
    Moved read(std::span<char> room);
    Moved write(std::string_view bytes);
    /// Tells the client that nothing more comes; it may still send.
    void finish_sending();
    /// Throws away up to `limit` bytes of what the client sent. After finish_sending().
    Moved discard(std::size_t limit);

    [[nodiscard]] int descriptor() const noexcept { return socket_.get(); }
    [[nodiscard]] bool encrypted() const noexcept { return tls_ != nullptr; }

private:
    struct FreeTls {
        void operator()(ssl_st* tls) const noexcept;
    };
    State failed(int result);

    FileDescriptor socket_;
    std::unique_ptr<ssl_st, FreeTls> tls_;
    bool broken_ = false;  // the TLS layer must not be asked for anything more
};

}  // namespace migue::host::http
