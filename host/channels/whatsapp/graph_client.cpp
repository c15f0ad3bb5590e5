#include "host/channels/whatsapp/graph_client.hpp"

#include <fmt/format.h>

namespace migue::host::whatsapp {

namespace {

/// An answer has a few hundred bytes; more is somebody else's page.
constexpr std::size_t kMaxAnswer = 64u * 1024;

std::string base_url(const config::WhatsAppSettings& settings) {
    std::string base = settings.graph_url;
    while (base.ends_with('/')) base.pop_back();
    return fmt::format("{}/{}", base, settings.graph_version);
}

}  // namespace

GraphClient::GraphClient(const config::WhatsAppSettings& settings, HttpClient& http)
    : base_(base_url(settings)), http_(http), access_token_(settings.access_token) {}

Result<HttpClientResponse> GraphClient::post_message(std::string_view phone_number_id,
                                                     const std::string& body, std::chrono::milliseconds limit,
                                                     const std::stop_token& stop) {
    HttpClientRequest request;
    request.method = "POST";
    request.url = fmt::format("{}/{}/messages", base_, phone_number_id);
    request.headers = {{"Authorization", bearer()}, {"Content-Type", "application/json"}};
    request.body = body;
    request.max_response = kMaxAnswer;
    return http_.send(request, std::chrono::steady_clock::now() + limit, stop);
}

Result<HttpClientResponse> GraphClient::post_media(std::string_view phone_number_id,
                                                   const std::string& content_type, const std::string& form,
                                                   std::chrono::milliseconds limit,
                                                   const std::stop_token& stop) {
    HttpClientRequest request;
    request.method = "POST";
    request.url = fmt::format("{}/{}/media", base_, phone_number_id);
    request.headers = {{"Authorization", bearer()}, {"Content-Type", content_type}};
    request.body = form;
    request.max_response = kMaxAnswer;
    return http_.send(request, std::chrono::steady_clock::now() + limit, stop);
}

Result<HttpClientResponse> GraphClient::get(const std::string& url, std::size_t max_bytes,
                                            std::chrono::milliseconds limit, const std::stop_token& stop) {
    HttpClientRequest request;
    request.url = url;
    request.headers = {{"Authorization", bearer()}};
    request.max_response = max_bytes;
    return http_.send(request, std::chrono::steady_clock::now() + limit, stop);
}

std::string GraphClient::bearer() const {
    const std::lock_guard lock(mutex_);
    return "Bearer " + access_token_;
}

void GraphClient::set_access_token(std::string token) {
    const std::lock_guard lock(mutex_);
    access_token_ = std::move(token);
}

}  // namespace migue::host::whatsapp
