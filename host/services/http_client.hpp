#pragma once
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "migue/cpp/result.hpp"

namespace migue::host {

struct HttpClientRequest {
    std::string method = "GET";
    std::string url;  ///< absolute, http or https
    /// Host, Content-Length, Transfer-Encoding and Connection are the client's own.
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::string body = {};
    std::size_t max_response = 1u << 20;  ///< bytes of body
};

struct HttpClientResponse {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
    std::string body;

    /// The first header of that (lower-case) name, or "".
    [[nodiscard]] std::string_view header(std::string_view name) const noexcept;
};

struct HttpClientOptions {
    std::filesystem::path ca_file;  ///< trusted beside the system's certificates
    std::chrono::milliseconds connect_limit{3000};
    std::size_t idle_per_origin = 64;  ///< connections kept open for the next request
    std::chrono::milliseconds idle_limit{20000};
    std::string user_agent = "migue";
};

/// Whether send() would take it, the address aside. The error never repeats a value.
[[nodiscard]] Result<void> check_request(const HttpClientRequest& request);

/// Sends HTTP requests and waits for the answers. Connections are kept open per origin and
/// used again. TLS certificates and host names are always verified; redirects are answers
/// like any other.
///
/// An error says what may have happened at the other side:
///   kInvalid      the request is malformed; nothing was sent
///   kUnavailable  refused, or failed before the request was wholly written: not processed
///   kDeadline     written, but no full answer in time: may have been processed
///   kInternal     written, then broken off, or an answer that is none: may have been processed
///   kCancelled    `stop` was asked for: may have been processed
/// Errors name the origin, never the path, the query or a body.
///
/// Finding the host's address cannot be interrupted: it may exceed the deadline by the
/// resolver's own limit. Thread-safe.
class HttpClient {
public:
    using Deadline = std::chrono::steady_clock::time_point;

    explicit HttpClient(HttpClientOptions options = {});
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;
    ~HttpClient();  ///< no send() may be running

    [[nodiscard]] Result<HttpClientResponse> send(const HttpClientRequest& request, Deadline deadline,
                                                  const std::stop_token& stop = {});

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace migue::host
