#pragma once
#include <memory>
#include <string>

#include "host/http/server.hpp"

namespace migue::host::http {

/// One request out of the bytes of a connection; knows no socket, so it can be fed as they
/// come. One for each request.
class RequestParser {
public:
    enum class State { kMore = 1, kComplete, kRefused };

    explicit RequestParser(const Limits& limits);
    RequestParser(const RequestParser&) = delete;
    RequestParser& operator=(const RequestParser&) = delete;
    ~RequestParser();

    /// Takes what it can use from the front of `bytes` and leaves the rest, which after
    /// kComplete belongs to the next request.
    State feed(std::string& bytes);

    /// After kRefused: 400, 413 or 431.
    [[nodiscard]] int refusal() const noexcept;
    /// The headers are here, and the client waits for leave to send the body.
    [[nodiscard]] bool wants_continue() const;
    [[nodiscard]] bool keep_alive() const;
    /// The request line and the headers are here.
    [[nodiscard]] bool has_head() const noexcept;
    [[nodiscard]] bool is_head() const;  ///< the method is HEAD
    /// After kComplete, once. kInvalid: answer 400.
    Result<Request> take();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace migue::host::http
