#pragma once
#include <Poco/Exception.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace migue::host::http::test {

struct Answer {
    int status = 0;  ///< 0: the connection ended without an answer
    std::string head, body;
    [[nodiscard]] std::string header(const std::string& name) const {
        const auto at = head.find("\r\n" + name + ": ");
        if (at == std::string::npos) return "";
        const auto begin = at + name.size() + 4;
        return head.substr(begin, head.find("\r\n", begin) - begin);
    }
};

/// A client that sends exactly the bytes it is told to.
class RawClient {
public:
    explicit RawClient(std::uint16_t port) : RawClient(Poco::Net::StreamSocket(), port) {}
    RawClient(Poco::Net::StreamSocket socket, std::uint16_t port) : socket_(std::move(socket)) {
        socket_.connect(Poco::Net::SocketAddress("127.0.0.1", port));
        socket_.setReceiveTimeout(Poco::Timespan(60, 0));
    }

    void send(std::string_view bytes) {
        while (!bytes.empty()) {
            const int sent = socket_.sendBytes(bytes.data(), static_cast<int>(bytes.size()));
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }

    /// Reads one answer; `head_only` for the answer to HEAD.
    Answer answer(bool head_only = false) {
        Answer out;
        while (buffer_.find("\r\n\r\n") == std::string::npos)
            if (!receive()) return out;
        const auto end = buffer_.find("\r\n\r\n") + 4;
        out.head = buffer_.substr(0, end);
        buffer_.erase(0, end);
        out.status = std::stoi(out.head.substr(9, 3));
        const std::string length = out.header("Content-Length");
        const std::size_t size = head_only || length.empty() ? 0 : std::stoul(length);
        while (buffer_.size() < size)
            if (!receive()) return out;
        out.body = buffer_.substr(0, size);
        buffer_.erase(0, size);
        return out;
    }

    Answer ask(std::string_view bytes) {
        send(bytes);
        return answer();
    }

    /// Whether the server has ended the connection, with nothing more to read.
    bool ended() { return buffer_.empty() && !receive() && !timed_out_; }
    Poco::Net::StreamSocket& socket() { return socket_; }

private:
    bool receive() {
        std::array<char, 4096> bytes;
        try {
            const int count = socket_.receiveBytes(bytes.data(), static_cast<int>(bytes.size()));
            if (count <= 0) return false;
            buffer_.append(bytes.data(), static_cast<std::size_t>(count));
            return true;
        } catch (const Poco::TimeoutException&) {
            timed_out_ = true;
        } catch (const Poco::Exception&) {
            // Reset by the server: told as "no answer", as a timeout is.
        }
        return false;
    }

    Poco::Net::StreamSocket socket_;
    std::string buffer_;
    bool timed_out_ = false;
};

}  // namespace migue::host::http::test
