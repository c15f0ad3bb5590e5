#pragma once
#include <chrono>
#include <mutex>
#include <stop_token>
#include <string>

#include "host/config/settings.hpp"
#include "host/services/http_client.hpp"
#include "migue/cpp/result.hpp"

namespace migue::host::whatsapp {

/// POST /{version}/{phone_number_id}/messages: the one call we make. Thread-safe.
class GraphClient {
public:
    /// `http` must outlive it.
    GraphClient(const config::WhatsAppSettings& settings, HttpClient& http);

    /// The answer as it came, whatever its status. Errors as HttpClient's.
    [[nodiscard]] Result<HttpClientResponse> post_message(const std::string& body,
                                                          std::chrono::milliseconds limit,
                                                          const std::stop_token& stop = {});
    void set_access_token(std::string token);

private:
    const std::string url_;
    HttpClient& http_;
    std::mutex mutex_;
    std::string access_token_;  // guarded by mutex_
};

}  // namespace migue::host::whatsapp
