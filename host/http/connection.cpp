#include "host/http/connection.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/StreamSocket.h>

#include <algorithm>
#include <array>

#include "host/http/reply_text.hpp"

namespace migue::host::http {

namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

/// At least a TLS record, so that nothing stays unseen inside the TLS layer while we poll.
constexpr std::size_t kReadSize = 16 * 1024;
/// How often a waiting connection looks whether it should give up its thread.
constexpr milliseconds kSlice{100};
/// What is read and thrown away after an early answer, so that the client sees the answer
/// and not a reset.
constexpr std::size_t kDiscardLimit = 16u * 1024 * 1024;
constexpr milliseconds kDiscardTime{1500};

Poco::Timespan timespan(milliseconds time) {
    return {static_cast<Poco::Int64>(time.count()) * 1000};
}

}  // namespace

Connection::Connection(Poco::Net::StreamSocket& socket, const Rules& rules) : socket_(socket), rules_(rules) {
    socket_.setNoDelay(true);
    socket_.setReceiveTimeout(timespan(rules.limits.read));
    socket_.setSendTimeout(timespan(rules.limits.read));
    client_ = socket_.peerAddress().host().toString();
}

void Connection::run() {
    while (serve_one()) {
    }
}

bool Connection::serve_one() {
    if (buffer_.empty() && wait_readable(Clock::now() + rules_.limits.idle, true) != Wait::kReadable)
        return false;
    RequestParser parser(rules_.limits);
    bool gone = false;
    switch (read_request(parser, Clock::now() + rules_.limits.whole, gone)) {
        case RequestParser::State::kComplete:
            return answer(parser);
        case RequestParser::State::kRefused:
            return refuse(parser.refusal());
        case RequestParser::State::kMore:
            return gone ? false : refuse(408);
    }
    return false;
}

Connection::Wait Connection::wait_readable(Time deadline, bool idle) {
    while (!rules_.stopping()) {
        const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
        if (left.count() <= 0) return Wait::kTimeout;
        if (socket_.poll(timespan(std::min(left, kSlice)), Poco::Net::Socket::SELECT_READ))
            return Wait::kReadable;
        if (idle && rules_.crowded()) return Wait::kGivenUp;
    }
    return Wait::kGivenUp;
}

bool Connection::receive() {
    std::array<char, kReadSize> bytes;
    const int count = socket_.receiveBytes(bytes.data(), static_cast<int>(bytes.size()));
    if (count <= 0) return false;
    buffer_.append(bytes.data(), static_cast<std::size_t>(count));
    return true;
}

RequestParser::State Connection::read_request(RequestParser& parser, Time deadline, bool& gone) {
    bool continued = false;
    while (true) {
        const auto state = parser.feed(buffer_);
        if (state != RequestParser::State::kMore) return state;
        if (!continued && parser.wants_continue()) {
            continued = true;
            if (!send_all("HTTP/1.1 100 Continue\r\n\r\n")) break;
        }
        const auto until = std::min(deadline, Clock::now() + rules_.limits.read);
        const auto wait = wait_readable(until, false);
        if (wait == Wait::kTimeout) return RequestParser::State::kMore;
        if (wait == Wait::kGivenUp || !receive()) break;
    }
    gone = true;
    return RequestParser::State::kMore;
}

bool Connection::refuse(int status) {
    write(plain_reply(status), false, false);
    close_gently();
    return false;
}

bool Connection::answer(RequestParser& parser) {
    auto request = parser.take();
    if (!request) return refuse(400);
    request->client = client_;
    const bool head = request->method == "HEAD";
    const Reply reply = rules_.answer(*request);
    const bool keep_alive =
        parser.keep_alive() && !rules_.stopping() && !(buffer_.empty() && rules_.crowded());
    if (write(reply, head, keep_alive) && keep_alive) return true;
    close_gently();
    return false;
}

bool Connection::write(const Reply& reply, bool head, bool keep_alive) {
    const auto text = reply_text(reply, {head, keep_alive});
    // The one who answers has checked the headers: what comes here is well formed.
    return text && send_all(*text);
}

bool Connection::send_all(const std::string& bytes) {
    const auto deadline = Clock::now() + rules_.limits.whole;
    std::size_t sent = 0;
    while (sent < bytes.size()) {
        if (Clock::now() > deadline) return false;
        const auto part = std::min<std::size_t>(bytes.size() - sent, 256 * 1024);
        const int count = socket_.sendBytes(bytes.data() + sent, static_cast<int>(part));
        if (count <= 0) return false;
        sent += static_cast<std::size_t>(count);
    }
    return true;
}

void Connection::close_gently() {
    socket_.shutdownSend();
    const auto deadline = Clock::now() + kDiscardTime;
    std::size_t discarded = buffer_.size();
    while (discarded < kDiscardLimit && wait_readable(deadline, false) == Wait::kReadable) {
        buffer_.clear();
        if (!receive()) return;
        discarded += buffer_.size();
    }
}

}  // namespace migue::host::http
