#include "host/channels/whatsapp/graph_client.hpp"

#include <fmt/format.h>

namespace migue::host::whatsapp {

namespace {

/// An answer has a few hundred bytes; more is somebody else's page.
constexpr std::size_t kMaxAnswer = 64u * 1024;

std::string messages_url(const config::WhatsAppSettings& settings) {
    std::string base = settings.graph_url;
    while (base.ends_with('/')) base.pop_back();
    return fmt::format("{}/{}/{}/messages", base, settings.graph_version, settings.phone_number_id);
}

}  // namespace

GraphClient::GraphClient(const config::WhatsAppSettings& settings, HttpClient& http)
    : url_(messages_url(settings)), http_(http), access_token_(settings.access_token) {}

Result<HttpClientResponse> GraphClient::post_message(const std::string& body, std::chrono::milliseconds limit,
                                                     const std::stop_token& stop) {
    HttpClientRequest request;
    request.method = "POST";
    request.url = url_;
    {
        const std::lock_guard lock(mutex_);
        request.headers = {{"Authorization", "Bearer " + access_token_},
                           {"Content-Type", "application/json"}};
    }
    request.body = body;
    request.max_response = kMaxAnswer;
    return http_.send(request, std::chrono::steady_clock::now() + limit, stop);
}

void GraphClient::set_access_token(std::string token) {
    const std::lock_guard lock(mutex_);
    access_token_ = std::move(token);
}

}  // namespace migue::host::whatsapp
