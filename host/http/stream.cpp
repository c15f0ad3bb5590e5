#include "host/http/stream.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <new>

namespace migue::host::http {

namespace {

Stream::State socket_state(Stream::State when_blocked) {
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? when_blocked : Stream::State::kEnded;
}

}  // namespace

void Stream::FreeTls::operator()(ssl_st* tls) const noexcept {
    SSL_free(tls);
}

Stream::Stream(FileDescriptor socket, ssl_ctx_st* tls) : socket_(std::move(socket)) {
    if (tls == nullptr) return;
    tls_.reset(SSL_new(tls));
    if (!tls_ || SSL_set_fd(tls_.get(), socket_.get()) != 1) throw std::bad_alloc();
    SSL_set_accept_state(tls_.get());
}

Stream::State Stream::failed(int result) {
    switch (SSL_get_error(tls_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            return State::kWantRead;
        case SSL_ERROR_WANT_WRITE:
            return State::kWantWrite;
        default:
            broken_ = true;
            return State::kEnded;
    }
}

Stream::State Stream::handshake() {
    ERR_clear_error();
    const int result = SSL_do_handshake(tls_.get());
    return result == 1 ? State::kDone : failed(result);
}

Stream::Moved Stream::read(std::span<char> room) {
    if (tls_) {
        std::size_t count = 0;
        ERR_clear_error();
        const int result = SSL_read_ex(tls_.get(), room.data(), room.size(), &count);
        if (result != 1) return {failed(result)};
        return {State::kDone, count};
    }
    const auto count = ::recv(socket_.get(), room.data(), room.size(), 0);
    if (count > 0) return {State::kDone, static_cast<std::size_t>(count)};
    return {count == 0 ? State::kEnded : socket_state(State::kWantRead)};
}

Stream::Moved Stream::write(std::string_view bytes) {
    if (tls_) {
        std::size_t count = 0;
        ERR_clear_error();
        const int result = SSL_write_ex(tls_.get(), bytes.data(), bytes.size(), &count);
        if (result != 1) return {failed(result)};
        return {State::kDone, count};
    }
    const auto count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count >= 0) return {State::kDone, static_cast<std::size_t>(count)};
    return {socket_state(State::kWantWrite)};
}

void Stream::finish_sending() {
    if (tls_ && !broken_ && SSL_is_init_finished(tls_.get())) {
        ERR_clear_error();
        SSL_shutdown(tls_.get());  // says goodbye when there is room for it; nobody waits for an answer
    }
    ::shutdown(socket_.get(), SHUT_WR);
}

Stream::Moved Stream::discard(std::size_t limit) {
    // Of TLS too: what is thrown away needs no decryption. MSG_TRUNC drops it in the kernel,
    // without copying it.
    const auto count = ::recv(socket_.get(), nullptr, limit, MSG_TRUNC);
    if (count > 0) return {State::kDone, static_cast<std::size_t>(count)};
    return {count == 0 ? State::kEnded : socket_state(State::kWantRead)};
}

}  // namespace migue::host::http
