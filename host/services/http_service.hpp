#pragma once
#include <cstddef>
#include <functional>
#include <stop_token>

#include "host/services/http_client.hpp"
#include "host/services/task_pool.hpp"

namespace migue::host {

/// HttpClient for callers that must not wait: one plugin's bounded share of threads.
/// Thread-safe.
class HttpService {
public:
    using Done = std::function<void(Result<HttpClientResponse>)>;

    HttpService(HttpClient& client, std::size_t max_threads, std::size_t max_queued = 1000)
        : client_(client), pool_(max_threads, max_queued) {}

    /// Calls `done` once, on a thread of this service. False: too many requests wait
    /// already, and `done` will not be called.
    [[nodiscard]] bool send(HttpClientRequest request, HttpClient::Deadline deadline, std::stop_token stop,
                            Done done);

    /// Waits for the requests that run; later ones are refused.
    void stop() { pool_.stop(); }

private:
    HttpClient& client_;
    TaskPool pool_;
};

}  // namespace migue::host
