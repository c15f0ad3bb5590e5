#pragma once
#include <chrono>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>

#include "host/config/settings.hpp"
#include "host/services/http_client.hpp"
#include "migue/cpp/result.hpp"

namespace migue::host::whatsapp {

/// Calls to the Graph API, with the token that is valid now. Thread-safe.
class GraphClient {
public:
    /// `http` must outlive it.
    GraphClient(const config::WhatsAppSettings& settings, HttpClient& http);

    /// POST /{version}/{phone_number_id}/messages. The answer as it came, whatever its status.
    /// Errors as HttpClient's.
    [[nodiscard]] Result<HttpClientResponse> post_message(std::string_view phone_number_id,
                                                          const std::string& body,
                                                          std::chrono::milliseconds limit,
                                                          const std::stop_token& stop = {});
    /// POST /{version}/{phone_number_id}/media: a form with the file.
    [[nodiscard]] Result<HttpClientResponse> post_media(std::string_view phone_number_id,
                                                        const std::string& content_type,
                                                        const std::string& form,
                                                        std::chrono::milliseconds limit,
                                                        const std::stop_token& stop = {});
    /// GET of an address, with the token: the caller has made sure whose it is.
    [[nodiscard]] Result<HttpClientResponse> get(const std::string& url, std::size_t max_bytes,
                                                 std::chrono::milliseconds limit,
                                                 const std::stop_token& stop = {});
    /// "https://graph.facebook.com/v25.0"
    [[nodiscard]] const std::string& base() const noexcept { return base_; }
    void set_access_token(std::string token);

private:
    [[nodiscard]] std::string bearer() const;

    const std::string base_;
    HttpClient& http_;
    mutable std::mutex mutex_;
    std::string access_token_;  // guarded by mutex_
};

}  // namespace migue::host::whatsapp
