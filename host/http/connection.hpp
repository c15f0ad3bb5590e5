#pragma once
#include <chrono>
#include <functional>
#include <string>

#include "host/http/request_parser.hpp"
#include "host/http/server.hpp"

namespace Poco::Net {
class StreamSocket;
}

namespace migue::host::http {

/// One client's connection: reads a request, has it answered, writes the answer; as often as
/// keep-alive allows. Each step is a call of its own, so that an idle connection can be
/// parked without a thread between two of them.
class Connection {
public:
    struct Rules {
        const Limits& limits;
        std::function<Reply(Request&)> answer;  ///< never throws
        std::function<bool()> stopping;         ///< the server goes down
        std::function<bool()> crowded;          ///< others wait for a thread: do not keep idle ones
    };

    Connection(Poco::Net::StreamSocket& socket, const Rules& rules);
    /// Until the client or the server ends it.
    void run();
    /// One request. False: the connection is over.
    bool serve_one();

private:
    using Time = std::chrono::steady_clock::time_point;
    enum class Wait { kReadable = 1, kTimeout, kGivenUp };

    Wait wait_readable(Time deadline, bool idle);
    bool receive();
    RequestParser::State read_request(RequestParser& parser, Time deadline, bool& gone);
    bool refuse(int status);
    bool answer(RequestParser& parser);
    bool write(const Reply& reply, bool head, bool keep_alive);
    bool send_all(const std::string& bytes);
    void close_gently();

    Poco::Net::StreamSocket& socket_;
    const Rules& rules_;
    std::string client_;
    std::string buffer_;  // received, not yet parsed
};

}  // namespace migue::host::http
