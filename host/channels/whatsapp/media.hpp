#pragma once
#include <chrono>
#include <cstddef>
#include <stop_token>
#include <string>

#include "host/channels/whatsapp/graph_client.hpp"
#include "host/services/media_service.hpp"
#include "host/services/url.hpp"
#include "migue/cpp/result.hpp"

namespace migue::host::whatsapp {

/// From the Graph API: a descriptor, then the bytes from the address that it names, both with
/// the token. The token goes to the configured Graph host and, over TLS with a verified name,
/// to Meta's media hosts, and nowhere else: no redirect is followed, and an address elsewhere
/// is not asked. So a name that leads into a private network fails at the certificate.
class GraphMedia final : public MediaSource {
public:
    /// `graph` must outlive it.
    explicit GraphMedia(GraphClient& graph) : graph_(graph) {}

    [[nodiscard]] Result<MediaFile> fetch(const std::string& media_id, std::size_t max_bytes,
                                          std::chrono::milliseconds limit,
                                          const std::stop_token& stop) override;
    [[nodiscard]] Result<std::string> upload(const MediaUpload& file, std::chrono::milliseconds limit,
                                             const std::stop_token& stop) override;

private:
    struct Descriptor {
        std::string url, mime_type, sha256;
        std::size_t size = 0;
    };
    struct Call {
        std::size_t max_bytes;
        std::chrono::steady_clock::time_point deadline;
        const std::stop_token& stop;
    };
    [[nodiscard]] Result<Descriptor> describe(const std::string& media_id, const Call& call);
    [[nodiscard]] Result<HttpClientResponse> get(const std::string& url, std::size_t max_bytes,
                                                 const Call& call);

    GraphClient& graph_;
};

/// Whether the token may be sent there.
[[nodiscard]] bool is_media_address(const Url& url, const Url& graph);

}  // namespace migue::host::whatsapp
