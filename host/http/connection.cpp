#include "host/http/connection.hpp"

#include <algorithm>
#include <array>

#include "host/http/reply_text.hpp"

namespace migue::host::http {

namespace {

using std::chrono::milliseconds;

/// At least a TLS record, so that nothing stays unseen inside the TLS layer while we wait.
constexpr std::size_t kReadSize = 16 * 1024;
/// What is thrown away after an early answer, so that the client sees the answer and not a
/// reset.
constexpr std::size_t kDiscardLimit = 16u * 1024 * 1024;
/// A client that says nothing for so long has seen it.
constexpr milliseconds kSilence{1500};
/// Seconds a client should wait that found nobody free.
constexpr const char* kRetryAfter = "1";

void release(std::string& bytes) {
    std::string().swap(bytes);
}

}  // namespace

Connection::Connection(Stream stream, std::string client, const Rules& rules)
    : stream_(std::move(stream)),
      client_(std::move(client)),
      rules_(rules),
      phase_(stream_.encrypted() ? Phase::kHandshake : Phase::kIdle),
      since_(Clock::now()) {}

void Connection::enter(Phase phase) {
    phase_ = phase;
    heard_ = since_ = Clock::now();
}

Connection::Clock::time_point Connection::deadline() const {
    const Limits& limits = rules_.limits;
    switch (phase_) {
        case Phase::kHandshake:
        case Phase::kIdle:
            return since_ + limits.idle;
        case Phase::kReceiving:
            return since_ + (parser_->has_head() ? limits.whole : std::min(limits.head, limits.whole));
        case Phase::kWriting:
            return since_ + limits.whole;
        case Phase::kLingering:
            return std::min(since_ + limits.whole, heard_ + kSilence);
    }
    return since_;
}

std::size_t Connection::held() const noexcept {
    return input_.size() + taken_ + output_.size();
}

Connection::Next Connection::on_ready() {
    switch (phase_) {
        case Phase::kHandshake:
            return Next::kHandshake;
        case Phase::kIdle:
        case Phase::kReceiving:
            return receive();
        case Phase::kWriting:
            return flush();
        case Phase::kLingering:
            return linger();
    }
    return Next::kClose;
}

Connection::Next Connection::work() {
    return phase_ == Phase::kHandshake ? handshake() : answer();
}

Connection::Next Connection::handshake() {
    // It may have waited for this thread for longer than the client is given.
    if (Clock::now() >= deadline()) return expire();
    switch (stream_.handshake()) {
        case Stream::State::kDone:
            enter(Phase::kIdle);
            return receive();  // the request may have come with the client's last word
        case Stream::State::kWantRead:
            return Next::kRead;
        case Stream::State::kWantWrite:
            return Next::kWrite;
        case Stream::State::kEnded:
            break;
    }
    return Next::kClose;
}

Connection::Next Connection::receive() {
    std::array<char, kReadSize> bytes;
    for (std::size_t turn = 0; turn < kTurnSize;) {
        const auto moved = stream_.read(bytes);
        if (moved.state == Stream::State::kEnded) return Next::kClose;
        if (moved.state != Stream::State::kDone)
            return moved.state == Stream::State::kWantRead ? Next::kRead : Next::kWrite;
        input_.append(bytes.data(), moved.bytes);
        turn += moved.bytes;
        // A refusal lingers: what it waits for is thrown away, no longer read.
        if (const Next next = parse(); next != Next::kRead || phase_ != Phase::kReceiving) return next;
        // Less than asked for: a plain socket has no more now.
        if (!stream_.encrypted() && moved.bytes < bytes.size()) return Next::kRead;
    }
    return Next::kTurn;
}

Connection::Next Connection::parse() {
    if (!parser_) {
        parser_ = std::make_unique<RequestParser>(rules_.limits);
        continued_ = false;
        enter(Phase::kReceiving);
    }
    const std::size_t before = input_.size();
    const auto state = parser_->feed(input_);
    taken_ += before - input_.size();
    if (state == RequestParser::State::kComplete) return Next::kAnswer;
    if (state == RequestParser::State::kRefused) {
        ++rules_.tally.rejected;
        return refuse(parser_->refusal());
    }
    return allow_body() ? Next::kRead : Next::kClose;
}

bool Connection::allow_body() {
    if (continued_ || !parser_->wants_continue()) return true;
    continued_ = true;
    // Nothing else is on its way to the client, so these few bytes have room.
    constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    return stream_.write(kContinue).bytes == kContinue.size();
}

Connection::Next Connection::answer() {
    auto request = parser_->take();
    const bool keep_alive = parser_->keep_alive();
    if (!request) {
        ++rules_.tally.rejected;
        return refuse(400);
    }
    parser_.reset();
    ++rules_.tally.requests;
    request->client = client_;
    const Reply reply = rules_.answer(*request);
    return send(reply, request->method == "HEAD", keep_alive);
}

Connection::Next Connection::overloaded() {
    ++rules_.tally.overloaded;
    Reply reply = plain_reply(503);
    reply.headers.emplace_back("Retry-After", kRetryAfter);
    return send(reply, parser_->is_head(), parser_->keep_alive());
}

Connection::Next Connection::expire() {
    if (phase_ == Phase::kLingering) return Next::kClose;
    ++rules_.tally.timeouts;
    return phase_ == Phase::kReceiving ? refuse(408) : Next::kClose;
}

Connection::Next Connection::give_up() {
    ++rules_.tally.overloaded;
    if (phase_ != Phase::kReceiving) return Next::kClose;
    Reply reply = plain_reply(503);
    reply.headers.emplace_back("Retry-After", kRetryAfter);
    release(input_);
    return send(reply, false, false);
}

Connection::Next Connection::refuse(int status) {
    release(input_);
    return send(plain_reply(status), false, false);
}

Connection::Next Connection::send(const Reply& reply, bool head, bool keep_alive) {
    parser_.reset();
    taken_ = 0;
    keep_alive_ = keep_alive && !rules_.stopping();
    // The one who answers has checked that it is well formed.
    output_ = reply_text(reply, {head, keep_alive_});
    sent_ = 0;
    enter(Phase::kWriting);
    return flush();
}

Connection::Next Connection::flush() {
    for (std::size_t turn = 0; sent_ < output_.size();) {
        if (turn >= kTurnSize) return Next::kWrite;
        const auto moved = stream_.write(std::string_view(output_).substr(sent_, kTurnSize));
        if (moved.state == Stream::State::kEnded) return Next::kClose;
        if (moved.state != Stream::State::kDone)
            return moved.state == Stream::State::kWantRead ? Next::kRead : Next::kWrite;
        sent_ += moved.bytes;
        turn += moved.bytes;
    }
    release(output_);
    ++answered_;
    if (keep_alive_) return next_request();
    release(input_);
    stream_.finish_sending();
    enter(Phase::kLingering);
    return linger();
}

Connection::Next Connection::next_request() {
    enter(Phase::kIdle);
    if (!input_.empty()) return parse();
    release(input_);
    return Next::kRead;
}

Connection::Next Connection::linger() {
    for (std::size_t turn = 0; turn < kTurnSize;) {
        const auto moved = stream_.discard(kTurnSize);
        if (moved.state == Stream::State::kEnded) return Next::kClose;
        if (moved.state != Stream::State::kDone) return Next::kRead;
        heard_ = Clock::now();
        turn += moved.bytes;
        discarded_ += moved.bytes;
        if (discarded_ > kDiscardLimit) return Next::kClose;
    }
    return Next::kTurn;
}

}  // namespace migue::host::http
